"""The woken worker: it starts jobs at once, renews and takes over leases, is restarted and drained."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
import redis as plain_redis
from arq import Retry, func
from arq.constants import in_progress_key_prefix

from server import queue
from server.embedded.folders import open_data_dir
from server.embedded.valkey import Valkey
from server.redis.client import Client, connect
from tests.support.peers import eventually
from tests.support.services import redis_at
from workers import runner
from workers.runner import Supervisor, WokenWorker, supervised

QUEUE = "test:queue"
NEVER = 3600.0
Make = Callable[[], WokenWorker]


class Jobs:
    """The only job here: records its start, and ends when the test releases it."""

    def __init__(self) -> None:
        self.begun: list[int] = []
        self.ended: list[int] = []
        self.may_end = asyncio.Event()
        self.outcomes: list[BaseException] = []

    async def run(self, ctx: dict[Any, Any], number: int) -> None:
        self.begun.append(number)
        if self.outcomes:
            ctx["wake_in"](0.01)
            raise self.outcomes.pop()
        await self.may_end.wait()
        self.ended.append(number)

    async def have_begun(self, count: int) -> None:
        await eventually(lambda: as_awaitable(lambda: len(self.begun) >= count))

    async def have_ended(self, count: int) -> None:
        await eventually(lambda: as_awaitable(lambda: len(self.ended) >= count))


async def as_awaitable(check: Callable[[], bool]) -> bool:
    return check()


class Hall:
    """A queue of the test's own, with any number of workers."""

    def __init__(self, url: str, limit_seconds: float = 5.0) -> None:
        self.jobs = Jobs()
        self.redis = connect(redis_at(url, command_timeout_seconds=limit_seconds), retries=True)
        self.lease_seconds = 30.0
        self.max_jobs = 10

    def make_worker(self) -> WokenWorker:
        job: Any = self.jobs.run
        return WokenWorker(
            [func(job, name="note", keep_result=0, max_tries=1000)],
            queue_name=QUEUE,
            redis_pool=self.redis,
            max_jobs=self.max_jobs,
            handle_signals=False,
            job_serializer=queue.serialize,
            job_deserializer=queue.deserialize,
            lease_seconds=self.lease_seconds,
        )

    def working(
        self, make: Make | None = None, drain: float = 5.0
    ) -> AbstractAsyncContextManager[Supervisor]:
        return supervised(make or self.make_worker, drain_seconds=drain)

    async def queued(self) -> int:
        count: int = await self.redis.zcard(QUEUE)
        return count

    async def lease_ms(self) -> int:
        keys = await self.redis.keys(f"{in_progress_key_prefix}*")
        left: int = await self.redis.pttl(keys[0]) if keys else 0
        return left

    async def is_done(self) -> bool:
        return await self.queued() == 0 and await self.lease_ms() == 0


@pytest.fixture
async def hall(redis_url: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Hall]:
    monkeypatch.setitem(queue.QUEUES, "note", QUEUE)
    monkeypatch.setattr(runner, "POLL_SECONDS", NEVER)
    hall = Hall(redis_url)
    yield hall
    hall.jobs.may_end.set()  # whatever a failed test left running
    await hall.redis.aclose()


async def enqueue(redis: Client, *numbers: int) -> None:
    for number in numbers:
        await queue.enqueue(redis, "note", number)


async def listening(hall: Hall) -> bool:
    heard: list[tuple[bytes, int]] = await hall.redis.pubsub_numsub(queue.wake_channel(QUEUE))
    return heard[0][1] > 0


async def test_a_job_starts_at_once_without_a_poll(hall: Hall) -> None:
    hall.jobs.may_end.set()
    async with hall.working():
        await eventually(lambda: listening(hall))
        await enqueue(hall.redis, 1)
        await hall.jobs.have_ended(1)
        await enqueue(hall.redis, 2)
        await hall.jobs.have_ended(2)
        await eventually(hall.is_done)


async def test_jobs_queued_before_the_start_are_found(hall: Hall) -> None:
    hall.jobs.may_end.set()
    await enqueue(hall.redis, *range(25))
    async with hall.working():
        await hall.jobs.have_ended(25)
    assert sorted(hall.jobs.begun) == list(range(25))


async def test_a_free_slot_is_filled_at_once(hall: Hall) -> None:
    hall.max_jobs = 1
    await enqueue(hall.redis, 1, 2, 3)
    async with hall.working():
        await hall.jobs.have_begun(1)
        assert len(hall.jobs.begun) == 1
        hall.jobs.may_end.set()
        await hall.jobs.have_ended(3)


async def test_a_delayed_job_runs_again_by_itself(hall: Hall) -> None:
    hall.jobs.may_end.set()
    hall.jobs.outcomes = [Retry(defer=0.01)]
    async with hall.working():
        await eventually(lambda: listening(hall))
        await enqueue(hall.redis, 1)
        await hall.jobs.have_ended(1)
    assert hall.jobs.begun == [1, 1]


async def test_the_lease_of_a_long_job_is_renewed(hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    """A second worker polls for longer than the lease and finds no job."""
    monkeypatch.setattr(runner, "POLL_SECONDS", 0.02)
    # Longer than a busy machine stands still.
    hall.lease_seconds = 2.0
    await enqueue(hall.redis, 1)
    renewals = 0
    async with hall.working(), hall.working():
        await hall.jobs.have_begun(1)
        before = await hall.lease_ms()

        async def is_renewed_four_times() -> bool:
            nonlocal renewals, before
            left = await hall.lease_ms()
            renewals, before = renewals + (left > before), left
            return renewals >= 4

        await eventually(is_renewed_four_times)
        assert hall.jobs.begun == [1]
        hall.jobs.may_end.set()
        await eventually(hall.is_done)
    assert hall.jobs.begun == hall.jobs.ended == [1]


async def test_a_dead_workers_job_is_taken_over_when_its_lease_expires(
    hall: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runner, "POLL_SECONDS", 0.02)
    hall.jobs.may_end.set()
    await enqueue(hall.redis, 1)
    (job_id,) = await hall.redis.zrange(QUEUE, 0, -1)
    await hall.redis.set(in_progress_key_prefix + job_id.decode(), b"1", px=60_000)
    async with hall.working():
        await enqueue(hall.redis, 2)
        await hall.jobs.have_ended(1)
        assert hall.jobs.begun == [2]
        await hall.redis.pexpire(in_progress_key_prefix + job_id.decode(), 1)
        await hall.jobs.have_ended(2)
    assert hall.jobs.begun == [2, 1]


async def test_an_expired_lease_is_renewed_without_a_second_run(
    hall: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Redis was away for longer than the lease: the worker claimed the job that it was running still. arq keeps one
    entry a job, so the second run ended with a KeyError in place of its outcome, and that deletes the job: where
    the outcome was "again later", acknowledged events were lost.
    """
    monkeypatch.setattr(runner, "POLL_SECONDS", 0.02)
    await enqueue(hall.redis, 1)
    async with hall.working():
        await hall.jobs.have_begun(1)
        await hall.redis.delete(*await hall.redis.keys(f"{in_progress_key_prefix}*"))
        await eventually(hall.lease_ms)
        await enqueue(hall.redis, 2)
        await hall.jobs.have_begun(2)
        assert hall.jobs.begun == [1, 2]
        hall.jobs.may_end.set()
        await eventually(hall.is_done)
    assert sorted(hall.jobs.ended) == [1, 2]


async def test_a_worker_that_ends_by_itself_is_restarted(hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runner, "RESTART_SECONDS", (0.0,))
    made: list[WokenWorker] = []

    def make() -> WokenWorker:
        worker = hall.make_worker()
        made.append(worker)
        if len(made) < 4:
            monkeypatch.setattr(worker, "main", broken)
        return worker

    async def broken() -> None:
        raise RuntimeError("a defect")

    hall.jobs.may_end.set()
    await enqueue(hall.redis, 1)
    async with hall.working(make):
        await hall.jobs.have_ended(1)
    assert len(made) == 4


async def test_a_drain_lets_running_jobs_finish_and_starts_no_others(hall: Hall) -> None:
    await enqueue(hall.redis, 1)
    async with hall.working():
        await hall.jobs.have_begun(1)
        stopping = asyncio.get_running_loop().call_later(0.05, hall.jobs.may_end.set)
    stopping.cancel()
    assert hall.jobs.ended == [1]
    assert await hall.queued() == 0
    await enqueue(hall.redis, 2)
    assert hall.jobs.begun == [1]


async def test_a_job_that_outlives_the_drain_is_returned_to_the_queue(hall: Hall) -> None:
    """The next worker, as after a deployment, takes it at once, not after a lease has expired."""
    await enqueue(hall.redis, 1)
    async with hall.working(drain=0.01):
        await hall.jobs.have_begun(1)
    assert (hall.jobs.ended, await hall.queued(), await hall.lease_ms()) == ([], 1, 0)
    hall.jobs.may_end.set()
    async with hall.working():
        await hall.jobs.have_ended(1)
    assert hall.jobs.begun == [1, 1]


@contextmanager
def own_valkey(folder: Path) -> Iterator[Valkey]:
    valkey = Valkey(open_data_dir(folder))
    valkey.child.start()
    valkey.child.wait_until_ready()
    yield valkey
    valkey.child.stop()


@pytest.mark.system
async def test_a_job_that_ends_while_redis_is_unavailable_is_ended_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(queue.QUEUES, "note", QUEUE)
    with own_valkey(tmp_path) as valkey:
        hall = Hall(valkey.url)
        await enqueue(hall.redis, 1)
        async with hall.working():
            await hall.jobs.have_begun(1)
            valkey.child.kill()
            hall.jobs.may_end.set()
            await hall.jobs.have_ended(1)
            await asyncio.to_thread(restart, valkey)
            await eventually(hall.is_done)
            await enqueue(hall.redis, 2)
            await hall.jobs.have_ended(2)
        assert hall.jobs.begun == [1, 2]
        await hall.redis.aclose()


def restart(valkey: Valkey) -> None:
    valkey.child.start()
    valkey.child.wait_until_ready()
    with closing(plain_redis.Redis.from_url(valkey.url)) as client:
        assert client.ping()
