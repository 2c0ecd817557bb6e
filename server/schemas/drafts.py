"""Schemas of drafts."""

from typing import Any

from marshmallow import Schema, fields, validate

from server.schemas.chats import Named
from server.schemas.fields import MAX_ID, CleanText, Flag, Moment, Request, Whole
from server.schemas.messages import MAX_TEXT, Message


class SaveDraft(Request):
    """An empty text is no draft."""

    text = CleanText(required=True, validate=validate.Length(0, MAX_TEXT))
    # The id of the quoted message in this chat.
    quote_id: fields.Integer = Whole(load_default=None, allow_none=True, validate=validate.Range(1, MAX_ID))
    is_shared = Flag(load_default=False)
    # When it was written, by the device's clock: of two devices the later one wins. Default, and latest: now.
    written_at = Moment(load_default=None)


class Draft(Schema):
    """The caller's own; without a text it was sent or deleted."""

    account_id = fields.Integer(required=True)
    chat_id = fields.Integer(required=True)
    text = fields.String(required=True)
    quoted = fields.Nested(Message, required=True, allow_none=True)
    is_shared = fields.Boolean(required=True)
    written_at = fields.String(required=True)
    seq = fields.Integer(required=True)


class OneDraft(Schema):
    draft = fields.Nested(Draft, required=True)


class DraftList(Schema):
    items = fields.List(fields.Nested(Draft), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


class SharedDraft(Schema):
    """A colleague's; without a text it is no longer shared."""

    account_id = fields.Integer(required=True)
    chat_id = fields.Integer(required=True)
    user: Any = fields.Nested(Named, required=True)
    text = fields.String(required=True)
    written_at = fields.String(required=True, allow_none=True)
    seq = fields.Integer(required=True)


class SharedDraftList(Schema):
    items = fields.List(fields.Nested(SharedDraft), required=True)


class AllSharedDrafts(SharedDraftList):
    next_cursor = fields.String(required=True, allow_none=True)
