"""Everything that can go wrong for a caller, in one table: a code, a sentence and an HTTP status."""

from collections.abc import Mapping
from dataclasses import dataclass, field

# code -> (HTTP status, sentence when the raiser gives none). The statuses are contract.md's, "Errors".
TABLE: Mapping[str, tuple[int, str]] = {
    "malformed": (400, "The request could not be read."),
    "unauthenticated": (401, "Sign in first: the access token is missing, wrong or expired."),
    "bad_credentials": (401, "The e-mail address or the password is wrong."),
    "bad_secret": (401, "The webhook secret is missing or wrong."),
    "bad_signature": (401, "The webhook's signature is missing or wrong."),
    "plan_limit": (402, "The plan's limit is reached."),
    "not_entitled": (403, "The plan does not include this."),
    "forbidden": (403, "Your role does not allow this."),
    "not_found": (404, "There is nothing here."),
    "method_not_allowed": (405, "This address does not take that method."),
    "conflict": (409, "This is already taken."),
    "too_large": (413, "The request is too large."),
    "unsupported_media_type": (415, "The content type is not one this address takes."),
    "range_not_satisfiable": (416, "The file has no such part."),
    "invalid": (422, "Some fields are not valid."),
    "too_many_requests": (429, "Too many requests: try again later."),
    "headers_too_large": (431, "The address or the headers of the request are too large."),
    "internal": (500, "Something went wrong on our side."),
    "provider_failed": (502, "UniPile could not do this."),
    "unavailable": (503, "A part of the service is not reachable: try again in a moment."),
    "provider_timeout": (504, "UniPile did not answer in time."),
}


@dataclass(eq=False)
class ConfabError(Exception):
    """A failure the caller is told about; `code` is a key of TABLE, `retry_after` is in seconds."""

    code: str
    message: str = ""
    fields: Mapping[str, object] = field(default_factory=dict)
    retry_after: int | None = None
    # Of a plan: what is used up, how much of it, until when (schemas/errors.py).
    limit: Mapping[str, object] | None = None
    # What HTTP wants beside the body.
    headers: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        status, sentence = TABLE[self.code]
        self.status = status
        self.message = self.message or sentence
        super().__init__(self.message)

    def body(self, request_id: str | None = None) -> dict[str, object]:
        """The one error shape of contract.md."""
        error: dict[str, object] = {"code": self.code, "message": self.message}
        if self.fields:
            error["fields"] = self.fields
        if self.limit is not None:
            error["limit"] = self.limit
        if request_id is not None:
            error["request_id"] = request_id
        return {"error": error}


def code_for_status(status: int) -> str:
    """The code that stands for an HTTP status the framework raised by itself."""
    for code, (known, _) in TABLE.items():
        if known == status and code not in ("bad_credentials", "bad_secret", "bad_signature", "forbidden"):
            return code
    return "malformed" if status < 500 else "internal"


class Unavailable(ConfabError):
    """Postgres or Redis cannot be reached, or was too slow; the same call may work in a moment."""

    def __init__(self, message: str = "") -> None:
        super().__init__("unavailable", message, retry_after=1)


class NotFound(ConfabError):
    """Absent or not the caller's: the two are not told apart."""

    def __init__(self, message: str = "") -> None:
        super().__init__("not_found", message)
