"""Messages that are used up are on the account, where every member sees them, as long as that is so."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from server.config import Config
from server.plans.usage_push import push_plan
from server.plans.used_up import match_used_up
from server.rules.plans import current_period, month_bounds, rfc3339
from server.store.plans import entitlements
from tests.support.factories import CHANNELS, add_member
from tests.support.fixtures_tiny import give_plan
from tests.support.peers import Peer
from tests.support.send_harness import POST_MESSAGE, SendHarness, open_limited_sender, post
from workers.people.usage import UsagePushes, match_plans

ALL = [str(n) for n in range(5)]


@pytest.fixture
async def sender(small_plans: Config) -> AsyncIterator[SendHarness]:
    async with open_limited_sender(small_plans) as opened:
        yield opened


async def shown(sender: SendHarness, peer: Peer) -> str | None:
    """Until when, as this member reads it."""
    items = (await peer.ok("GET", "/api/bootstrap"))["accounts"]["items"]
    (account,) = (item for item in items if item["id"] == sender.account_id)
    until: str | None = account["messages_used_up_until"]
    return until


async def use_up(sender: SendHarness) -> str:
    """Send all that the plan includes, and let the next worker show it; returns until when."""
    for text in ALL:
        assert await post(sender, text) == 201
    await UsagePushes().push(sender.worker.parts)
    return rfc3339(month_bounds(current_period())[1])


async def member(sender: SendHarness, name: str = "member") -> Peer:
    peer = await sender.stack.sign_in(name)
    await add_member(sender.stack, sender.account_id, peer, "agent")
    return peer


async def test_every_member_hears_that_the_messages_are_used_up(sender: SendHarness) -> None:
    colleague, stranger = await member(sender), await sender.stack.sign_in("stranger")
    socket, foreign = await colleague.listen(), await stranger.listen()
    assert await shown(sender, colleague) is None
    until = await use_up(sender)
    await socket.wait_for_event("account:updated", messages_used_up_until=until)
    assert await shown(sender, colleague) == until
    assert await post(sender, "one too many") == 402
    assert foreign.events("account:updated") == []
    # The plan and its figures stay the payer's.
    assert not {"plan", "allowed", "used"} & set(socket.events("account:updated")[-1]["data"])


async def test_a_refund_makes_room_again(sender: SendHarness) -> None:
    until = await use_up(sender)
    assert await shown(sender, sender.agent) == until
    await sender.fail(routes=[POST_MESSAGE | {"status": 422, "times": 1}])
    await sender.run_outbox()
    await UsagePushes().push(sender.worker.parts)
    assert await shown(sender, sender.agent) is None
    assert await post(sender, "again") == 201


async def test_a_larger_plan_shows_at_once(sender: SendHarness) -> None:
    colleague = await member(sender)
    await use_up(sender)
    socket, parts = await colleague.listen(), sender.worker.parts
    await give_plan(sender.stack, sender.agent, "open")
    await push_plan(parts.database, parts.redis, parts.config.plans, sender.agent.user_id, "whatsapp")
    await socket.wait_for_event("account:updated", messages_used_up_until=None)


async def test_a_plan_that_ends_is_noticed(sender: SendHarness) -> None:
    """Sends are denied for another reason then."""
    await use_up(sender)
    assert await sender.worker.parts.database.write(entitlements.revoke, sender.agent.user_id, "whatsapp")
    await match_plans(sender.worker.parts)
    assert await shown(sender, sender.agent) is None


async def test_a_month_that_is_over_says_nothing(sender: SendHarness) -> None:
    await use_up(sender)
    await sender.worker.execute("update channels_account set messages_used_up_until = now()")
    assert await shown(sender, sender.agent) is None


async def test_another_payers_plan_counts_from_the_transfer_on(sender: SendHarness) -> None:
    until = await use_up(sender)
    other = await member(sender, "other")
    await give_plan(sender.stack, other, "tiny")
    await add_member_as_owner(sender, other)
    socket = await sender.agent.listen()
    path = f"{CHANNELS}/{sender.account_id}/payer"
    await sender.agent.ok("PUT", path, {"user_id": other.user_id})
    await socket.wait_for_event("account:updated", payer_id=other.user_id, messages_used_up_until=None)
    await other.ok("PUT", path, {"user_id": sender.agent.user_id})
    await socket.wait_for_event(
        "account:updated", payer_id=sender.agent.user_id, messages_used_up_until=until
    )


async def add_member_as_owner(sender: SendHarness, other: Peer) -> None:
    path = f"{CHANNELS}/{sender.account_id}/members/{other.user_id}"
    await sender.agent.ok("PUT", path, {"role": "owner"})


async def test_workers_at_once_end_with_what_is_so(sender: SendHarness) -> None:
    """Sends and refunds, while several workers compare: the last to write has read under the account's lock."""
    parts, payers = sender.worker.parts, [sender.agent.user_id]

    async def match() -> None:
        await match_used_up(parts.database, parts.redis, parts.config.plans, payers)

    for text in ALL[:4]:
        await post(sender, text)
    work: list[Any] = [match() for _ in range(4)]
    await asyncio.gather(post(sender, ALL[4]), *work)
    await asyncio.gather(*(match() for _ in range(4)))
    assert await shown(sender, sender.agent) is not None
    await sender.fail(routes=[POST_MESSAGE | {"status": 422, "times": 1}])
    await asyncio.gather(sender.run_outbox(), *(match() for _ in range(4)))
    await asyncio.gather(*(match() for _ in range(4)))
    assert await shown(sender, sender.agent) is None
