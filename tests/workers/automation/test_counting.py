"""Counting for reports leaves a busy worker to the messages that wait to be stored, but not for ever."""

import time

import pytest

from server.queue import INGEST_QUEUE
from server.store.reports.recounts import begin_reports
from tests.support.peers import message_received
from tests.support.worker_harness import WorkerHarness
from workers.automation import consumers
from workers.automation.consumers import Counting


async def facts(harness: WorkerHarness) -> int:
    (row,) = await harness.fetch("select count(*)::int as n from report_fact")
    return int(row["n"])


@pytest.fixture
async def counting(harness: WorkerHarness) -> Counting:
    """An account with reports, and a message that is not counted yet."""
    await harness.store(message_received("acc-1", "before"))
    await harness.parts.database.write(begin_reports, (await harness.chat())["account_id"])
    await harness.store(message_received("acc-1", "Oi", phone="5511977770000"))
    return Counting()


async def wait_in_queue(harness: WorkerHarness, seconds: float) -> None:
    await harness.parts.redis.zadd(INGEST_QUEUE, {"job": (time.time() - seconds) * 1000})


async def test_it_counts_while_nothing_waits(harness: WorkerHarness, counting: Counting) -> None:
    await counting.follow(harness.parts)
    assert await facts(harness) > 0


async def test_it_waits_while_messages_wait_to_be_stored(harness: WorkerHarness, counting: Counting) -> None:
    await wait_in_queue(harness, 10)
    await counting.follow(harness.parts)
    assert await facts(harness) == 0
    await harness.parts.redis.delete(INGEST_QUEUE)
    await counting.follow(harness.parts)
    assert await facts(harness) > 0


async def test_it_does_not_wait_for_ever(
    harness: WorkerHarness, counting: Counting, monkeypatch: pytest.MonkeyPatch
) -> None:
    await wait_in_queue(harness, 10)
    monkeypatch.setattr(consumers, "LATEST_SECONDS", 0.0)
    await counting.follow(harness.parts)
    assert await facts(harness) > 0
