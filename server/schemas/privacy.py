"""Schemas of erasures and exports."""

from marshmallow import Schema, fields, validate

from server.schemas.fields import MAX_ID, Flag, Request, Whole


class Erasure(Schema):
    """The erasure of a contact; `messages` is how many are deleted so far. Their chats are deleted when it is done."""

    id = fields.Integer(required=True)
    account_id = fields.Integer(required=True)
    contact_id = fields.Integer(required=True)
    state = fields.String(required=True, validate=validate.OneOf(["running", "done"]))
    messages = fields.Integer(required=True)
    created_at = fields.String(required=True)
    updated_at = fields.String(required=True)


class OneErasure(Schema):
    erasure = fields.Nested(Erasure, required=True)


class AccountErasure(Schema):
    """The erasure of an account; `unlinked` once it is deleted at UniPile too, which ends its cost there."""

    id = fields.Integer(required=True)
    account_id = fields.Integer(required=True)
    state = fields.String(required=True, validate=validate.OneOf(["running", "done"]))
    unlinked = fields.Boolean(required=True)
    messages = fields.Integer(required=True)
    created_at = fields.String(required=True)
    updated_at = fields.String(required=True)


class OneAccountErasure(Schema):
    erasure = fields.Nested(AccountErasure, required=True)


class AccountErasureList(Schema):
    items = fields.List(fields.Nested(AccountErasure), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


class RequestExport(Request):
    """An export of one contact, or (null) of the whole account; with files, or with a list of them only."""

    contact_id = Whole(load_default=None, allow_none=True, validate=validate.Range(1, MAX_ID))
    with_media = Flag(load_default=False)


class Export(Schema):
    """`messages` is how many are written so far; the file can be downloaded while `ready`, until `expires_at`."""

    id = fields.Integer(required=True)
    account_id = fields.Integer(required=True)
    contact_id = fields.Integer(required=True, allow_none=True)
    with_media = fields.Boolean(required=True)
    state = fields.String(required=True, validate=validate.OneOf(["waiting", "running", "ready", "failed"]))
    size = fields.Integer(required=True, allow_none=True)
    messages = fields.Integer(required=True)
    expires_at = fields.String(required=True, allow_none=True)
    created_at = fields.String(required=True)
    updated_at = fields.String(required=True)


class OneExport(Schema):
    export = fields.Nested(Export, required=True)


class ExportList(Schema):
    items = fields.List(fields.Nested(Export), required=True)
    next_cursor = fields.String(required=True, allow_none=True)
