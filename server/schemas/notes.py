"""Schemas of notes, which users write to each other beside a chat's messages, and of their mentions."""

from marshmallow import Schema, fields, validate

from server.schemas.chats import Chat, Named
from server.schemas.fields import MAX_ID, CleanText, Request, Whole, not_blank
from server.schemas.messages import Author

MAX_NOTE, MAX_MENTIONS = 10_000, 50


class EditNote(Request):
    """Plain text; `mentions` are the ids of the users that it is for, whom the text may name."""

    text = CleanText(required=True, validate=[validate.Length(1, MAX_NOTE), not_blank()])
    mentions = fields.List(
        Whole(validate=validate.Range(1, MAX_ID)),
        load_default=list,
        validate=validate.Length(max=MAX_MENTIONS),
    )
    # The role in the account for mentioned users without access: only from who may manage its members. Without it
    # they are answered with 422 and `details.without_access`.
    grant = fields.String(load_default=None, allow_none=True, validate=validate.OneOf(["agent", "viewer"]))


class WriteNote(EditNote):
    # The same one again stores nothing and returns the first note.
    client_id = CleanText(load_default=None, validate=validate.Length(1, 100))


class Note(Schema):
    """A note. A deleted one has no text and no mentions."""

    id = fields.Integer(required=True)
    account_id = fields.Integer(required=True)
    chat_id = fields.Integer(required=True)
    client_id = fields.String(required=True)
    author = fields.Nested(Author, required=True)
    body = fields.String(required=True)
    mentions = fields.List(fields.Nested(Named), required=True)
    created_at = fields.String(required=True)
    edited_at = fields.String(required=True, allow_none=True)
    deleted_at = fields.String(required=True, allow_none=True)
    seq = fields.Integer(required=True)


class OneNote(Schema):
    note = fields.Nested(Note, required=True)


class NoteList(Schema):
    items = fields.List(fields.Nested(Note), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


class ChatAndNote(Schema):
    """A chat after a change, and the note that was given with it."""

    chat = fields.Nested(Chat, required=True)
    note = fields.Nested(Note, required=True, allow_none=True)
