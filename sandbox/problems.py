"""Errors in UniPile's format: problem JSON with an error type."""

import json
import logging
from typing import Any

from aiohttp import web
from aiohttp.typedefs import Handler

log = logging.getLogger("sandbox")

TITLES = {
    "account_mismatch": (403, "The account does not match."),
    "account_restricted": (403, "The account is restricted."),
    "auth_in_progress": (425, "An authentication is already in progress."),
    "auth_replaced": (409, "The authentication was cancelled because a newer one replaced it."),
    "cant_send_message": (422, "The message cannot be sent."),
    "content_too_large": (400, "The content is too large."),
    "disconnected_account": (401, "The account appears to be disconnected from the provider service."),
    "expired_link": (401, "The link has expired."),
    "feature_not_implemented": (501, "This feature is not implemented for this provider."),
    "insufficient_permissions": (403, "Insufficient permissions."),
    "invalid_credentials": (401, "The access token is not valid."),
    "invalid_message": (422, "The message is not valid here."),
    "invalid_parameters": (400, "Invalid parameters."),
    "invalid_recipient": (422, "Recipient cannot be reached."),
    "limit_exceeded": (422, "A limit of the provider is reached."),
    "malformed_request": (400, "The request could not be read."),
    "method_not_allowed": (405, "Method not allowed."),
    "missing_credentials": (401, "The access token is missing."),
    "missing_parameters": (400, "Required parameters are missing."),
    "no_client_session": (503, "No client session is running for this account."),
    "request_timeout": (504, "The request timed out."),
    "resource_access_restricted": (403, "Access to this resource is restricted."),
    "resource_not_found": (404, "Resource not found."),
    "sender_rejected": (422, "The sender was rejected."),
    "service_unavailable": (503, "The service is temporarily unavailable."),
    "too_many_characters": (400, "The text is too long."),
    "too_many_requests": (429, "Too many requests."),
    "unexpected_error": (500, "Something went wrong."),
    "unsupported_media_type": (415, "The media type is not supported."),
}

STATUS_TYPES = {
    401: "disconnected_account",
    403: "insufficient_permissions",
    404: "resource_not_found",
    405: "method_not_allowed",
    413: "content_too_large",
    422: "cant_send_message",
    429: "too_many_requests",
    500: "unexpected_error",
    503: "service_unavailable",
    504: "request_timeout",
}


class Problem(Exception):
    """An error response; `kind` is the part of the type after `errors/`."""

    def __init__(self, kind: str, detail: str | None = None, *, status: int | None = None) -> None:
        self.kind = kind
        self.status = status or TITLES[kind][0]
        self.detail = detail
        super().__init__(f"{self.status} {kind}: {detail}")


def not_found(what: str) -> Problem:
    """Return the 404 for a missing entity."""
    return Problem("resource_not_found", f"There is no {what} with this id.")


def dump(value: Any) -> str:
    """Serialize as ASCII JSON, which preserves lone surrogates."""
    return json.dumps(value, separators=(",", ":"))


def reply(body: Any, status: int = 200) -> web.Response:
    """Return a JSON response."""
    return web.Response(text=dump(body), status=status, content_type="application/json")


def problem_response(problem: Problem) -> web.Response:
    """Return a problem response."""
    title = TITLES.get(problem.kind, (0, "The request failed."))[1]
    body = {
        "status": problem.status,
        "type": f"errors/{problem.kind}",
        "title": title,
        "detail": problem.detail,
        "instance": None,
    }
    return reply(body, problem.status)


def _from_http(error: web.HTTPException) -> web.StreamResponse:
    kind = STATUS_TYPES.get(error.status, "malformed_request")
    # UniPile lists "content too large" under 400.
    response = problem_response(
        Problem(kind, error.reason, status=400 if error.status == 413 else error.status)
    )
    if "Allow" in error.headers:
        response.headers["Allow"] = error.headers["Allow"]
    return response


@web.middleware
async def problem_middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Convert every error to problem JSON, including those of the router."""
    try:
        return await handler(request)
    except Problem as problem:
        return problem_response(problem)
    except web.HTTPException as error:
        if error.status < 400:
            raise
        return _from_http(error)
    except Exception:
        log.exception("%s %s failed", request.method, request.path)
        return problem_response(Problem("unexpected_error"))
