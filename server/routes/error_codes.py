"""What can go wrong at an address, read off its row of the table of routes: the codes that it may answer with."""

from collections.abc import Iterable, Mapping

from server.errors import TABLE
from server.routes.route import Route
from server.rules.policy import can_be_denied

# Any call to UniPile (server/accounts/provider_errors.py): account signed out, refused by WhatsApp, UniPile away.
OF_UNIPILE = ("conflict", "forbidden", "invalid", "not_found", "provider_failed", "provider_timeout")
OF_BODY = ("malformed", "too_large", "invalid")
SAFE_METHOD = "GET"


def codes_of(route: Route) -> tuple[str, ...]:
    """In the order of the table of errors. `internal` is never among them: that is a mistake of ours."""
    found = {*_proofs(route), *_inputs(route), *route.errors}
    # Every request is counted (server/web/rate_limiter.py), and all but the open pages ask Postgres or Redis.
    found.add("too_many_requests")
    if route.needs_token or route.method != SAFE_METHOD:
        found.add("unavailable")
    if route.method != SAFE_METHOD:
        found.add("unsupported_media_type")  # packed: the edge takes none (server/web/edge.py)
    if route.entitlement is not None:
        found.add("not_entitled")
    if route.calls_unipile:
        found.update(OF_UNIPILE)
    return in_order(found)


def _proofs(route: Route) -> Iterable[str]:
    """What the caller must show, and whom it would not suffice for."""
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
    """What comes with the request: ids in the path, a query, a body."""
    if "{" in route.path:
        yield "not_found"
    if route.query is not None:
        yield "invalid"
    if route.body is not None:
        yield from OF_BODY


def in_order(codes: Iterable[str]) -> tuple[str, ...]:
    order = list(TABLE)
    return tuple(sorted(codes, key=order.index))


def by_status(codes: Iterable[str]) -> Mapping[int, tuple[str, ...]]:
    """The codes that share a status, together."""
    found: dict[int, tuple[str, ...]] = {}
    for code in codes:
        status = TABLE[code][0]
        found[status] = (*found.get(status, ()), code)
    return found
