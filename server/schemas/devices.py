"""Schemas of devices, which get web push."""

from marshmallow import Schema, fields, validate

from server.schemas.fields import Request, a_name, text

MAX_ENDPOINT, MAX_KEY = 1024, 100


class SubscriptionKeys(Request):
    """As the browser's `PushSubscription.toJSON()` has them: base64url."""

    p256dh = text(1, MAX_KEY, required=True)
    auth = text(1, MAX_KEY, required=True)


class AddDevice(Request):
    """The browser's subscription, and how its user recognises it: "Chrome on Windows"."""

    endpoint = text(1, MAX_ENDPOINT, required=True)
    keys = fields.Nested(SubscriptionKeys, required=True)
    name = a_name(100, required=True)


class TestChannel(Request):
    channel = fields.String(required=True, validate=validate.OneOf(["push", "mail"]))


class Device(Schema):
    id = fields.Integer(required=True)
    name = fields.String(required=True)
    created_at = fields.String(required=True)
    # When the push service last accepted something for it.
    reached_at = fields.String(required=True, allow_none=True)
    # Whether it is the browser that asks.
    is_current = fields.Boolean(required=True)


class DeviceList(Schema):
    items = fields.List(fields.Nested(Device), required=True)


class OneDevice(Schema):
    device = fields.Nested(Device, required=True)
