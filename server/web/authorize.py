"""The one place where the policy table is applied: to requests, and to the commands of sockets."""

import structlog
from aiohttp import web

from server.errors import ConfabError, NotFound
from server.redis.rate_limiter import Rate
from server.rules import permissions, policy
from server.rules.policy import Caller, CallerRoles
from server.store.accounts.page_versions import PageReader
from server.store.people import audit, roles
from server.web.app_keys import (
    ACTOR,
    CACHED_ROLES,
    CALLER,
    CALLER_ROLES,
    DATABASE,
    ENTITLEMENTS,
    LIMITER,
    PAGE_CHECKS,
    PAGE_VERSION,
)
from server.web.requests import path_id, provider_of

log = structlog.get_logger()

# Denials are audited at this rate, so that a client cannot fill the audit log with them.
DENIALS = Rate("refusals", burst=10, seconds=10.0)


async def authorize_request(request: web.Request, route: str, *, has_version: bool = False) -> None:
    """Return if the caller may use the route, else raise NotFound or ConfabError("forbidden"). Where the answer has a
    version, that is read too, in the same statement.
    """
    caller, permission = request[CALLER], permissions.ROUTES[route]
    account = None
    if "account_id" in request.match_info:
        account = (provider_of(request), path_id(request, "account_id"))
    if account is not None and has_version:
        email, roles_here = await _check_page(request, *account)
    else:
        email, roles_here = await _read_roles(request.app, caller, *(account or (None, None)))
    request[CALLER_ROLES], request[ACTOR] = roles_here, actor_of(caller, email, request.remote)
    if account is not None:
        denial = policy.account_denial(permission, roles_here, caller.key, account[1])
    elif caller.key is not None and caller.key.account_ids is not None and route not in permissions.NARROWED:
        denial = "forbidden"
    else:
        denial = policy.denial(permission, roles_here, caller.key)
    if denial is not None:
        await _deny(request.app, denial, request[ACTOR], route, account and account[1])


async def _check_page(request: web.Request, provider: str, account_id: int) -> tuple[str, CallerRoles]:
    """The caller's e-mail and roles as they are now, for a page whose version is read anyway."""
    reader = PageReader(request[CALLER].user_id, provider, account_id)
    found = await request.app[PAGE_CHECKS].check(reader)
    if found is None:  # disabled, while their access token is still valid
        raise ConfabError("unauthenticated")
    if found.version is not None:
        request[PAGE_VERSION] = found.version
    return found.email, found.roles


async def authorize_command(
    app: web.Application, caller: Caller, command: str, account: tuple[str, int] | None
) -> None:
    """The same for a command of a socket, with or without an account."""
    permission = permissions.COMMANDS[command]
    if permission is None:
        return
    email, roles_here = await _read_roles(app, caller, *(account or (None, None)))
    denial = policy.denial(permission, roles_here, caller.key)
    if account is not None:
        denial = policy.account_denial(permission, roles_here, caller.key, account[1])
    if denial is not None:
        await _deny(app, denial, actor_of(caller, email, None), command, account and account[1])


async def _read_roles(
    app: web.Application, caller: Caller, provider: str | None, account_id: int | None
) -> tuple[str, CallerRoles]:
    """The caller's e-mail and roles, cached for a moment: read for every request and command, and rarely changed."""

    async def read() -> tuple[str, CallerRoles] | None:
        return await app[DATABASE].read(roles.fetch_caller_roles, caller.user_id, provider, account_id)

    def is_cacheable(found: tuple[str, CallerRoles] | None) -> bool:
        # Denials are not cached: access that is granted takes effect at once.
        return found is not None and (account_id is None or found[1].account_role is not None)

    found = await app[CACHED_ROLES].ask((caller.user_id, provider, account_id), read, is_cacheable)
    if found is None:  # disabled, while their access token is still valid
        raise ConfabError("unauthenticated")
    return found


async def _deny(
    app: web.Application, denial: str, actor: audit.Actor, what: str, account_id: int | None
) -> None:
    if denial == "not_found":
        raise NotFound
    target = None if account_id is None else ("account", account_id)
    if await app[LIMITER].take(DENIALS, f"{actor.user_id}") == 0:
        try:
            await app[DATABASE].write(audit.record, "access.refused", actor, target, {"what": what})
        except ConfabError as error:  # the request is denied even if the entry cannot be written
            log.warning("refusal_not_recorded", error=error.code)
    raise ConfabError("forbidden")


def note_change(request: web.Request, route: str) -> None:
    """Drop the cached roles after a change that may have altered permissions, which reads and sends cannot."""
    if permissions.ROUTES[route] not in ("read", "send"):
        forget_cached_roles(request.app)


def forget_cached_roles(app: web.Application) -> None:
    """Drop the cached roles and payers on this instance."""
    app[CACHED_ROLES].forget()
    app[ENTITLEMENTS].forget_owners()


def actor_of(caller: Caller, email: str, address: str | None) -> audit.Actor:
    """The caller as the actor of an audit entry."""
    key_id = None if caller.key is None else caller.key.id
    return audit.Actor(user_id=caller.user_id, name=email, key_id=key_id, address=address)
