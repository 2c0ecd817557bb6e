"""A billing system grants and revokes plans: signed, once, the newest event wins; anything else is rejected."""

import base64
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import orjson
import pytest

from server.config import Config
from server.config.billing import Billing, sign
from server.schemas.errors import Error
from server.schemas.usage import BillingAnswer
from tests.support.factories import audit_lines
from tests.support.fixtures_stack import Stack, run_stack
from tests.support.peers import Answer, Peer

PATH = "/api/billing/entitlements"
SECRET = "whsec_" + base64.b64encode(b"a secret of thirty-two characters").decode()
OTHER = "whsec_" + base64.b64encode(b"b secret of thirty-two characters").decode()
AT = "2026-11-02T09:00:0{}.000Z"


@pytest.fixture
async def billed(small_plans: Config) -> AsyncIterator[Stack]:
    """A Confab with a billing secret."""
    async with run_stack(replace(small_plans, billing=Billing(secret=SECRET)), with_workers=False) as running:
        yield running


def event(kind: str = "granted", at: str = AT.format(1), **data: Any) -> dict[str, Any]:
    return {"type": f"entitlement.{kind}", "timestamp": at, "data": data, "more": "is passed over"}


async def post(
    stack: Stack, body: Any, webhook_id: str = "msg_1", *, secret: str = SECRET, **headers: str
) -> Answer:
    raw = body if isinstance(body, bytes) else orjson.dumps(body)
    now = int(time.time())
    signed = {
        "webhook-id": webhook_id,
        "webhook-timestamp": str(now),
        "webhook-signature": sign(secret, webhook_id, now, raw),
    }
    return await stack.stranger.call("POST", PATH, raw, headers=signed | headers)


async def applied(stack: Stack, body: Any, webhook_id: str = "msg_1") -> bool:
    answer = await post(stack, body, webhook_id)
    assert answer.status == 200, answer.raw
    assert not BillingAnswer().validate(answer.body)
    return bool(answer.body["applied"])


async def plan_of(user: Peer) -> tuple[bool, str | None, str | None]:
    (plan,) = (await user.ok("GET", "/api/entitlements"))["items"]
    return plan["is_active"], plan["plan"], plan["source"]


def assert_rejected(answer: Answer, status: int, code: str) -> None:
    assert (answer.status, answer.body["error"]["code"]) == (status, code), answer.raw
    assert not Error().validate(answer.body)


async def test_a_grant_counts_at_once_and_a_revocation_too(billed: Stack) -> None:
    agent = await billed.sign_in()
    socket = await agent.listen()
    assert await plan_of(agent) == (True, "tiny", "trial")
    assert await applied(billed, event(user_id=agent.user_id, plan="open"))
    assert await plan_of(agent) == (True, "open", "billing")
    (pushed,) = await socket.wait_for_event("usage:updated")
    assert (pushed["data"]["plan"], pushed["data"]["allowed"]) == ("open", None)
    assert await applied(billed, event("revoked", AT.format(2), user_id=agent.user_id), "msg_2")
    assert await plan_of(agent) == (True, "tiny", "trial")


async def test_a_user_is_found_by_email_in_any_case(billed: Stack) -> None:
    agent = await billed.sign_in("ana")
    assert await applied(billed, event(email="ANA@test.confab.local", plan="open"))
    assert await plan_of(agent) == (True, "open", "billing")


async def test_the_same_event_again_changes_nothing(billed: Stack) -> None:
    agent = await billed.sign_in()
    granted = event(user_id=agent.user_id, plan="open")
    assert [await applied(billed, granted) for _ in range(3)] == [True, False, False]
    assert_rejected(await post(billed, granted | {"timestamp": AT.format(9)}), 409, "conflict")
    assert await plan_of(agent) == (True, "open", "billing")


async def test_the_newest_event_wins_in_any_order_of_arrival(billed: Stack) -> None:
    agent = await billed.sign_in()
    words = [event(user_id=agent.user_id, plan="open"), event("revoked", AT.format(2), user_id=agent.user_id)]
    assert await applied(billed, words[1], "msg_2")
    assert not await applied(billed, words[0], "msg_1"), "it is older"
    assert await plan_of(agent) == (True, "tiny", "trial")


async def test_a_paid_period_ends_on_time(billed: Stack) -> None:
    agent = await billed.sign_in()
    await applied(billed, event(user_id=agent.user_id, plan="open", expires_at="2020-01-01T00:00:00Z"))
    assert await plan_of(agent) == (True, "tiny", "trial")


async def test_an_event_with_a_wrong_signature_is_rejected(billed: Stack) -> None:
    agent = await billed.sign_in()
    body = event(user_id=agent.user_id, plan="open")
    old = int(time.time()) - 301
    stale = {
        "webhook-timestamp": str(old),
        "webhook-signature": sign(SECRET, "msg_1", old, orjson.dumps(body)),
    }
    for headers in (
        {"webhook-signature": ""},
        {"webhook-signature": "v1,AAAA"},
        {"webhook-timestamp": "0"},
        {"webhook-id": "msg_2"},
        stale,
    ):
        assert_rejected(await post(billed, body, **headers), 401, "bad_signature")
    assert_rejected(await post(billed, body, secret=OTHER), 401, "bad_signature")
    answer = await billed.stranger.call("POST", PATH, body)
    assert_rejected(answer, 401, "bad_signature")
    # A user's own token is no signature.
    assert_rejected(await agent.call("POST", PATH, body), 401, "bad_signature")
    assert await plan_of(agent) == (True, "tiny", "trial")


async def test_while_a_secret_is_replaced_both_signatures_stand_side_by_side(billed: Stack) -> None:
    agent = await billed.sign_in()
    raw, now = orjson.dumps(event(user_id=agent.user_id, plan="open")), int(time.time())
    both = f"{sign(OTHER, 'msg_1', now, raw)} {sign(SECRET, 'msg_1', now, raw)}"
    headers = {"webhook-timestamp": str(now), "webhook-signature": both}
    assert (await post(billed, raw, **headers)).status == 200


async def test_a_signed_but_invalid_event_is_rejected(billed: Stack) -> None:
    agent = await billed.sign_in()
    for raw in (b"", b"{", b"[]", b"17", b"\xff"):
        answer = await post(billed, raw)
        assert answer.status in (400, 422), answer.raw
    good = event(user_id=agent.user_id, plan="open")
    for wrong in (
        good | {"type": "entitlement.lost"},
        good | {"timestamp": "yesterday"},
        good | {"timestamp": "2026-11-02T09:00:00"},
        good | {"data": {}},
        event(user_id=agent.user_id, email="ana@x.example"),
        event(user_id=0),
        event(user_id=2**63),
        event(user_id="1"),
        event(user_id=agent.user_id, provider="telegram"),
        event(user_id=agent.user_id, plan="golden"),
        event(user_id=agent.user_id, expires_at="soon"),
        event(email="a\x00b"),
    ):
        assert_rejected(await post(billed, wrong), 422, "invalid")
    assert await plan_of(agent) == (True, "tiny", "trial")


async def test_an_unknown_user_is_404_and_the_event_may_come_again(billed: Stack) -> None:
    late = event(email="late@test.confab.local", plan="open")
    assert_rejected(await post(billed, late), 404, "not_found")
    agent = await billed.sign_in("late")
    assert await applied(billed, late)
    assert await plan_of(agent) == (True, "open", "billing")


async def test_where_no_secret_is_set_there_is_nothing_at_this_address(web_only: Stack) -> None:
    assert_rejected(await post(web_only, event(user_id=1)), 404, "not_found")


async def test_billing_changes_are_audited_once(billed: Stack) -> None:
    ana = await billed.sign_in("ana")
    first, renewed = (
        event(user_id=ana.user_id, plan="closed"),
        event(user_id=ana.user_id, plan="open", at=AT.format(2)),
    )
    assert await applied(billed, first, "a")
    assert await applied(billed, renewed, "b")
    for repeated, webhook_id in ((renewed, "b"), (first, "c")):
        assert not await applied(billed, repeated, webhook_id)
    assert await applied(billed, event("revoked", AT.format(3), user_id=ana.user_id), "d")
    entitlement = {"provider": "whatsapp", "source": "billing"}
    lines = [(line.action, line.actor, line.target, line.details) for line in await audit_lines(billed)]
    of_ana = ("billing", ("user", str(ana.user_id)))
    assert lines == [
        ("entitlement.granted", *of_ana, entitlement | {"plan": "closed"}),
        ("entitlement.granted", *of_ana, entitlement | {"plan": "open", "plan_before": "closed"}),
        ("entitlement.revoked", *of_ana, entitlement | {"plan": "open"}),
    ]
