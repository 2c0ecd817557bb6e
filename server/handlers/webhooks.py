"""Takes UniPile's webhooks: secret, size, shape, queue, 200. No database and no UniPile call."""

import json
from datetime import UTC, datetime
from typing import Any

import orjson
from aiohttp import web

from server.auth.tokens import is_same_secret
from server.errors import ConfabError
from server.metrics import WEBHOOKS
from server.unipile.client import SECRET_HEADER
from server.unipile.events import account_of
from server.unipile.plain import clean
from server.web.app_keys import CONFIG, EVENTS

RECEIVED = b'{"received":true}'
SHALLOW_BRACKETS = 200


async def receive_messages(request: web.Request) -> web.Response:
    return await _receive(request, "messages")


async def receive_account_status(request: web.Request) -> web.Response:
    return await _receive(request, "account-status")


async def _receive(request: web.Request, source: str) -> web.Response:
    """Answer 200 when the queue has the event, and never before."""
    try:
        _check_secret(request)
        body = _read_object(await _read_raw(request))
        await request.app[EVENTS].add({"source": source, "received_at": _now(), "body": body})
    except ConfabError as error:
        WEBHOOKS.labels(error.code).inc()
        raise
    WEBHOOKS.labels("received").inc()
    return web.Response(body=RECEIVED, content_type="application/json")


def _check_secret(request: web.Request) -> None:
    given = request.headers.get(SECRET_HEADER, "")
    if not is_same_secret(given, request.app[CONFIG].secrets.webhook_secret):
        raise ConfabError("bad_secret")


async def _read_raw(request: web.Request) -> bytes:
    limit = request.app[CONFIG].webhooks.max_body_bytes
    if request.content_length is not None and request.content_length > limit:
        raise ConfabError("too_large")
    body = bytearray()
    # The application's own limit is for what strangers and browsers send: too small for the event of a large group.
    async for chunk in request.content.iter_any():
        body += chunk
        if len(body) > limit:
            raise ConfabError("too_large")
    return bytes(body)


def _read_object(raw: bytes) -> orjson.Fragment:
    """The body as JSON to be queued: the very bytes when sound, else cleaned of what no JSON may hold.

    The content type is not looked at: UniPile sends JSON under a form's (unipile-api.md §4.1).
    """
    try:
        body = orjson.loads(raw)
    except orjson.JSONDecodeError:
        raw = _cleaned(raw)
        body = _parsed(raw)
    if not isinstance(body, dict) or account_of(body) is None or _is_too_deep(raw, body):
        raise ConfabError("malformed", "The body is not a JSON object with an account_id.")
    return orjson.Fragment(raw)


def _cleaned(raw: bytes) -> bytes:
    """Lone surrogates and broken UTF-8 come from real phones: they are replaced, the event is kept."""
    try:
        body = json.loads(raw.decode("utf-8", "replace"), parse_constant=lambda _: None)
        return clean(json.dumps(body, ensure_ascii=False, allow_nan=False)).encode()
    except (ValueError, RecursionError) as error:
        raise ConfabError("malformed", "The body is not JSON.") from error


def _parsed(raw: bytes) -> Any:
    try:
        return orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        raise ConfabError("malformed", "The body is not JSON.") from error


def _is_too_deep(raw: bytes, body: object) -> bool:
    """Workers read events inside a job and write some of them again: orjson writes 254 levels, and one event
    that is deeper would take its batch with it. Counting brackets settles the usual case.
    """
    if raw.count(b"[") + raw.count(b"{") <= SHALLOW_BRACKETS:
        return False
    try:
        orjson.dumps([[[[[[[[body]]]]]]]])  # with room for what a job puts around it
    except orjson.JSONEncodeError:
        return True
    return False


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")
