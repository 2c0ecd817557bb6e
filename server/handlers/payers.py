"""In whose name a number stands: who pays for it, and how that becomes somebody else."""

from aiohttp import web

from server.accounts.transfer import hand_over
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
    """Hand the number over to another person who is on it: from now on their plan pays for it. The one who paid until
    now stays its owner, and keeps what was counted.
    """
    given, account_id = await load_body(request, SET_PAYER), path_id(request, "account_id")
    push = await request.app[DATABASE].write(
        hand_over,
        request.app[CONFIG].plans,
        request[ACTOR],
        provider_of(request),
        account_id,
        given["user_id"],
        any_number=is_admin_role(request[CALLER_ROLES].role),
    )
    if push is not None:
        await _tell(request, account_id, push)
    shown = await request.app[DATABASE].read(members.fetch_member, account_id, given["user_id"])
    if shown is None:
        raise NotFound
    return object_answer([("member", shown)])


async def _tell(request: web.Request, account_id: int, push: Push) -> None:
    """It is done: with Redis away sockets find it among the changes, and other instances ask anew by themselves."""
    await announce_access_change(request.app[REDIS])
    await publish_or_log(request.app[REDIS], account_id, [push], "hand_over_not_announced")
