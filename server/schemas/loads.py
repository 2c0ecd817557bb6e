"""Schemas of automatic assignment: modes, limits, and the loads of users."""

from marshmallow import Schema, fields, validate

from server.schemas.fields import Whole

MODES = ("manual", "round_robin", "balanced")


def assignment_mode(*, can_be_absent: bool = False) -> fields.String:
    """How chats without an owner are handed out: not, in turn, or to who has the fewest. Of a team, null: as the
    account does.
    """
    return fields.String(allow_none=can_be_absent, validate=validate.OneOf(MODES))


def chat_limit() -> Whole:
    """How many open chats a user can have before none are handed out to them; null: any number."""
    return Whole(allow_none=True, validate=validate.Range(1, 1000))


def shown_mode(*, can_be_absent: bool = False) -> fields.String:
    return fields.String(required=True, allow_none=can_be_absent, validate=validate.OneOf(MODES))


def shown_limit() -> fields.Integer:
    return fields.Integer(required=True, allow_none=True)


class Load(Schema):
    """How many open chats a user has, here and in all accounts; snoozed and archived ones are not counted."""

    user_id = fields.Integer(required=True)
    open_chats = fields.Integer(required=True)
    all_open_chats = fields.Integer(required=True)
    # The user's own limit, for all accounts together.
    chat_limit = shown_limit()


class LoadList(Schema):
    items = fields.List(fields.Nested(Load), required=True)
    next_cursor = fields.String(required=True, allow_none=True)
