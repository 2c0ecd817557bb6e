"""The webhook of a billing system, which grants and revokes plans (Standard Webhooks)."""

import time
from collections.abc import Sequence

import structlog
from aiohttp import web

from server.config.billing import SignatureError, check_signature
from server.errors import ConfabError, NotFound
from server.plans.billing import BillingNotice, receive_billing_event
from server.plans.usage_push import push_plan
from server.realtime.broker import log_if_unavailable
from server.schemas.usage import GRANTED, REVOKED, BillingEvent
from server.store.people.audit import Actor
from server.web.app_keys import CONFIG, DATABASE, ENTITLEMENTS, REDIS
from server.web.requests import json_answer, load_body

log = structlog.get_logger()

BILLING_EVENT = BillingEvent()


async def take_billing_event(request: web.Request) -> web.Response:
    """Grant or revoke the `billing` entitlement of a user. A repeated `webhook-id` changes nothing; 404 also if no
    billing secret is configured.
    """
    secrets = _require_secrets(request)
    body = await request.read()
    webhook_id = _verify_signature(request, secrets, body)
    notice = await _read_notice(request)
    actor = Actor(name="billing", address=request.remote)
    user_id, is_applied = await request.app[DATABASE].write(
        receive_billing_event, actor, webhook_id, body, notice
    )
    if is_applied:
        kind = GRANTED if notice.is_granted else REVOKED
        log.info("billing_applied", webhook_id=webhook_id, kind=kind, user_id=user_id)
        await _push_plan(request, user_id, notice.provider)
    return json_answer({"received": True, "applied": is_applied})


def _require_secrets(request: web.Request) -> Sequence[str]:
    secrets = request.app[CONFIG].billing.secrets
    if not secrets:
        raise NotFound
    return secrets


def _verify_signature(request: web.Request, secrets: Sequence[str], body: bytes) -> str:
    """The event's id, after its signature is verified."""
    webhook_id, timestamp, signatures = (
        request.headers.get(name, "") for name in ("webhook-id", "webhook-timestamp", "webhook-signature")
    )
    try:
        check_signature(secrets, webhook_id, timestamp, signatures, body, time.time())
    except SignatureError as error:
        raise ConfabError("bad_signature", f"{error}.") from error
    return webhook_id


async def _read_notice(request: web.Request) -> BillingNotice:
    event = await load_body(request, BILLING_EVENT)
    notice = BillingNotice(event["type"] == GRANTED, **event["data"], timestamp=event["timestamp"])
    if notice.plan is not None and notice.plan not in request.app[CONFIG].plans.named:
        raise ConfabError("invalid", fields={"data": {"plan": ["There is no plan with this name."]}})
    return notice


async def _push_plan(request: web.Request, user_id: int, provider: str) -> None:
    """The event is committed: an error here would make the billing system send it again."""
    await request.app[ENTITLEMENTS].forget(user_id, provider)
    with log_if_unavailable("plan_not_pushed", user_id=user_id):
        await push_plan(
            request.app[DATABASE], request.app[REDIS], request.app[CONFIG].plans, user_id, provider
        )
