"""Office hours and auto-replies of an account."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Concatenate, ParamSpec

from aiohttp import web
from aiopg import Cursor

from server.accounts import answering
from server.accounts.answering import Changed
from server.errors import NotFound
from server.realtime.broker import publish
from server.realtime.pushes import account_push
from server.rules.plans import rfc3339
from server.schemas.hours import PutAutoReplies, PutHours
from server.store.accounts import accounts
from server.store.automation import auto_replies, hours
from server.web.app_keys import ACTOR, DATABASE, REDIS
from server.web.requests import caller, json_text, load_body, object_answer, path_id, provider_of

P = ParamSpec("P")
PUT_HOURS, PUT_AUTO_REPLIES = PutHours(), PutAutoReplies()


async def show_hours(request: web.Request) -> web.Response:
    return await _hours_answer(request, await _account_id(request))


async def put_hours(request: web.Request) -> web.Response:
    """Set the week, its time zone and the holidays."""
    given = await load_body(request, PUT_HOURS)
    account_id = await _account_id(request)
    week, holidays = given["week"], sorted(given["holidays"], key=lambda holiday: holiday["date"])
    await _change(
        request, account_id, answering.set_hours, given["time_zone"], week, holidays, request[ACTOR]
    )
    return await _hours_answer(request, account_id)


async def delete_hours(request: web.Request) -> web.Response:
    """The account is always open."""
    account_id = await _account_id(request)
    await _change(request, account_id, answering.remove_hours, request[ACTOR])
    return web.Response(status=204)


async def show_auto_replies(request: web.Request) -> web.Response:
    return await _auto_replies_answer(request, await _account_id(request))


async def put_auto_replies(request: web.Request) -> web.Response:
    """Set both texts, and whether each is sent."""
    given = await load_body(request, PUT_AUTO_REPLIES)
    account_id = await _account_id(request)
    await _change(request, account_id, answering.set_auto_replies, given, request[ACTOR])
    return await _auto_replies_answer(request, account_id)


async def _account_id(request: web.Request) -> int:
    """The account in the path; raises NotFound unless the caller is a member."""
    own = await request.app[DATABASE].read(
        accounts.fetch_own_account, caller(request), provider_of(request), path_id(request, "account_id")
    )
    if own is None:
        raise NotFound
    return own.id


async def _change(
    request: web.Request,
    account_id: int,
    change: Callable[Concatenate[Cursor, int, P], Awaitable[Changed]],
    *args: P.args,
    **kwargs: P.kwargs,
) -> None:
    changed = await request.app[DATABASE].write(change, account_id, *args, **kwargs)
    if changed is not None:
        await publish(request.app[REDIS], account_id, [account_push(account_id, *changed)])


async def _hours_answer(request: web.Request, account_id: int) -> web.Response:
    found = await request.app[DATABASE].read(hours.fetch_shown_hours, account_id)
    if found is None:
        return object_answer([("hours", "null"), ("is_open", "true"), ("changes_at", "null")])
    shown, rules = found
    now = datetime.now(UTC)
    changes_at = rules.changes_at(now)
    return object_answer(
        [
            ("hours", shown),
            ("is_open", json_text(rules.is_open(now))),
            ("changes_at", json_text(changes_at and rfc3339(changes_at))),
        ]
    )


async def _auto_replies_answer(request: web.Request, account_id: int) -> web.Response:
    shown = await request.app[DATABASE].read(auto_replies.fetch_auto_replies_json, account_id)
    return object_answer([("auto_replies", shown)])
