"""Classifies UniPile's errors: was the call executed, can it be retried, what should a user do (§1.4, §1.6)."""

from collections.abc import Mapping

# Status 422, but transient.
from server.said.said import said

TRANSIENT_TYPES = ("provider_unreachable", "realtime_client_not_initialized", "limit_exceeded")
SIGNED_OUT_TYPES = ("disconnected_account", "expired_credentials")
MAX_RETRY_AFTER_SECONDS = 3600.0
# WhatsApp restricts the account, to any recipient; and what it says of a first message to a stranger only.
RESTRICTION_TYPES = ("limit_exceeded", "account_restricted", "sender_rejected")
STRANGER_TYPES = ("cant_send_message",)
OUR_KEY_TYPES = ("missing_credentials", "invalid_credentials")

_OUR_BUG = said("provider_our_bug")
_RECONNECT = said("provider_reconnect")
_SIGN_IN_AGAIN = said("provider_sign_in")
_OPERATOR = said("provider_operator")
_SETTINGS = said("provider_settings")
_PLAN = said("provider_plan")
_NOT_ALLOWED = said("provider_not_allowed")
_RESTRICTED = said("provider_restricted")
_ABSENT = said("provider_absent")
_LATER = said("provider_later")
_UNKNOWN = said("provider_unknown")
_NOT_ON_WHATSAPP = said("provider_not_on_whatsapp")
_DONE = said("provider_done")
_TOO_SOON = said("provider_too_soon")
_MAIL = said("provider_mail")
_TOO_LONG = said("provider_too_long")
_TOO_BIG = said("provider_too_big")

# Every type of §1.4 (without its prefix) -> what the user should do.
ADVICE: Mapping[str, str] = {
    # 400
    "invalid_parameters": _OUR_BUG,
    "missing_parameters": _OUR_BUG,
    "invalid_request": _OUR_BUG,
    "malformed_request": _OUR_BUG,
    "content_too_large": _TOO_BIG,
    "invalid_url": _OUR_BUG,
    "too_many_characters": _TOO_LONG,
    "unescaped_characters": said("provider_characters"),
    "limit_too_high": _OUR_BUG,
    "invalid_action": _OUR_BUG,
    "invalid_label": _OUR_BUG,
    # 401
    "missing_credentials": _OPERATOR,
    "invalid_credentials": _OPERATOR,
    "multiple_sessions": said("provider_twice"),
    "wrong_account": said("provider_other_phone"),
    "invalid_proxy_credentials": _SETTINGS,
    "invalid_imap_configuration": _MAIL,
    "invalid_smtp_configuration": _MAIL,
    "invalid_checkpoint_solution": _SIGN_IN_AGAIN,
    "checkpoint_error": _SIGN_IN_AGAIN,
    "expired_credentials": _RECONNECT,
    "expired_link": said("provider_link_expired"),
    "insufficient_privileges": _NOT_ALLOWED,
    "disconnected_account": _RECONNECT,
    "disconnected_feature": _RECONNECT,
    "invalid_credentials_but_valid_account_imap": _MAIL,
    "captcha_not_supported": said("provider_captcha"),
    # 403
    "insufficient_permissions": _NOT_ALLOWED,
    "account_restricted": _RESTRICTED,
    "account_mismatch": said("provider_other_number"),
    "unknown_authentication_context": _SIGN_IN_AGAIN,
    "session_mismatch": _RECONNECT,
    "feature_not_subscribed": _PLAN,
    "subscription_required": _PLAN,
    "resource_access_restricted": _NOT_ALLOWED,
    "action_required": said("provider_confirm"),
    # 404
    "resource_not_found": _ABSENT,
    "invalid_resource_identifier": _ABSENT,
    # 415
    "unsupported_media_type": said("provider_file_type"),
    # 422
    "invalid_account": _RECONNECT,
    "invalid_recipient": _NOT_ON_WHATSAPP,
    "no_connection_with_recipient": said("provider_must_write"),
    "blocked_recipient": said("provider_blocked"),
    "user_unreachable": _NOT_ON_WHATSAPP,
    "unprocessable_entity": _OUR_BUG,
    "action_already_performed": _DONE,
    "invalid_message": said("provider_message"),
    "invalid_post": _OUR_BUG,
    "not_allowed_inmail": _NOT_ALLOWED,
    "insufficient_credits": _PLAN,
    "cannot_resend_yet": _TOO_SOON,
    "cannot_resend_within_24hrs": _TOO_SOON,
    "limit_exceeded": said("provider_limit"),
    "already_invited_recently": _TOO_SOON,
    "cannot_invite_attendee": _NOT_ON_WHATSAPP,
    "parent_mail_not_found": _MAIL,
    "invalid_reply_subject": _MAIL,
    "invalid_headers": _MAIL,
    "send_as_denied": _MAIL,
    "invalid_folder": _MAIL,
    "invalid_thread": _MAIL,
    "unauthorized": _NOT_ALLOWED,
    "sender_rejected": _RESTRICTED,
    "recipient_rejected": _NOT_ON_WHATSAPP,
    "ip_rejected_by_server": _SETTINGS,
    "provider_unreachable": _LATER,
    "account_configuration_error": _SETTINGS,
    "cant_send_message": said("provider_not_accepted"),
    "realtime_client_not_initialized": _LATER,
    # 425, 409, 407, 408, 502 of the connect routes
    "auth_in_progress": said("provider_connecting"),
    # 429
    "too_many_requests": said("provider_too_many"),
    # 500
    "unexpected_error": _UNKNOWN,
    "provider_error": _UNKNOWN,
    "authentication_intent_error": _SIGN_IN_AGAIN,
    # 501
    "feature_not_implemented": said("provider_unsupported"),
    # 503
    "no_client_session": _LATER,
    "no_channel": _LATER,
    "no_handler": _LATER,
    "network_down": _LATER,
    "service_unavailable": _LATER,
    # 504
    "request_timeout": _UNKNOWN,
    # Ours, where there was no answer
    "not_reached": _LATER,
    "timeout": _UNKNOWN,
    "connection_lost": _UNKNOWN,
    "circuit_open": _LATER,
    "no_turn": _LATER,
}
# Unknown types, by status.
ADVICE_BY_STATUS: Mapping[int, str] = {
    401: _RECONNECT,
    403: _NOT_ALLOWED,
    404: _ABSENT,
    407: _SETTINGS,
    408: said("provider_slow"),
    409: said("provider_replaced"),
    415: ADVICE["unsupported_media_type"],
    425: ADVICE["auth_in_progress"],
    429: ADVICE["too_many_requests"],
    501: ADVICE["feature_not_implemented"],
    503: _LATER,
}
_NOT_TAKEN = said("provider_not_taken")


class UnipileError(Exception):
    """A failed call: UniPile's error `type` without its prefix, its `title`, its `retry_after` in seconds."""

    def __init__(
        self, type_: str, title: str, status: int | None = None, retry_after: float | None = None
    ) -> None:
        super().__init__(f"{type_}: {title}")
        self.retry_after = retry_after
        self.type = type_
        self.title = title
        self.status = status

    def is_restriction(self, *, to_stranger: bool) -> bool:
        """Whether WhatsApp restricts the account; `to_stranger`: the contact has never written to it."""
        return self.type in RESTRICTION_TYPES or (to_stranger and self.type in STRANGER_TYPES)

    @property
    def advice(self) -> str:
        """What the user should do; contains nothing that UniPile sent."""
        if known := ADVICE.get(self.type):
            return known
        status = self.status or 0
        return ADVICE_BY_STATUS.get(status, _UNKNOWN if status >= 500 else _NOT_TAKEN)


class NotTaken(UnipileError):
    """UniPile certainly did not act, and a retry may succeed: it was unreachable or too busy."""


class Rejected(UnipileError):
    """UniPile certainly did not act, and a retry will not succeed."""

    @property
    def is_absent(self) -> bool:
        return self.status == 404

    @property
    def is_our_key(self) -> bool:
        """Whether this installation's API key is wrong, and not the account."""
        return self.type in OUR_KEY_TYPES


class SignedOut(Rejected):
    """The owner has to connect the account again."""


class OutcomeUnknown(UnipileError):
    """UniPile may have acted: it timed out or failed midway. It has no idempotency key (§1.6)."""


def error_from(status: int, body: Mapping[str, object], retry_after: str | None = None) -> UnipileError:
    """The error of an error answer; decides by `type` and status, never by `title`, and accepts unknown types."""
    type_ = str(body.get("type") or "errors/unknown").removeprefix("errors/")
    title = str(body.get("detail") or body.get("title") or f"UniPile answered {status}.")
    if status in (429, 503) or type_ in TRANSIENT_TYPES:
        return NotTaken(type_, title, status, _seconds(retry_after))
    if type_ in SIGNED_OUT_TYPES:
        return SignedOut(type_, title, status)
    if type_ in OUR_KEY_TYPES or 300 <= status < 500:
        return Rejected(type_, title, status)
    return OutcomeUnknown(type_, title, status)


def _seconds(retry_after: str | None) -> float | None:
    """Retry-After in seconds, at most an hour; dates are ignored."""
    text = (retry_after or "").strip()
    return min(float(text), MAX_RETRY_AFTER_SECONDS) if text.isascii() and text.isdigit() else None
