"""The route table: method, path, handler, the checks before it, and its entry in the OpenAPI document."""

from aiohttp import web

from server.handlers import (
    audit,
    billing,
    bootstrap,
    docs,
    health,
    hosted,
    metrics,
    sockets,
    spa,
    usage,
    webhooks,
)
from server.routes.accounts import ACCOUNT_ROUTES
from server.routes.automation import AUTOMATION_ROUTES
from server.routes.canned_replies import CANNED_REPLY_ROUTES
from server.routes.contacts import CONTACT_ROUTES
from server.routes.conversations import CONVERSATION_ROUTES
from server.routes.labels import LABEL_ROUTES
from server.routes.messaging import MESSAGING_ROUTES, PLANNED_ROUTES
from server.routes.own import OWN_ROUTES
from server.routes.privacy import PRIVACY_ROUTES
from server.routes.route import ACCOUNT, CHAT, ROUTE, Handler, Route
from server.routes.team import SYSTEM_ROUTES, TEAM_ROUTES
from server.rules import permissions
from server.schemas import audit as audit_schemas
from server.schemas import bootstrap as bootstrap_schemas
from server.schemas import health as health_schemas
from server.schemas import usage as usage_schemas

__all__ = ["ROUTE", "ROUTES", "Route", "add_routes"]

SWITCHING_PROTOCOLS = 101
# No path of another route matches what one of these does.
BUSY_PATHS = (CHAT + "/messages", CHAT + "/send", ACCOUNT + "/chats", CHAT, ACCOUNT + "/changes")


def _unipile_webhook(path: str, handler: Handler) -> Route:
    return Route(
        "POST",
        path,
        handler,
        needs_token=False,
        needs_secret=True,
        answer=health_schemas.Received,
        errors=("malformed", "too_large"),
        limit="webhook",
    )


ROUTES = (
    Route("GET", "/health", health.show_health, needs_token=False, answer=health_schemas.Health),
    Route(
        "GET",
        "/health/ready",
        health.show_readiness,
        needs_token=False,
        answer=health_schemas.Readiness,
        errors=("unavailable",),
    ),
    Route(
        "GET",
        "/metrics",
        metrics.show_metrics,
        needs_token=False,
        content_type="text/plain",
        errors=("unauthenticated",),
    ),
    Route("GET", "/api/config", health.show_config, needs_token=False, answer=health_schemas.Settings),
    Route("GET", "/api/openapi.json", docs.show_openapi, needs_token=False),
    Route("GET", "/api/docs", docs.show_docs, needs_token=False, content_type="text/html"),
    Route("GET", "/api/docs.css", docs.show_docs_style, needs_token=False, content_type="text/css"),
    *TEAM_ROUTES,
    *OWN_ROUTES,
    Route(
        "GET",
        "/api/bootstrap",
        bootstrap.show_bootstrap,
        query=bootstrap_schemas.BootstrapQuery,
        answer=bootstrap_schemas.Bootstrap,
        errors=("not_found",),
    ),
    Route("GET", "/api/entitlements", usage.show_entitlements, answer=usage_schemas.EntitlementList),
    Route(
        "GET",
        "/api/usage",
        usage.show_usage,
        query=usage_schemas.UsageQuery,
        answer=usage_schemas.Usage,
    ),
    Route(
        "POST",
        "/api/billing/entitlements",
        billing.take_billing_event,
        needs_token=False,
        body=usage_schemas.BillingEvent,
        answer=usage_schemas.BillingAnswer,
        errors=("not_found", "conflict"),
        needs_signature=True,
    ),
    *ACCOUNT_ROUTES,
    *MESSAGING_ROUTES,
    *CONTACT_ROUTES,
    *CONVERSATION_ROUTES,
    *CANNED_REPLY_ROUTES,
    *LABEL_ROUTES,
    *AUTOMATION_ROUTES,
    *PLANNED_ROUTES,
    *PRIVACY_ROUTES,
    Route(
        "GET", "/api/audit", audit.list_audit, query=audit_schemas.AuditQuery, answer=audit_schemas.AuditList
    ),
    Route(
        "GET",
        "/api/audit/export",
        audit.export_audit,
        query=audit_schemas.AuditFilter,
        content_type="text/csv",
        audit="audit.exported",
    ),
    *SYSTEM_ROUTES,
    _unipile_webhook("/api/webhooks/unipile/messages", webhooks.receive_messages),
    _unipile_webhook("/api/webhooks/unipile/account-status", webhooks.receive_account_status),
    Route(
        "POST",
        r"/api/webhooks/unipile/hosted/{token:[\w-]{20,100}}",
        hosted.receive_hosted,
        needs_token=False,
        answer=health_schemas.Received,
        errors=("malformed", "too_large", "plan_limit", "not_entitled"),
        calls_unipile=True,
    ),
    Route(
        "GET", "/ws", sockets.open_socket, needs_token=False, status=101, errors=("malformed", "forbidden")
    ),
    Route("GET", "/{name:assets/.+}", spa.show_asset, needs_token=False, is_documented=False),
    Route(
        "GET",
        r"/{name:[\w-]+\.(?:svg|png|ico|webmanifest|txt|js)}",
        spa.show_file,
        needs_token=False,
        is_documented=False,
    ),
    Route(
        "GET",
        r"/{path:(?!api/|api$|assets/|health|metrics$|ws$).*}",
        spa.show_app,
        needs_token=False,
        is_documented=False,
    ),
)


def _require_policy(route: Route) -> None:
    """A route without a row in the policy stops the start, so that none is left open by mistake."""
    table = permissions.ROUTES if route.needs_token else permissions.OPEN_ROUTES
    if route.name not in table:
        raise LookupError(f"The route {route.name} is missing in server/rules/policy.py: add it there.")


def _position_of(route: Route) -> int:
    return BUSY_PATHS.index(route.path) if route.path in BUSY_PATHS else len(BUSY_PATHS)


def add_routes(app: web.Application) -> None:
    """Register the table with the application, the SPA's catch-all last. HEAD is accepted wherever GET is.

    aiohttp tries the paths below `/api/channels` one by one, so the busiest come first.
    """
    for route in sorted(ROUTES, key=_position_of):
        _require_policy(route)
        setattr(route.handler, ROUTE, route)
        app.router.add_route(route.method, route.path, route.handler)
        if route.method == "GET" and route.status != SWITCHING_PROTOCOLS:
            app.router.add_route("HEAD", route.path, route.handler)
