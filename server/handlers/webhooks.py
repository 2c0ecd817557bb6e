"""Receives UniPile's webhooks: checks secret, size and format, queues the event, answers 200. No database, no UniPile
call.
"""

import json
from collections.abc import Mapping
from datetime import UTC, datetime

import orjson
from aiohttp import web

from server.auth.tokens import is_same_secret
from server.errors import ConfabError
from server.metrics import PREVIOUS_SECRETS, WEBHOOKS
from server.queue import QueuedEvent
from server.tracing import begin, current_traces
from server.unipile.client import SECRET_HEADER
from server.unipile.events.parse import account_of
from server.unipile.fields.texts import clean
from server.web.app_keys import CONFIG, EVENTS

RECEIVED = b'{"received":true}'
SHALLOW_BRACKETS = 200


async def receive_messages(request: web.Request) -> web.Response:
    return await _receive(request, "messages")


async def receive_account_status(request: web.Request) -> web.Response:
    return await _receive(request, "account-status")


async def _receive(request: web.Request, source: str) -> web.Response:
    """Answer 200 only once the queue has the event."""
    try:
        _check_secret(request)
        body, raw = _read_object(await _read_raw(request))
        with begin("webhook"):
            await request.app[EVENTS].add(_event(source, body), raw)
    except ConfabError as error:
        WEBHOOKS.labels(error.code).inc()
        raise
    WEBHOOKS.labels("received").inc()
    return web.Response(body=RECEIVED, content_type="application/json")


def _event(source: str, body: Mapping[str, object]) -> QueuedEvent:
    event: QueuedEvent = {"source": source, "received_at": _now(), "body": body}
    if traces := current_traces():
        event["traces"] = list(traces)
    return event


def _check_secret(request: web.Request) -> None:
    given = request.headers.get(SECRET_HEADER, "")
    # All are compared, so that the duration does not tell which one it is.
    same = [is_same_secret(given, secret) for secret in request.app[CONFIG].secrets.webhook_secrets]
    if not any(same):
        raise ConfabError("bad_secret")
    if not same[0]:
        PREVIOUS_SECRETS.labels("WEBHOOK_SECRET").inc()


async def _read_raw(request: web.Request) -> bytes:
    limit = request.app[CONFIG].webhooks.max_body_bytes
    if request.content_length is not None and request.content_length > limit:
        raise ConfabError("too_large")
    body = bytearray()
    # The application's own body limit is too small for the event of a large group.
    async for chunk in request.content.iter_any():
        body += chunk
        if len(body) > limit:
            raise ConfabError("too_large")
    return bytes(body)


def _read_object(raw: bytes) -> tuple[dict[str, object], bytes]:
    """The body, and its JSON for the queue: the received bytes if they are valid, else cleaned of what JSON cannot
    contain.

    The content type is not checked: UniPile sends JSON with a form's content type (unipile-api.md §4.1).
    """
    try:
        body = orjson.loads(raw)
    except orjson.JSONDecodeError:
        raw = _cleaned(raw)
        body = _parsed(raw)
    if not isinstance(body, dict) or account_of(body) is None or _is_too_deep(raw, body):
        raise ConfabError("malformed", "The body must be a JSON object with an account_id.")
    return body, raw


def _cleaned(raw: bytes) -> bytes:
    """Replace lone surrogates and invalid UTF-8, which real phones send, instead of rejecting the event."""
    try:
        body = json.loads(raw.decode("utf-8", "replace"), parse_constant=lambda _: None)
        return clean(json.dumps(body, ensure_ascii=False, allow_nan=False)).encode()
    except (ValueError, RecursionError) as error:
        raise ConfabError("malformed", "The body is not valid JSON.") from error


def _parsed(raw: bytes) -> object:
    try:
        parsed: object = orjson.loads(raw)
        return parsed
    except orjson.JSONDecodeError as error:
        raise ConfabError("malformed", "The body is not valid JSON.") from error


def _is_too_deep(raw: bytes, body: object) -> bool:
    """Whether a worker could not write the event again: orjson writes 254 levels, and a deeper event would fail its
    whole batch. Counting brackets decides the usual case.
    """
    if raw.count(b"[") + raw.count(b"{") <= SHALLOW_BRACKETS:
        return False
    try:
        orjson.dumps([[[[[[[[body]]]]]]]])  # with the levels that a job adds around it
    except orjson.JSONEncodeError:
        return True
    return False


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")
