"""The one shape of every failure."""

from marshmallow import Schema, fields


class Failed(Schema):
    code = fields.String(required=True)
    message = fields.String(required=True)
    fields_ = fields.Dict(data_key="fields", keys=fields.String())
    request_id = fields.String(required=True)


class Error(Schema):
    error = fields.Nested(Failed, required=True)
