"""The schema of all errors."""

from marshmallow import Schema, fields, validate


class PlanLimit(Schema):
    """Which limit of the plan is reached, with 402 plan_limit."""

    what = fields.String(required=True, validate=validate.OneOf(["messages", "accounts", "seats"]))
    plan = fields.String(required=True)
    # What the plan includes, what is used, and how many more this request needs.
    allowed = fields.Integer(required=True)
    used = fields.Integer(required=True)
    wanted = fields.Integer(required=True)
    # When the limit resets; null if it does not reset by itself.
    until = fields.String(required=True, allow_none=True)


class Reason(Schema):
    """What `message` says, for a translation: its code in the server's table, and its parameters, of which one may be
    such an object itself.
    """

    code = fields.String(required=True)
    params = fields.Dict(required=True, keys=fields.String())


class Failed(Schema):
    code = fields.String(required=True)
    message = fields.String(required=True)
    # Where the message says more than the code.
    reason = fields.Nested(Reason)
    fields_ = fields.Dict(data_key="fields", keys=fields.String())
    # The same of the sentences in `fields`, except of those that name a rule of the schema.
    field_reasons = fields.Dict(keys=fields.String(), values=fields.List(fields.Nested(Reason)))
    limit = fields.Nested(PlanLimit)
    # What the caller has not seen: `chat` with 409 changed; `messages`, `activities` and `notes` with 409
    # newer_messages. Who cannot read what mentions them: `without_access` with 422 invalid. With 429
    # new_chats_stopped: `reason` (day, rejected) and `until`.
    # Which `action` of a macro cannot be done: its `position` from 1, and `kind`.
    details = fields.Dict(keys=fields.String())
    request_id = fields.String(required=True)


class Error(Schema):
    error = fields.Nested(Failed, required=True)
