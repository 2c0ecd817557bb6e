"""What operators, the app before anybody has signed in, and UniPile are answered."""

from marshmallow import Schema, fields, validate


class Health(Schema):
    status = fields.String(required=True, validate=validate.Equal("ok"))


class Check(Schema):
    """One part: whether it answered, how fast, and what it says of itself."""

    ok = fields.Boolean(required=True)
    ms = fields.Float()
    error = fields.String()
    reason = fields.String()
    dead_letters = fields.Integer()
    queue_age_seconds = fields.Dict(keys=fields.String(), values=fields.Float())
    worker_alive = fields.Boolean()
    # How far this machine's clock is ahead of Redis's.
    clock_skew_seconds = fields.Float()
    circuit = fields.String(validate=validate.OneOf(["closed", "open", "half_open"]))


class Readiness(Schema):
    status = fields.String(required=True, validate=validate.OneOf(["ready", "unavailable"]))
    checks = fields.Dict(required=True, keys=fields.String(), values=fields.Nested(Check))


class DemoLogin(Schema):
    email = fields.String(required=True)
    password = fields.String(required=True)


class Uploads(Schema):
    """What one send may bring along."""

    max_bytes = fields.Integer(required=True)
    max_files = fields.Integer(required=True)


class Settings(Schema):
    sandbox = fields.Boolean(required=True)
    phone_url = fields.String(required=True, allow_none=True)
    demo = fields.Nested(DemoLogin, required=True, allow_none=True)
    providers = fields.List(fields.String(), required=True)
    # Whoever comes may make themselves an account (POST /api/auth/register).
    open_registration = fields.Boolean(required=True)
    # A link to a new password comes by mail (POST /api/auth/forgot).
    forgot_password = fields.Boolean(required=True)
    uploads = fields.Nested(Uploads, required=True)
    version = fields.String(required=True)


class Received(Schema):
    received = fields.Boolean(required=True)
