"""Says why something cannot be done at UniPile: what the caller may not, and what UniPile or WhatsApp would not."""

from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus

from server.errors import ConfabError, NotFound
from server.unipile.errors import OUR_KEY_TYPES, NotTaken, OutcomeUnknown, Rejected, SignedOut, UnipileError

RECONNECT_FIRST = "This number is not connected: reconnect it first."
# 422 because of who it is to.
RECIPIENT_TYPES = (
    "invalid_recipient",
    "no_connection_with_recipient",
    "blocked_recipient",
    "user_unreachable",
    "recipient_rejected",
)
BUSY_SECONDS = 30


def error_of(account_status: str) -> ConfabError | None:
    """Why nobody may act through this account now."""
    if account_status in ("needs_action", "disconnected"):
        return ConfabError("conflict", RECONNECT_FIRST)
    return None


@contextmanager
def caller_detail() -> Iterator[None]:
    """Turn UniPile's failures into the contract's (unipile-api.md §1.4)."""
    try:
        yield
    except UnipileError as error:
        raise error_from(error) from error


def error_from(error: UnipileError) -> ConfabError:
    if isinstance(error, OutcomeUnknown):
        is_late = error.type == "timeout" or error.status == HTTPStatus.GATEWAY_TIMEOUT
        return ConfabError("provider_timeout" if is_late else "provider_failed")
    if isinstance(error, NotTaken) and error.status == HTTPStatus.TOO_MANY_REQUESTS:
        return ConfabError(
            "too_many_requests",
            "UniPile asks for patience.",
            retry_after=int(error.retry_after or BUSY_SECONDS),
        )
    if isinstance(error, SignedOut):
        return ConfabError("conflict", RECONNECT_FIRST)
    if isinstance(error, Rejected) and error.type not in OUR_KEY_TYPES:
        return _rejection(error)
    return ConfabError("provider_failed")


def _rejection(error: Rejected) -> ConfabError:
    if error.is_gone:
        return NotFound("UniPile does not know this any more.")
    if error.type in RECIPIENT_TYPES:
        return ConfabError("invalid", fields={"to": [error.advice]})
    if error.status == HTTPStatus.FORBIDDEN:
        return ConfabError("forbidden", error.advice)
    if error.status == HTTPStatus.BAD_REQUEST:
        return ConfabError("invalid", error.advice)
    return ConfabError("conflict", error.advice)
