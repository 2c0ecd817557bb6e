"""The one place where the table of `policy` is applied: to a request, and to a command of a socket."""

import structlog
from aiohttp import web

from server.errors import ConfabError, NotFound
from server.rules import policy
from server.rules.policy import Caller, CallerRoles
from server.store.people import audit, roles
from server.web.app_keys import ACTOR, CACHED_ROLES, CALLER, CALLER_ROLES, DATABASE, ENTITLEMENTS, LIMITER
from server.web.rate_limiter import Rate
from server.web.requests import path_id, provider_of

log = structlog.get_logger()

# Refusals are written down, but nobody fills the audit log by being refused.
DENIALS = Rate("refusals", burst=10, seconds=10.0)


async def authorize_request(request: web.Request, route: str) -> None:
    """Let the caller of a route pass, or raise NotFound or ConfabError("forbidden")."""
    caller, permission = request[CALLER], policy.ROUTES[route]
    number = None
    if "account_id" in request.match_info:
        number = (provider_of(request), path_id(request, "account_id"))
    email, standing = await _read_roles(request.app, caller, *(number or (None, None)))
    request[CALLER_ROLES], request[ACTOR] = standing, actor_of(caller, email, request.remote)
    if number is not None:
        refused = policy.account_denial(permission, standing, caller.key, number[1])
    elif caller.key is not None and caller.key.account_ids is not None and route not in policy.NARROWED:
        refused = "forbidden"
    else:
        refused = policy.denial(permission, standing, caller.key)
    if refused is not None:
        await _refuse(request.app, refused, request[ACTOR], route, number and number[1])


async def authorize_command(
    app: web.Application, caller: Caller, command: str, number: tuple[str, int] | None
) -> None:
    """The same for a command of a socket, about one number or none."""
    permission = policy.COMMANDS[command]
    if permission is None:
        return
    email, standing = await _read_roles(app, caller, *(number or (None, None)))
    refused = policy.denial(permission, standing, caller.key)
    if number is not None:
        refused = policy.account_denial(permission, standing, caller.key, number[1])
    if refused is not None:
        await _refuse(app, refused, actor_of(caller, email, None), command, number and number[1])


async def _read_roles(
    app: web.Application, caller: Caller, provider: str | None, account_id: int | None
) -> tuple[str, CallerRoles]:
    """Kept for a moment: it is asked before every request and every command, and hardly ever changes."""

    async def read() -> tuple[str, CallerRoles] | None:
        return await app[DATABASE].read(roles.fetch_caller_roles, caller.user_id, provider, account_id)

    def opens(known: tuple[str, CallerRoles] | None) -> bool:
        # Whoever was refused may be let in the next moment, and is not to wait for it.
        return known is not None and (account_id is None or known[1].number_role is not None)

    known = await app[CACHED_ROLES].ask((caller.user_id, provider, account_id), read, opens)
    if known is None:  # disabled, and the token does not know it yet
        raise ConfabError("unauthenticated")
    return known


async def _refuse(
    app: web.Application, refused: str, actor: audit.Actor, what: str, account_id: int | None
) -> None:
    if refused == "not_found":
        raise NotFound
    target = None if account_id is None else ("account", account_id)
    if await app[LIMITER].take(DENIALS, f"{actor.user_id}") == 0:
        try:
            await app[DATABASE].write(audit.record, "access.refused", actor, target, {"what": what})
        except ConfabError as error:  # the refusal holds whatever becomes of its line
            log.warning("refusal_not_recorded", error=error.code)
    raise ConfabError("forbidden")


def note_change(request: web.Request, route: str) -> None:
    """Whoever has changed something, and not just read or sent, may have changed who may do what."""
    if policy.ROUTES[route] not in ("read", "send"):
        forget_cached_roles(request.app)


def forget_cached_roles(app: web.Application) -> None:
    """Ask anew who may do what, and whose plan pays for it."""
    app[CACHED_ROLES].forget()
    app[ENTITLEMENTS].forget_owners()


def actor_of(caller: Caller, email: str, address: str | None) -> audit.Actor:
    """The caller as the audit log names them."""
    key_id = None if caller.key is None else caller.key.id
    return audit.Actor(user_id=caller.user_id, name=email, key_id=key_id, address=address)
