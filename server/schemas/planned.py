"""Schemas of planned messages."""

from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from server.schemas.chats import CHAT_KINDS
from server.schemas.fields import MAX_ID, CleanText, Flag, ListQuery, Moment, Request, Whole, not_blank
from server.schemas.messages import MAX_TEXT, Failure

PLANNED_STATES = ("planned", "sent", "cancelled", "failed")


def _text(**options: Any) -> CleanText:
    return CleanText(validate=[validate.Length(1, MAX_TEXT), not_blank()], **options)


class PlanMessage(Request):
    text = _text(required=True)
    # In the future, and within a year.
    send_at = Moment(required=True)
    quote_id = Whole(load_default=None, allow_none=True, validate=validate.Range(1, MAX_ID))
    # Also of the message that it becomes.
    client_id = CleanText(load_default=None, allow_none=True, validate=validate.Length(1, 100))
    cancel_if_contact_writes = Flag(load_default=True)


class ChangePlanned(Request):
    text = _text()
    send_at = Moment()
    cancel_if_contact_writes = Flag()

    @validates_schema
    def any_field(self, data: dict[str, object], **_: object) -> None:
        if not data:
            raise ValidationError("Give at least one field to change.")


class PlannedQuery(ListQuery):
    state = fields.String(load_default="planned", validate=validate.OneOf(PLANNED_STATES))


class AllPlannedQuery(ListQuery):
    state = fields.String(load_default="planned", validate=validate.OneOf(("planned", "failed")))
    # `me`: what the caller has planned; all by default.
    author = fields.String(load_default=None, validate=validate.OneOf(("me",)))


class Planner(Schema):
    """Who planned or cancelled; `id` is null for the contact and the system."""

    kind = fields.String(required=True, validate=validate.OneOf(["user", "api_key", "contact", "system"]))
    id = fields.Integer(required=True, allow_none=True)
    name = fields.String(required=True, allow_none=True)


class PlannedMessage(Schema):
    """A message to be sent at a time. `text` is null once it was sent: message `message_id` has it."""

    id = fields.Integer(required=True)
    account_id = fields.Integer(required=True)
    chat_id = fields.Integer(required=True)
    author = fields.Nested(Planner, required=True)
    text = fields.String(required=True, allow_none=True)
    quote_id = fields.Integer(required=True, allow_none=True)
    client_id = fields.String(required=True)
    send_at = fields.String(required=True)
    cancel_if_contact_writes = fields.Boolean(required=True)
    state = fields.String(required=True, validate=validate.OneOf(PLANNED_STATES))
    cancelled_by = fields.Nested(Planner, required=True, allow_none=True)
    error = fields.Nested(Failure, required=True, allow_none=True)
    message_id = fields.Integer(required=True, allow_none=True)
    created_at = fields.String(required=True)
    updated_at = fields.String(required=True)
    seq = fields.Integer(required=True)


class OnePlanned(Schema):
    planned = fields.Nested(PlannedMessage, required=True)


class ChatPlanned(Schema):
    items = fields.List(fields.Nested(PlannedMessage), required=True)


class PlannedList(ChatPlanned):
    next_cursor = fields.String(required=True, allow_none=True)


class PlannedInChat(PlannedMessage):
    """With the name, kind and picture of its chat."""

    chat_title = fields.String(required=True, allow_none=True)
    chat_kind = fields.String(required=True, validate=validate.OneOf(CHAT_KINDS))
    chat_avatar = fields.String(required=True, allow_none=True)


class AllPlanned(Schema):
    items = fields.List(fields.Nested(PlannedInChat), required=True)
    next_cursor = fields.String(required=True, allow_none=True)
