"""Connected numbers as the outside sees them."""

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from server.schemas.errors import PlanLimit
from server.schemas.fields import Flag, PhoneNumber, Request, Whole, text

NEXT_STEPS = ("none", "wait", "scan", "reconnect", "connect", "contact_support")
STATUSES = ("connecting", "connected", "needs_action", "degraded", "disconnected")


def phone_number() -> PhoneNumber:
    """The number of the phone that the code is typed on."""
    return PhoneNumber(load_default=None, allow_none=True)


class Connect(Request):
    external_account_id = text(1, 255, load_default=None)
    method = fields.String(load_default="qrcode", validate=validate.OneOf(["qrcode", "hosted", "code"]))
    phone_number = phone_number()

    @validates_schema
    def one_way(self, data: dict[str, str | None], **_: object) -> None:
        if data.get("external_account_id") is not None and data.get("method") != "qrcode":
            raise ValidationError("Give one of both.", "method")
        require_phone_number(data)


class Reconnect(Request):
    method = fields.String(load_default="qrcode", validate=validate.OneOf(["qrcode", "code"]))
    phone_number = phone_number()

    @validates_schema
    def one_way(self, data: dict[str, str | None], **_: object) -> None:
        require_phone_number(data)


def require_phone_number(data: dict[str, str | None]) -> None:
    """The number belongs to the code, and to nothing else."""
    if (data.get("method") == "code") != (data.get("phone_number") is not None):
        raise ValidationError('Give it with "method": "code".', "phone_number")


class PatchAccount(Request):
    read_receipts = Flag()
    # For so many days messages are kept; null: all of them.
    retention_days = Whole(allow_none=True, validate=validate.Range(1, 36500))

    @validates_schema
    def something(self, data: dict[str, object], **_: object) -> None:
        if not data:
            raise ValidationError("Give something to change.", "read_receipts")


class Account(Schema):
    id = fields.Integer(required=True)
    provider = fields.String(required=True)
    external_account_id = fields.String(required=True)
    # In whose name it stands: whose plan it uses.
    payer_id = fields.Integer(required=True)
    status = fields.String(required=True, validate=validate.OneOf(STATUSES))
    status_reason = fields.String(required=True, allow_none=True)
    next_step = fields.String(required=True, validate=validate.OneOf(NEXT_STEPS))
    status_since = fields.String(required=True)
    # How often Confab has restarted its connection since it last held.
    restarts = fields.Integer(required=True)
    name = fields.String(required=True, allow_none=True)
    phone = fields.String(required=True, allow_none=True)
    role = fields.String(validate=validate.OneOf(["owner", "agent", "viewer"]))
    seq = fields.Integer(required=True)
    last_webhook_at = fields.String(required=True, allow_none=True)
    last_sweep_at = fields.String(required=True, allow_none=True)
    found_late = fields.Integer(required=True)
    # Whether contacts are told that what they wrote was read here.
    read_receipts = fields.Boolean(required=True)
    # For so many days messages are kept; null: all of them.
    retention_days = fields.Integer(required=True, allow_none=True)
    # How far the past of the number is read in; what was imported is neither unread nor counted.
    import_state = fields.String(required=True, validate=validate.OneOf(["none", "running", "done"]))
    imported_messages = fields.Integer(required=True)
    # When the oldest message was sent that the last fruitful sweep found late, and how long it was missing.
    oldest_gap_at = fields.String(required=True, allow_none=True)
    gap_seconds = fields.Integer(required=True, allow_none=True)
    created_at = fields.String(required=True)
    updated_at = fields.String(required=True)


class Checkpoint(Schema):
    """A text to be drawn and scanned, or a code to be typed on the phone."""

    type = fields.String(required=True, validate=validate.OneOf(["qrcode", "code"]))
    qrcode = fields.String()
    code = fields.String()
    expires_at = fields.String(required=True)


class Connected(Schema):
    """With a code to scan, or (the hosted page) the address to go to instead of an account."""

    account = fields.Nested(Account, required=True, allow_none=True)
    checkpoint = fields.Nested(Checkpoint, allow_none=True)
    url = fields.String()


class AccountList(Schema):
    items = fields.List(fields.Nested(Account), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


class OneAccount(Schema):
    account = fields.Nested(Account, required=True)


class Refused(Schema):
    """Why a number cannot be had, as `account:refused` tells it."""

    code = fields.String(required=True)
    message = fields.String(required=True)
    fields_ = fields.Dict(data_key="fields", keys=fields.String())
    limit = fields.Nested(PlanLimit)


class Refusal(Schema):
    """A number that was connected on UniPile's page and refused, which the caller has not dismissed yet."""

    id = fields.Integer(required=True)
    provider = fields.String(required=True)
    phone = fields.String(required=True, allow_none=True)
    error = fields.Nested(Refused, required=True)
    created_at = fields.String(required=True)


class RefusalList(Schema):
    items = fields.List(fields.Nested(Refusal), required=True)
    next_cursor = fields.String(required=True, allow_none=True)
