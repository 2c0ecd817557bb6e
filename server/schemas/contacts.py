"""Schemas of contacts."""

from marshmallow import Schema, fields

from server.schemas.messages import Person


class ChatPeople(Schema):
    """The contacts in a chat, without the account itself; `files` counts its images, videos, recordings and files."""

    items = fields.List(fields.Nested(Person), required=True)
    files = fields.Integer(required=True)
