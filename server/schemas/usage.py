"""Schemas of plans, usage and billing events."""

from marshmallow import EXCLUDE, Schema, ValidationError, fields, validate, validates_schema

from server.rules.plans import SOURCES
from server.schemas.fields import Request, possible, text

LEVELS = ("ok", "warning", "reached")
GRANTED, REVOKED = "entitlement.granted", "entitlement.revoked"


class UsageQuery(Request):
    # YYYY-MM in UTC; default: this month.
    period = fields.String(load_default=None, validate=validate.Regexp(r"20[0-9]{2}-(0[1-9]|1[0-2])\Z"))


class Grant(Schema):
    """One grant of a plan to a user."""

    source = fields.String(required=True, validate=validate.OneOf(SOURCES))
    plan = fields.String(required=True)
    is_active = fields.Boolean(required=True)
    expires_at = fields.String(required=True, allow_none=True)


class Limit(Schema):
    """How much is allowed (null: unlimited) and used."""

    allowed = fields.Integer(required=True, allow_none=True)
    used = fields.Integer(required=True)


class MonthLimit(Limit):
    """Messages sent with Confab this month; the count resets at `until`."""

    level = fields.String(required=True, validate=validate.OneOf(LEVELS))
    until = fields.String(required=True)


class Entitlement(Schema):
    """What all grants together allow with one provider: the highest of each limit."""

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
    """One provider's month; of the messages sent, `sent_here` were sent with Confab and count towards `allowed`."""

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
    """The user, by id or e-mail address, and what they paid for."""

    class Meta:
        unknown = EXCLUDE

    user_id = fields.Integer(strict=True, load_default=None, validate=validate.Range(1, 2**63 - 1))
    email = text(1, 320, load_default=None)
    provider = fields.String(load_default="whatsapp", validate=validate.OneOf(["whatsapp"]))
    plan = text(1, 50, load_default=None)
    expires_at = fields.AwareDateTime(format="iso", load_default=None, allow_none=True, validate=possible)

    @validates_schema
    def one_user(self, data: dict[str, object], **_: object) -> None:
        if (data.get("user_id") is None) == (data.get("email") is None):
            raise ValidationError("Give either user_id or email.", "user_id")


class BillingEvent(Schema):
    """An event of a billing system, signed according to Standard Webhooks; unknown fields are ignored."""

    class Meta:
        unknown = EXCLUDE

    type = fields.String(required=True, validate=validate.OneOf([GRANTED, REVOKED]))
    # When it happened: the newest event of a user counts, in whatever order they arrive.
    timestamp = fields.AwareDateTime(format="iso", required=True, validate=possible)
    data = fields.Nested(BillingData, required=True)


class BillingAnswer(Schema):
    received = fields.Boolean(required=True)
    # False for a repeated event, and for one older than an event applied before.
    applied = fields.Boolean(required=True)
