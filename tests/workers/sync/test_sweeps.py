"""Sweeps store what webhooks missed as webhooks would: counted, unread, in order; and record how much was late."""

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Any

import orjson
import pytest

from server.queue import SWEEP_ACCOUNT, SYNC_QUEUE
from tests.support.fixtures_stack import Stack
from tests.support.peers import message_received
from tests.support.worker_harness import WorkerHarness
from workers.context import open_parts
from workers.sync import sweeps
from workers.sync.store_pages import PageStore
from workers.sync.sweeps import SweepPosition

EXTERNAL_ID = "acc-swept"


class SweepScenario:
    """A connected account at UniPile; the test runs the sweep, no worker runs, no webhook is registered."""

    def __init__(self, stack: Stack, harness: WorkerHarness, account_id: int) -> None:
        self.stack = stack
        self.harness = harness
        self.account_id = account_id

    async def sweep(self) -> None:
        await sweeps.sweep_account(self.harness.context(), self.account_id, time.time())

    async def account(self) -> dict[str, Any]:
        (account,) = await self.harness.fetch("select * from channels_account")
        return account

    async def write(self, text: str, minutes_ago: float = 0, **more: Any) -> dict[str, Any]:
        """A contact writes; UniPile's webhook is lost."""
        moment = await self.harness.fetch(
            "select rfc3339(now() - make_interval(secs => %(seconds)s)) as at", seconds=minutes_ago * 60
        )
        return await self.stack.write(EXTERNAL_ID, text, timestamp=moment[0]["at"], **more)

    async def jobs(self) -> int:
        return int(await self.harness.parts.redis.zcard(SYNC_QUEUE))


@pytest.fixture
async def scenario(web_only: Stack) -> AsyncIterator[SweepScenario]:
    """The account was connected an hour ago and swept half an hour ago."""
    async with open_parts(web_only.config) as parts:
        harness = await WorkerHarness(parts).open()
        await web_only.sandbox.ok("POST", "/sandbox/accounts", {"id": EXTERNAL_ID})
        account_id = await harness.make_account(EXTERNAL_ID)
        await harness.execute(
            """update channels_account set connected_at = now() - interval '1 hour',
                   last_sweep_at = now() - interval '30 minutes'"""
        )
        yield SweepScenario(web_only, harness, account_id)


async def test_missed_messages_are_stored_counted_and_unread(scenario: SweepScenario) -> None:
    await scenario.write("first", 20)
    await scenario.write("second", 10)
    await scenario.write("typed on the phone", 5, is_sender=True)
    await scenario.sweep()
    messages = await scenario.harness.messages()
    by_time = sorted(messages, key=lambda message: message["sent_at"])
    assert [message["body"] for message in by_time] == ["first", "second", "typed on the phone"]
    assert await scenario.harness.usage() == (1, 2)
    chat = await scenario.harness.chat()
    assert (chat["unread_count"], chat["last_message_preview"], chat["title"]) == (
        2,  # a reply says nothing about them
        "typed on the phone",
        "Bia Lima",
    )


async def test_how_much_came_late_and_how_late(scenario: SweepScenario) -> None:
    await scenario.write("first", 20)
    await scenario.write("second", 10)
    await scenario.write("on its way")
    await scenario.sweep()
    account = await scenario.account()
    assert len(await scenario.harness.messages()) == 3
    assert (await scenario.harness.chat())["unread_count"] == 3
    assert account["found_late"] == 2
    assert 1199 <= account["gap_seconds"] <= 1260
    (row,) = await scenario.harness.fetch("select min(sent_at) as oldest from channels_message")
    assert account["oldest_gap_at"] == row["oldest"]


async def test_the_gap_is_that_of_the_last_sweep_that_found_messages(scenario: SweepScenario) -> None:
    await scenario.write("first", 20)
    await scenario.sweep()
    await scenario.write("second", 4)
    await scenario.sweep()
    await scenario.sweep()
    account = await scenario.account()
    assert account["found_late"] == 2
    assert 239 <= account["gap_seconds"] <= 300


async def test_a_sweep_overlaps_the_previous_one_by_the_margin_only(scenario: SweepScenario) -> None:
    await scenario.write("within the margin", 34)
    await scenario.write("beyond it", 36)
    await scenario.sweep()
    assert [message["body"] for message in await scenario.harness.messages()] == ["within the margin"]


async def test_messages_from_webhooks_are_not_late_and_counted_once(scenario: SweepScenario) -> None:
    written = await scenario.write("told in time", 10)
    await scenario.harness.store(
        message_received(
            EXTERNAL_ID, "told in time", message_id=written["message_id"], chat_id=written["chat_id"]
        )
    )
    before = await scenario.harness.message()
    await scenario.sweep()
    assert await scenario.harness.message() == before
    assert await scenario.harness.usage() == (0, 1)
    assert (await scenario.account())["found_late"] == 0


async def test_a_webhook_after_the_sweep_changes_nothing(scenario: SweepScenario) -> None:
    written = await scenario.write("late", 10)
    await scenario.sweep()
    before = await scenario.harness.message()
    await scenario.harness.store(
        message_received(EXTERNAL_ID, "late", message_id=written["message_id"], chat_id=written["chat_id"])
    )
    assert await scenario.harness.message() == before
    assert await scenario.harness.usage() == (0, 1)
    assert (await scenario.harness.chat())["unread_count"] == 1


async def test_many_pages_and_several_jobs(scenario: SweepScenario, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweeps, "STINT_SECONDS", -1.0)  # one job per page
    for index in range(251):
        await scenario.write(f"text {index}", 20)
    handed_on: list[SweepPosition] = []

    async def caught(redis: Any, job: str, *args: Any, delay_seconds: float = 0) -> None:
        handed_on.append(args[2])

    with monkeypatch.context() as patch:
        patch.setattr(sweeps, "enqueue", caught)
        await scenario.sweep()
    assert len(await scenario.harness.messages()) == 250
    assert (await scenario.account())["last_sweep_at"] is not None
    await sweeps.sweep_account(scenario.harness.context(), scenario.account_id, time.time(), handed_on[0])
    assert len(await scenario.harness.messages()) == 251
    assert (await scenario.account())["found_late"] == 251


async def test_one_sweep_of_an_account_at_a_time(
    scenario: SweepScenario, monkeypatch: pytest.MonkeyPatch
) -> None:
    inside, most = 0, 0
    store = PageStore.store

    async def counted(reader: PageStore, items: Any, kind: str | None = None) -> Any:
        nonlocal inside, most
        inside, most = inside + 1, max(most, inside + 1)
        try:
            return await store(reader, items, kind)
        finally:
            inside -= 1

    monkeypatch.setattr(PageStore, "store", counted)
    await scenario.write("late", 10)
    await asyncio.gather(*(scenario.sweep() for _ in range(5)))
    assert most == 1
    assert await scenario.harness.usage() == (0, 1)
    assert (await scenario.account())["found_late"] == 1
    assert await scenario.jobs() == 4  # they check again later


async def test_a_request_that_another_sweep_has_met_is_skipped(scenario: SweepScenario) -> None:
    wanted_at = time.time()
    await scenario.sweep()
    before = await scenario.account()
    await sweeps.sweep_account(scenario.harness.context(), scenario.account_id, wanted_at - 1)
    assert await scenario.account() == before


async def test_a_sweep_waits_for_webhooks_in_our_own_queue(
    scenario: SweepScenario, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def old(*_: Any) -> float:
        return 60.0

    monkeypatch.setattr(sweeps, "queue_age_seconds", old)
    await scenario.write("in our queue", 2)
    await scenario.sweep()
    assert await scenario.harness.messages() == []
    assert await scenario.jobs() == 1


async def test_nothing_is_swept_while_unipile_is_signed_out(scenario: SweepScenario) -> None:
    """Its store is not up to date: a sweep would skip messages that are still to come."""
    await scenario.stack.sandbox.ok(
        "POST", f"/sandbox/accounts/{EXTERNAL_ID}/status", {"status": "CREDENTIALS"}
    )
    before = (await scenario.account())["last_sweep_at"]
    await scenario.sweep()
    assert (await scenario.account())["last_sweep_at"] == before


async def test_own_messages_wait_for_the_response_to_a_send_in_their_chat(scenario: SweepScenario) -> None:
    await scenario.write("hello", 10)
    await scenario.sweep()
    chat = await scenario.harness.chat()
    sent = await scenario.harness.begin_send(chat["id"], "an answer")
    echo = await scenario.write("an answer, as WhatsApp wrote it", is_sender=True)
    await scenario.sweep()
    assert len(await scenario.harness.messages()) == 2  # the customer's and the send
    assert await scenario.jobs() == 1
    await scenario.harness.answer_send(sent, echo["message_id"])
    await scenario.sweep()
    messages = await scenario.harness.messages()
    assert len(messages) == 2
    assert messages[-1]["provider_msg_id"] == echo["message_id"]
    assert await scenario.harness.usage() == (0, 1)  # the send itself was counted where it was made


async def test_a_waiting_send_does_not_adopt_an_older_message_of_the_same_text(
    scenario: SweepScenario,
) -> None:
    await scenario.write("hello", 20)
    await scenario.sweep()
    await scenario.write("Ok", 4, is_sender=True)
    chat = await scenario.harness.chat()
    sent = await scenario.harness.begin_send(chat["id"], "Ok")
    await scenario.harness.answer_send(sent, None)
    await scenario.sweep()
    own = [message for message in await scenario.harness.messages() if message["direction"] == "out"]
    assert len(own) == 2
    assert {message["provider_msg_id"] is None for message in own} == {True, False}


async def test_ticks_that_no_webhook_reported_move_forward(scenario: SweepScenario) -> None:
    await scenario.write("hello", 4)
    written = await scenario.write("typed on the phone", 3, is_sender=True)
    await scenario.sweep()
    await scenario.stack.sandbox.ok("POST", f"/sandbox/chats/{written['chat_id']}/read", {})
    await scenario.sweep()
    (own,) = [message for message in await scenario.harness.messages() if message["direction"] == "out"]
    assert own["status"] == "read"


async def test_each_due_account_is_queued_once(scenario: SweepScenario) -> None:
    for _ in range(2):
        await sweeps.queue_due_syncs(scenario.harness.parts)
    redis = scenario.harness.parts.redis
    names = [orjson.loads(await redis.get(key))["f"] for key in await redis.keys("arq:job:*")]
    assert names.count(SWEEP_ACCOUNT) == 1
