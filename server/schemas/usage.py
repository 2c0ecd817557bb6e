"""Plans and usage as the outside sees them, and what a billing system says."""

from marshmallow import EXCLUDE, Schema, ValidationError, fields, validate, validates_schema

from server.schemas.fields import Request, possible, text

SOURCES = ("plan", "trial", "manual", "billing")
LEVELS = ("ok", "warning", "reached")
GRANTED, REVOKED = "entitlement.granted", "entitlement.revoked"


class UsageQuery(Request):
    # YYYY-MM in UTC; this month when it is left out.
    period = fields.String(load_default=None, validate=validate.Regexp(r"20[0-9]{2}-(0[1-9]|1[0-2])\Z"))


class Grant(Schema):
    """One of the things that give a user their plan."""

    source = fields.String(required=True, validate=validate.OneOf(SOURCES))
    plan = fields.String(required=True)
    is_active = fields.Boolean(required=True)
    expires_at = fields.String(required=True, allow_none=True)


class Limit(Schema):
    """What of something is allowed (null: without limit) and used."""

    allowed = fields.Integer(required=True, allow_none=True)
    used = fields.Integer(required=True)


class MonthLimit(Limit):
    """Messages sent through us this month; at `until` the next one begins with nothing used."""

    level = fields.String(required=True, validate=validate.OneOf(LEVELS))
    until = fields.String(required=True)


class Entitlement(Schema):
    """What all grants together allow with one provider: the most generous of each limit."""

    provider = fields.String(required=True)
    is_active = fields.Boolean(required=True)
    plan = fields.String(required=True, allow_none=True)
    source = fields.String(required=True, allow_none=True, validate=validate.OneOf(SOURCES))
    expires_at = fields.String(required=True, allow_none=True)
    accounts = fields.Nested(Limit, required=True)
    messages = fields.Nested(MonthLimit, required=True)
    seats = fields.Nested(Limit, required=True)
    features = fields.List(fields.String(), required=True)
    grants = fields.List(fields.Nested(Grant), required=True)


class EntitlementList(Schema):
    items = fields.List(fields.Nested(Entitlement), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


class Day(Schema):
    day = fields.String(required=True)
    sent = fields.Integer(required=True)
    received = fields.Integer(required=True)


class MonthUsage(Schema):
    """One provider's month: of the messages sent, `sent_here` went through us and count against `allowed`."""

    provider = fields.String(required=True)
    period = fields.String(required=True)
    messages_sent = fields.Integer(required=True)
    messages_rcvd = fields.Integer(required=True)
    sent_here = fields.Integer(required=True)
    plan = fields.String(required=True, allow_none=True)
    allowed = fields.Integer(required=True, allow_none=True)
    level = fields.String(required=True, validate=validate.OneOf(LEVELS))
    until = fields.String(required=True)
    days = fields.List(fields.Nested(Day), required=True)


class Usage(Schema):
    period = fields.String(required=True)
    items = fields.List(fields.Nested(MonthUsage), required=True)


class BillingData(Schema):
    """Who, by id or by address, and what was paid for."""

    class Meta:
        unknown = EXCLUDE

    user_id = fields.Integer(strict=True, load_default=None, validate=validate.Range(1, 2**63 - 1))
    email = text(1, 320, load_default=None)
    provider = fields.String(load_default="whatsapp", validate=validate.OneOf(["whatsapp"]))
    plan = text(1, 50, load_default=None)
    expires_at = fields.AwareDateTime(format="iso", load_default=None, allow_none=True, validate=possible)

    @validates_schema
    def somebody(self, data: dict[str, object], **_: object) -> None:
        if (data.get("user_id") is None) == (data.get("email") is None):
            raise ValidationError("Give one of user_id and email.", "user_id")


class BillingEvent(Schema):
    """An event of a billing system, signed as Standard Webhooks has it; what it says more is passed over."""

    class Meta:
        unknown = EXCLUDE

    type = fields.String(required=True, validate=validate.OneOf([GRANTED, REVOKED]))
    # When it happened: of several events about one user the newest one counts, in whatever order they come.
    timestamp = fields.AwareDateTime(format="iso", required=True, validate=possible)
    data = fields.Nested(BillingData, required=True)


class BillingAnswer(Schema):
    received = fields.Boolean(required=True)
    # False for a repetition, and for what was overtaken by a newer event.
    applied = fields.Boolean(required=True)
