"""Schemas of accounts and rejected accounts."""

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from server.schemas.errors import PlanLimit, Reason
from server.schemas.fields import Flag, PhoneNumber, Request, Whole, text
from server.schemas.loads import assignment_mode, chat_limit, shown_limit, shown_mode

NEXT_STEPS = ("none", "wait", "scan", "reconnect", "connect", "contact_support")
STATUSES = ("connecting", "connected", "needs_action", "degraded", "disconnected")


def phone_number() -> PhoneNumber:
    """The phone number of the phone on which the code is entered."""
    return PhoneNumber(load_default=None, allow_none=True)


class Connect(Request):
    external_account_id = text(1, 255, load_default=None)
    method = fields.String(load_default="qrcode", validate=validate.OneOf(["qrcode", "hosted", "code"]))
    phone_number = phone_number()

    @validates_schema
    def valid_method(self, data: dict[str, str | None], **_: object) -> None:
        if data.get("external_account_id") is not None and data.get("method") != "qrcode":
            raise ValidationError("Give either external_account_id or method, not both.", "method")
        require_phone_number(data)


class Reconnect(Request):
    method = fields.String(load_default="qrcode", validate=validate.OneOf(["qrcode", "hosted", "code"]))
    phone_number = phone_number()

    @validates_schema
    def valid_method(self, data: dict[str, str | None], **_: object) -> None:
        require_phone_number(data)


def require_phone_number(data: dict[str, str | None]) -> None:
    """A phone number is required with the method "code", and not allowed with others."""
    if (data.get("method") == "code") != (data.get("phone_number") is not None):
        raise ValidationError('Required with "method": "code", and only then.', "phone_number")


class PatchAccount(Request):
    read_receipts = Flag()
    # Messages are deleted after this many days; null: never.
    retention_days = Whole(allow_none=True, validate=validate.Range(1, 36500))
    # Conversations are closed with a category only.
    category_required = Flag()
    # How chats without an owner are handed out, and how many open ones each user gets in this account; null: any.
    assignment_mode = assignment_mode()
    chat_limit = chat_limit()

    @validates_schema
    def any_field(self, data: dict[str, object], **_: object) -> None:
        if not data:
            raise ValidationError("Give at least one field to change.", "read_receipts")


class Account(Schema):
    id = fields.Integer(required=True)
    provider = fields.String(required=True)
    external_account_id = fields.String(required=True)
    # The user whose plan the account uses.
    payer_id = fields.Integer(required=True)
    status = fields.String(required=True, validate=validate.OneOf(STATUSES))
    status_reason = fields.String(required=True, allow_none=True)
    next_step = fields.String(required=True, validate=validate.OneOf(NEXT_STEPS))
    status_since = fields.String(required=True)
    # Restarts by Confab since the account was last connected for long enough.
    restarts = fields.Integer(required=True)
    name = fields.String(required=True, allow_none=True)
    phone = fields.String(required=True, allow_none=True)
    role = fields.String(validate=validate.OneOf(["owner", "agent", "viewer"]))
    # Whether the caller, an agent, sees only chats that are theirs or of their teams.
    restricted = fields.Boolean()
    seq = fields.Integer(required=True)
    last_webhook_at = fields.String(required=True, allow_none=True)
    last_sweep_at = fields.String(required=True, allow_none=True)
    found_late = fields.Integer(required=True)
    # Whether contacts get read receipts.
    read_receipts = fields.Boolean(required=True)
    # Messages are deleted after this many days; null: never.
    retention_days = fields.Integer(required=True, allow_none=True)
    # Conversations are closed with a category only.
    category_required = fields.Boolean(required=True)
    # How chats without an owner are handed out, and how many open ones each user gets in this account; null: any.
    assignment_mode = shown_mode()
    chat_limit = shown_limit()
    # When the office hours were last changed; null: the account is always open.
    hours_changed_at = fields.String(required=True, allow_none=True)
    # When the welcome and away texts were last changed; null: there are none.
    auto_replies_changed_at = fields.String(required=True, allow_none=True)
    # The plan's messages are used up until then; null: there are some left.
    messages_used_up_until = fields.String(required=True, allow_none=True)
    # WhatsApp rejected a new chat: none begins before this time. null: they may begin.
    new_chats_stopped_until = fields.String(required=True, allow_none=True)
    # Import of the message history; imported messages are neither unread nor counted.
    import_state = fields.String(required=True, validate=validate.OneOf(["none", "running", "done"]))
    imported_messages = fields.Integer(required=True)
    # Of the last sweep that found late messages: when the oldest of them was sent, and how late it was stored.
    oldest_gap_at = fields.String(required=True, allow_none=True)
    gap_seconds = fields.Integer(required=True, allow_none=True)
    created_at = fields.String(required=True)
    updated_at = fields.String(required=True)


class Checkpoint(Schema):
    """A text to show as a QR code, or a code to enter on the phone."""

    type = fields.String(required=True, validate=validate.OneOf(["qrcode", "code"]))
    qrcode = fields.String()
    code = fields.String()
    expires_at = fields.String(required=True)


class Connected(Schema):
    """The account with a code to scan; or, for the hosted page, its URL and no account."""

    account = fields.Nested(Account, required=True, allow_none=True)
    checkpoint = fields.Nested(Checkpoint, allow_none=True)
    url = fields.String()


class AccountList(Schema):
    items = fields.List(fields.Nested(Account), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


class OneAccount(Schema):
    account = fields.Nested(Account, required=True)


class Refused(Schema):
    """Why an account was rejected, as in the event `account:refused`."""

    code = fields.String(required=True)
    message = fields.String(required=True)
    reason = fields.Nested(Reason)
    fields_ = fields.Dict(data_key="fields", keys=fields.String())
    field_reasons = fields.Dict(keys=fields.String(), values=fields.List(fields.Nested(Reason)))
    limit = fields.Nested(PlanLimit)


class Refusal(Schema):
    """An account that was connected on UniPile's page and rejected, and not dismissed by the caller yet."""

    id = fields.Integer(required=True)
    provider = fields.String(required=True)
    phone = fields.String(required=True, allow_none=True)
    error = fields.Nested(Refused, required=True)
    created_at = fields.String(required=True)


class RefusalList(Schema):
    items = fields.List(fields.Nested(Refusal), required=True)
    next_cursor = fields.String(required=True, allow_none=True)
