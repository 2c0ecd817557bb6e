"""Schemas of reports."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from marshmallow import Schema, ValidationError, fields, post_load, validate, validates_schema

from server.rules.facts import MEASURES
from server.rules.periods import MAX_DAYS, Period, last_days
from server.schemas.chats import CHAT_KINDS
from server.schemas.fields import MAX_ID, ListQuery, Moment, Request

CLOCKS, GROUP_KINDS, STEPS = ("all", "office"), ("user", "account", "label", "team"), ("day", "week", "month")
OUTCOMES = ("any", "met", "breached")
MAX_SECONDS = 2**31 - 1


class Zone(fields.String):
    """The name of a time zone, such as Europe/Berlin."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> ZoneInfo:  # type: ignore[override]
        name: str = super()._deserialize(value, attr, data, **kwargs)
        if name != "UTC" and name not in available_timezones():
            raise ValidationError("Must be the name of a time zone, such as Europe/Berlin.")
        return ZoneInfo(name)


class _Days(Request):
    """Days, the last one included; the last four weeks by default."""

    since = fields.Date(load_default=None, validate=validate.Range(date(2000, 1, 1), date(2199, 12, 31)))
    until = fields.Date(load_default=None, validate=validate.Range(date(2000, 1, 1), date(2199, 12, 31)))
    # All accounts of which the caller sees all chats by default.
    account_id = fields.Integer(load_default=None, validate=validate.Range(1, MAX_ID))

    @validates_schema
    def in_order(self, data: dict[str, Any], **_: object) -> None:
        since, until = data.get("since"), data.get("until")
        if (since is None) != (until is None):
            raise ValidationError("Give both days or none.", "until")
        if since is not None and until is not None:
            if until < since:
                raise ValidationError("Must not be before since.", "until")
            if until - since >= timedelta(days=MAX_DAYS):
                raise ValidationError(f"Must be less than {MAX_DAYS} days after since.", "until")

    @post_load
    def with_period(self, data: dict[str, Any], **_: object) -> dict[str, Any]:
        since, until = data.pop("since"), data.pop("until")
        period = last_days(datetime.now(UTC).date()) if since is None else Period(since, until)
        return data | {"period": period}


class _Selected(_Days):
    """Of a user (0: none of them), with a label, or of a team; `office` measures within office hours only."""

    user_id = fields.Integer(load_default=None, validate=validate.Range(0, MAX_ID))
    label_id = fields.Integer(load_default=None, validate=validate.Range(1, MAX_ID))
    team_id = fields.Integer(load_default=None, validate=validate.Range(1, MAX_ID))
    clock = fields.String(load_default="all", validate=validate.OneOf(CLOCKS))


def _dimensions(data: dict[str, Any]) -> list[str]:
    return [name for name in ("user_id", "label_id", "team_id") if data.get(name) is not None]


class ReportQuery(_Selected):
    @validates_schema
    def one_filter(self, data: dict[str, Any], **_: object) -> None:
        if len(given := _dimensions(data)) > 1:
            raise ValidationError("Give a user, a label or a team.", given[-1])


class ReportGroupQuery(ReportQuery):
    by = fields.String(load_default="user", validate=validate.OneOf(GROUP_KINDS))

    @validates_schema
    def another_kind(self, data: dict[str, Any], **_: object) -> None:
        if data.get("by") != "account" and _dimensions(data):
            raise ValidationError("Only accounts are compared of a user, a label or a team.", "by")


class BacklogQuery(_Days):
    # Where the days begin and end.
    time_zone = Zone(load_default=ZoneInfo("UTC"))


class VolumeQuery(_Days):
    # What a user sent; 0: what none of them did.
    user_id = fields.Integer(load_default=None, validate=validate.Range(0, MAX_ID))


class FactFilterQuery(_Selected):
    """Facts of a measure, with a duration of `at_least` and less than `below` seconds; `target`: those with a
    target, all or where it was met or breached. `open_at`: the openings of the conversations that were open then,
    instead of those of the period.
    """

    measure = fields.String(load_default="reply", validate=validate.OneOf(MEASURES))
    at_least = fields.Integer(load_default=None, validate=validate.Range(0, MAX_SECONDS))
    below = fields.Integer(load_default=None, validate=validate.Range(0, MAX_SECONDS))
    target = fields.String(load_default=None, validate=validate.OneOf(OUTCOMES))
    open_at = Moment(load_default=None)

    @validates_schema
    def opened(self, data: dict[str, Any], **_: object) -> None:
        if data.get("open_at") is not None and data.get("measure") != "opened":
            raise ValidationError("Goes with the measure opened.", "open_at")
        if data.get("target") is not None and data.get("measure") == "opened":
            raise ValidationError("There is no target for what is opened.", "target")


class FactQuery(FactFilterQuery, ListQuery):
    """Newest first."""


class Summary(Schema):
    """Durations in seconds; null without any. Median and 90th percentile are a few percent off."""

    n = fields.Integer(required=True)
    mean = fields.Integer(required=True, allow_none=True)
    median = fields.Integer(required=True, allow_none=True)
    p90 = fields.Integer(required=True, allow_none=True)
    # How many were within the time that a target promised, and how many were not; the others had none.
    met = fields.Integer(required=True)
    breached = fields.Integer(required=True)


class FullSummary(Summary):
    # How many are within each bucket; they begin at the report's `bucket_starts`.
    buckets = fields.List(fields.Integer(), required=True)


class ReportStep(Summary):
    first_day = fields.String(required=True)
    last_day = fields.String(required=True)


class MeasureReport(Schema):
    """`before` is the period of the same length right before."""

    measure = fields.String(required=True, validate=validate.OneOf(MEASURES))
    now = fields.Nested(FullSummary, required=True)
    before = fields.Nested(FullSummary, required=True)
    steps = fields.List(fields.Nested(ReportStep), required=True)


class Days(Schema):
    since = fields.String(required=True)
    until = fields.String(required=True)


class Report(Schema):
    now = fields.Nested(Days, required=True)
    before = fields.Nested(Days, required=True)
    step = fields.String(required=True, validate=validate.OneOf(STEPS))
    bucket_starts = fields.List(fields.Integer(), required=True)
    measures = fields.List(fields.Nested(MeasureReport), required=True)
    # False while what happened before, or with other office hours, is still being computed.
    is_complete = fields.Boolean(required=True)


class ComparedMeasure(Schema):
    measure = fields.String(required=True, validate=validate.OneOf(MEASURES))
    now = fields.Nested(Summary, required=True)
    before = fields.Nested(Summary, required=True)


class ReportGroup(Schema):
    """A user (0: none, such as replies from the phone), an account, a label or a team."""

    id = fields.Integer(required=True)
    name = fields.String(required=True, allow_none=True)
    measures = fields.List(fields.Nested(ComparedMeasure), required=True)


class ReportGroups(Schema):
    items = fields.List(fields.Nested(ReportGroup), required=True)


class BacklogHour(Schema):
    """How many conversations are open at the end of the hour; it stays so until the next one listed."""

    hour = fields.String(required=True)
    open = fields.Integer(required=True)
    opened = fields.Integer(required=True)
    closed = fields.Integer(required=True)


class ReportBacklog(Schema):
    since = fields.String(required=True)
    until = fields.String(required=True)
    items = fields.List(fields.Nested(BacklogHour), required=True)


class ReportFact(Schema):
    """What a figure counts. `user_id` is null if none of the users did it."""

    id = fields.Integer(required=True)
    account_id = fields.Integer(required=True)
    chat_id = fields.Integer(required=True)
    chat_title = fields.String(required=True, allow_none=True)
    chat_kind = fields.String(required=True, validate=validate.OneOf(CHAT_KINDS))
    conversation_id = fields.Integer(required=True)
    measure = fields.String(required=True, validate=validate.OneOf(MEASURES))
    began_at = fields.String(required=True)
    at = fields.String(required=True)
    user_id = fields.Integer(required=True, allow_none=True)
    user_name = fields.String(required=True, allow_none=True)
    seconds = fields.Integer(required=True)
    open_seconds = fields.Integer(required=True)
    label_ids = fields.List(fields.Integer(), required=True)
    team_id = fields.Integer(required=True, allow_none=True)
    # What the target that was valid then promised, and whether that was met; null without a target.
    promised_minutes = fields.Integer(required=True, allow_none=True)
    promised_office = fields.Boolean(required=True, allow_none=True)
    is_met = fields.Boolean(required=True, allow_none=True)


class ReportFactList(Schema):
    items = fields.List(fields.Nested(ReportFact), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


class Volume(Schema):
    received = fields.Integer(required=True)
    sent = fields.Integer(required=True)


class ComparedVolume(Schema):
    now = fields.Nested(Volume, required=True)
    before = fields.Nested(Volume, required=True)


class VolumeStep(Volume):
    first_day = fields.String(required=True)
    last_day = fields.String(required=True)


class VolumeGroup(ComparedVolume):
    """An account, or a user; 0 is none: what was received, and what the phone, programs and rules sent."""

    id = fields.Integer(required=True)
    name = fields.String(required=True, allow_none=True)


class ReportVolume(Schema):
    """Messages in and out. `before` is the period of the same length right before."""

    now = fields.Nested(Days, required=True)
    before = fields.Nested(Days, required=True)
    step = fields.String(required=True, validate=validate.OneOf(STEPS))
    total = fields.Nested(ComparedVolume, required=True)
    steps = fields.List(fields.Nested(VolumeStep), required=True)
    # Those with the most first.
    users = fields.List(fields.Nested(VolumeGroup), required=True)
    accounts = fields.List(fields.Nested(VolumeGroup), required=True)
    is_complete = fields.Boolean(required=True)
