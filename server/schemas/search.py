"""Schemas of the search for contacts, chats and messages."""

from marshmallow import Schema, fields, validate

from server.schemas.chats import SAYS_SOMETHING, Chat
from server.schemas.fields import CleanText, ListQuery
from server.schemas.messages import Message


class SearchQuery(ListQuery):
    q = CleanText(required=True, validate=[validate.Length(1, 100), SAYS_SOMETHING])


class FoundPerson(Schema):
    id = fields.Integer(required=True)
    account_id = fields.Integer(required=True)
    provider_id = fields.String(required=True)
    name = fields.String(required=True, allow_none=True)
    phone = fields.String(required=True, allow_none=True)
    avatar = fields.String(required=True, allow_none=True)
    # The direct chat with this contact, if there is one.
    chat_id = fields.Integer(required=True, allow_none=True)


class FoundMessage(Message):
    """A message with the name of its chat."""

    chat_title = fields.String(required=True, allow_none=True)


class Found(Schema):
    # The first page has the ten best of each. The cursor continues with messages, newest first.
    people = fields.List(fields.Nested(FoundPerson), required=True)
    chats = fields.List(fields.Nested(Chat), required=True)
    messages = fields.List(fields.Nested(FoundMessage), required=True)
    next_cursor = fields.String(required=True, allow_none=True)
    # False while the newest messages, or a running import, are not searchable yet.
    is_complete = fields.Boolean(required=True)
