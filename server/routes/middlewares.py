"""The middlewares of every request: client address, duration, error format, and the checks before its handler."""

import asyncio
import time
from functools import lru_cache
from uuid import uuid4

import structlog
from aiohttp import web
from aiohttp.typedefs import Handler
from prometheus_client import Histogram

from server.auth.tokens import bearer_token
from server.config.limits import ADDRESS, WEBHOOK
from server.errors import ConfabError, NotFound, code_for_status
from server.metrics import REQUEST_SECONDS
from server.routes import ROUTE, Route
from server.store.people.audit import note_user_agent
from server.web.app_keys import CALLER, CONFIG, PROXIES, QUOTA, READS, USER_ID
from server.web.audit_responses import record_action
from server.web.authorize import authorize_request, note_change
from server.web.client_address import FORWARDED_FOR
from server.web.identity.identify import identify
from server.web.identity.media_cookie import has_media_cookie, read_media_cookie
from server.web.limit_requests import limit_address, limit_caller
from server.web.requests import error_answer
from server.web.require_plan import require_plan
from server.web.security_headers import SAFE_METHODS, require_own_page
from server.web.shedding import NOT_COUNTED

PROXY_ADVICE = "X-Forwarded-For is ignored; if this is your proxy, add it to CONFAB_WEB_TRUSTED_PROXIES"

log = structlog.get_logger()


@web.middleware
async def resolve_client_ip(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Behind trusted proxies, make `request.remote` the client's address instead of the nearest proxy's."""
    note_user_agent(request.headers.get("User-Agent", ""))
    proxies = request.app[PROXIES]
    if FORWARDED_FOR in request.headers and proxies.is_unlisted_proxy(request.remote):
        log.warning("proxy_not_trusted", proxy=request.remote, advice=PROXY_ADVICE)
    if not proxies:
        return await handler(request)
    client = proxies.client_of(request.remote, request.headers.getall(FORWARDED_FOR, ()))
    resolved = request.clone(remote=client or "unknown")
    answer = await handler(resolved)
    if QUOTA in resolved:  # response headers are written from the original request
        request[QUOTA] = resolved[QUOTA]
    return answer


@web.middleware
async def format_errors(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turn every exception into the one error format; only unexpected ones are logged with a traceback."""
    try:
        return await handler(request)
    except ConfabError as error:
        return error_answer(error)
    except web.RequestPayloadError:  # invalid compression or chunked encoding
        answer = error_answer(ConfabError("malformed"))
        answer.force_close()  # the start of the next request cannot be located
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
            raise asyncio.CancelledError from error  # as aiohttp does after a disconnect
        request_id = uuid4().hex
        log.exception(
            "request_failed", request_id=request_id, method=request.method, route=_route_name(request)
        )
        return error_answer(ConfabError("internal"), request_id)


def _has_disconnected(request: web.Request) -> bool:
    """Whether the client has closed the connection."""
    return request.transport is None or request.transport.is_closing()


@web.middleware
async def time_requests(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Observe the duration by route; sockets live as long as they like and are left out."""
    begun = time.perf_counter()
    answer = await handler(request)
    name = _route_name(request)
    if name != "open_socket":
        _seconds_of(request.method, name, answer.status).observe(time.perf_counter() - begun)
    return answer


@lru_cache(maxsize=1000)
def _seconds_of(method: str, route: str, status: int) -> Histogram:
    """The metric with these labels, which takes longer to find than to observe."""
    return REQUEST_SECONDS.labels(method, route, str(status))


def _route_name(request: web.Request) -> str:
    """The route's name as a metric label: paths contain ids, and unknown ones are chosen by the client."""
    route = getattr(request.match_info.handler, ROUTE, None)
    return route.name if route is not None else "unknown"


async def _authenticate(request: web.Request) -> None:
    if has_media_cookie(request):
        request[CALLER] = read_media_cookie(request)
    else:
        token = bearer_token(request.headers.get("Authorization", ""))
        request[CALLER] = await identify(request.app, token)
    request[USER_ID] = request[CALLER].user_id


@web.middleware
async def check_request(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Run all checks in order. Kept in one function because every open WebSocket holds its stack frame."""
    route: Route | None = getattr(request.match_info.handler, ROUTE, None)
    await limit_address(request, WEBHOOK if route is not None and route.limit == WEBHOOK else ADDRESS)
    if route is None:
        # Errors of the router, and preflights, which carry no token (Fetch, section 3.3). No other handler is outside
        # of the table.
        if request.match_info.http_exception is None and request.method != "OPTIONS":
            raise NotFound
        return await handler(request)
    is_change = request.method not in SAFE_METHODS
    reads = request.app[READS]
    async with reads if route.is_read and not is_change else NOT_COUNTED:
        if is_change and not route.has_credential:
            require_own_page(request, request.app[CONFIG])
        if route.needs_token:
            await _authenticate(request)
            await limit_caller(request, route.limit)
            await authorize_request(request, route.name, has_version=route.has_version)
        if route.entitlement is not None:
            answer = await require_plan(request, route.entitlement, route.find_earlier_answer)
            if answer is not None:
                return answer
        answer = await handler(request)
    if route.audit and answer.status < 400 and request.method != "HEAD":
        await record_action(request, route.audit, answer)
    if route.needs_token and is_change:
        note_change(request, route.name)
    return answer


MIDDLEWARES = (resolve_client_ip, time_requests, format_errors, check_request)
