"""Schemas of API keys."""

from datetime import UTC, datetime

from marshmallow import Schema, ValidationError, fields, validate

from server.rules.policy import SCOPES
from server.schemas.fields import MAX_ID, Moment, Request, a_name


def _in_future(moment: str) -> None:
    if datetime.fromisoformat(moment) <= datetime.now(UTC):
        raise ValidationError("Must be in the future.")


class CreateKey(Request):
    name = a_name(100, required=True)
    scopes = fields.List(
        fields.String(validate=validate.OneOf(SCOPES)),
        required=True,
        validate=validate.Length(1, len(SCOPES)),
    )
    # null: all accounts of the user, including future ones.
    account_ids = fields.List(
        fields.Integer(strict=True, validate=validate.Range(1, MAX_ID)),
        load_default=None,
        validate=validate.Length(1, 100),
    )
    expires_at = Moment(load_default=None, validate=_in_future)


class ApiKey(Schema):
    id = fields.Integer(required=True)
    name = fields.String(required=True)
    prefix = fields.String(required=True)
    scopes = fields.List(fields.String(validate=validate.OneOf(SCOPES)), required=True)
    all_accounts = fields.Boolean(required=True)
    account_ids = fields.List(fields.Integer(), required=True)
    user_id = fields.Integer(required=True)
    user_name = fields.String(required=True)
    expires_at = fields.String(required=True, allow_none=True)
    revoked_at = fields.String(required=True, allow_none=True)
    last_used_at = fields.String(required=True, allow_none=True)
    created_at = fields.String(required=True)


class ApiKeyList(Schema):
    items = fields.List(fields.Nested(ApiKey), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


class CreatedKey(Schema):
    key = fields.Nested(ApiKey, required=True)
    secret = fields.String(required=True)
