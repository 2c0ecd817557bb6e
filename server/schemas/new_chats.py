"""Schemas of an account's new chats."""

from marshmallow import Schema, fields


class NewChats(Schema):
    # How many chats the account may begin in 24 hours; null: any number.
    allowed = fields.Integer(required=True, allow_none=True)
    # In the last 24 hours.
    begun = fields.Integer(required=True)
    # When the day has room again; null: it has.
    next_at = fields.String(required=True, allow_none=True)
    # WhatsApp rejected a new chat with this error of UniPile's: none begins before this time. null: they may begin.
    stopped_until = fields.String(required=True, allow_none=True)
    stopped_by = fields.String(required=True, allow_none=True)
    # Of the last 30 days: chats begun here, and those of them in which the contact has not written.
    first_messages = fields.Integer(required=True)
    unanswered = fields.Integer(required=True)


class OneNewChats(Schema):
    new_chats = fields.Nested(NewChats, required=True)
