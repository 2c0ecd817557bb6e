"""Planned messages: plan, list, change, cancel, send now."""

from uuid import uuid4

from aiohttp import web

from server.errors import NotFound
from server.messages import planning
from server.messages.planning import PlanRequest, Target
from server.messages.send_batcher import announce_sends
from server.realtime.broker import publish_or_log
from server.realtime.pushes import planned_push
from server.schemas.planned import AllPlannedQuery, ChangePlanned, PlanMessage, PlannedQuery
from server.store.accounts import accounts
from server.store.sending import planned, planned_lists
from server.store.sending.planned import ChangedPlanned
from server.store.sending.planned_lists import PlannedScope
from server.web.app_keys import CONFIG, DATABASE, REDIS
from server.web.callers import author_of, key_accounts, require_chat
from server.web.requests import (
    caller,
    load_body,
    load_query,
    object_answer,
    page_answer,
    path_id,
    provider_of,
    time_cursor,
)

PLAN, CHANGE, QUERY, ALL_QUERY = PlanMessage(), ChangePlanned(), PlannedQuery(), AllPlannedQuery()
MAX_SHOWN = 200


async def plan_message(request: web.Request) -> web.Response:
    """Store a message to be sent at a time, as an ordinary send. The same client_id again returns the first."""
    given = await load_body(request, PLAN)
    wanted = PlanRequest(
        user_id=caller(request),
        author=author_of(request),
        provider=provider_of(request),
        account_id=path_id(request, "account_id"),
        chat_id=path_id(request, "chat_id"),
        **given | {"client_id": given["client_id"] or str(uuid4())},
    )
    stored, is_new = await request.app[DATABASE].write(planning.plan_message, wanted)
    return await _answer(request, stored, has_changed=is_new, status=201)


async def list_chat_planned(request: web.Request) -> web.Response:
    """What waits in the chat or has failed, by time."""
    chat = await require_chat(request)
    found = await request.app[DATABASE].read(planned.list_of_chat, chat.id, MAX_SHOWN)
    return object_answer([("items", f"[{','.join(found)}]")])


async def list_planned(request: web.Request) -> web.Response:
    """The account's planned messages in one state: what waits or has failed by time, the others newest first."""
    query = load_query(request, QUERY)
    account_id = path_id(request, "account_id")
    page = await request.app[DATABASE].read(
        planned.list_of_account,
        caller(request),
        account_id,
        query["state"],
        limit=query["limit"],
        after=time_cursor(query["cursor"]),
    )
    if not page.items and not await request.app[DATABASE].read(
        accounts.fetch_own_account, caller(request), provider_of(request), account_id
    ):
        raise NotFound
    return page_answer(page)


async def list_all_planned(request: web.Request) -> web.Response:
    """What waits or has failed in all of the caller's accounts, by time; of all authors, or the caller's own."""
    query = load_query(request, ALL_QUERY)
    scope = PlannedScope(
        caller(request),
        provider_of(request),
        key_accounts(request),
        query["state"],
        author_of(request) if query["author"] else None,
    )
    page = await request.app[DATABASE].read(
        planned_lists.list_of_user, scope, limit=query["limit"], after=time_cursor(query["cursor"])
    )
    return page_answer(page)


async def change_planned(request: web.Request) -> web.Response:
    """Change text, time or condition of one's own; one that failed or was cancelled waits again for the new time."""
    given = await load_body(request, CHANGE)
    stored = await request.app[DATABASE].write(planning.change_planned, _target(request), given)
    return await _answer(request, stored)


async def cancel_planned(request: web.Request) -> web.Response:
    """Cancel one of any author."""
    stored, has_changed = await request.app[DATABASE].write(planning.cancel_planned, _target(request))
    return await _answer(request, stored, has_changed=has_changed)


async def send_planned_now(request: web.Request) -> web.Response:
    """Send one of any author before its time, or a failed one again. It keeps its author."""
    changed, stored = await request.app[DATABASE].write(
        planning.send_now, request.app[CONFIG].plans, _target(request)
    )
    await announce_sends(request.app[REDIS], [stored])
    return object_answer([("planned", changed.json)])


def _target(request: web.Request) -> Target:
    return Target(
        caller(request),
        author_of(request),
        path_id(request, "account_id"),
        path_id(request, "chat_id"),
        path_id(request, "planned_id"),
    )


async def _answer(
    request: web.Request, stored: ChangedPlanned, *, has_changed: bool = True, status: int = 200
) -> web.Response:
    if has_changed:
        push = planned_push(stored)
        await publish_or_log(request.app[REDIS], stored.account_id, [push], "planned_not_published")
    return object_answer([("planned", stored.json)], status)
