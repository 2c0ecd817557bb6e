"""Schemas of the audit log."""

from marshmallow import Schema, fields, validate

from server.schemas.fields import MAX_ID, ListQuery, Moment, Request, text


class AuditFilter(Request):
    action = text(1, 100, load_default=None)
    actor_id = fields.Integer(load_default=None, validate=validate.Range(0, MAX_ID))
    since = Moment(load_default=None)
    until = Moment(load_default=None)


class AuditQuery(ListQuery, AuditFilter):
    """Newest first; `until` is not included."""


class AuditLine(Schema):
    id = fields.Integer(required=True)
    at = fields.String(required=True)
    action = fields.String(required=True)
    actor_id = fields.Integer(required=True, allow_none=True)
    actor = fields.String(required=True)
    key_id = fields.Integer(required=True, allow_none=True)
    target_kind = fields.String(required=True, allow_none=True)
    target_id = fields.String(required=True, allow_none=True)
    details = fields.Dict(required=True)
    address = fields.String(required=True, allow_none=True)
    user_agent = fields.String(required=True, allow_none=True)


class AuditList(Schema):
    items = fields.List(fields.Nested(AuditLine), required=True)
    next_cursor = fields.String(required=True, allow_none=True)
