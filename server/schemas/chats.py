"""Schemas of chats and their members."""

import re
from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from server.schemas.fields import (
    MAX_ID,
    CleanText,
    Flag,
    ListQuery,
    Moment,
    PhoneNumber,
    Request,
    SeqText,
    Whole,
    not_blank,
)
from server.schemas.messages import MAX_TEXT, Message, MessageContent, Person
from server.text.times import EARLIEST

SAYS_SOMETHING = not_blank("Say what to look for.")


# In minutes: ten years.
MAX_WAIT = 5_256_000
CHAT_FILTERS = ("unread", "archived", "groups", "pinned")
TARGET_FILTERS = ("at_risk", "breached")
CHAT_SORTS = ("recent", "waiting", "due")


class Owner(fields.Field[int | str]):
    """An assignee in a query: `me`, or the id of a user; `none` is loaded as 0."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> int | str:
        if value in ("me", "none"):
            return "me" if value == "me" else 0
        if not isinstance(value, str) or not re.fullmatch(r"[1-9][0-9]{0,18}", value) or int(value) > MAX_ID:
            raise ValidationError("Must be me, none or the id of a user.")
        return int(value)


class Ids(fields.Field[tuple[int, ...]]):
    """Ids in a query, separated by commas."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> tuple[int, ...]:
        if not isinstance(value, str) or not re.fullmatch(
            r"[1-9][0-9]{0,17}(,[1-9][0-9]{0,17}){0,19}", value
        ):
            raise ValidationError("Must be 1 to 20 ids, separated by commas.")
        return tuple(sorted({int(part) for part in value.split(",")}))


class ChatQuery(ListQuery):
    filter = fields.String(load_default=None, validate=validate.OneOf(CHAT_FILTERS))
    status = fields.String(load_default=None, validate=validate.OneOf(["open", "snoozed", "closed"]))
    # me, none, or a user's id.
    assignee = Owner(load_default=None, allow_none=True)
    team_id = SeqText(load_default=None, allow_none=True)
    # Chats with a note in their open conversation that mentions the caller.
    mentioned = fields.String(load_default=None, validate=validate.OneOf(["me"]))
    # Ids separated by commas: chats that have all of these labels.
    labels = Ids(load_default=None, allow_none=True)
    # Only chats whose contact has waited for this many minutes.
    waiting_minutes = SeqText(load_default=None, allow_none=True, validate=validate.Range(0, MAX_WAIT))
    # at_risk: chats whose target is about to be breached; breached: whose target is.
    target = fields.String(load_default=None, validate=validate.OneOf(TARGET_FILTERS))
    # recent: the newest message first; waiting: whose contact waits longest first, without those who do not wait; due:
    # whose target is breached next first, without those that have none.
    sort = fields.String(load_default="recent", validate=validate.OneOf(CHAT_SORTS))
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


class Named(Schema):
    """A user or a team."""

    id = fields.Integer(required=True)
    name = fields.String(required=True)


TARGET_KINDS = ("first_reply", "next_reply", "close")


class ChatTarget(Schema):
    """The clock of a chat's open conversation that ends first. On track before `at_risk_at`; breached from `due_at`."""

    kind = fields.String(required=True, validate=validate.OneOf(TARGET_KINDS))
    began_at = fields.String(required=True)
    at_risk_at = fields.String(required=True)
    due_at = fields.String(required=True)


CHAT_STATUSES = ("open", "snoozed", "closed")
CHAT_KINDS = ("direct", "group", "channel")


class LastMessageContent(MessageContent):
    """What the preview is made of; `has_text`: it is the message's own text or caption. `sender` is who wrote in a
    group.
    """

    has_text = fields.Boolean(required=True)
    sender = fields.String(required=True, allow_none=True)


class Chat(Schema):
    id = fields.Integer(required=True)
    account_id = fields.Integer(required=True)
    provider_chat_id = fields.String(required=True)
    kind = fields.String(required=True, validate=validate.OneOf(CHAT_KINDS))
    title = fields.String(required=True, allow_none=True)
    contact = fields.Nested(ChatContact, required=True, allow_none=True)
    last_message_id = fields.Integer(required=True, allow_none=True)
    last_message_at = fields.String(required=True, allow_none=True)
    last_message_preview = fields.String(required=True, allow_none=True)
    last_message_direction = fields.String(required=True, allow_none=True)
    last_message_status = fields.String(required=True, allow_none=True)
    last_message_content = fields.Nested(LastMessageContent, required=True, allow_none=True)
    # Of the newest conversation; `closed` also where there has been none.
    status = fields.String(required=True, validate=validate.OneOf(CHAT_STATUSES))
    conversation_id = fields.Integer(required=True, allow_none=True)
    # When the first message was sent that has no answer yet.
    waiting_since = fields.String(required=True, allow_none=True)
    snoozed_until = fields.String(required=True, allow_none=True)
    assignee = fields.Nested(Named, required=True, allow_none=True)
    team = fields.Nested(Named, required=True, allow_none=True)
    # The seq of the last change of status, assignee, team or snooze: send it back to change only what you saw.
    state_seq = fields.Integer(required=True)
    # The ids of its shared labels, in the order they were added.
    labels = fields.List(fields.Integer(), required=True)
    unread_count = fields.Integer(required=True)
    # Null: no clock runs.
    target = fields.Nested(ChatTarget, required=True, allow_none=True)
    # Messages with a higher `arrived_seq` are unread.
    read_seq = fields.Integer(required=True)
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


class RelatedChats(Schema):
    """The chats with the same person on the caller's other accounts, most recent first."""

    items = fields.List(fields.Nested(Chat), required=True)


class UnreadChat(Schema):
    id = fields.Integer(required=True)
    unread_count = fields.Integer(required=True)
    archived = fields.Boolean(required=True)
    kind = fields.String(required=True, validate=validate.OneOf(CHAT_KINDS))


class AccountUnread(Schema):
    """The unread messages of an account as of `seq`: all, those in archived chats, and by chat."""

    account_id = fields.Integer(required=True)
    seq = fields.Integer(required=True)
    messages = fields.Integer(required=True)
    archived = fields.Integer(required=True)
    chats = fields.List(fields.Nested(UnreadChat), required=True)


class Unread(Schema):
    accounts = fields.List(fields.Nested(AccountUnread), required=True)


class StatusCounts(Schema):
    """How many chats there are, by status."""

    open = fields.Integer(required=True)
    snoozed = fields.Integer(required=True)
    closed = fields.Integer(required=True)


class GroupCounts(Schema):
    """How many groups there are: those of the caller, those without an assignee, all."""

    mine = fields.Nested(StatusCounts, required=True)
    unassigned = fields.Nested(StatusCounts, required=True)
    all = fields.Nested(StatusCounts, required=True)


class AccountCounts(Schema):
    """How many chats of an account are open, as of `seq`: those of the caller, those without an assignee, all; how many
    are snoozed; and in how many of the open ones the contact waits. Archived chats count as archived only.
    """

    account_id = fields.Integer(required=True)
    seq = fields.Integer(required=True)
    mine = fields.Integer(required=True)
    unassigned = fields.Integer(required=True)
    open = fields.Integer(required=True)
    snoozed = fields.Integer(required=True)
    waiting = fields.Integer(required=True)
    groups = fields.Nested(GroupCounts, required=True)
    archived = fields.Nested(StatusCounts, required=True)


class Counts(Schema):
    accounts = fields.List(fields.Nested(AccountCounts), required=True)


class StartedChat(Schema):
    chat = fields.Nested(Chat, required=True)
    message = fields.Nested(Message, required=True)
