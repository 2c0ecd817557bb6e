"""Schemas of sign-in, registration and profiles."""

from marshmallow import Schema, ValidationError, fields, validates_schema

from server.schemas.fields import EmailAddress, Flag, Request, a_name, text
from server.schemas.users import password


class Login(Request):
    email = text(3, 320, required=True)
    password = text(1, 1000, required=True, load_only=True)


class ForgotPassword(Request):
    email = EmailAddress(required=True)


class Register(Request):
    email = EmailAddress(required=True)
    name = a_name(required=True)
    password = password()


class ChangeProfile(Request):
    name = a_name(required=True)


class SetAvailability(Request):
    away = Flag(required=True)


class Availability(Schema):
    # null: not away.
    away_since = fields.String(required=True, allow_none=True)


class ChangePassword(Request):
    old_password = text(1, 1000, required=True, load_only=True)
    new_password = password()


class TestToken(Request):
    user_id = text(0, 200, load_default=None)
    email = text(0, 200, load_default=None)
    name = text(0, 200, load_default=None)

    @validates_schema
    def one_of_both(self, data: dict[str, str | None], **_: object) -> None:
        if not (data.get("user_id") or data.get("email")):
            raise ValidationError("Give user_id or email.", "user_id")


class User(Schema):
    id = fields.Integer(required=True)
    email = fields.String(required=True)
    name = fields.String(required=True)
    role = fields.String(required=True)


class Rights(Schema):
    # Permissions in the team, and on an account by the role there.
    permissions = fields.List(fields.String(), required=True)
    number_permissions = fields.Dict(keys=fields.String(), values=fields.List(fields.String()), required=True)


class Session(Rights):
    token = fields.String(required=True)
    expires_at = fields.String(required=True)
    user = fields.Nested(User, required=True)
    # Part of the addresses of files (docs/api.md, "Files").
    media_key = fields.String(required=True)


class KeyOfMe(Schema):
    id = fields.Integer(required=True)
    name = fields.String(required=True)
    scopes = fields.List(fields.String(), required=True)
    account_ids = fields.List(fields.Integer(), required=True, allow_none=True)


class Me(Rights):
    user = fields.Nested(User, required=True)
    # Only for callers with an API key: that key.
    key = fields.Nested(KeyOfMe, required=True, allow_none=True)
