"""What a plan allows, and that its limits hold in the transaction that counts, also for concurrent requests."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from server.config.plans import FEATURES
from server.routes import ROUTES
from server.rules.account_states import Seen
from server.schemas.errors import Error
from server.store.accounts import states
from server.store.accounts.hosted_links import insert_link
from server.store.plans import entitlements
from server.web.app_keys import DATABASE, ENTITLEMENTS
from tests.support.factories import CHANNELS, add_member, make_account, make_chat
from tests.support.fixtures_stack import Stack
from tests.support.fixtures_tiny import give_plan, used
from tests.support.peers import Answer, Peer

CONNECT = f"{CHANNELS}/connect"


async def make_thread(stack: Stack, name: str = "agent") -> tuple[Peer, int, str]:
    """An agent, their account, and the path to send to."""
    agent = await stack.sign_in(name)
    account_id = await make_account(stack, agent, f"acc-{name}")
    chat_id = await make_chat(stack, account_id)
    return agent, account_id, f"{CHANNELS}/{account_id}/chats/{chat_id}/send"


def assert_limit(answer: Answer, **limit: Any) -> None:
    assert (answer.status, answer.body["error"]["code"]) == (402, "plan_limit"), answer.raw
    assert not Error().validate(answer.body)
    exceeded = answer.body["error"]["limit"]
    assert exceeded == exceeded | limit


def next_month() -> str:
    first = datetime.now(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return f"{(first + timedelta(days=32)).replace(day=1):%Y-%m-%dT00:00:00.000Z}"


def test_required_plan_features_exist() -> None:
    asked = {route.entitlement for route in ROUTES} - {None}
    assert asked <= {"accounts", "messages", *FEATURES}
    assert {route.name for route in ROUTES if route.entitlement is not None} == {
        *(
            "connect_account",
            "reconnect_account",
            "start_chat",
            "send_message",
            "retry_message",
            "send_planned_now",
        ),
        *("edit_message", "delete_message", "set_reaction", "remove_reaction"),
    }


async def test_of_fifty_at_once_with_one_unit_left_one_is_sent(tiny: Stack) -> None:
    agent, account_id, path = await make_thread(tiny)
    for n in range(4):
        await agent.ok("POST", path, {"text": str(n)})
    answers = await asyncio.gather(*(agent.call("POST", path, {"text": f"at once {n}"}) for n in range(50)))
    assert sorted(answer.status for answer in answers) == [201] + [402] * 49
    rejected = next(answer for answer in answers if answer.status == 402)
    assert_limit(rejected, what="messages", plan="tiny", allowed=5, used=5, wanted=1, until=next_month())
    assert await used(agent) == (5, 0, 5)
    chat_id = int(path.split("/")[-2])
    assert len([m for m in await agent.messages(account_id, chat_id) if m["direction"] == "out"]) == 5


async def test_two_accounts_of_one_owner_share_the_monthly_limit(tiny: Stack) -> None:
    agent, _, path = await make_thread(tiny)
    other = await make_account(tiny, agent, "acc-other")
    second = f"{CHANNELS}/{other}/chats/{await make_chat(tiny, other)}/send"
    answers = await asyncio.gather(
        *(agent.call("POST", (path, second)[n % 2], {"text": str(n)}) for n in range(20))
    )
    assert [answer.status for answer in answers].count(201) == 5
    assert await used(agent) == (5, 0, 5)


async def test_a_repetition_costs_nothing_and_is_answered_when_all_is_used(tiny: Stack) -> None:
    agent, _, path = await make_thread(tiny)
    bodies = [{"text": str(n), "client_id": f"client-{n}"} for n in range(5)]
    first = [await agent.ok("POST", path, body) for body in bodies]
    assert [await agent.ok("POST", path, body) for body in bodies] == first
    assert_limit(await agent.call("POST", path, {"text": "one more"}), used=5)
    assert await used(agent) == (5, 0, 5)


async def test_the_payers_plan_counts_and_members_see_the_same_error(tiny: Stack) -> None:
    owner, account_id, path = await make_thread(tiny)
    colleague = await tiny.sign_in("colleague")
    await give_plan(tiny, colleague, "open")
    await add_member(tiny, account_id, colleague, "agent")
    for n in range(5):
        await colleague.ok("POST", path, {"text": str(n)})
    assert_limit(await colleague.call("POST", path, {"text": "one more"}), plan="tiny")
    assert (await used(owner), await used(colleague)) == ((5, 0, 5), (0, 0, 0))


async def test_a_larger_plan_lets_on_at_once(tiny: Stack) -> None:
    agent, _, path = await make_thread(tiny)
    for n in range(5):
        await agent.ok("POST", path, {"text": str(n)})
    assert_limit(await agent.call("POST", path, {"text": "one more"}))
    await give_plan(tiny, agent, "open", "billing")
    await agent.ok("POST", path, {"text": "one more"})


async def test_a_plan_without_a_feature_shuts_its_route_only(tiny: Stack) -> None:
    agent, account_id, path = await make_thread(tiny)
    await give_plan(tiny, agent, "closed")
    start = f"{CHANNELS}/{account_id}/chats"
    answer = await agent.call("POST", start, {"to": "+5511988880000", "text": "Oi"})
    assert (answer.status, answer.body["error"]["code"]) == (403, "not_entitled")
    assert "closed" in answer.body["error"]["message"]
    await agent.ok("POST", path, {"text": "Oi"})


async def test_a_foreign_account_is_absent_whatever_its_owners_plan(tiny: Stack) -> None:
    """And a viewer gets the role's error first: the payer's plan is not for them to know."""
    owner, account_id, path = await make_thread(tiny)
    stranger, viewer = await tiny.sign_in("stranger"), await tiny.sign_in("viewer")
    await add_member(tiny, account_id, viewer, "viewer")
    for _ in range(2):
        assert (await stranger.call("POST", path, {"text": "Oi"})).status == 404
        answer = await viewer.call("POST", path, {"text": "Oi"})
        assert (answer.status, answer.body["error"]["code"]) == (403, "forbidden")
        await tiny.app[DATABASE].write(entitlements.revoke, owner.user_id, "whatsapp")
        await tiny.app[ENTITLEMENTS].forget(owner.user_id, "whatsapp")
    assert (await owner.call("POST", path, {"text": "Oi"})).body["error"]["code"] == "not_entitled"


@pytest.mark.parametrize("way", ["qrcode", "link", "hosted"])
async def test_an_account_beyond_the_plan_is_rejected(tiny: Stack, way: str) -> None:
    agent, account_id, _ = await make_thread(tiny)
    await tiny.sandbox.ok("POST", "/sandbox/accounts", {"id": "acc-2"})
    body = {"qrcode": {}, "link": {"external_account_id": "acc-2"}, "hosted": {"method": "hosted"}}[way]
    before = await _accounts_at_unipile(tiny)
    assert_limit(
        await agent.call("POST", CONNECT, body),
        what="accounts",
        plan="tiny",
        allowed=1,
        used=1,
        wanted=1,
        until=None,
    )
    assert await _accounts_at_unipile(tiny) == before
    # A disconnected account frees its slot.
    await tiny.app[DATABASE].write(states.observe, account_id, Seen.UNLINKED)
    assert (await agent.call("POST", CONNECT, body)).status == 201


async def _accounts_at_unipile(stack: Stack) -> set[str]:
    headers = {"X-API-KEY": stack.config.unipile.api_key}
    body = await stack.sandbox.ok("GET", "/api/v1/accounts", headers=headers)
    return {item["id"] for item in body["items"]}


async def test_of_concurrent_connects_one_takes_the_last_slot(tiny: Stack) -> None:
    agent = await tiny.sign_in()
    for n in range(8):
        await tiny.sandbox.ok("POST", "/sandbox/accounts", {"id": f"acc-{n}"})
    bodies: list[dict[str, Any]] = [{"external_account_id": f"acc-{n}"} for n in range(8)]
    answers = await asyncio.gather(*(agent.call("POST", CONNECT, body) for body in [*bodies, {}]))
    assert sorted(answer.status for answer in answers) == [201] + [402] * 8
    (plan,) = (await agent.ok("GET", "/api/entitlements"))["items"]
    assert plan["accounts"] == {"allowed": 1, "used": 1}
    # The same account again takes no second slot.
    won = next(a.body["account"]["external_account_id"] for a in answers if a.status == 201)
    if won in {body["external_account_id"] for body in bodies}:
        assert (await agent.call("POST", CONNECT, {"external_account_id": won})).status == 201


async def test_a_hosted_account_needs_a_slot_when_it_arrives(tiny: Stack) -> None:
    agent = await tiny.sign_in()
    for external_id in ("acc-1", "acc-2"):
        await tiny.sandbox.ok("POST", "/sandbox/accounts", {"id": external_id})
    pages = [(await agent.ok("POST", CONNECT, {"method": "hosted"}))["url"] for _ in range(2)]
    assert len(set(pages)) == 2
    answers = []
    for external_id, token in (("acc-1", "a" * 43), ("acc-2", "b" * 43)):
        await tiny.app[DATABASE].write(insert_link, token, agent.user_id, "whatsapp", 60)
        body = {"status": "CREATION_SUCCESS", "account_id": external_id, "name": None}
        answers.append(await tiny.stranger.call("POST", f"/api/webhooks/unipile/hosted/{token}", body))
    assert answers[0].status == 200
    assert_limit(answers[1], what="accounts")


async def test_a_disconnected_account_needs_a_free_slot_to_reconnect(tiny: Stack) -> None:
    agent = await tiny.sign_in()
    first = await tiny.make_account(agent, "acc-1")
    await tiny.app[DATABASE].write(states.observe, first["id"], Seen.UNLINKED)
    second = await tiny.make_account(agent, "acc-2")
    assert_limit(await agent.call("POST", f"{CHANNELS}/{first['id']}/reconnect"), what="accounts")
    assert (await agent.call("POST", f"{CHANNELS}/{second['id']}/reconnect")).status == 200
    await tiny.app[DATABASE].write(states.observe, second["id"], Seen.UNLINKED)
    assert (await agent.call("POST", f"{CHANNELS}/{first['id']}/reconnect")).status == 200


async def test_limits_and_usage_of_the_plan_are_shown(tiny: Stack) -> None:
    agent, _, path = await make_thread(tiny)
    for n in range(4):
        await agent.ok("POST", path, {"text": str(n)})
    until = datetime.now(UTC) + timedelta(days=3)
    await give_plan(tiny, agent, "closed", "billing", expires_at=until)
    (plan,) = (await agent.ok("GET", "/api/entitlements"))["items"]
    assert (plan["is_active"], plan["plan"], plan["source"]) == (True, "closed", "billing")
    assert plan["expires_at"] is None, "the trial has no end"
    assert plan["messages"] == {"allowed": 5, "used": 4, "level": "warning", "until": next_month()}
    assert (plan["accounts"], plan["seats"]) == ({"allowed": 1, "used": 1}, {"allowed": None, "used": 1})
    assert plan["features"] == ["new_chats"]
    assert [(g["source"], g["plan"], g["is_active"]) for g in plan["grants"]] == [
        ("billing", "closed", True),
        ("trial", "tiny", True),
    ]
    await tiny.app[DATABASE].write(entitlements.revoke, agent.user_id, "whatsapp")
    (plan,) = (await agent.ok("GET", "/api/entitlements"))["items"]
    assert (plan["is_active"], plan["plan"], plan["source"], plan["expires_at"]) == (False, None, None, None)


async def test_usage_is_shown_by_month_and_day(tiny: Stack) -> None:
    agent, _, path = await make_thread(tiny)
    await agent.ok("POST", path, {"text": "Oi"})
    now = datetime.now(UTC)
    (month,) = (await agent.ok("GET", f"/api/usage?period={now:%Y-%m}"))["items"]
    assert month == (await agent.ok("GET", "/api/usage"))["items"][0]
    assert (month["messages_sent"], month["sent_here"], month["allowed"]) == (1, 1, 5)
    assert {d["day"]: d["sent"] for d in month["days"] if d["sent"]} == {f"{now:%Y-%m-%d}": 1}
    (past,) = (await agent.ok("GET", "/api/usage?period=2024-02"))["items"]
    assert (len(past["days"]), past["messages_sent"], past["allowed"], past["plan"]) == (29, 0, None, None)
    for wrong in ("2026-13", "2026-1", "0000-01", "2026-01-01", "2026-01%0a"):
        assert (await agent.call("GET", f"/api/usage?period={wrong}")).status == 422
