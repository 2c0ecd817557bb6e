"""Around every request: whom it came from, an id, the one error shape, the clock, and what it must prove."""

import asyncio
import math
import time
from uuid import uuid4

import structlog
from aiohttp import web
from aiohttp.typedefs import Handler

from server.auth.tokens import bearer_token
from server.config.limits import ADDRESS, LOCAL_ONLY, WEBHOOK, Rate
from server.errors import ConfabError, NotFound, code_for_status
from server.metrics import REQUEST_SECONDS
from server.plans.payer import Payer
from server.routes import ROUTE, Route
from server.rules.plans import Rights
from server.store.people.audit import note_user_agent
from server.web.app_keys import CALLER, CONFIG, ENTITLEMENTS, LIMITER, PAYER, PROXIES, QUOTA, RATES, USER_ID
from server.web.audit_responses import write_down
from server.web.authorize import authorize_request, note_change
from server.web.client_address import FORWARDED_FOR, network_of
from server.web.identify import identify
from server.web.requests import caller, error_answer, path_id, provider_of
from server.web.security_headers import SAFE_METHODS, require_own_page

PROXY_ADVICE = "X-Forwarded-For is ignored; if this is your proxy, add it to CONFAB_WEB_TRUSTED_PROXIES"

log = structlog.get_logger()


@web.middleware
async def settle_address(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Behind our own proxies `request.remote` is the client from here on, not the nearest proxy."""
    note_user_agent(request.headers.get("User-Agent", ""))
    proxies = request.app[PROXIES]
    if FORWARDED_FOR in request.headers and proxies.is_forgotten(request.remote):
        log.warning("proxy_not_trusted", proxy=request.remote, advice=PROXY_ADVICE)
    if not proxies:
        return await handler(request)
    client = proxies.client_of(request.remote, request.headers.getall(FORWARDED_FOR, ()))
    settled = request.clone(remote=client or "unknown")
    answer = await handler(settled)
    if QUOTA in settled:  # the answer's headers are written by what the first request knows
        request[QUOTA] = settled[QUOTA]
    return answer


@web.middleware
async def shape_errors(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Every failure leaves in one shape; only what nobody foresaw is logged with its trace."""
    try:
        return await handler(request)
    except ConfabError as error:
        return error_answer(error)
    except web.RequestPayloadError:  # not packed or cut into chunks as its headers say
        answer = error_answer(ConfabError("malformed"))
        answer.force_close()  # where the next request would begin is anybody's guess
        return answer
    except web.HTTPException as error:
        if error.status < 400:
            raise
        answer = error_answer(ConfabError(code_for_status(error.status)))
        answer.set_status(error.status)
        if "Allow" in error.headers:
            answer.headers["Allow"] = error.headers["Allow"]
        return answer
    except Exception as error:
        if isinstance(error, ConnectionResetError) and _has_disconnected(request):
            raise asyncio.CancelledError from error  # as aiohttp itself ends what nobody waits for any more
        request_id = uuid4().hex
        log.exception(
            "request_failed", request_id=request_id, method=request.method, route=_route_name(request)
        )
        return error_answer(ConfabError("internal"), request_id)


def _has_disconnected(request: web.Request) -> bool:
    """Whether nobody is there to be answered."""
    return request.transport is None or request.transport.is_closing()


@web.middleware
async def time_requests(request: web.Request, handler: Handler) -> web.StreamResponse:
    begun = time.perf_counter()
    answer = await handler(request)
    name = _route_name(request)
    if name != "open_socket":
        REQUEST_SECONDS.labels(request.method, name, str(answer.status)).observe(time.perf_counter() - begun)
    return answer


def _route_name(request: web.Request) -> str:
    """The route's name: paths hold ids, and an unknown one holds whatever its sender liked."""
    route = getattr(request.match_info.handler, ROUTE, None)
    return route.name if route is not None else "unknown"


async def authenticate(request: web.Request, route: Route | None) -> None:
    """Read the caller's token where the route asks for one."""
    # The one handler beside the table answers preflights, which carry no token (Fetch, section 3.3).
    is_preflight = request.method == "OPTIONS"
    if route is None and request.match_info.http_exception is None and not is_preflight:
        raise NotFound
    if route is not None and route.needs_token:
        token = bearer_token(request.headers.get("Authorization", ""))
        request[CALLER] = await identify(request.app, token)
        request[USER_ID] = request[CALLER].user_id


async def authorize(request: web.Request, route: Route) -> None:
    """The one place where a role, or a key's scope, opens or shuts a route (`server/rules/policy.py`)."""
    if route.needs_token:
        await authorize_request(request, route.name)


async def require_entitlement(request: web.Request, route: Route) -> web.StreamResponse | None:
    """The one place where a plan opens or shuts a route (`entitlement` in the table of routes)."""
    if route.entitlement is None:
        return None
    owner_id = await _owner_of(request)
    rights = await request.app[ENTITLEMENTS].rights_of(owner_id, provider_of(request))
    if not rights.includes(route.entitlement):
        return await _refuse(request, route, rights)
    request[PAYER] = Payer(owner_id, rights, request.app[CONFIG].plans)
    return None


async def limit_addresses(request: web.Request, route: Route | None) -> None:
    """Before anything is looked up: no address floods an instance. Counted here alone, in microseconds."""
    kind = route.limit if route is not None and route.limit == WEBHOOK else ADDRESS
    if (rate := request.app[RATES].get(kind)) is not None:
        await _count(request, rate, network_of(request.remote))


async def limit_callers(request: web.Request, route: Route) -> None:
    """What one person, or one API key, may ask for in the class of the route (`limit` in the table of routes)."""
    if route.needs_token and (rate := request.app[RATES].get(route.limit)) is not None:
        await _count(request, rate, request[CALLER].counted_as)


async def _count(request: web.Request, rate: Rate, key: str) -> None:
    count = await request.app[LIMITER].count(rate, key)
    if count.wait > 0 or rate.name not in LOCAL_ONLY:
        request[QUOTA] = (rate.policy, count.header(rate))
    if count.wait > 0:
        raise ConfabError("too_many_requests", retry_after=math.ceil(count.wait))


async def _owner_of(request: web.Request) -> int:
    """Whose plan counts: that of the account in the path, else the caller's own."""
    provider = provider_of(request)
    if "account_id" not in request.match_info:
        return caller(request)
    owner_id = await request.app[ENTITLEMENTS].owner_of(provider, path_id(request, "account_id"))
    if owner_id is None:
        raise NotFound
    return owner_id


async def _refuse(request: web.Request, route: Route, rights: Rights) -> web.StreamResponse:
    """Somebody who repeats what was done before is told of that."""
    if route.done_before is not None and (answer := await route.done_before(request)) is not None:
        return answer
    if rights.is_entitled:
        raise ConfabError("not_entitled", f"The plan {rights.plan} does not include this.")
    raise ConfabError("not_entitled")


async def refuse_foreign_pages(request: web.Request, route: Route) -> None:
    """What changes something and takes no token may be called by programs and by pages of ours."""
    if request.method not in SAFE_METHODS and not route.is_proven:
        require_own_page(request, request.app[CONFIG])


async def _record_change(request: web.Request, route: Route, answer: web.StreamResponse) -> None:
    """What was done goes into the audit log where the table of routes says so."""
    if route.audit and answer.status < 400 and request.method != "HEAD":
        await write_down(request, route.audit, answer)
    if route.needs_token and request.method not in SAFE_METHODS:
        note_change(request, route.name)


@web.middleware
async def check_request(request: web.Request, handler: Handler) -> web.StreamResponse:
    """All that a request must prove, in this order. One frame: it lies on the stack of every open socket."""
    route: Route | None = getattr(request.match_info.handler, ROUTE, None)
    await limit_addresses(request, route)
    if route is not None:
        await refuse_foreign_pages(request, route)
    await authenticate(request, route)
    if route is None:
        return await handler(request)
    await limit_callers(request, route)
    await authorize(request, route)
    answer = await require_entitlement(request, route)
    if answer is None:
        answer = await handler(request)
        await _record_change(request, route, answer)
    return answer


MIDDLEWARES = (settle_address, time_requests, shape_errors, check_request)
