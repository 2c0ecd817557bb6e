"""The one table of errors that callers see: code, HTTP status and default sentence."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum

# code -> (HTTP status, default sentence). The statuses are those of docs/api.md, "Errors".
TABLE: Mapping[str, tuple[int, str]] = {
    "malformed": (400, "The request is malformed."),
    "unauthenticated": (401, "The access token is missing, invalid or expired: sign in again."),
    "bad_credentials": (401, "The e-mail address or password is wrong."),
    "bad_secret": (401, "The webhook secret is missing or wrong."),
    "bad_signature": (401, "The webhook signature is missing or invalid."),
    "plan_limit": (402, "The plan's limit has been reached."),
    "not_entitled": (403, "The plan does not include this."),
    "forbidden": (403, "Your role does not allow this."),
    "not_found": (404, "Not found, or not accessible to you."),
    "method_not_allowed": (405, "This address does not support this method."),
    "conflict": (409, "The request conflicts with the current state."),
    "changed": (409, "Another user has changed this meanwhile: look at it again."),
    "newer_messages": (409, "There are newer messages that you have not seen."),
    "too_large": (413, "The request is too large."),
    "unsupported_media_type": (415, "This address does not accept this content type."),
    "range_not_satisfiable": (416, "The requested range is outside of the file."),
    "invalid": (422, "Some fields are invalid."),
    "category_required": (422, "In this account a conversation is closed with a category."),
    "too_many_requests": (429, "Too many requests: wait before you try again."),
    "new_chats_stopped": (429, "This account begins no new chats for now."),
    "headers_too_large": (431, "The URL or the headers of the request are too large."),
    "internal": (500, "An internal error occurred: quote the request_id when you report it."),
    "provider_failed": (502, "UniPile could not complete the request."),
    "unavailable": (503, "The service is temporarily unavailable: try again in a moment."),
    "provider_timeout": (504, "UniPile did not respond in time: try again."),
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
        error: dict[str, object] = {"code": self.code, "message": self.message}
        if self.fields:
            error["fields"] = self.fields
        if self.limit is not None:
            error["limit"] = self.limit
        if self.details is not None:
            error["details"] = self.details
        if request_id is not None:
            error["request_id"] = request_id
        return {"error": error}


def code_for_status(status: int) -> str:
    """The code for an HTTP status raised by the framework."""
    for code, (code_status, _) in TABLE.items():
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
