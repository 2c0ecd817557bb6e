"""Fields that more than one noun needs: texts that Postgres can hold, ids, limits."""

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields, validate

from server.text.graphemes import is_blank, is_emoji, one_line
from server.text.phones import PhoneError, read_phone
from server.text.times import EPOCH, LATEST, read_time

MAX_ID = 2**63 - 1


class CleanText(fields.String):
    """A string without NUL and lone surrogates, which Postgres and UTF-8 cannot hold."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text: str = super()._deserialize(value, attr, data, **kwargs)
        if "\x00" in text or any("\ud800" <= character <= "\udfff" for character in text):
            raise ValidationError("Holds characters that cannot be stored.")
        return text


def not_blank(error: str = "Write something.") -> Callable[[str], None]:
    """Refuses a text of which nobody could see anything."""

    def check(text: str) -> None:
        if is_blank(text):
            raise ValidationError(error)

    return check


class Name(CleanText):
    """What somebody or something is called, on one line."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        return one_line(super()._deserialize(value, attr, data, **kwargs))


class Caption(CleanText):
    """A text beside files: a blank one is none."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str | None:  # type: ignore[override]
        text = super()._deserialize(value, attr, data, **kwargs)
        return None if is_blank(text) else text


class Emoji(CleanText):
    """One emoji, as WhatsApp takes it for a reaction."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text = super()._deserialize(value, attr, data, **kwargs)
        if not is_emoji(text):
            raise ValidationError("Choose one emoji.")
        return text


class Flag(fields.Boolean):
    """true or false, and nothing that Python takes for one of them."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> bool:
        if not isinstance(value, bool):
            raise self.make_error("invalid", input=value)
        return value


class Whole(fields.Integer):
    """A whole number, and nothing that Python takes for one."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> int:
        if not isinstance(value, int) or isinstance(value, bool):
            raise self.make_error("invalid", input=value)
        return value


def possible(moment: datetime) -> None:
    """Refuses a time that no calendar of ours reaches."""
    if not EPOCH <= moment <= LATEST:
        raise ValidationError("Not a time that can be.")


def has_offset(text: str) -> bool:
    """Whether a time says its zone: without one, everybody would read their own."""
    try:
        return datetime.fromisoformat(text.strip().upper()).tzinfo is not None
    except ValueError:
        return False


class RowNumber(fields.Integer):
    """A sequence number in a query or form, where all is text: digits and nothing else, no more than Postgres holds."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> int:
        if not isinstance(value, str) or not re.fullmatch(r"[0-9]{1,19}", value) or int(value) > MAX_ID:
            raise ValidationError(f"Not a whole number from 0 to {MAX_ID}.")
        return int(value)


class Moment(CleanText):
    """A time as RFC 3339, with its offset, that can be; loaded in UTC as Postgres reads it."""

    def __init__(self, *, earliest: datetime = EPOCH, **options: Any) -> None:
        super().__init__(**options)
        self._earliest = earliest

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text = super()._deserialize(value, attr, data, **kwargs)
        moment = read_time(text, self._earliest) if has_offset(text) else None
        if moment is None:
            raise ValidationError(
                "Not a time with its offset, as in 2026-03-02T09:14:05.000Z, or one that cannot be."
            )
        return moment.isoformat()


class PhoneNumber(CleanText):
    """A phone number in any usual writing, loaded in E.164."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text = super()._deserialize(value, attr, data, **kwargs)
        try:
            return read_phone(text)
        except PhoneError as error:
            raise ValidationError(str(error)) from error


class EmailAddress(CleanText):
    """An address with one @, something around it and no blank; what is behind it only a mail can tell."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text = super()._deserialize(value, attr, data, **kwargs).strip()
        if len(text) > 320 or not re.fullmatch(r"[^@\s]+@[^@\s]+", text) or not text.isprintable():
            raise ValidationError("Not an e-mail address.")
        return text


class Request(Schema):
    """A body or query of ours: unknown keys are refused, so that a typing error is noticed."""

    class Meta:
        unknown = RAISE


class ListQuery(Request):
    limit = fields.Integer(load_default=50, validate=validate.Range(1, 100))
    cursor = fields.String(load_default=None, validate=validate.Length(max=200))


def a_name(maximum: int = 200, **options: Any) -> Name:
    return Name(validate=[validate.Length(1, maximum), not_blank("Write a name.")], **options)


def text(minimum: int = 1, maximum: int = 200, **options: Any) -> CleanText:
    return CleanText(validate=validate.Length(minimum, maximum), **options)
