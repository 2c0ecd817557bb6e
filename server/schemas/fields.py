"""Shared fields: texts that Postgres can store, ids, times, lists."""

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields, validate

from server.said.said import said
from server.text.graphemes import is_blank, is_emoji, is_storable, one_line
from server.text.phones import PhoneError, read_phone
from server.text.times import EPOCH, LATEST, read_time

MAX_ID = 2**63 - 1


class CleanText(fields.String):
    """A string without NUL and lone surrogates, which Postgres and UTF-8 cannot represent."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text: str = super()._deserialize(value, attr, data, **kwargs)
        if not is_storable(text):
            raise ValidationError(said("value_characters"))
        return text


def not_blank(error: str = "Must not be blank.") -> Callable[[str], None]:
    """Rejects texts without any visible character."""

    def check(text: str) -> None:
        if is_blank(text):
            raise ValidationError(error)

    return check


class Name(CleanText):
    """A name, on one line."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        return one_line(super()._deserialize(value, attr, data, **kwargs))


class Caption(CleanText):
    """The text of files; a blank one is None."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str | None:  # type: ignore[override]
        text = super()._deserialize(value, attr, data, **kwargs)
        return None if is_blank(text) else text


class Emoji(CleanText):
    """A single emoji, as WhatsApp requires for reactions."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text = super()._deserialize(value, attr, data, **kwargs)
        if not is_emoji(text):
            raise ValidationError("Must be a single emoji.")
        return text


class Flag(fields.Boolean):
    """true or false, and no values that marshmallow would convert."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> bool:
        if not isinstance(value, bool):
            raise self.make_error("invalid", input=value)
        return value


class FlagText(Flag):
    """A flag as the text of a form."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> bool:
        known = {"true": True, "false": False}
        if value not in known:
            raise self.make_error("invalid")
        return known[value]


class Whole(fields.Integer):
    """An integer, and no values that Python would convert."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> int:
        if not isinstance(value, int) or isinstance(value, bool):
            raise self.make_error("invalid", input=value)
        return value


def possible(moment: datetime) -> None:
    """Rejects times that cannot be stored."""
    if not EPOCH <= moment <= LATEST:
        raise ValidationError("Must be a time from 1970 to 9999.")


def has_offset(text: str) -> bool:
    """Whether a time has an offset; without one it would be ambiguous."""
    try:
        return datetime.fromisoformat(text.strip().upper()).tzinfo is not None
    except ValueError:
        return False


class SeqText(fields.Integer):
    """A sequence number in a query or form, where all values are text: only digits, and within Postgres's bigint."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> int:
        if not isinstance(value, str) or not re.fullmatch(r"[0-9]{1,19}", value) or int(value) > MAX_ID:
            raise ValidationError(f"Must be an integer from 0 to {MAX_ID}.")
        return int(value)


class Moment(CleanText):
    """A time in RFC 3339 with an offset; loaded in UTC in Postgres's format."""

    def __init__(self, *, earliest: datetime = EPOCH, **options: Any) -> None:
        super().__init__(**options)
        self._earliest = earliest

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text = super()._deserialize(value, attr, data, **kwargs)
        moment = read_time(text, self._earliest) if has_offset(text) else None
        if moment is None:
            raise ValidationError("Must be a valid time with an offset, as in 2026-03-02T09:14:05.000Z.")
        return moment.isoformat()


class PhoneNumber(CleanText):
    """A phone number in any common format, loaded in E.164."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text = super()._deserialize(value, attr, data, **kwargs)
        try:
            return read_phone(text)
        except PhoneError as error:
            raise ValidationError(error.said) from error


class EmailAddress(CleanText):
    """An e-mail address: one @, text on both sides, no spaces. Whether it exists only a mail can tell."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text = super()._deserialize(value, attr, data, **kwargs).strip()
        if len(text) > 320 or not re.fullmatch(r"[^@\s]+@[^@\s]+", text) or not text.isprintable():
            raise ValidationError(said("value_email"))
        return text


class Request(Schema):
    """A request body or query; unknown keys are rejected, so that typing errors are noticed."""

    class Meta:
        unknown = RAISE


class ListQuery(Request):
    """The query of all lists with pages."""

    limit = fields.Integer(load_default=50, validate=validate.Range(1, 100))
    cursor = fields.String(load_default=None, validate=validate.Length(max=200))


def a_name(maximum: int = 200, **options: Any) -> Name:
    """A name that is not blank."""
    return Name(validate=[validate.Length(1, maximum), not_blank()], **options)


def text(minimum: int = 1, maximum: int = 200, **options: Any) -> CleanText:
    """A text with bounded length."""
    return CleanText(validate=validate.Length(minimum, maximum), **options)
