"""Schemas of notifications."""

from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from server.rules.notifications import EVENTS
from server.schemas.chats import TARGET_KINDS, Named
from server.schemas.fields import MAX_ID, Flag, Request, Whole

MAX_IDS = 200


def _id(**options: Any) -> fields.Integer:
    return Whole(validate=validate.Range(1, MAX_ID), **options)


class ReadNotifications(Request):
    """Some by id, those of a chat, or with `all` every one."""

    ids = fields.List(_id(), load_default=list, validate=validate.Length(0, MAX_IDS))
    chat_id = _id(load_default=None, allow_none=True)
    all = Flag(load_default=False)

    @validates_schema
    def one_way(self, data: dict[str, object], **_: object) -> None:
        if bool(data.get("ids") or data.get("chat_id")) == bool(data.get("all")):
            raise ValidationError("Give ids, chat_id or both, or else all.", "ids")


class NotifiedTarget(Schema):
    """Which promise is at risk, and when it is breached."""

    kind = fields.String(required=True, validate=validate.OneOf(TARGET_KINDS))
    due_at = fields.String(required=True)


class Notification(Schema):
    id = fields.Integer(required=True)
    kind = fields.String(required=True, validate=validate.OneOf(EVENTS))
    account_id = fields.Integer(required=True)
    # What it is about; null where it does not apply.
    chat_id = fields.Integer(required=True, allow_none=True)
    message_id = fields.Integer(required=True, allow_none=True)
    note_id = fields.Integer(required=True, allow_none=True)
    # The user who caused it.
    actor: Any = fields.Nested(Named, required=True, allow_none=True)
    # Of kind `target`, else null.
    target: Any = fields.Nested(NotifiedTarget, required=True, allow_none=True)
    # The chat's title, and the beginning of the message.
    title = fields.String(required=True, allow_none=True)
    preview = fields.String(required=True, allow_none=True)
    at = fields.String(required=True)
    read_at = fields.String(required=True, allow_none=True)
    seq = fields.Integer(required=True)


class NotificationList(Schema):
    items = fields.List(fields.Nested(Notification), required=True)
    next_cursor = fields.String(required=True, allow_none=True)
    # At most 100: so many or more.
    unread = fields.Integer(required=True)


class UnreadNotifications(Schema):
    unread = fields.Integer(required=True)
