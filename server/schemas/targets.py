"""Schemas of targets."""

from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from server.schemas.chats import Named
from server.schemas.fields import Flag, Request, a_name
from server.schemas.rules import (
    MAX_TEXTS,
    MOST,
    NAME_LENGTH,
    Condition,
    GivenCondition,
    given_id,
    given_minutes,
)

# Of the conditions of rules those that a chat alone decides.
CHAT_CONDITIONS = ("label", "assignee", "team", "new_contact", "chat_kind")


class GivenTargetCondition(GivenCondition):
    """What must hold of the chat."""

    kind = fields.String(required=True, validate=validate.OneOf(CHAT_CONDITIONS))


def _conditions(**options: Any) -> fields.List[dict[str, object]]:
    return fields.List(fields.Nested(GivenTargetCondition), validate=validate.Length(max=MOST), **options)


class CreateTarget(Request):
    name = a_name(NAME_LENGTH, required=True)
    # The accounts whose chats it is for: all of them the caller's own, by role.
    account_ids = fields.List(given_id(), required=True, validate=validate.Length(1, MAX_TEXTS))
    is_on = Flag(load_default=False)
    # All of them must hold.
    conditions = _conditions(load_default=list)
    # After how long it is breached; null: not promised. At least one is given.
    first_reply_minutes = given_minutes(load_default=None)
    next_reply_minutes = given_minutes(load_default=None)
    close_minutes = given_minutes(load_default=None)
    # Only the office hours of the account count; without any, all time does.
    office_hours = Flag(load_default=False)


class ChangeTarget(Request):
    name = a_name(NAME_LENGTH)
    account_ids = fields.List(given_id(), validate=validate.Length(1, MAX_TEXTS))
    is_on = Flag()
    conditions = _conditions()
    first_reply_minutes = given_minutes()
    next_reply_minutes = given_minutes()
    close_minutes = given_minutes()
    office_hours = Flag()
    # Puts it after this target, or with null before all others.
    after_id = given_id(allow_none=True)

    @validates_schema
    def any_field(self, data: dict[str, object], **_: object) -> None:
        if not data:
            raise ValidationError("Give at least one field to change.", "name")


class TargetCondition(Condition):
    """As it was given, whole."""

    kind = fields.String(required=True, validate=validate.OneOf(CHAT_CONDITIONS))


class Target(Schema):
    """A target; `account_ids` are those that the caller owns. `may_change`: the caller owns all of them."""

    id = fields.Integer(required=True)
    name = fields.String(required=True)
    position = fields.Integer(required=True)
    account_ids = fields.List(fields.Integer(), required=True)
    is_on = fields.Boolean(required=True)
    conditions = fields.List(fields.Nested(TargetCondition), required=True)
    first_reply_minutes = fields.Integer(required=True, allow_none=True)
    next_reply_minutes = fields.Integer(required=True, allow_none=True)
    close_minutes = fields.Integer(required=True, allow_none=True)
    office_hours = fields.Boolean(required=True)
    may_change = fields.Boolean(required=True)
    created_by = fields.Nested(Named, required=True, allow_none=True)
    created_at = fields.String(required=True)
    updated_at = fields.String(required=True)


class OneTarget(Schema):
    target = fields.Nested(Target, required=True)


class TargetList(Schema):
    items = fields.List(fields.Nested(Target), required=True)
