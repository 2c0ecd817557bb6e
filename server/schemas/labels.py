"""Schemas of labels."""

from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from server.schemas.chats import Chat
from server.schemas.fields import Flag, Request, a_name

# Tokens of the app's design, not colours: what they look like differs by theme.
COLOURS = ("grey", "red", "orange", "yellow", "green", "teal", "blue", "violet", "pink")
NAME_LENGTH = 60


def _colour(**options: Any) -> fields.String:
    return fields.String(validate=validate.OneOf(COLOURS), **options)


class CreateLabel(Request):
    name = a_name(NAME_LENGTH, required=True)
    colour = _colour(required=True)
    # false: a private label, which only its owner ever sees.
    shared = Flag(load_default=True)


class ChangeLabel(Request):
    name = a_name(NAME_LENGTH)
    colour = _colour()

    @validates_schema
    def any_field(self, data: dict[str, object], **_: object) -> None:
        if not data:
            raise ValidationError("Give at least one field to change.", "name")


class LabelCount(Schema):
    account_id = fields.Integer(required=True)
    chats = fields.Integer(required=True)


class Label(Schema):
    """A label. `counts`: how many chats of the caller's accounts have it, without archived ones; an account with none
    is left out.
    """

    id = fields.Integer(required=True)
    name = fields.String(required=True)
    colour = _colour(required=True)
    shared = fields.Boolean(required=True)
    created_by = fields.Integer(required=True, allow_none=True)
    counts = fields.List(fields.Nested(LabelCount), required=True)
    created_at = fields.String(required=True)


class OneLabel(Schema):
    label = fields.Nested(Label, required=True)


class LabelList(Schema):
    items = fields.List(fields.Nested(Label), required=True)


class PrivatelyLabelled(Schema):
    """A chat with the ids of the caller's private labels on it, in the order they were added."""

    account_id = fields.Integer(required=True)
    chat_id = fields.Integer(required=True)
    labels = fields.List(fields.Integer(), required=True)


class PrivatelyLabelledList(Schema):
    items = fields.List(fields.Nested(PrivatelyLabelled), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


class LabelledChat(Schema):
    """A chat, which has its shared labels, and the ids of the caller's private ones on it."""

    chat = fields.Nested(Chat, required=True)
    private_labels = fields.List(fields.Integer(), required=True)
