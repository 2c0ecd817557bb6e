"""Schemas of saved views."""

from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from server.schemas.chats import CHAT_FILTERS, CHAT_SORTS, CHAT_STATUSES, MAX_WAIT, TARGET_FILTERS
from server.schemas.fields import MAX_ID, Flag, Request, Whole, a_name

NAME_LENGTH = 60
MOST = 20


def _id(**options: Any) -> fields.Integer:
    return Whole(validate=validate.Range(1, MAX_ID), **options)


def _ids() -> fields.List[int]:
    return fields.List(_id(), load_default=list, validate=validate.Length(max=MOST))


class ViewQuery(Request):
    """What a view lists: the parameters of the list of chats, and the accounts, none meaning all."""

    filter = fields.String(load_default=None, allow_none=True, validate=validate.OneOf(CHAT_FILTERS))
    status = fields.String(load_default=None, allow_none=True, validate=validate.OneOf(CHAT_STATUSES))
    # me (the caller), none, or a user's id.
    assignee = fields.String(
        load_default=None, allow_none=True, validate=validate.Regexp(r"^(me|none|[1-9][0-9]{0,17})\Z")
    )
    team_id = _id(load_default=None, allow_none=True)
    labels = _ids()
    account_ids = _ids()
    # me: a note of the open conversation mentions the caller.
    mentioned = fields.String(load_default=None, allow_none=True, validate=validate.OneOf(["me"]))
    waiting_minutes = Whole(load_default=None, allow_none=True, validate=validate.Range(0, MAX_WAIT))
    target = fields.String(load_default=None, allow_none=True, validate=validate.OneOf(TARGET_FILTERS))
    sort = fields.String(load_default="recent", validate=validate.OneOf(CHAT_SORTS))


class CreateView(Request):
    name = a_name(NAME_LENGTH, required=True)
    query = fields.Nested(ViewQuery, required=True)
    shared = Flag(load_default=False)


class ChangeView(Request):
    name = a_name(NAME_LENGTH)
    query = fields.Nested(ViewQuery)
    # The place among the shared views, or among one's own, from 0.
    position = Whole(validate=validate.Range(0, 1000))

    @validates_schema
    def any_field(self, data: dict[str, object], **_: object) -> None:
        if not data:
            raise ValidationError("Give at least one field to change.", "name")


class StoredQuery(Schema):
    """The query of a view, whole."""

    filter = fields.String(required=True, allow_none=True, validate=validate.OneOf(CHAT_FILTERS))
    status = fields.String(required=True, allow_none=True, validate=validate.OneOf(CHAT_STATUSES))
    assignee = fields.String(required=True, allow_none=True)
    team_id = fields.Integer(required=True, allow_none=True)
    labels = fields.List(fields.Integer(), required=True)
    account_ids = fields.List(fields.Integer(), required=True)
    mentioned = fields.String(required=True, allow_none=True, validate=validate.OneOf(["me"]))
    waiting_minutes = fields.Integer(required=True, allow_none=True)
    target = fields.String(required=True, allow_none=True, validate=validate.OneOf(TARGET_FILTERS))
    sort = fields.String(required=True, validate=validate.OneOf(CHAT_SORTS))


class View(Schema):
    id = fields.Integer(required=True)
    name = fields.String(required=True)
    query = fields.Nested(StoredQuery, required=True)
    shared = fields.Boolean(required=True)
    created_by = fields.Integer(required=True, allow_none=True)
    position = fields.Integer(required=True)
    created_at = fields.String(required=True)


class OneView(Schema):
    view = fields.Nested(View, required=True)


class ViewList(Schema):
    items = fields.List(fields.Nested(View), required=True)


class ViewCount(Schema):
    """How many chats a view has; `more`: more than these."""

    view_id = fields.Integer(required=True)
    chats = fields.Integer(required=True)
    more = fields.Boolean(required=True)


class ViewCounts(Schema):
    items = fields.List(fields.Nested(ViewCount), required=True)
