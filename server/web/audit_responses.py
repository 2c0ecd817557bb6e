"""Writes the audit entry of a route after its response, where its row in the route table has `audit`."""

import orjson
import structlog
from aiohttp import web

from server.audit_actions import AuditAction
from server.errors import ConfabError
from server.store.people import audit
from server.web.app_keys import ACTOR, DATABASE

log = structlog.get_logger()


async def record_action(request: web.Request, action: AuditAction, answer: web.StreamResponse) -> None:
    """Write one entry. The action has been done already, so a failed write is logged and does not fail the request."""
    try:
        await request.app[DATABASE].write(
            audit.record, action, request[ACTOR], _target(request, answer), _details(request)
        )
    except ConfabError as error:
        log.error("not_recorded", action=action, user_id=request[ACTOR].user_id, error=error.code)


def _target(request: web.Request, answer: web.StreamResponse) -> tuple[str, object] | None:
    """The innermost contact or account of the path; for a new account, the id in the response."""
    for kind in ("contact", "account"):
        if (row_id := request.match_info.get(f"{kind}_id")) is not None:
            return kind, row_id
    raw = answer.body if isinstance(answer, web.Response) else None
    body = orjson.loads(raw) if isinstance(raw, bytes) and answer.content_type == "application/json" else {}
    account = body.get("account") if isinstance(body, dict) else None
    return ("account", account["id"]) if account else None


def _details(request: web.Request) -> dict[str, object]:
    return {"account_id": int(request.match_info["account_id"])} if "contact_id" in request.match_info else {}
