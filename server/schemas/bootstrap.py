"""Schemas of the one request with which the app starts."""

from marshmallow import Schema, fields, validate

from server.schemas.accounts import AccountList
from server.schemas.auth import Me
from server.schemas.chats import CHAT_FILTERS, Chat, ChatList, Counts, Unread
from server.schemas.fields import MAX_ID, Request
from server.schemas.usage import EntitlementList


class BootstrapQuery(Request):
    provider = fields.String(load_default="whatsapp", validate=validate.OneOf(["whatsapp"]))
    # Default: the chats of all accounts.
    account = fields.Integer(load_default=None, validate=validate.Range(1, MAX_ID))
    filter = fields.String(load_default=None, validate=validate.OneOf(CHAT_FILTERS))
    limit = fields.Integer(load_default=50, validate=validate.Range(1, 100))


class FirstChats(Schema):
    """The first pages of an account: its chats that match the filter, and its pinned ones."""

    account_id = fields.Integer(required=True)
    items = fields.List(fields.Nested(Chat), required=True)
    next_cursor = fields.String(required=True, allow_none=True)
    pinned = fields.Nested(ChatList, required=True)


class Bootstrap(Schema):
    """Each part is what its own route answers."""

    me = fields.Nested(Me, required=True)
    # null for a key that is restricted to some accounts: the plan is the user's.
    entitlements = fields.Nested(EntitlementList, required=True, allow_none=True)
    accounts = fields.Nested(AccountList, required=True)
    unread = fields.Nested(Unread, required=True)
    counts = fields.Nested(Counts, required=True)
    # Of the first 20 accounts.
    chats = fields.List(fields.Nested(FirstChats), required=True)
