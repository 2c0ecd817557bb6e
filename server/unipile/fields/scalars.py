"""Reads flags and whole numbers, which some servers write as texts (unipile-api.md §4.2)."""

import math

_FLAGS = {"true": True, "1": True, "yes": True, "y": True, "on": True}
_FLAGS |= {"false": False, "0": False, "no": False, "n": False, "off": False}
MAX_DIGITS = 20


def provided_flag(value: object) -> bool | None:
    """True or False as a boolean, a number or a word; None where nothing is said."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        word = value.strip().lower()
        number = whole(word)
        return _FLAGS.get(word) if number is None else _of_number(number)
    return _of_number(value) if isinstance(value, int | float) else None


def flag(value: object) -> bool:
    """Whether it is said to be so."""
    return provided_flag(value) is True


def whole(value: object) -> int | None:
    """A whole number as a number or a text; None for anything else."""
    if isinstance(value, str):
        text = value.strip()
        digits = text.removeprefix("-").removesuffix(".0")
        is_number = digits.isascii() and digits.isdigit() and len(digits) <= MAX_DIGITS
        return int(text.removesuffix(".0")) if is_number else None
    if not isinstance(value, int | float) or isinstance(value, bool) or not math.isfinite(value):
        return None
    return int(value)


def small_integer(value: object) -> int | None:
    """A whole number that a column of ours can hold."""
    number = None if value is None else whole(value)
    return number if number is not None and 0 <= number < 2**31 else None


def _of_number(value: float) -> bool | None:
    return bool(value) if value in (0, 1) else None
