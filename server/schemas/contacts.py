"""People as the outside sees them."""

from marshmallow import Schema, fields

from server.schemas.messages import Person


class ChatPeople(Schema):
    """Everybody in a chat but the account itself; `files` are the pictures, videos, recordings and files in it."""

    items = fields.List(fields.Nested(Person), required=True)
    files = fields.Integer(required=True)
