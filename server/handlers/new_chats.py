"""New chats of an account: how many it has begun, how long they are stopped, and ending the stop."""

from aiohttp import web

from server.errors import NotFound
from server.messages.new_chats import day_limits, resume
from server.realtime.broker import publish_or_log
from server.store.accounts import accounts
from server.store.sending import new_chats
from server.web.app_keys import ACTOR, CONFIG, DATABASE, REDIS
from server.web.requests import caller, object_answer, path_id, provider_of


async def show_new_chats(request: web.Request) -> web.Response:
    return await _answer(request, await _member_account(request))


async def resume_new_chats(request: web.Request) -> web.Response:
    """Let the account begin chats again before the stop ends, on the caller's responsibility."""
    account_id = await _member_account(request)
    push = await request.app[DATABASE].write(resume, account_id, request[ACTOR])
    if push is not None:
        await publish_or_log(request.app[REDIS], account_id, [push], "resuming_not_published")
    return await _answer(request, account_id)


async def _member_account(request: web.Request) -> int:
    """The account in the path; raises NotFound unless the caller is a member."""
    own = await request.app[DATABASE].read(
        accounts.fetch_own_account, caller(request), provider_of(request), path_id(request, "account_id")
    )
    if own is None:
        raise NotFound
    return own.id


async def _answer(request: web.Request, account_id: int) -> web.Response:
    limits = day_limits(request.app[CONFIG].pace)
    shown = await request.app[DATABASE].read(new_chats.fetch_overview, account_id, limits)
    return object_answer([("new_chats", shown)])
