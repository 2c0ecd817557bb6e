"""The route table: method, path, handler, the checks before it, and its entry in the OpenAPI document."""

from aiohttp import web

from server.handlers import audit, billing, docs, health, hosted, sockets, spa, usage, webhooks
from server.routes.accounts import ACCOUNT_ROUTES
from server.routes.messaging import MESSAGING_ROUTES
from server.routes.privacy import PRIVACY_ROUTES
from server.routes.route import ROUTE, Handler, Route
from server.routes.team import TEAM_ROUTES
from server.rules import policy
from server.schemas import audit as audit_schemas
from server.schemas import health as health_schemas
from server.schemas import usage as usage_schemas

__all__ = ["ROUTE", "ROUTES", "Route", "add_routes"]

SWITCHING_PROTOCOLS = 101


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
    Route("GET", "/metrics", health.show_metrics, needs_token=False, content_type="text/plain"),
    Route("GET", "/api/config", health.show_config, needs_token=False, answer=health_schemas.Settings),
    Route("GET", "/api/openapi.json", docs.show_openapi, needs_token=False),
    Route("GET", "/api/docs", docs.show_docs, needs_token=False, content_type="text/html"),
    Route("GET", "/api/docs.css", docs.show_docs_style, needs_token=False, content_type="text/css"),
    *TEAM_ROUTES,
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
        r"/{name:[\w-]+\.(?:svg|png|ico|webmanifest|txt)}",
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
    table = policy.ROUTES if route.needs_token else policy.OPEN_ROUTES
    if route.name not in table:
        raise LookupError(f"The route {route.name} is missing in server/rules/policy.py: add it there.")


def add_routes(app: web.Application) -> None:
    """Register the table with the application, the SPA's catch-all last. HEAD is accepted wherever GET is."""
    for route in ROUTES:
        _require_policy(route)
        setattr(route.handler, ROUTE, route)
        app.router.add_route(route.method, route.path, route.handler)
        if route.method == "GET" and route.status != SWITCHING_PROTOCOLS:
            app.router.add_route("HEAD", route.path, route.handler)
