"""Reads flags and whole numbers, which some servers write as texts (unipile-api.md §4.2)."""

import math

_FLAGS = {"true": True, "1": True, "yes": True, "y": True, "on": True}
_FLAGS |= {"false": False, "0": False, "no": False, "n": False, "off": False}
MAX_DIGITS = 20


def provided_flag(value: object) -> bool | None:
    """A boolean, a number or a text as True or False; None when it is missing or neither."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        text = value.strip().lower()
        integer = whole(text)
        return _FLAGS.get(text) if integer is None else _zero_or_one(integer)
    return _zero_or_one(value) if isinstance(value, int | float) else None


def flag(value: object) -> bool:
    """Whether the flag is set."""
    return provided_flag(value) is True


def whole(value: object) -> int | None:
    """A whole number as a number or a text; None for anything else."""
    if isinstance(value, str):
        text = value.strip()
        digits = text.removeprefix("-").removesuffix(".0")
        is_whole = digits.isascii() and digits.isdigit() and len(digits) <= MAX_DIGITS
        return int(text.removesuffix(".0")) if is_whole else None
    if not isinstance(value, int | float) or isinstance(value, bool) or not math.isfinite(value):
        return None
    return int(value)


def small_integer(value: object) -> int | None:
    """A whole number that fits a Postgres integer column."""
    integer = None if value is None else whole(value)
    return integer if integer is not None and 0 <= integer < 2**31 else None


def _zero_or_one(value: float) -> bool | None:
    return bool(value) if value in (0, 1) else None
