"""Schemas of messages and attachments."""

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from server.schemas.fields import (
    MAX_ID,
    Caption,
    CleanText,
    Emoji,
    ListQuery,
    Request,
    SeqText,
    Whole,
    not_blank,
)
from server.text.graphemes import MAX_EMOJI

STATUSES = ("received", "sending", "sent", "delivered", "read", "failed", "unconfirmed")
# Waiting to be copied; stored; none: everything is in the row; failed, with the reason in `error`; expired at WhatsApp;
# never available.
MEDIA_STATES = ("waiting", "stored", "none", "failed", "expired", "unavailable")
MAX_TEXT = 65_536


class Send(Request):
    text = CleanText(
        required=True,
        validate=[validate.Length(1, MAX_TEXT), not_blank()],
    )
    # The id of the quoted message in this chat.
    quote_id = fields.Integer(
        load_default=None, allow_none=True, strict=True, validate=validate.Range(1, MAX_ID)
    )
    client_id = CleanText(load_default=None, validate=validate.Length(1, 100))
    # The `arrived_seq` of the newest message that the sender saw: sending marks the chat as read up to there. Default:
    # the newest message.
    seen_seq: fields.Integer = Whole(load_default=None, allow_none=True, validate=validate.Range(0, MAX_ID))


class EditMessage(Request):
    text = CleanText(
        required=True,
        validate=[validate.Length(1, MAX_TEXT), not_blank()],
    )


class React(Request):
    value = Emoji(required=True, metadata={"minLength": 1, "maxLength": MAX_EMOJI})


class SendForm(Send):
    """The same as a form, where all values are text."""

    quote_id = fields.Integer(load_default=None, validate=validate.Range(1, MAX_ID))
    seen_seq = SeqText(load_default=None)


class SendFiles(SendForm):
    """The fields of a form with files; the text is optional."""

    text = Caption(load_default=None, validate=validate.Length(0, MAX_TEXT))


class SendForms(SendFiles):
    """The multipart/form-data variant for the OpenAPI document; server/messages/uploads.py reads the files."""

    attachments = fields.List(
        fields.Raw(metadata={"type": "string", "format": "binary"}),
        metadata={"description": "Files, each sent as its own message; also accepted as `attachments[]`."},
    )
    voice_message = fields.Raw(
        metadata={
            "description": "`true`: send the Ogg Opus files in `attachments` as voice notes. Or the voice note itself, "
            "as a file."
        }
    )
    media_info = fields.String(
        metadata={
            "description": "Sizes of images and videos and durations of recordings, as JSON: a list with one "
            'object per file, in order: `[{"width": 1600, "height": 1200}, {"duration": 12}]`. Each may have '
            "`width`, `height` (pixels) and `duration` (seconds), or be `{}`. An image's own size takes precedence."
        }
    )


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


class Failure(Schema):
    code = fields.String(required=True)
    message = fields.String(required=True)


class Quoted(Schema):
    """The quoted message; message_id and direction if it is stored here."""

    message_id = fields.Integer(required=True, allow_none=True)
    provider_msg_id = fields.String(required=True, allow_none=True)
    sender_id = fields.String(required=True, allow_none=True)
    name = fields.String(required=True, allow_none=True)
    direction = fields.String(required=True, allow_none=True, validate=validate.OneOf(["in", "out"]))
    body = fields.String(required=True, allow_none=True)


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
    quoted = fields.Nested(Quoted, required=True, allow_none=True)
    reactions = fields.List(fields.Nested(Reaction), required=True)
    # The mentioned members of the chat who are contacts here.
    mentions = fields.List(fields.Nested(Mention), required=True)
    is_forwarded = fields.Boolean(required=True)
    is_event = fields.Boolean(required=True)
    event_type = fields.Integer(required=True, allow_none=True)
    sent_at = fields.String(required=True)
    # The sort key of messages: sent_at, or the time of arrival if sent_at is later because of a wrong clock.
    ordered_at = fields.String(required=True)
    edited_at = fields.String(required=True, allow_none=True)
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
    there.
    """

    around = fields.Integer(load_default=None, validate=validate.Range(1, MAX_ID))
    newer = fields.String(load_default=None, validate=validate.Length(max=200))

    @validates_schema
    def one_position(self, data: dict[str, object], **_: object) -> None:
        given = [name for name in ("cursor", "around", "newer") if data.get(name) is not None]
        if len(given) > 1:
            raise ValidationError("Give only one of cursor, around and newer.", given[-1])


class MessageList(Schema):
    items = fields.List(fields.Nested(Message), required=True)
    next_cursor = fields.String(required=True, allow_none=True)
    # The value of `newer` for the next page; with `around` and `newer` only; null at the end of the chat.
    previous_cursor = fields.String(allow_none=True)


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
