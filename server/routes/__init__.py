"""The one table of routes: method, path, handler, and what stands at each address in the OpenAPI document."""

from aiohttp import web

from server.config.plans import NEW_CHATS
from server.handlers import (
    accounts,
    amendments,
    attachments,
    audit,
    billing,
    chat_starts,
    chats,
    contacts,
    docs,
    health,
    hosted,
    message_pages,
    messages,
    rejected_accounts,
    search,
    sockets,
    spa,
    usage,
    webhooks,
)
from server.routes.privacy import PRIVACY_ROUTES
from server.routes.route import ACCOUNT, ALL, ATTACHMENT, CHAT, MESSAGE, ROUTE, Route
from server.routes.route import open_row as _open
from server.routes.route import row as _row
from server.routes.team import TEAM_ROUTES
from server.rules import policy
from server.schemas import accounts as account_schemas
from server.schemas import audit as audit_schemas
from server.schemas import chats as chat_schemas
from server.schemas import contacts as contact_schemas
from server.schemas import health as health_schemas
from server.schemas import messages as message_schemas
from server.schemas import search as search_schemas
from server.schemas import usage as usage_schemas
from server.schemas.fields import ListQuery

__all__ = ["ROUTE", "ROUTES", "Route", "add_routes"]


SWITCHING_PROTOCOLS = 101
# Shown in place, or, last, only ever a download (server/media/types.py).
FILES = "image/*, audio/*, video/*, application/pdf, application/octet-stream"


def _amendments(place: str, **more: object) -> tuple[Route, ...]:
    """What can be done with a message at its address."""
    more = {"answer": message_schemas.OneMessage, "entitlement": "messages", **more}
    retried = more | {"limit": "send", "refuses": ("plan_limit", "conflict")}
    more = more | {"asks_unipile": True}
    edit, react = message_schemas.EditMessage, message_schemas.React
    return (
        _row("PATCH", place, amendments.edit_message, body=edit, **more),
        _row("DELETE", place, amendments.delete_message, **more),
        _row("PUT", place + "/reaction", amendments.set_reaction, body=react, **more),
        _row("DELETE", place + "/reaction", amendments.remove_reaction, **more),
        _row("POST", place + "/retry", messages.retry_message, **retried),
    )


def _attachments(place: str, **more: object) -> tuple[Route, ...]:
    """A file of a message, at its address."""
    shown = more | {"content_type": FILES, "also": (206, 304)}
    retried = more | {"answer": message_schemas.OneMessage, "refuses": ("conflict",)}
    return (
        _row("GET", place, attachments.show_attachment, refuses=("range_not_satisfiable",), **shown),
        _row("POST", place + "/retry", attachments.retry_attachment, **retried),
    )


ROUTES = (
    _open("GET", "/health", health.show_health, answer=health_schemas.Health),
    _open(
        "GET",
        "/health/ready",
        health.show_readiness,
        answer=health_schemas.Readiness,
        refuses=("unavailable",),
    ),
    _open("GET", "/metrics", health.show_metrics, content_type="text/plain"),
    _open("GET", "/api/config", health.show_config, answer=health_schemas.Settings),
    _open("GET", "/api/openapi.json", docs.show_openapi),
    _open("GET", "/api/docs", docs.show_docs, content_type="text/html"),
    _open("GET", "/api/docs.css", docs.show_docs_style, content_type="text/css"),
    *TEAM_ROUTES,
    _row("GET", "/api/entitlements", usage.show_entitlements, answer=usage_schemas.EntitlementList),
    _row(
        "GET",
        "/api/usage",
        usage.show_usage,
        query=usage_schemas.UsageQuery,
        answer=usage_schemas.Usage,
    ),
    _open(
        "POST",
        "/api/billing/entitlements",
        billing.take_billing_event,
        body=usage_schemas.BillingEvent,
        answer=usage_schemas.BillingAnswer,
        refuses=("not_found", "conflict"),
        needs_signature=True,
    ),
    _row(
        "GET", ALL + "/accounts", accounts.list_accounts, query=ListQuery, answer=account_schemas.AccountList
    ),
    _row("GET", ALL + "/unread", chats.show_unread, answer=chat_schemas.Unread),
    _row(
        "POST",
        ALL + "/connect",
        accounts.connect_account,
        audit="account.added",
        body=account_schemas.Connect,
        answer=account_schemas.Connected,
        status=201,
        entitlement="accounts",
        refuses=("plan_limit",),
        asks_unipile=True,
        limit="connect",
    ),
    _row(
        "GET",
        ALL + "/refusals",
        rejected_accounts.list_refusals,
        query=ListQuery,
        answer=account_schemas.RefusalList,
    ),
    _row(
        "DELETE",
        ALL + r"/refusals/{refusal_id:\d{1,20}}",
        rejected_accounts.dismiss_refusal,
        status=204,
    ),
    _row("GET", ACCOUNT, accounts.show_account, answer=account_schemas.OneAccount),
    _row(
        "PATCH",
        ACCOUNT,
        accounts.patch_account,
        audit="account.changed",
        body=account_schemas.PatchAccount,
        answer=account_schemas.OneAccount,
    ),
    _row(
        "DELETE",
        ACCOUNT,
        accounts.disconnect_account,
        status=204,
        audit="account.disconnected",
        asks_unipile=True,
    ),
    _row(
        "POST",
        ACCOUNT + "/reconnect",
        accounts.reconnect_account,
        audit="account.reconnected",
        body=account_schemas.Reconnect,
        answer=account_schemas.Connected,
        entitlement="accounts",
        refuses=("plan_limit",),
        asks_unipile=True,
        limit="connect",
    ),
    _row(
        "GET",
        ACCOUNT + "/changes",
        chats.list_changes,
        query=message_schemas.ChangesQuery,
        answer=message_schemas.Changes,
    ),
    _row(
        "GET",
        ACCOUNT + "/chats",
        chats.list_chats,
        query=chat_schemas.ChatQuery,
        answer=chat_schemas.ChatList,
    ),
    _row(
        "POST",
        ACCOUNT + "/chats",
        chat_starts.start_chat,
        body=chat_schemas.StartChat,
        answer=chat_schemas.StartedChat,
        status=201,
        entitlement=NEW_CHATS,
        done_before=chat_starts.find_known_start,
        refuses=("plan_limit",),
        asks_unipile=True,
        limit="send",
    ),
    _row("GET", CHAT, chats.show_chat, answer=chat_schemas.OneChat),
    _row("PATCH", CHAT, chats.patch_chat, body=chat_schemas.PatchChat, answer=chat_schemas.OneChat),
    _row("GET", CHAT + "/people", contacts.list_people, answer=contact_schemas.ChatPeople, asks_unipile=True),
    _row(
        "GET",
        CHAT + "/messages",
        message_pages.list_messages,
        query=message_schemas.MessageQuery,
        answer=message_schemas.MessageList,
    ),
    _row(
        "POST",
        CHAT + "/send",
        messages.send_message,
        body=message_schemas.Send,
        form=message_schemas.SendForms,
        answer=message_schemas.Sent,
        status=201,
        entitlement="messages",
        done_before=messages.find_known_send,
        refuses=("plan_limit", "conflict"),
        limit="send",
    ),
    _row(
        "GET",
        ACCOUNT + r"/avatars/{sha256:[0-9a-f]{64}}",
        contacts.show_avatar,
        content_type="image/*",
        also=(304,),
    ),
    *PRIVACY_ROUTES,
    _row(
        "GET", "/api/audit", audit.list_audit, query=audit_schemas.AuditQuery, answer=audit_schemas.AuditList
    ),
    _row(
        "GET",
        "/api/audit/export",
        audit.export_audit,
        query=audit_schemas.AuditFilter,
        content_type="text/csv",
        audit="audit.exported",
    ),
    _row("GET", "/api/search", search.find, query=search_schemas.SearchQuery, answer=search_schemas.Found),
    *_amendments(CHAT + MESSAGE),
    *_amendments(ACCOUNT + MESSAGE, is_documented=False),
    *_attachments(CHAT + MESSAGE + ATTACHMENT),
    *_attachments(ACCOUNT + MESSAGE + ATTACHMENT, is_documented=False),
    _open(
        "POST",
        "/api/webhooks/unipile/messages",
        webhooks.receive_messages,
        answer=health_schemas.Received,
        needs_secret=True,
        limit="webhook",
        refuses=("malformed", "too_large"),
    ),
    _open(
        "POST",
        "/api/webhooks/unipile/account-status",
        webhooks.receive_account_status,
        answer=health_schemas.Received,
        needs_secret=True,
        limit="webhook",
        refuses=("malformed", "too_large"),
    ),
    _open(
        "POST",
        r"/api/webhooks/unipile/hosted/{token:[\w-]{20,100}}",
        hosted.receive_hosted,
        answer=health_schemas.Received,
        refuses=("malformed", "too_large", "plan_limit", "not_entitled"),
        asks_unipile=True,
    ),
    _open("GET", "/ws", sockets.open_socket, status=101, refuses=("malformed", "forbidden")),
    _open("GET", "/{name:assets/.+}", spa.show_asset, is_documented=False),
    _open("GET", r"/{name:[\w-]+\.(?:svg|png|ico|webmanifest|txt)}", spa.show_file, is_documented=False),
    _open("GET", r"/{path:(?!api/|api$|assets/|health|metrics$|ws$).*}", spa.show_app, is_documented=False),
)


def _check(route: Route) -> None:
    """A route that the policy does not know stops the start: nothing is open by being forgotten."""
    table = policy.ROUTES if route.needs_token else policy.OPEN_ROUTES
    if route.name not in table:
        raise LookupError(f"server/rules/policy.py says nothing of the route {route.name}")


def add_routes(app: web.Application) -> None:
    """Put the table into the application; the SPA's catch-all stands last in it. HEAD is taken wherever GET is."""
    for route in ROUTES:
        _check(route)
        setattr(route.handler, ROUTE, route)
        app.router.add_route(route.method, route.path, route.handler)
        if route.method == "GET" and route.status != SWITCHING_PROTOCOLS:
            app.router.add_route("HEAD", route.path, route.handler)
