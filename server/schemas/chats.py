"""Schemas of chats and their members."""

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from server.schemas.fields import (
    MAX_ID,
    CleanText,
    Flag,
    ListQuery,
    Moment,
    PhoneNumber,
    Request,
    Whole,
    not_blank,
)
from server.schemas.messages import MAX_TEXT, Message, Person
from server.text.times import EARLIEST

SAYS_SOMETHING = not_blank("Say what to look for.")


class ChatQuery(ListQuery):
    filter = fields.String(
        load_default=None, validate=validate.OneOf(["unread", "archived", "groups", "pinned"])
    )
    # Only chats whose name or phone number contains this.
    q = CleanText(load_default=None, validate=[validate.Length(1, 100), SAYS_SOMETHING])


class PatchChat(Request):
    read = Flag()
    # With `read: true`: the `arrived_seq` of the newest message that was seen. Default: all messages.
    read_seq = Whole(validate=validate.Range(0, MAX_ID))
    archived = Flag()
    pinned = Flag()
    # null: not muted; muted permanently: a time in the year 9999.
    muted_until = Moment(allow_none=True, earliest=EARLIEST)

    @validates_schema
    def any_field(self, data: dict[str, object], **_: object) -> None:
        if not data:
            raise ValidationError("Give at least one field to change.", "read")
        if "read_seq" in data and data.get("read") is not True:
            raise ValidationError('Only allowed with "read": true.', "read_seq")


class StartChat(Request):
    """A first message; `to` is a phone number with country code, in any common format."""

    to = PhoneNumber(required=True)
    text = CleanText(
        required=True,
        validate=[validate.Length(1, MAX_TEXT), not_blank()],
    )
    client_id = CleanText(load_default=None, validate=validate.Length(1, 100))


class ChatContact(Person):
    """The other side of a direct chat."""

    id = fields.Integer(required=True)


class Chat(Schema):
    id = fields.Integer(required=True)
    account_id = fields.Integer(required=True)
    provider_chat_id = fields.String(required=True)
    kind = fields.String(required=True, validate=validate.OneOf(["direct", "group", "channel"]))
    title = fields.String(required=True, allow_none=True)
    contact = fields.Nested(ChatContact, required=True, allow_none=True)
    last_message_id = fields.Integer(required=True, allow_none=True)
    last_message_at = fields.String(required=True, allow_none=True)
    last_message_preview = fields.String(required=True, allow_none=True)
    last_message_direction = fields.String(required=True, allow_none=True)
    last_message_status = fields.String(required=True, allow_none=True)
    unread_count = fields.Integer(required=True)
    archived = fields.Boolean(required=True)
    pinned = fields.Boolean(required=True)
    muted_until = fields.String(required=True, allow_none=True)
    seq = fields.Integer(required=True)
    created_at = fields.String(required=True)
    updated_at = fields.String(required=True)


class OneChat(Schema):
    chat = fields.Nested(Chat, required=True)


class ChatList(Schema):
    items = fields.List(fields.Nested(Chat), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


class UnreadChat(Schema):
    id = fields.Integer(required=True)
    unread_count = fields.Integer(required=True)
    archived = fields.Boolean(required=True)


class AccountUnread(Schema):
    """The unread messages of an account as of `seq`: all, those in archived chats, and by chat."""

    account_id = fields.Integer(required=True)
    seq = fields.Integer(required=True)
    messages = fields.Integer(required=True)
    archived = fields.Integer(required=True)
    chats = fields.List(fields.Nested(UnreadChat), required=True)


class Unread(Schema):
    accounts = fields.List(fields.Nested(AccountUnread), required=True)


class StartedChat(Schema):
    chat = fields.Nested(Chat, required=True)
    message = fields.Nested(Message, required=True)
