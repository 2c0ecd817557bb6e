"""Maps failures of UniPile and WhatsApp to API errors (unipile-api.md §1.4)."""

from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus

from server.errors import ConfabError, NotFound
from server.said.said import said
from server.unipile.errors import OUR_KEY_TYPES, NotTaken, OutcomeUnknown, Rejected, SignedOut, UnipileError

RECONNECT_FIRST = said("account_not_connected")
# Rejections (422) because of the recipient.
RECIPIENT_TYPES = (
    "invalid_recipient",
    "no_connection_with_recipient",
    "blocked_recipient",
    "user_unreachable",
    "recipient_rejected",
)
RETRY_AFTER_SECONDS = 30


def status_error(account_status: str) -> ConfabError | None:
    """Why an account in this state cannot send; None if it can."""
    if account_status in ("needs_action", "disconnected"):
        return ConfabError("conflict", RECONNECT_FIRST)
    return None


@contextmanager
def translated_errors() -> Iterator[None]:
    """Raise UniPile's failures in this block as API errors."""
    try:
        yield
    except UnipileError as error:
        raise api_error_of(error) from error


def api_error_of(error: UnipileError) -> ConfabError:
    """The API error for a failure of UniPile."""
    if isinstance(error, OutcomeUnknown):
        is_late = error.type == "timeout" or error.status == HTTPStatus.GATEWAY_TIMEOUT
        return ConfabError("provider_timeout" if is_late else "provider_failed")
    if isinstance(error, NotTaken) and error.status == HTTPStatus.TOO_MANY_REQUESTS:
        return ConfabError(
            "too_many_requests",
            said("provider_rate"),
            retry_after=int(error.retry_after or RETRY_AFTER_SECONDS),
        )
    if isinstance(error, SignedOut):
        return ConfabError("conflict", RECONNECT_FIRST)
    if isinstance(error, Rejected) and error.type not in OUR_KEY_TYPES:
        return _rejection_error(error)
    return ConfabError("provider_failed")


def _rejection_error(error: Rejected) -> ConfabError:
    if error.is_absent:
        return NotFound(said("provider_absent_there"))
    if error.type in RECIPIENT_TYPES:
        return ConfabError("invalid", fields={"to": [error.advice]})
    if error.status == HTTPStatus.FORBIDDEN:
        return ConfabError("forbidden", error.advice)
    if error.status == HTTPStatus.BAD_REQUEST:
        return ConfabError("invalid", error.advice)
    return ConfabError("conflict", error.advice)
