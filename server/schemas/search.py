"""Schemas of the search for contacts, chats, notes and messages."""

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from server.rules.contents import CONTENTS
from server.schemas.chats import CHAT_KINDS, SAYS_SOMETHING, Chat
from server.schemas.fields import CleanText, ListQuery, Moment, SeqText
from server.schemas.messages import Message
from server.schemas.notes import Note

SENDER = r"(?:me|[0-9]{1,18})\Z"
AUTHOR = r"(?:phone|api_key|automatic|[1-9][0-9]{0,17})\Z"


class SearchQuery(ListQuery):
    """A text, or one of the filters `chat`, `from`, `author` and `has`, or both."""

    q = CleanText(load_default=None, validate=[validate.Length(1, 100), SAYS_SOMETHING])
    account = SeqText(load_default=None)
    chat = SeqText(load_default=None)
    # Who wrote it: `me` for the account itself, or the id of a contact.
    sender = fields.String(
        data_key="from",
        load_default=None,
        validate=validate.Regexp(SENDER, error="Must be me or the id of a contact."),
    )
    # Who of the team wrote it: a user's id, `phone`, `api_key`, or `automatic` for what rules sent.
    author = fields.String(
        load_default=None,
        validate=validate.Regexp(AUTHOR, error="Must be the id of a user, phone, api_key or automatic."),
    )
    has = fields.String(load_default=None, validate=validate.OneOf(CONTENTS))
    since = Moment(load_default=None)
    until = Moment(load_default=None)

    @validates_schema
    def something(self, data: dict[str, object], **_: object) -> None:
        if all(data.get(name) is None for name in ("q", "chat", "sender", "author", "has")):
            raise ValidationError("Say what to look for.", "q")


class FoundPerson(Schema):
    id = fields.Integer(required=True)
    account_id = fields.Integer(required=True)
    provider_id = fields.String(required=True)
    name = fields.String(required=True, allow_none=True)
    username = fields.String(required=True, allow_none=True)
    phone = fields.String(required=True, allow_none=True)
    avatar = fields.String(required=True, allow_none=True)
    # The direct chat with this contact, if there is one.
    chat_id = fields.Integer(required=True, allow_none=True)


class FoundMessage(Message):
    """A message with the name, kind and picture of its chat."""

    chat_title = fields.String(required=True, allow_none=True)
    chat_kind = fields.String(required=True, validate=validate.OneOf(CHAT_KINDS))
    chat_avatar = fields.String(required=True, allow_none=True)


class FoundNote(Note):
    """A note with the name, kind and picture of its chat, and the message that it follows."""

    chat_title = fields.String(required=True, allow_none=True)
    chat_kind = fields.String(required=True, validate=validate.OneOf(CHAT_KINDS))
    chat_avatar = fields.String(required=True, allow_none=True)
    message_id = fields.Integer(required=True, allow_none=True)


class Found(Schema):
    # The first page has the ten best of each. The cursor continues with messages, newest first.
    people = fields.List(fields.Nested(FoundPerson), required=True)
    chats = fields.List(fields.Nested(Chat), required=True)
    notes = fields.List(fields.Nested(FoundNote), required=True)
    messages = fields.List(fields.Nested(FoundMessage), required=True)
    next_cursor = fields.String(required=True, allow_none=True)
    # False while the newest messages, or a running import, are not searchable yet.
    is_complete = fields.Boolean(required=True)
