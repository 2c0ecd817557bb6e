"""Middlewares that require the key for API calls, restrict control calls to this machine, and apply route faults."""

import hmac
import ipaddress
from urllib.parse import urlsplit

from aiohttp import web
from aiohttp.typedefs import Handler

from sandbox.faults import RouteFault
from sandbox.problems import STATUS_TYPES, TITLES, Problem
from sandbox.web.keys import simulator_of

API_PREFIX = "/api/v1"
PLAIN_CODINGS = {"", "identity", "chunked"}


@web.middleware
async def guard_middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Check the key of API calls and the origin of all others; reject compressed bodies."""
    require_plain(request)
    if request.path.startswith("/api/"):
        require_key(request)
    else:
        require_local(request)
    return await handler(request)


def require_plain(request: web.Request) -> None:
    """Reject bodies with a content or transfer coding such as gzip."""
    codings = [
        *request.headers.getall("Content-Encoding", ()),
        *request.headers.getall("Transfer-Encoding", ()),
    ]
    if {coding.strip().lower() for coding in ",".join(codings).split(",")} - PLAIN_CODINGS:
        raise Problem("unsupported_media_type", "Compressed requests are not supported.")


def require_key(request: web.Request) -> None:
    """Compare X-API-KEY with each valid key, in constant time."""
    given = request.headers.get("X-API-KEY")
    if not given:
        raise Problem("missing_credentials")
    key = given.encode("utf-8", "surrogateescape")
    if not sum(hmac.compare_digest(key, known.encode()) for known in simulator_of(request).api_keys):
        raise Problem("invalid_credentials")


def is_local(host: str | None) -> bool:
    """Whether a host name or address is a loopback address."""
    if host == "localhost" or (host or "").endswith(".localhost"):
        return True
    try:
        address = ipaddress.ip_address((host or "").split("%")[0])
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return (mapped or address).is_loopback


def require_local(request: web.Request) -> None:
    """Reject other machines, and cross-site requests from a browser on this machine."""
    if not is_local(request.remote):
        raise Problem(
            "resource_access_restricted", "The sandbox's controls are available on this machine only."
        )
    # DNS rebinding shows in the Host header, a cross-site page in Origin.
    origin = request.headers.get("Origin")
    try:
        host = urlsplit(f"//{request.host}").hostname
        is_foreign = origin is not None and urlsplit(origin).netloc != request.host
    except ValueError:
        host, is_foreign = None, True
    if not is_local(host) or is_foreign:
        raise Problem("resource_access_restricted", "The sandbox's controls reject cross-site requests.")


@web.middleware
async def fault_middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Apply the route fault drawn for an API call."""
    if not request.path.startswith(API_PREFIX):
        return await handler(request)
    simulator = simulator_of(request)
    rule = simulator.dice.route_fault(request.method, request.path.removeprefix(API_PREFIX).rstrip("/"))
    await simulator.pause(simulator.dice.faults.answer_delay_ms / 1000)
    if rule is None:
        return await handler(request)
    if rule.accepted:
        await handler(request)
    if rule.status == "hang":
        await simulator.pause(simulator.dice.faults.hang_ms / 1000)
    raise fault_problem(rule)


def fault_problem(rule: RouteFault) -> Problem:
    """Return the problem of a route fault."""
    status = 504 if rule.status == "hang" else int(rule.status)
    kind = (rule.kind or STATUS_TYPES.get(status, "unexpected_error")).removeprefix("errors/")
    fitting = kind if kind in TITLES or rule.kind else "unexpected_error"
    return Problem(fitting, "Caused by a fault switch of the sandbox.", status=status)
