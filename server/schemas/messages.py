"""Messages as the outside sees them."""

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from server.schemas.fields import (
    MAX_ID,
    Caption,
    CleanText,
    Emoji,
    ListQuery,
    Request,
    RowNumber,
    Whole,
    not_blank,
)
from server.text.graphemes import MAX_EMOJI

STATUSES = ("received", "sending", "sent", "delivered", "read", "failed", "unconfirmed")
# waiting to be copied; stored; none: all it says stands in the row; failed, for the reason in `error`; expired at
# WhatsApp; never there to be had.
MEDIA_STATES = ("waiting", "stored", "none", "failed", "expired", "unavailable")
MAX_TEXT = 65_536


class Send(Request):
    text = CleanText(
        required=True,
        validate=[validate.Length(1, MAX_TEXT), not_blank()],
    )
    # Our id of the message in this chat that is answered.
    quote_id = fields.Integer(
        load_default=None, allow_none=True, strict=True, validate=validate.Range(1, MAX_ID)
    )
    client_id = CleanText(load_default=None, validate=validate.Length(1, 100))
    # The `arrived_seq` of the newest message its writer had before them: the answer reads its chat up to there. Left
    # out, up to what is there when it is written.
    seen_seq: fields.Integer = Whole(load_default=None, allow_none=True, validate=validate.Range(0, MAX_ID))


class EditMessage(Request):
    text = CleanText(
        required=True,
        validate=[validate.Length(1, MAX_TEXT), not_blank()],
    )


class React(Request):
    value = Emoji(required=True, metadata={"minLength": 1, "maxLength": MAX_EMOJI})


class SendForm(Send):
    """The same as a form, in which everything is text."""

    quote_id = fields.Integer(load_default=None, validate=validate.Range(1, MAX_ID))
    seen_seq = RowNumber(load_default=None)


class SendFiles(SendForm):
    """The fields beside the files: a text is welcome, and not needed."""

    text = Caption(load_default=None, validate=validate.Length(0, MAX_TEXT))


class SendForms(SendFiles):
    """A send as multipart/form-data, as it is told to others; server/messages/uploads.py reads what is not text."""

    attachments = fields.List(
        fields.Raw(metadata={"type": "string", "format": "binary"}),
        metadata={"description": "Files, each a message of its own; also as `attachments[]`."},
    )
    voice_message = fields.Raw(
        metadata={
            "description": "`true`: the files in Ogg with Opus are voice notes. Or such a file itself, in place of "
            "one in `attachments`."
        }
    )
    media_info = fields.String(
        metadata={
            "description": "How large pictures and videos are and how long recordings run, as JSON: a list with one "
            'object for each file, in order: `[{"width": 1600, "height": 1200}, {"duration": 12}]`. Each may have '
            "`width`, `height` (pixels) and `duration` (seconds); `{}` says nothing. What a picture's own bytes say "
            "counts before it."
        }
    )


class Location(Schema):
    latitude = fields.Float(required=True)
    longitude = fields.Float(required=True)
    name = fields.String(required=True, allow_none=True)
    address = fields.String(required=True, allow_none=True)


class CardContact(Schema):
    name = fields.String(required=True, allow_none=True)
    # With + where the card says the country.
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
    # Of type location, and of type contact (once a card that comes as a file has been read).
    location = fields.Nested(Location)
    contacts = fields.List(fields.Nested(CardContact))


class Person(Schema):
    """Who wrote: by their newest name; `avatar` names their picture at GET …/{account_id}/avatars/{avatar}."""

    provider_id = fields.String(required=True)
    name = fields.String(required=True, allow_none=True)
    phone = fields.String(required=True, allow_none=True)
    avatar = fields.String(required=True, allow_none=True)


class Failure(Schema):
    code = fields.String(required=True)
    message = fields.String(required=True)


class Quoted(Schema):
    """The message that was answered; message_id and direction when it is stored here."""

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
    """One person's reaction; is_own when it is the number's."""

    value = fields.String(required=True)
    sender = fields.Nested(Reactor, required=True)
    is_own = fields.Boolean(required=True)


class Mention(Schema):
    """Somebody whom the text names: `@` and the part of `provider_id` before its `@` stand for them there."""

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
    # Those of the people named in `body` who are contacts here.
    mentions = fields.List(fields.Nested(Mention), required=True)
    is_forwarded = fields.Boolean(required=True)
    is_event = fields.Boolean(required=True)
    event_type = fields.Integer(required=True, allow_none=True)
    sent_at = fields.String(required=True)
    # What messages are ordered by: sent_at, or when it came in where a wrong clock says later.
    ordered_at = fields.String(required=True)
    edited_at = fields.String(required=True, allow_none=True)
    deleted_at = fields.String(required=True, allow_none=True)
    # The account, when it is known to be that; null: somebody, or not deleted.
    deleted_by = fields.String(required=True, allow_none=True, validate=validate.Equal("account"))
    scheduled_at = fields.String(required=True, allow_none=True)
    error = fields.Nested(Failure, required=True, allow_none=True)
    seq = fields.Integer(required=True)
    # Its place in the order in which messages came to be here, as `read_seq` and `seen_seq` name it.
    arrived_seq = fields.Integer(required=True)
    created_at = fields.String(required=True)
    updated_at = fields.String(required=True)


class OneMessage(Schema):
    message = fields.Nested(Message, required=True)


class Sent(OneMessage):
    """`messages` are all that this send became, one a file; `message` is the first of them."""

    messages = fields.List(fields.Nested(Message), required=True)


class MessageQuery(ListQuery):
    """`cursor` leads to older messages; `around` shows one of them in its place; `newer` leads on from there."""

    around = fields.Integer(load_default=None, validate=validate.Range(1, MAX_ID))
    newer = fields.String(load_default=None, validate=validate.Length(max=200))

    @validates_schema
    def one_place(self, data: dict[str, object], **_: object) -> None:
        given = [name for name in ("cursor", "around", "newer") if data.get(name) is not None]
        if len(given) > 1:
            raise ValidationError("Give one of cursor, around and newer.", given[-1])


class MessageList(Schema):
    items = fields.List(fields.Nested(Message), required=True)
    next_cursor = fields.String(required=True, allow_none=True)
    # Where newer ones are read on, as `newer`: with `around` and `newer` only; null where the chat ends.
    previous_cursor = fields.String(allow_none=True)


class ChangesQuery(Request):
    since = RowNumber(required=True)
    limit = fields.Integer(load_default=500, validate=validate.Range(1, 500))


class Change(Schema):
    seq = fields.Integer(required=True)
    event = fields.String(required=True)
    data = fields.Dict(required=True)


class Changes(Schema):
    items = fields.List(fields.Nested(Change), required=True)
    seq = fields.Integer(required=True)
    more = fields.Boolean(required=True)
    # true, when `since` is beyond what the server has: its database is an older copy, so read everything again.
    reset = fields.Boolean()
