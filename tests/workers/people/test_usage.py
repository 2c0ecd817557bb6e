"""Usage warnings and pushes: once per level, spaced, to the payer only."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from server.config import Config
from server.plans.usage_push import push_usage
from server.realtime.broker import publish_to_user
from tests.support.fixtures_stack import Stack
from tests.support.fixtures_tiny import give_plan
from tests.support.peers import message_received
from tests.support.send_harness import SendHarness, open_limited_sender, post
from workers.people.usage import UsagePushes


@pytest.fixture
async def sender(small_plans: Config) -> AsyncIterator[SendHarness]:
    async with open_limited_sender(small_plans) as opened:
        yield opened


async def test_each_level_is_warned_of_once_and_pushes_are_spaced(
    sender: SendHarness,
) -> None:
    parts, socket = sender.worker.parts, await sender.agent.listen()
    owner = [sender.agent.user_id]
    for n in range(3):
        await post(sender, str(n))
    assert await push_usage(parts.database, parts.redis, parts.config.plans, owner) == set()
    assert await push_usage(parts.database, parts.redis, parts.config.plans, owner) == set(owner)
    for n in range(3, 5):
        await post(sender, str(n))
        for _ in range(2):
            await push_usage(parts.database, parts.redis, parts.config.plans, owner, pause=0.0)
    frames = await socket.wait_for_event("usage:updated", 5)
    pushed = [(f["data"]["sent_here"], f["data"]["level"], f["data"]["crossed"]) for f in frames]
    assert pushed == [
        (3, "ok", None),
        (4, "warning", "warning"),
        (4, "warning", None),
        (5, "reached", "reached"),
        (5, "reached", None),
    ]
    assert "seq" not in frames[0] and "account_id" not in frames[0]


async def test_two_workers_send_one_warning(sender: SendHarness) -> None:
    parts, socket = sender.worker.parts, await sender.agent.listen()
    for n in range(4):
        await post(sender, str(n))
    owner = [sender.agent.user_id]
    await asyncio.gather(
        *(push_usage(parts.database, parts.redis, parts.config.plans, owner, pause=0.0) for _ in range(6))
    )
    await publish_to_user(parts.redis, sender.agent.user_id, b'{"event": "end", "data": {}}')
    await socket.wait_for_event("end")
    pushed = [frame["data"]["crossed"] for frame in socket.events("usage:updated")]
    assert pushed.count("warning") == 1


async def test_a_larger_plan_is_warned_again(sender: SendHarness) -> None:
    parts, socket = sender.worker.parts, await sender.agent.listen()
    for n in range(4):
        await post(sender, str(n))
    owner = [sender.agent.user_id]
    for plan in ("tiny", "closed", "open"):
        await give_plan(sender.stack, sender.agent, plan)
        await push_usage(parts.database, parts.redis, parts.config.plans, owner, pause=0.0)
    frames = await socket.wait_for_event("usage:updated", 3)
    # `closed` has the same limit as `tiny`, already warned of; `open` has none.
    assert [frame["data"]["crossed"] for frame in frames] == ["warning", None, None]


async def test_a_recently_notified_user_receives_the_rest_later(sender: SendHarness) -> None:
    """The next worker also pushes what a killed worker did not."""
    parts, socket, pushes = sender.worker.parts, await sender.agent.listen(), UsagePushes()
    await post(sender, "a")
    await pushes.push(parts)
    await socket.wait_for_event("usage:updated", sent_here=1)
    await sender.worker.store(message_received("acc-1", chat_id=sender.chat["provider_chat_id"]))
    await pushes.push(parts)
    assert len(socket.events("usage:updated")) == 1
    await sender.worker.execute("update channels_usage set pushed_at = '-infinity'")
    await pushes.push(parts)
    await socket.wait_for_event("usage:updated", messages_rcvd=1)


async def test_running_workers_notify_the_owner_only(tiny_working: Stack) -> None:
    agent, stranger = await tiny_working.sign_in(), await tiny_working.sign_in("stranger")
    await tiny_working.make_account(agent, "acc-1")
    own, foreign = await agent.listen(), await stranger.listen()
    await tiny_working.write("acc-1", "Oi")
    await own.wait_for_event("usage:updated", messages_rcvd=1)
    assert foreign.events("usage:updated") == []
