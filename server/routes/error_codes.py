"""Derives the error codes that a route can return from its row in the route table."""

from collections.abc import Iterable, Mapping

from server.errors import TABLE
from server.routes.route import Route
from server.rules.policy import can_be_denied

# Errors of calls to UniPile (server/accounts/provider_errors.py): signed out, rejected by WhatsApp, no response.
OF_UNIPILE = ("conflict", "forbidden", "invalid", "not_found", "provider_failed", "provider_timeout")
OF_BODY = ("malformed", "too_large", "invalid")
SAFE_METHOD = "GET"


def codes_of(route: Route) -> tuple[str, ...]:
    """The codes in the order of the error table, without `internal`, which any route can return through a bug."""
    found = {*_proofs(route), *_inputs(route), *route.errors}
    # All requests are rate-limited (server/redis/rate_limiter.py), and all but public pages use Postgres or Redis.
    found.add("too_many_requests")
    if route.needs_token or route.method != SAFE_METHOD:
        found.add("unavailable")
    if route.method != SAFE_METHOD:
        found.add("unsupported_media_type")  # compressed bodies are rejected (server/web/edge.py)
    if route.entitlement is not None:
        found.add("not_entitled")
    if route.calls_unipile:
        found.update(OF_UNIPILE)
    return in_order(found)


def _proofs(route: Route) -> Iterable[str]:
    """Errors of credentials and permissions."""
    if route.needs_token:
        yield "unauthenticated"
        if can_be_denied(route.name):
            yield "forbidden"
    elif route.needs_secret:
        yield "bad_secret"
    elif route.needs_signature:
        yield "bad_signature"
    elif route.method != SAFE_METHOD:
        yield "forbidden"  # a page of another site


def _inputs(route: Route) -> Iterable[str]:
    """Errors of path ids, the query and the body."""
    if "{" in route.path:
        yield "not_found"
    if route.query is not None:
        yield "invalid"
    if route.body is not None or route.form is not None:
        yield from OF_BODY


def in_order(codes: Iterable[str]) -> tuple[str, ...]:
    """The codes in the order of the error table."""
    order = list(TABLE)
    return tuple(sorted(codes, key=order.index))


def by_status(codes: Iterable[str]) -> Mapping[int, tuple[str, ...]]:
    """The codes grouped by HTTP status."""
    found: dict[int, tuple[str, ...]] = {}
    for code in codes:
        status = TABLE[code][0]
        found[status] = (*found.get(status, ()), code)
    return found
