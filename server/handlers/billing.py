"""What a billing system says: who has paid for what. Signed as Standard Webhooks has it, believed once."""

import time
from hashlib import sha256
from typing import Any

import structlog
from aiohttp import web
from aiopg import Cursor

from server.config.billing import SignatureError, check_signature
from server.errors import ConfabError, NotFound
from server.plans.billing import apply_billing_event
from server.plans.usage_push import push_plan
from server.realtime.broker import log_if_unavailable
from server.schemas.usage import GRANTED, BillingEvent
from server.store.people import users
from server.store.people.audit import Actor
from server.store.plans import entitlements
from server.store.plans.entitlements import BillingChange
from server.web.app_keys import CONFIG, DATABASE, ENTITLEMENTS, REDIS
from server.web.requests import json_answer, load_body

log = structlog.get_logger()

BILLING_EVENT = BillingEvent()


async def take_billing_event(request: web.Request) -> web.Response:
    """Grant or revoke the `billing` entitlement of a user. The same `webhook-id` again changes nothing; 404 also
    where no billing secret is set.
    """
    config = request.app[CONFIG]
    if not config.billing.secret:
        raise NotFound
    body = await request.read()
    webhook_id = _check(request, config.billing.secret, body)
    event = await load_body(request, BILLING_EVENT)
    plan = event["data"]["plan"]
    if plan is not None and plan not in config.plans.named:
        raise ConfabError("invalid", fields={"data": {"plan": ["There is no plan of this name."]}})
    actor = Actor(name="billing", address=request.remote)
    user_id, is_applied = await request.app[DATABASE].write(_apply, actor, webhook_id, body, event)
    if is_applied:
        log.info("billing_applied", webhook_id=webhook_id, kind=event["type"], user_id=user_id)
        await _tell(request, user_id, event["data"]["provider"])
    return json_answer({"received": True, "applied": is_applied})


def _check(request: web.Request, secret: str, body: bytes) -> str:
    """The event's id, once its signature is known to be good."""
    webhook_id, timestamp, signatures = (
        request.headers.get(name, "") for name in ("webhook-id", "webhook-timestamp", "webhook-signature")
    )
    try:
        check_signature(secret, webhook_id, timestamp, signatures, body, time.time())
    except SignatureError as error:
        raise ConfabError("bad_signature", f"{error}.") from error
    return webhook_id


async def _apply(
    cursor: Cursor, actor: Actor, webhook_id: str, body: bytes, event: dict[str, Any]
) -> tuple[int, bool]:
    """One transaction: remember the event, believe it if it is new and the newest. Nothing is remembered of one that
    is refused, so that it can be sent again.
    """
    digest, data = sha256(body).digest(), event["data"]
    known = await entitlements.note_event(cursor, webhook_id, digest)
    if known is not None and known != digest:
        raise ConfabError("conflict", "This webhook-id came with another body before.")
    user = await (
        users.fetch_user_by_email(cursor, data["email"])
        if data["email"] is not None
        else users.fetch_user(cursor, data["user_id"])
    )
    if user is None:
        raise NotFound("There is no such user.")
    if known is not None:
        return user.id, False
    is_granted = event["type"] == GRANTED
    word = BillingChange(
        user.id,
        data["provider"],
        is_granted,
        data["plan"] if is_granted else None,
        data["expires_at"] if is_granted else None,
        event["timestamp"],
    )
    return user.id, await apply_billing_event(cursor, actor, word)


async def _tell(request: web.Request, user_id: int, provider: str) -> None:
    """It is written down: nothing that fails now may make the billing system send it again."""
    await request.app[ENTITLEMENTS].forget(user_id, provider)
    with log_if_unavailable("plan_not_told", user_id=user_id):
        await push_plan(
            request.app[DATABASE], request.app[REDIS], request.app[CONFIG].plans, user_id, provider
        )
