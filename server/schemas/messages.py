"""Schemas of messages and attachments."""

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from server.schemas.errors import Reason
from server.schemas.fields import (
    MAX_ID,
    ListQuery,
    Request,
    SeqText,
)

CONTENT_KINDS = (
    "text",
    "photo",
    "video",
    "voice",
    "audio",
    "sticker",
    "file",
    "location",
    "contact",
    "unsupported",
    "deleted",
)
STATUSES = ("received", "sending", "sent", "delivered", "read", "failed", "unconfirmed")
# Waiting to be copied; stored; none: everything is in the row; failed, with the reason in `error`; expired at WhatsApp;
# never available.
MEDIA_STATES = ("waiting", "stored", "none", "failed", "expired", "unavailable")
MAX_TEXT = 65_536


class Location(Schema):
    latitude = fields.Float(required=True)
    longitude = fields.Float(required=True)
    name = fields.String(required=True, allow_none=True)
    address = fields.String(required=True, allow_none=True)


class CardContact(Schema):
    name = fields.String(required=True, allow_none=True)
    # With a + if the card has the country code.
    numbers = fields.List(fields.String(), required=True)


class Attachment(Schema):
    id = fields.String(required=True)
    type = fields.String(required=True)
    file_name = fields.String(required=True, allow_none=True)
    mimetype = fields.String(required=True, allow_none=True)
    file_size = fields.Integer(required=True, allow_none=True)
    state = fields.String(required=True, validate=validate.OneOf(MEDIA_STATES))
    error = fields.String(required=True, allow_none=True)
    voice_note = fields.Boolean(required=True)
    sticker = fields.Boolean(required=True)
    duration = fields.Integer(required=True, allow_none=True)
    width = fields.Integer(required=True, allow_none=True)
    height = fields.Integer(required=True, allow_none=True)
    # For the types location and contact; for a contact card sent as a file, once it has been read.
    location = fields.Nested(Location)
    contacts = fields.List(fields.Nested(CardContact))


class Person(Schema):
    """The sender with their current name; `avatar` is for GET …/{account_id}/avatars/{avatar}."""

    provider_id = fields.String(required=True)
    name = fields.String(required=True, allow_none=True)
    phone = fields.String(required=True, allow_none=True)
    avatar = fields.String(required=True, allow_none=True)


AUTHOR_KINDS = ("user", "api_key", "rule", "phone")


class Author(Schema):
    """Who wrote an outgoing message: a user, a program with an API key, a rule, or the account's own phone. `id` is
    that of the user, key or rule.
    """

    kind = fields.String(required=True, validate=validate.OneOf(AUTHOR_KINDS))
    id = fields.Integer(required=True, allow_none=True)
    name = fields.String(required=True, allow_none=True)


class Failure(Schema):
    code = fields.String(required=True)
    message = fields.String(required=True)
    reason = fields.Nested(Reason)


class MessageContent(Schema):
    """What a message is; `name` is that of a file, location or contact."""

    kind = fields.String(required=True, validate=validate.OneOf(CONTENT_KINDS))
    name = fields.String(required=True, allow_none=True)
    duration = fields.Integer(required=True, allow_none=True)


class Quoted(Schema):
    """The quoted message; message_id, direction and content if it is stored here."""

    message_id = fields.Integer(required=True, allow_none=True)
    provider_msg_id = fields.String(required=True, allow_none=True)
    sender_id = fields.String(required=True, allow_none=True)
    name = fields.String(required=True, allow_none=True)
    direction = fields.String(required=True, allow_none=True, validate=validate.OneOf(["in", "out"]))
    body = fields.String(required=True, allow_none=True)
    content = fields.Nested(MessageContent, required=True, allow_none=True)


class Reactor(Schema):
    provider_id = fields.String(required=True)
    name = fields.String(required=True, allow_none=True)


class Reaction(Schema):
    """A reaction; is_own if it is the account's."""

    value = fields.String(required=True)
    sender = fields.Nested(Reactor, required=True)
    is_own = fields.Boolean(required=True)


class Mention(Schema):
    """A mentioned contact: in the text they appear as `@` and the part of `provider_id` before its `@`."""

    provider_id = fields.String(required=True)
    name = fields.String(required=True, allow_none=True)
    phone = fields.String(required=True, allow_none=True)


class EarlierText(Schema):
    """What a message said before an edit, and until when."""

    text = fields.String(required=True)
    until = fields.String(required=True, allow_none=True)


class Message(Schema):
    id = fields.Integer(required=True)
    account_id = fields.Integer(required=True)
    chat_id = fields.Integer(required=True)
    provider_msg_id = fields.String(required=True, allow_none=True)
    client_id = fields.String(required=True, allow_none=True)
    direction = fields.String(required=True, validate=validate.OneOf(["in", "out"]))
    status = fields.String(required=True, validate=validate.OneOf(STATUSES))
    body = fields.String(required=True, allow_none=True)
    attachments = fields.List(fields.Nested(Attachment), required=True)
    sender = fields.Nested(Person, required=True, allow_none=True)
    # null: incoming, or not known, as for all that was sent before Confab stored authors.
    author = fields.Nested(Author, required=True, allow_none=True)
    quoted = fields.Nested(Quoted, required=True, allow_none=True)
    reactions = fields.List(fields.Nested(Reaction), required=True)
    # The mentioned members of the chat who are contacts here.
    mentions = fields.List(fields.Nested(Mention), required=True)
    is_forwarded = fields.Boolean(required=True)
    is_event = fields.Boolean(required=True)
    event_type = fields.Integer(required=True, allow_none=True)
    # From before the account was connected: never unread.
    is_history = fields.Boolean(required=True)
    sent_at = fields.String(required=True)
    # The sort key of messages: sent_at, or the time of arrival if sent_at is later because of a wrong clock.
    ordered_at = fields.String(required=True)
    # When UniPile accepted it, and when it was delivered and read, by the time Confab learned it; null if not known.
    accepted_at = fields.String(required=True, allow_none=True)
    delivered_at = fields.String(required=True, allow_none=True)
    read_at = fields.String(required=True, allow_none=True)
    edited_at = fields.String(required=True, allow_none=True)
    # The texts before each edit that was seen here, oldest first, at most 20; empty if it was deleted.
    earlier_texts = fields.List(fields.Nested(EarlierText), required=True)
    deleted_at = fields.String(required=True, allow_none=True)
    # "account" if known to be deleted by the account; null: by another member, or not deleted.
    deleted_by = fields.String(required=True, allow_none=True, validate=validate.Equal("account"))
    scheduled_at = fields.String(required=True, allow_none=True)
    error = fields.Nested(Failure, required=True, allow_none=True)
    seq = fields.Integer(required=True)
    # Its position in the order of arrival, to which `read_seq` and `seen_seq` refer.
    arrived_seq = fields.Integer(required=True)
    created_at = fields.String(required=True)
    updated_at = fields.String(required=True)


class OneMessage(Schema):
    message = fields.Nested(Message, required=True)


class Sent(OneMessage):
    """`messages` are all messages of this send, one per file; `message` is the first of them."""

    messages = fields.List(fields.Nested(Message), required=True)


class MessageQuery(ListQuery):
    """`cursor` pages to older messages; `around` is the id of a message to show in context; `newer` pages on from
    there. `at` is "unread": the first unread message in context, or the newest messages if they include it.
    """

    around = fields.Integer(load_default=None, validate=validate.Range(1, MAX_ID))
    newer = fields.String(load_default=None, validate=validate.Length(max=200))
    at = fields.String(load_default=None, validate=validate.OneOf(["unread"]))

    @validates_schema
    def one_position(self, data: dict[str, object], **_: object) -> None:
        given = [name for name in ("cursor", "around", "newer", "at") if data.get(name) is not None]
        if len(given) > 1:
            raise ValidationError("Give only one of cursor, around, newer and at.", given[-1])


class LateMessage(Schema):
    """An unread message that is sorted before one that was there when it came."""

    id = fields.Integer(required=True)
    arrived_seq = fields.Integer(required=True)


class MessageList(Schema):
    items = fields.List(fields.Nested(Message), required=True)
    next_cursor = fields.String(required=True, allow_none=True)
    # The value of `newer` for the next page; not for the newest page; null at the end of the chat.
    previous_cursor = fields.String(allow_none=True)
    # With `at=unread`: the newest hundred of the chat's late messages, newest first.
    late = fields.List(fields.Nested(LateMessage))


class ChangesQuery(Request):
    since = SeqText(required=True)
    limit = fields.Integer(load_default=500, validate=validate.Range(1, 500))


class Change(Schema):
    seq = fields.Integer(required=True)
    event = fields.String(required=True)
    data = fields.Dict(required=True)


class Changes(Schema):
    items = fields.List(fields.Nested(Change), required=True)
    seq = fields.Integer(required=True)
    more = fields.Boolean(required=True)
    # true if `since` is greater than the server's seq, as after restoring a backup: fetch everything again.
    reset = fields.Boolean()
