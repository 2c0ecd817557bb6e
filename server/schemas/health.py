"""Schemas of health checks, of the app's settings before sign-in, and of webhook responses."""

from marshmallow import Schema, fields, validate


class Health(Schema):
    status = fields.String(required=True, validate=validate.Equal("ok"))
    version = fields.String(required=True)


class Check(Schema):
    """One dependency: whether it responded, how fast, and its details."""

    ok = fields.Boolean(required=True)
    ms = fields.Float()
    error = fields.String()
    reason = fields.String()
    dead_letters = fields.Integer()
    queue_age_seconds = fields.Dict(keys=fields.String(), values=fields.Float())
    worker_alive = fields.Boolean()
    # How much this machine's clock is ahead of Redis's.
    clock_skew_seconds = fields.Float()
    circuit = fields.String(validate=validate.OneOf(["closed", "open", "half_open"]))


class Readiness(Schema):
    status = fields.String(required=True, validate=validate.OneOf(["ready", "unavailable"]))
    # Left out where `[metrics]` is restricted and the caller may not read it.
    checks = fields.Dict(keys=fields.String(), values=fields.Nested(Check))


class DemoLogin(Schema):
    email = fields.String(required=True)
    password = fields.String(required=True)


class Uploads(Schema):
    """The limits of uploads in one send."""

    max_bytes = fields.Integer(required=True)
    max_files = fields.Integer(required=True)


class Settings(Schema):
    sandbox = fields.Boolean(required=True)
    phone_url = fields.String(required=True, allow_none=True)
    demo = fields.Nested(DemoLogin, required=True, allow_none=True)
    providers = fields.List(fields.String(), required=True)
    # Whether visitors can register (POST /api/auth/register).
    open_registration = fields.Boolean(required=True)
    # Whether links to reset a password are sent by mail (POST /api/auth/forgot).
    forgot_password = fields.Boolean(required=True)
    # Whether notifications are mailed.
    mail = fields.Boolean(required=True)
    # With which browsers subscribe to web push; null where it is off.
    webpush_key = fields.String(required=True, allow_none=True)
    uploads = fields.Nested(Uploads, required=True)
    version = fields.String(required=True)


class Received(Schema):
    received = fields.Boolean(required=True)
