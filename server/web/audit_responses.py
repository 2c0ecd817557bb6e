"""Writes down what a route has done, where its row in the table of routes says so (`audit`)."""

import orjson
import structlog
from aiohttp import web

from server.errors import ConfabError
from server.store.people import audit
from server.web.app_keys import ACTOR, DATABASE

log = structlog.get_logger()


async def write_down(request: web.Request, action: str, answer: web.StreamResponse) -> None:
    """One line about what was done just now. It is done: a line that could not be written is told in the log."""
    try:
        await request.app[DATABASE].write(
            audit.record, action, request[ACTOR], _target(request, answer), _details(request)
        )
    except ConfabError as error:
        log.error("not_recorded", action=action, user_id=request[ACTOR].user_id, error=error.code)


def _target(request: web.Request, answer: web.StreamResponse) -> tuple[str, object] | None:
    """The nearest thing in the path; for a number that was new just now, what the answer calls it."""
    for kind in ("contact", "account"):
        if (number := request.match_info.get(f"{kind}_id")) is not None:
            return kind, number
    raw = answer.body if isinstance(answer, web.Response) else None
    body = orjson.loads(raw) if isinstance(raw, bytes) and answer.content_type == "application/json" else {}
    account = body.get("account") if isinstance(body, dict) else None
    return ("account", account["id"]) if account else None


def _details(request: web.Request) -> dict[str, object]:
    return {"account_id": int(request.match_info["account_id"])} if "contact_id" in request.match_info else {}
