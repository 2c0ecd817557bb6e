"""Erasing as the outside sees it."""

from marshmallow import Schema, fields, validate


class Erasure(Schema):
    """A person's way out; `messages` are those removed so far. Their chats are gone when it is done."""

    id = fields.Integer(required=True)
    account_id = fields.Integer(required=True)
    contact_id = fields.Integer(required=True)
    state = fields.String(required=True, validate=validate.OneOf(["running", "done"]))
    messages = fields.Integer(required=True)
    created_at = fields.String(required=True)
    updated_at = fields.String(required=True)


class OneErasure(Schema):
    erasure = fields.Nested(Erasure, required=True)
