"""The one table of errors that callers see: code, HTTP status and default sentence."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum

from server.said.said import Said, said

# code -> HTTP status, as in docs/api.md, "Errors". Its default sentence is `error_<code>` in server/said.
STATUSES: Mapping[str, int] = {
    "malformed": 400,
    "unauthenticated": 401,
    "bad_credentials": 401,
    "bad_secret": 401,
    "bad_signature": 401,
    "plan_limit": 402,
    "not_entitled": 403,
    "forbidden": 403,
    "not_found": 404,
    "method_not_allowed": 405,
    "conflict": 409,
    "changed": 409,
    "newer_messages": 409,
    "too_large": 413,
    "unsupported_media_type": 415,
    "range_not_satisfiable": 416,
    "invalid": 422,
    "category_required": 422,
    "too_many_requests": 429,
    "new_chats_stopped": 429,
    "headers_too_large": 431,
    "internal": 500,
    "provider_failed": 502,
    "unavailable": 503,
    "provider_timeout": 504,
}
# code -> (HTTP status, default sentence)
TABLE: Mapping[str, tuple[int, Said]] = {
    code: (status, said(f"error_{code}")) for code, status in STATUSES.items()
}


class CloseCode(IntEnum):
    """Why a socket is closed (docs/protocol.md, "Close codes"); 4000–4999 are ours (RFC 6455, 7.4.2)."""

    GOING_AWAY = 1001  # the server stops, and the socket had not signed in
    TOO_BIG = 1009  # sent by aiohttp itself
    RESTART = 1012
    TOO_SLOW = 4008
    BAD_FRAME = 4400
    SIGN_IN = 4401
    NOT_ALLOWED = 4403
    NO_AUTH = 4408
    TOO_MANY = 4429


# The close code of an error that ends a socket: a frame that is not a command, too many frames, or a failed `auth`.
CLOSE_CODES: Mapping[str, CloseCode] = {
    "malformed": CloseCode.BAD_FRAME,
    "unauthenticated": CloseCode.SIGN_IN,
    "forbidden": CloseCode.NOT_ALLOWED,
    "too_many_requests": CloseCode.TOO_MANY,
}


@dataclass(eq=False)
class ConfabError(Exception):
    """An error that the caller sees; `code` is a key of TABLE, `retry_after` is in seconds."""

    code: str
    message: str = ""
    fields: Mapping[str, object] = field(default_factory=dict)
    retry_after: int | None = None
    # For plan limits: what is used up, how much, until when (schemas/errors.py).
    limit: Mapping[str, object] | None = None
    # For `changed` and `newer_messages`: what the caller has not seen; for mentions: who has no access; for
    # `new_chats_stopped`: why, and until when (schemas/errors.py).
    details: Mapping[str, object] | None = None
    # Response headers that the status requires.
    headers: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        status, sentence = TABLE[self.code]
        self.status = status
        self.message = self.message or sentence
        super().__init__(self.message)

    def body(self, request_id: str | None = None) -> dict[str, object]:
        """The one error format (docs/api.md, "Errors")."""
        error = failure(self.code, self.message)
        if self.fields:
            error["fields"] = self.fields
        if reasons := _reasons_of(self.fields):
            error["field_reasons"] = reasons
        if self.limit is not None:
            error["limit"] = self.limit
        if self.details is not None:
            error["details"] = self.details
        if request_id is not None:
            error["request_id"] = request_id
        return {"error": error}


def failure(code: str, message: str) -> dict[str, object]:
    """An error as answers and rows have it; `reason` is for a translation of what the code alone does not say."""
    is_usual = message == TABLE.get(code, (0, ""))[1]
    if is_usual or not isinstance(message, Said):
        return {"code": code, "message": message}
    return {"code": code, "message": message, "reason": message.on_wire()}


def _reasons_of(given: Mapping[str, object]) -> dict[str, list[object]]:
    """The same for the fields; of those that a schema refused there is none."""
    reasons: dict[str, list[object]] = {}
    for name, found in given.items():
        if isinstance(found, list) and found and all(isinstance(one, Said) for one in found):
            reasons[name] = [one.on_wire() for one in found]
    return reasons


def code_for_status(status: int) -> str:
    """The code for an HTTP status raised by the framework."""
    for code, code_status in STATUSES.items():
        if code_status == status and code not in (
            "bad_credentials",
            "bad_secret",
            "bad_signature",
            "forbidden",
        ):
            return code
    return "malformed" if status < 500 else "internal"


class Unavailable(ConfabError):
    """Postgres or Redis is unreachable or too slow; the same call may succeed in a moment."""

    def __init__(self, message: str = "") -> None:
        super().__init__("unavailable", message, retry_after=1)


class NotFound(ConfabError):
    """Does not exist, or is not accessible to the caller: the response is the same."""

    def __init__(self, message: str = "") -> None:
        super().__init__("not_found", message)
