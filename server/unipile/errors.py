"""What UniPile's failures mean for a call: whether it was taken, and whether asking again makes sense (§1.4, §1.6)."""

from collections.abc import Mapping
from typing import Any

# 422 in number, passing in nature.
PASSING_TYPES = ("provider_unreachable", "realtime_client_not_initialized", "limit_exceeded")
SIGNED_OUT_TYPES = ("disconnected_account", "expired_credentials")
OUR_KEY_TYPES = ("missing_credentials", "invalid_credentials")


class UnipileError(Exception):
    """A call that failed; `type` is UniPile's word without its prefix, `title` a sentence fit for people."""

    def __init__(self, type_: str, title: str, status: int | None = None) -> None:
        super().__init__(f"{type_}: {title}")
        self.type = type_
        self.title = title
        self.status = status


class NotTaken(UnipileError):
    """UniPile certainly did not act, and may if asked later: not reached, or too busy."""


class Rejected(UnipileError):
    """UniPile certainly did not act and will not."""

    @property
    def is_gone(self) -> bool:
        return self.status == 404


class SignedOut(Rejected):
    """The number has to be connected again by its owner."""


class OutcomeUnknown(UnipileError):
    """UniPile may have acted: it timed out, or failed half-way. There is no idempotency key to ask with (§1.6)."""


def error_from(status: int, body: Mapping[str, Any]) -> UnipileError:
    """Sort an error answer; branches on `type`, never on `title`, and survives unknown types."""
    type_ = str(body.get("type") or "errors/unknown").removeprefix("errors/")
    title = str(body.get("detail") or body.get("title") or f"UniPile answered {status}.")
    if status in (429, 503) or type_ in PASSING_TYPES:
        return NotTaken(type_, title, status)
    if type_ in SIGNED_OUT_TYPES:
        return SignedOut(type_, title, status)
    if type_ in OUR_KEY_TYPES or 400 <= status < 500:
        return Rejected(type_, title, status)
    return OutcomeUnknown(type_, title, status)
