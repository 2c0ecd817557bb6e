"""/webhooks: register, list and remove; the API has no update."""

from typing import Any
from urllib.parse import urlsplit

from aiohttp import web

from sandbox.output.serialize import webhook_json
from sandbox.problems import Problem, not_found, reply
from sandbox.store.entities import Json, Webhook
from sandbox.store.ids import new_id
from sandbox.store.paging import cut, listing, read_page
from sandbox.web.forms import opt_bool, opt_objects, opt_text, opt_texts, read_json, require_text
from sandbox.web.keys import simulator_of

EVENTS = {
    "messaging": [
        "message_received",
        "message_reaction",
        "message_read",
        "message_edited",
        "message_deleted",
        "message_delivered",
    ],
    "account_status": [],
    "email": ["mail_received", "mail_sent", "mail_moved"],
    "email_tracking": ["mail_opened", "mail_link_clicked"],
    "users": ["new_relation"],
    "calendar_event": ["calendar_event_created", "calendar_event_updated", "calendar_event_deleted"],
}
DATA_KEYS = {
    "account_id", "account_type", "account_info", "webhook_name", "chat_id", "attendees", "sender",
    "subject", "message", "mentions", "message_id", "timestamp", "attachments", "reaction",
    "reaction_sender", "read_by", "is_sender", "provider_chat_id", "provider_message_id", "is_event",
    "event_type", "chat_pinned", "quoted", "reply_to", "is_forwarded", "chat_content_type",
    "message_type", "is_group", "folder", "event",
}  # fmt: skip
FORBIDDEN_HEADERS = {"host", "content-length", "transfer-encoding", "connection"}


def _read_url(body: Json) -> str:
    url = require_text(body, "request_url", most=2048)
    try:
        parts = urlsplit(url)
        usable = parts.scheme in {"http", "https"} and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        usable = False
    if not usable or not url.isprintable() or any(0xD800 <= ord(char) <= 0xDFFF for char in url):
        raise Problem("invalid_parameters", "request_url must be an http or https URL.")
    return url


def _read_events(body: Json, source: str) -> list[str]:
    events, known = opt_texts(body, "events"), EVENTS[source]
    unknown = [event for event in events if event not in known]
    if unknown:
        raise Problem("invalid_parameters", f"The source {source} has no event {', '.join(unknown)}.")
    return events or known[:1]


def _is_header(key: Any, value: Any) -> bool:
    if not isinstance(key, str) or not isinstance(value, str) or key.lower() in FORBIDDEN_HEADERS:
        return False
    is_name = bool(key) and all(char.isascii() and (char.isalnum() or char in "-_.") for char in key)
    return is_name and (value.isprintable() or not value) and value.isascii()


def _read_headers(body: Json) -> list[Json]:
    headers = [{"key": item.get("key"), "value": item.get("value")} for item in opt_objects(body, "headers")]
    if not all(_is_header(item["key"], item["value"]) for item in headers):
        raise Problem(
            "invalid_parameters", "headers must be objects with a key and value that are valid in HTTP."
        )
    # With two of the same name it would be undefined which one is sent.
    if len({str(item["key"]).lower() for item in headers}) != len(headers):
        raise Problem("invalid_parameters", "Each header may be registered only once.")
    return headers


def _read_data(body: Json) -> list[Json]:
    data = [{"name": item.get("name"), "key": item.get("key")} for item in opt_objects(body, "data")]
    if not all(
        isinstance(item["name"], str) and item["name"] and str(item["key"]) in DATA_KEYS for item in data
    ):
        raise Problem("invalid_parameters", "data must be objects with a name and a known key.")
    return data


async def register_webhook(request: web.Request) -> web.Response:
    """Register a webhook."""
    simulator = simulator_of(request)
    body = await read_json(request)
    url, source, wire_format = (
        _read_url(body),
        require_text(body, "source"),
        opt_text(body, "format") or "json",
    )
    if source not in EVENTS or wire_format not in {"json", "form"}:
        raise Problem("invalid_parameters", "source or format is unknown.")
    webhook = Webhook(
        new_id(),
        url,
        source,
        opt_text(body, "name", most=255),
        wire_format,
        opt_bool(body, "enabled", default=True),
        _read_events(body, source),
        opt_texts(body, "account_ids"),
        _read_headers(body),
        _read_data(body),
        simulator.world.moment(),
    )
    simulator.world.save(webhook)
    return reply({"object": "WebhookCreated", "webhook_id": webhook.id}, 201)


async def list_webhooks(request: web.Request) -> web.Response:
    """List the webhooks, newest first."""
    world = simulator_of(request).world
    page = read_page(request)
    shown, cursor = cut(page, sorted(((w.created_at, w.id) for w in world.webhooks.values()), reverse=True))
    return reply(listing("Webhook", [webhook_json(world.webhooks[id_], world) for _, id_ in shown], cursor))


async def remove_webhook(request: web.Request) -> web.Response:
    """Remove a webhook."""
    world = simulator_of(request).world
    webhook = world.webhooks.get(request.match_info["webhook_id"])
    if webhook is None:
        raise not_found("webhook")
    world.remove_webhook(webhook)
    return reply({"object": "WebhookDeleted"})


ROUTES = [
    web.post("/webhooks", register_webhook),
    web.get("/webhooks", list_webhooks),
    web.delete("/webhooks/{webhook_id}", remove_webhook),
]
