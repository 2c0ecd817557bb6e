"""Signing in: what is asked and what is answered."""

from marshmallow import Schema, ValidationError, fields, validates_schema

from server.schemas.fields import Request, text


class Login(Request):
    email = text(3, 320, required=True)
    password = text(1, 1000, required=True, load_only=True)


class TestToken(Request):
    user_id = text(0, 200, load_default=None)
    email = text(0, 200, load_default=None)
    name = text(0, 200, load_default=None)

    @validates_schema
    def one_of_both(self, data: dict[str, str | None], **_: object) -> None:
        if not (data.get("user_id") or data.get("email")):
            raise ValidationError("Give a user_id or an email.", "user_id")


class User(Schema):
    id = fields.Integer(required=True)
    email = fields.String(required=True)
    name = fields.String(required=True)
    role = fields.String(required=True)


class Session(Schema):
    token = fields.String(required=True)
    expires_at = fields.String(required=True)
    user = fields.Nested(User, required=True)


class Me(Schema):
    user = fields.Nested(User, required=True)
