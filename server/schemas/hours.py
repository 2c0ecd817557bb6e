"""Schemas of office hours and auto-replies."""

from datetime import date
from itertools import pairwise
from typing import Any
from zoneinfo import available_timezones

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from server.rules.hours import MINUTES_OF_DAY
from server.schemas.fields import CleanText, Flag, Request, Whole
from server.text.graphemes import is_blank
from server.text.variables import OPENS_AT, VARIABLES, unknown_variables, used_variables

ZONES = frozenset(available_timezones())
MAX_SPANS, MAX_HOLIDAYS, MAX_REPLY = 6, 200, 10_000
YEARS = (2000, 2199)
# No user writes an auto-reply; what may have no value needs a default.
VALUED = (*(name for name in VARIABLES if not name.startswith("agent.")), OPENS_AT)
NEED_DEFAULT = tuple(name for name in VALUED if name != "today")


def _known_zone(name: str) -> None:
    if name not in ZONES:
        raise ValidationError("Must be a time zone such as Europe/Berlin.")


class _Spans(fields.List[Any]):
    """Spans of a day in order and apart, as [from, to] in minutes; the whole day is [0, 1440], none is closed."""

    def __init__(self, **options: Any) -> None:
        span = fields.List(
            Whole(validate=validate.Range(0, MINUTES_OF_DAY)), validate=validate.Length(equal=2)
        )
        super().__init__(span, validate=validate.Length(max=MAX_SPANS), **options)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> list[Any]:
        spans: list[Any] = super()._deserialize(value, attr, data, **kwargs)
        if any(len(span) != 2 or span[0] >= span[1] for span in spans):
            raise ValidationError("Each span must end after it begins; divide what lasts beyond midnight.")
        if any(later[0] <= earlier[1] for earlier, later in pairwise(spans)):
            raise ValidationError("Spans must be in order and apart.")
        return spans


class _Day(CleanText):
    """A date, as in 2026-12-25."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text = super()._deserialize(value, attr, data, **kwargs)
        try:
            day = date.fromisoformat(text)
        except ValueError as error:
            raise ValidationError("Must be a date, as in 2026-12-25.") from error
        if not YEARS[0] <= day.year <= YEARS[1]:
            raise ValidationError(f"Must be in a year from {YEARS[0]} to {YEARS[1]}.")
        return day.isoformat()


class PutHoliday(Request):
    date = _Day(required=True)
    name = CleanText(load_default="", validate=validate.Length(0, 100))
    # When it is open on that date all the same.
    spans = _Spans(load_default=list)


class PutHours(Request):
    time_zone = CleanText(required=True, validate=_known_zone)
    # Monday first.
    week = fields.List(_Spans(), required=True, validate=validate.Length(equal=7))
    holidays = fields.List(
        fields.Nested(PutHoliday), load_default=list, validate=validate.Length(max=MAX_HOLIDAYS)
    )

    @validates_schema
    def one_holiday_a_date(self, data: dict[str, Any], **_: object) -> None:
        dates = [holiday["date"] for holiday in data.get("holidays", [])]
        if len(set(dates)) < len(dates):
            raise ValidationError("Each date must occur once.", "holidays")


def _resolvable(reply: str) -> None:
    """A value that is missing when the text is sent cannot be filled in."""
    used = used_variables(reply)
    if unknown := unknown_variables(reply, VALUED):
        known = ", ".join(VALUED)
        raise ValidationError(f"Unknown variables: {', '.join(unknown[:10])}. Known are {known}.")
    bare = dict.fromkeys(name for name, has_default in used if name in NEED_DEFAULT and not has_default)
    if bare:
        first = next(iter(bare))
        example = f"{{{{{first} | default: 'there'}}}}"
        raise ValidationError(f"Give {', '.join(bare)} a default, as in {example}.")


class PutAutoReply(Request):
    is_on = Flag(required=True)
    text = CleanText(required=True, validate=[validate.Length(0, MAX_REPLY), _resolvable])

    @validates_schema
    def text_where_on(self, data: dict[str, Any], **_: object) -> None:
        if data.get("is_on") and is_blank(data.get("text", "")):
            raise ValidationError("Must not be blank.", "text")


class PutAutoReplies(Request):
    # To the first message of a conversation that the contact opens.
    welcome = fields.Nested(PutAutoReply, required=True)
    # Outside the office hours, once in a closed period.
    away = fields.Nested(PutAutoReply, required=True)


class Holiday(Schema):
    date = fields.String(required=True)
    name = fields.String(required=True)
    spans = fields.List(fields.List(fields.Integer()), required=True)


class Hours(Schema):
    """Spans are [from, to] in minutes of the local day; a holiday has its own instead of those of its weekday."""

    account_id = fields.Integer(required=True)
    time_zone = fields.String(required=True)
    week = fields.List(fields.List(fields.List(fields.Integer())), required=True)
    holidays = fields.List(fields.Nested(Holiday), required=True)
    updated_at = fields.String(required=True)


class OneHours(Schema):
    """Without hours the account is always open."""

    hours = fields.Nested(Hours, required=True, allow_none=True)
    is_open = fields.Boolean(required=True)
    # When it opens or closes next; null: never.
    changes_at = fields.String(required=True, allow_none=True)


class AutoReply(Schema):
    is_on = fields.Boolean(required=True)
    text = fields.String(required=True)
    updated_at = fields.String(required=True, allow_none=True)


class AutoReplies(Schema):
    welcome = fields.Nested(AutoReply, required=True)
    away = fields.Nested(AutoReply, required=True)


class OneAutoReplies(Schema):
    auto_replies = fields.Nested(AutoReplies, required=True)
