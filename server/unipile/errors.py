"""Classifies UniPile's errors: was the call executed, can it be retried, what should a user do (§1.4, §1.6)."""

from collections.abc import Mapping

# Status 422, but transient.
TRANSIENT_TYPES = ("provider_unreachable", "realtime_client_not_initialized", "limit_exceeded")
SIGNED_OUT_TYPES = ("disconnected_account", "expired_credentials")
MAX_RETRY_AFTER_SECONDS = 3600.0
# WhatsApp restricts the account, to any recipient; and what it says of a first message to a stranger only.
RESTRICTION_TYPES = ("limit_exceeded", "account_restricted", "sender_rejected")
STRANGER_TYPES = ("cant_send_message",)
OUR_KEY_TYPES = ("missing_credentials", "invalid_credentials")

_OUR_BUG = "UniPile rejected the request as malformed. Contact support: a retry will not help."
_RECONNECT = "The number is signed out. Reconnect it, then try again."
_SIGN_IN_AGAIN = "Signing in failed. Connect the number again."
_OPERATOR = "UniPile does not accept this installation's API key. Contact the operator."
_SETTINGS = "The account's settings at UniPile are wrong. Contact the operator."
_PLAN = "The UniPile subscription does not include this. Contact the operator."
_NOT_ALLOWED = "WhatsApp does not allow this number to do that."
_RESTRICTED = "WhatsApp has restricted this number. Check the phone before you send more."
_ABSENT = "This no longer exists. Reload the chat."
_LATER = "WhatsApp cannot be reached at the moment. Confab retries automatically."
_UNKNOWN = "UniPile did not confirm the result. Check the phone before you try again."
_NOT_ON_WHATSAPP = "This number cannot be reached on WhatsApp. Check it."
_DONE = "This has been done already."
_TOO_SOON = "It is too early to do this again. Wait a day."
_MAIL = "This applies to e-mail, which Confab does not send."
_TOO_LONG = "The text is too long. Split it into several messages."
_TOO_BIG = "The file is too large. Send a smaller one."

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
    "unescaped_characters": "The text contains characters that WhatsApp does not accept. Change it and send it again.",
    "limit_too_high": _OUR_BUG,
    "invalid_action": _OUR_BUG,
    "invalid_label": _OUR_BUG,
    # 401
    "missing_credentials": _OPERATOR,
    "invalid_credentials": _OPERATOR,
    "multiple_sessions": "The number is connected more than once. Disconnect it, then connect it again.",
    "wrong_account": "A different phone was used. Connect with the phone of this number.",
    "invalid_proxy_credentials": _SETTINGS,
    "invalid_imap_configuration": _MAIL,
    "invalid_smtp_configuration": _MAIL,
    "invalid_checkpoint_solution": _SIGN_IN_AGAIN,
    "checkpoint_error": _SIGN_IN_AGAIN,
    "expired_credentials": _RECONNECT,
    "expired_link": "The link has expired. Request a new one.",
    "insufficient_privileges": _NOT_ALLOWED,
    "disconnected_account": _RECONNECT,
    "disconnected_feature": _RECONNECT,
    "invalid_credentials_but_valid_account_imap": _MAIL,
    "captcha_not_supported": "WhatsApp requires a captcha, which Confab cannot show. Connect again later.",
    # 403
    "insufficient_permissions": _NOT_ALLOWED,
    "account_restricted": _RESTRICTED,
    "account_mismatch": "The chat belongs to another number. Reload the inbox.",
    "unknown_authentication_context": _SIGN_IN_AGAIN,
    "session_mismatch": _RECONNECT,
    "feature_not_subscribed": _PLAN,
    "subscription_required": _PLAN,
    "resource_access_restricted": _NOT_ALLOWED,
    "action_required": "WhatsApp requires a confirmation on the phone. Open WhatsApp there, then try again.",
    # 404
    "resource_not_found": _ABSENT,
    "invalid_resource_identifier": _ABSENT,
    # 415
    "unsupported_media_type": "WhatsApp does not accept files of this type. Send another one.",
    # 422
    "invalid_account": _RECONNECT,
    "invalid_recipient": _NOT_ON_WHATSAPP,
    "no_connection_with_recipient": "This contact has to write first.",
    "blocked_recipient": "This contact has blocked the number, or the number has blocked the contact.",
    "user_unreachable": _NOT_ON_WHATSAPP,
    "unprocessable_entity": _OUR_BUG,
    "action_already_performed": _DONE,
    "invalid_message": "WhatsApp does not accept this message. Change it and send it again.",
    "invalid_post": _OUR_BUG,
    "not_allowed_inmail": _NOT_ALLOWED,
    "insufficient_credits": _PLAN,
    "cannot_resend_yet": _TOO_SOON,
    "cannot_resend_within_24hrs": _TOO_SOON,
    "limit_exceeded": "The number has reached a WhatsApp limit. Confab retries later; send fewer messages.",
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
    "cant_send_message": "WhatsApp did not accept this message. Check the phone, then try again.",
    "realtime_client_not_initialized": _LATER,
    # 425, 409, 407, 408, 502 of the connect routes
    "auth_in_progress": "The number is already being connected: scan the code on the screen.",
    # 429
    "too_many_requests": "Too many requests. Confab retries automatically.",
    # 500
    "unexpected_error": _UNKNOWN,
    "provider_error": _UNKNOWN,
    "authentication_intent_error": _SIGN_IN_AGAIN,
    # 501
    "feature_not_implemented": "WhatsApp does not support this.",
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
    408: "Connecting took too long. Try again.",
    409: "A newer attempt has replaced this one.",
    415: ADVICE["unsupported_media_type"],
    425: ADVICE["auth_in_progress"],
    429: ADVICE["too_many_requests"],
    501: ADVICE["feature_not_implemented"],
    503: _LATER,
}
_NOT_TAKEN = "UniPile rejected this. Check the message and the number before you try again."


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
