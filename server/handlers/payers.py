"""The payer of an account, and the transfer to another member."""

from aiohttp import web

from server.accounts.transfer import transfer_account
from server.errors import NotFound
from server.realtime.broker import announce_access_change, publish_or_log
from server.realtime.events import Push
from server.rules.policy import is_admin_role
from server.schemas.users import SetPayer
from server.store.accounts import members
from server.web.app_keys import ACTOR, CALLER_ROLES, CONFIG, DATABASE, REDIS
from server.web.requests import load_body, object_answer, path_id, provider_of

SET_PAYER = SetPayer()


async def set_payer(request: web.Request) -> web.Response:
    """Make another member the payer: from now on the account uses their plan. The previous payer stays an owner of the
    account, and messages counted so far stay counted for them.
    """
    given, account_id = await load_body(request, SET_PAYER), path_id(request, "account_id")
    push = await _transfer_account(request, account_id, given["user_id"])
    if push is not None:
        await _announce_transfer(request, account_id, push)
    shown = await request.app[DATABASE].read(members.fetch_member, account_id, given["user_id"])
    if shown is None:
        raise NotFound
    return object_answer([("member", shown)])


async def _transfer_account(request: web.Request, account_id: int, user_id: int) -> Push | None:
    """Admins transfer any account, others those they pay for."""
    return await request.app[DATABASE].write(
        transfer_account,
        request.app[CONFIG].plans,
        request[ACTOR],
        provider_of(request),
        account_id,
        user_id,
        any_account=is_admin_role(request[CALLER_ROLES].role),
    )


async def _announce_transfer(request: web.Request, account_id: int, push: Push) -> None:
    """The transfer is committed: with Redis away, clients find it in `changes`; caches expire soon."""
    await announce_access_change(request.app[REDIS])
    await publish_or_log(request.app[REDIS], account_id, [push], "transfer_not_announced")
