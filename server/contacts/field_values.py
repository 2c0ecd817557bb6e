"""Reads and writes the values of fields, by kind: as JSON in requests, and as text in tables."""

import math
import re
from collections.abc import Callable, Collection, Mapping
from datetime import date
from urllib.parse import urlsplit

from server.said.said import Said, said
from server.store.contacts.contact_fields import ContactField
from server.text.graphemes import is_blank, is_storable, one_line
from server.text.phones import PhoneError, read_phone

MAX_TEXT, MAX_OPTIONS, MAX_OPTION = 2000, 200, 60
MAX_DIGITS = 15
YES = frozenset(("true", "yes", "y", "1", "ja", "sí", "si", "sim", "x"))
NO = frozenset(("false", "no", "n", "0", "nein", "não", "nao"))
EMAIL = re.compile(r"[^@\s]+@[^@\s]+")
GERMAN_DATE = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})", re.ASCII)
DECIMAL = re.compile(r"[+-]?\d+(?:[.,]\d+)?", re.ASCII)
# Between the values of a list in a table; options cannot contain it.
SEPARATOR = ";"

Value = str | float | int | bool | list[str]


class FieldValueError(ValueError):
    """Not a value of the field's kind; the message says why."""

    def __init__(self, said: Said) -> None:
        super().__init__(said)
        self.said = said


def read_value(field: ContactField, given: object) -> Value | None:
    """The value to store for one of a request; None to empty the field. Raises FieldValueError."""
    if given is None or given == [] or (isinstance(given, str) and is_blank(given)):
        return None
    return READERS[field.kind](field, given)


def read_cell(field: ContactField, cell: str) -> Value | None:
    """The same for a cell of a table, where all values are text."""
    text = cell.strip()
    if not text:
        return None
    return read_value(field, CELLS[field.kind](text) if field.kind in CELLS else text)


def write_cell(value: object) -> str:
    """A stored value as a cell, which reads back as the same value."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return f"{SEPARATOR} ".join(map(str, value))
    return str(value)


def _text(given: object, maximum: int = MAX_TEXT) -> str:
    if not isinstance(given, str):
        raise FieldValueError(said("value_text"))
    if not is_storable(given):
        raise FieldValueError(said("value_characters"))
    if len(given.strip()) > maximum:
        raise FieldValueError(said("value_long", most=maximum))
    return given.strip()


def _read_text(_: ContactField, given: object) -> str:
    return _text(given)


def _read_numeral(_: ContactField, given: object) -> float | int:
    if isinstance(given, bool) or not isinstance(given, int | float) or not math.isfinite(given):
        raise FieldValueError(said("value_number"))
    if abs(given) >= 10**MAX_DIGITS:
        raise FieldValueError(said("value_digits", most=MAX_DIGITS))
    return int(given) if float(given).is_integer() else given


def _read_date(_: ContactField, given: object) -> str:
    text = _text(given)
    try:
        if len(text) != len("2026-03-02"):
            raise ValueError(text)
        return date.fromisoformat(text).isoformat()
    except ValueError as error:
        raise FieldValueError(said("value_date")) from error


def _read_yes_no(_: ContactField, given: object) -> bool:
    if not isinstance(given, bool):
        raise FieldValueError(said("value_yes_no"))
    return given


def _read_list(field: ContactField, given: object) -> str:
    return _option(field, given)


def _read_multi_list(field: ContactField, given: object) -> list[str]:
    """In the order of the options, each once."""
    if not isinstance(given, list) or len(given) > MAX_OPTIONS:
        raise FieldValueError(said("value_options"))
    chosen = {_option(field, one) for one in given}
    return [option for option in field.options if option in chosen]


def _option(field: ContactField, given: object) -> str:
    text = _text(given)
    known = {option.casefold(): option for option in field.options}
    if text.casefold() not in known:
        raise FieldValueError(said("value_option", options=", ".join(field.options[:10])))
    return known[text.casefold()]


def _read_link(_: ContactField, given: object) -> str:
    """Only what is safe to open: http and https."""
    text = _text(given)
    try:
        parts = urlsplit(text)
    except ValueError:
        parts = urlsplit("")
    if parts.scheme not in ("http", "https") or not parts.netloc or re.search(r"\s", text):
        raise FieldValueError(said("value_link"))
    return text


def _read_email(_: ContactField, given: object) -> str:
    text = _text(given, 320)
    if not EMAIL.fullmatch(text) or not text.isprintable():
        raise FieldValueError(said("value_email"))
    return text


def _read_phone(_: ContactField, given: object) -> str:
    try:
        return read_phone(_text(given))
    except PhoneError as error:
        raise FieldValueError(error.said) from error


READERS: Mapping[str, Callable[[ContactField, object], Value]] = {
    "text": _read_text,
    "number": _read_numeral,
    "date": _read_date,
    "yes_no": _read_yes_no,
    "list": _read_list,
    "multi_list": _read_multi_list,
    "link": _read_link,
    "email": _read_email,
    "phone": _read_phone,
}
KINDS = tuple(READERS)
LIST_KINDS = ("list", "multi_list")


def _numeral_of(text: str) -> object:
    """1.5 and 1,5 alike; without separators of thousands, which would make 1,500 ambiguous."""
    if not DECIMAL.fullmatch(text):
        return text
    plain = text.replace(",", ".")
    return float(plain) if "." in plain else int(plain[:400])


def _date_of(text: str) -> object:
    """Of the forms that spreadsheets write, only those that can be read in one way."""
    match = GERMAN_DATE.fullmatch(text)
    return f"{match[3]}-{match[2]:0>2}-{match[1]:0>2}" if match else text


def _flag_of(text: str) -> object:
    word = text.casefold()
    return True if word in YES else False if word in NO else text


def _options_of(text: str) -> object:
    return [part.strip() for part in text.split(SEPARATOR) if part.strip()]


CELLS: Mapping[str, Callable[[str], object]] = {
    "number": _numeral_of,
    "date": _date_of,
    "yes_no": _flag_of,
    "multi_list": _options_of,
}


def read_options(kind: str, given: Collection[str]) -> list[str]:
    """The options of a list, each once; raises FieldValueError if the kind has none, or they cannot be told apart."""
    names = [one_line(option) for option in given]
    if (kind in LIST_KINDS) != bool(names):
        raise FieldValueError(said("options_none" if kind in LIST_KINDS else "options_of_no_list"))
    if any(is_blank(name) or len(name) > MAX_OPTION or SEPARATOR in name for name in names):
        raise FieldValueError(said("options_characters", most=MAX_OPTION))
    if len({name.casefold() for name in names}) < len(names) or len(names) > MAX_OPTIONS:
        raise FieldValueError(said("options_twice", most=MAX_OPTIONS))
    return names
