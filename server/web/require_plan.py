"""The one place where a plan allows or denies a route (`entitlement` in the route table)."""

from collections.abc import Awaitable, Callable

from aiohttp import web

from server.errors import ConfabError, NotFound
from server.plans.payer import Payer
from server.said.said import said
from server.web.app_keys import CONFIG, ENTITLEMENTS, PAYER
from server.web.requests import caller, path_id, provider_of

FindAnswer = Callable[[web.Request], Awaitable[web.StreamResponse | None]]


async def require_plan(
    request: web.Request, entitlement: str, find_earlier_answer: FindAnswer | None
) -> web.StreamResponse | None:
    """Put the payer on the request, or raise ConfabError("not_entitled").

    Returns an answer instead when the plan denies the request but it repeats one that was accepted earlier.
    """
    owner_id = await _owner_of(request)
    rights = await request.app[ENTITLEMENTS].rights_of(owner_id, provider_of(request))
    if rights.includes(entitlement):
        request[PAYER] = Payer(owner_id, rights, request.app[CONFIG].plans)
        return None
    if find_earlier_answer is not None and (answer := await find_earlier_answer(request)) is not None:
        return answer
    if rights.is_entitled:
        raise ConfabError("not_entitled", said("plan_without", plan=rights.plan or ""))
    raise ConfabError("not_entitled")


async def _owner_of(request: web.Request) -> int:
    """Whose plan counts: the payer of the account in the path, else the caller."""
    provider = provider_of(request)
    if "account_id" not in request.match_info:
        return caller(request)
    owner_id = await request.app[ENTITLEMENTS].owner_of(provider, path_id(request, "account_id"))
    if owner_id is None:
        raise NotFound
    return owner_id
