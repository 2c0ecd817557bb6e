"""Only Redis's clock matters to a queue, for enqueueing and for leasing."""

import time
from collections.abc import AsyncIterator, Callable

import arq.utils
import pytest
from arq import Retry

from server import queue
from server.queue import queue_age_seconds
from tests.support.peers import eventually
from tests.support.worker_harness import WorkerHarness
from tests.workers.test_runner import QUEUE, Workers, enqueue, listening
from workers import runner
from workers.accounts import sweep_requests
from workers.accounts.sweep_requests import request_sweep, seconds_since

Turn = Callable[[float], None]
SLOW, FAST = -90.0, 90.0


@pytest.fixture
def turn(monkeypatch: pytest.MonkeyPatch) -> Turn:
    """Turns this machine's clock; Redis's stays correct."""
    right = time.time

    def set_clock(seconds: float) -> None:
        for module in (time, arq.utils):
            monkeypatch.setattr(module, "time", lambda: right() + seconds)

    return set_clock


@pytest.fixture
async def crew(redis_url: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Workers]:
    monkeypatch.setitem(queue.QUEUES, "note", QUEUE)
    monkeypatch.setattr(runner, "POLL_SECONDS", 0.02)
    crew = Workers(redis_url)
    crew.jobs.may_end.set()
    yield crew
    await crew.redis.aclose()


@pytest.mark.parametrize("skew", [SLOW, FAST])
async def test_a_worker_with_a_wrong_clock_stores_at_once(crew: Workers, turn: Turn, skew: float) -> None:
    await enqueue(crew.redis, 1)
    turn(skew)
    async with crew.working():
        await crew.jobs.have_ended(1)
        # The job is removed from the queue after it has ended.
        await eventually(lambda: is_empty(crew))


async def is_empty(crew: Workers) -> bool:
    return await queue_age_seconds(crew.redis, QUEUE) == 0


@pytest.mark.parametrize("skew", [SLOW, FAST])
async def test_jobs_queued_by_a_machine_with_a_wrong_clock_are_due_in_time(
    crew: Workers, turn: Turn, skew: float
) -> None:
    turn(skew)
    await enqueue(crew.redis, 1)
    turn(0)
    assert await queue_age_seconds(crew.redis, QUEUE) < 20
    async with crew.working():
        await crew.jobs.have_ended(1)


@pytest.mark.parametrize("skew", [SLOW, FAST])
async def test_a_delayed_job_waits_as_long_as_it_should(crew: Workers, turn: Turn, skew: float) -> None:
    begun = time.monotonic()
    await queue.enqueue(crew.redis, "note", 1, delay_seconds=0.4)
    turn(skew)
    async with crew.working():
        await eventually(lambda: listening(crew))
        await queue.enqueue(crew.redis, "note", 2, delay_seconds=0.4)
        await crew.jobs.have_ended(2)
    assert 0.4 <= time.monotonic() - begun < 30


@pytest.mark.parametrize("skew", [SLOW, FAST])
async def test_a_retried_job_waits_as_long_as_it_should(crew: Workers, turn: Turn, skew: float) -> None:
    turn(skew)
    crew.jobs.outcomes = [Retry(defer=0.4)]
    begun = time.monotonic()
    await enqueue(crew.redis, 1)
    async with crew.working():
        await crew.jobs.have_ended(1)
    assert crew.jobs.begun == [1, 1]
    assert 0.4 <= time.monotonic() - begun < 30


@pytest.mark.parametrize("skew", [SLOW, FAST])
async def test_a_request_for_a_sweep_is_dated_by_the_database(
    harness: WorkerHarness, turn: Turn, skew: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With a slow clock, a request would seem older than a sweep that began before it, and would be skipped."""
    wanted: list[float] = []

    async def caught(_: object, __: str, ___: int, moment: float, delay_seconds: float = 0) -> None:
        wanted.append(moment)

    monkeypatch.setattr(sweep_requests, "enqueue", caught)
    (account,) = await harness.fetch("select id from channels_account")
    await harness.execute(
        "update channels_account set last_sweep_at = clock_timestamp() - interval '1 second'"
    )
    turn(skew)
    await request_sweep(harness.parts, account["id"])
    (row,) = await harness.fetch("select extract(epoch from clock_timestamp())::float8 as now")
    assert 0 <= row["now"] - wanted[0] < 20
    assert 0 <= await seconds_since(harness.parts, wanted[0]) < 20
