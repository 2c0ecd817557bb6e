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
from workers import runner, supervisor
from workers.runner import WokenWorker
from workers.supervisor import Supervisor, supervised

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


class Workers:
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
async def crew(redis_url: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Workers]:
    monkeypatch.setitem(queue.QUEUES, "note", QUEUE)
    monkeypatch.setattr(runner, "POLL_SECONDS", NEVER)
    crew = Workers(redis_url)
    yield crew
    crew.jobs.may_end.set()  # whatever a failed test left running
    await crew.redis.aclose()


async def enqueue(redis: Client, *numbers: int) -> None:
    for number in numbers:
        await queue.enqueue(redis, "note", number)


async def listening(crew: Workers) -> bool:
    heard: list[tuple[bytes, int]] = await crew.redis.pubsub_numsub(queue.wake_channel(QUEUE))
    return heard[0][1] > 0


async def test_a_job_starts_at_once_without_a_poll(crew: Workers) -> None:
    crew.jobs.may_end.set()
    async with crew.working():
        await eventually(lambda: listening(crew))
        await enqueue(crew.redis, 1)
        await crew.jobs.have_ended(1)
        await enqueue(crew.redis, 2)
        await crew.jobs.have_ended(2)
        await eventually(crew.is_done)


async def test_jobs_queued_before_the_start_are_found(crew: Workers) -> None:
    crew.jobs.may_end.set()
    await enqueue(crew.redis, *range(25))
    async with crew.working():
        await crew.jobs.have_ended(25)
    assert sorted(crew.jobs.begun) == list(range(25))


async def test_a_free_slot_is_filled_at_once(crew: Workers) -> None:
    crew.max_jobs = 1
    await enqueue(crew.redis, 1, 2, 3)
    async with crew.working():
        await crew.jobs.have_begun(1)
        assert len(crew.jobs.begun) == 1
        crew.jobs.may_end.set()
        await crew.jobs.have_ended(3)


async def test_a_delayed_job_runs_again_by_itself(crew: Workers) -> None:
    crew.jobs.may_end.set()
    crew.jobs.outcomes = [Retry(defer=0.01)]
    async with crew.working():
        await eventually(lambda: listening(crew))
        await enqueue(crew.redis, 1)
        await crew.jobs.have_ended(1)
    assert crew.jobs.begun == [1, 1]


async def test_the_lease_of_a_long_job_is_renewed(crew: Workers, monkeypatch: pytest.MonkeyPatch) -> None:
    """A second worker polls for longer than the lease and finds no job."""
    monkeypatch.setattr(runner, "POLL_SECONDS", 0.02)
    # Longer than a busy machine stalls.
    crew.lease_seconds = 2.0
    await enqueue(crew.redis, 1)
    renewals = 0
    async with crew.working(), crew.working():
        await crew.jobs.have_begun(1)
        before = await crew.lease_ms()

        async def is_renewed_four_times() -> bool:
            nonlocal renewals, before
            left = await crew.lease_ms()
            renewals, before = renewals + (left > before), left
            return renewals >= 4

        await eventually(is_renewed_four_times)
        assert crew.jobs.begun == [1]
        crew.jobs.may_end.set()
        await eventually(crew.is_done)
    assert crew.jobs.begun == crew.jobs.ended == [1]


async def test_a_dead_workers_job_is_taken_over_when_its_lease_expires(
    crew: Workers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runner, "POLL_SECONDS", 0.02)
    crew.jobs.may_end.set()
    await enqueue(crew.redis, 1)
    (job_id,) = await crew.redis.zrange(QUEUE, 0, -1)
    await crew.redis.set(in_progress_key_prefix + job_id.decode(), b"1", px=60_000)
    async with crew.working():
        await enqueue(crew.redis, 2)
        await crew.jobs.have_ended(1)
        assert crew.jobs.begun == [2]
        await crew.redis.pexpire(in_progress_key_prefix + job_id.decode(), 1)
        await crew.jobs.have_ended(2)
    assert crew.jobs.begun == [2, 1]


async def test_an_expired_lease_is_renewed_without_a_second_run(
    crew: Workers, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Redis was away for longer than the lease: the worker claimed the job that it was running still. arq keeps one
    entry a job, so the second run ended with a KeyError in place of its outcome, and that deletes the job: where
    the outcome was "again later", acknowledged events were lost.
    """
    monkeypatch.setattr(runner, "POLL_SECONDS", 0.02)
    await enqueue(crew.redis, 1)
    async with crew.working():
        await crew.jobs.have_begun(1)
        await crew.redis.delete(*await crew.redis.keys(f"{in_progress_key_prefix}*"))
        await eventually(crew.lease_ms)
        await enqueue(crew.redis, 2)
        await crew.jobs.have_begun(2)
        assert crew.jobs.begun == [1, 2]
        crew.jobs.may_end.set()
        await eventually(crew.is_done)
    assert sorted(crew.jobs.ended) == [1, 2]


async def test_a_worker_that_exits_is_restarted(crew: Workers, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor, "RESTART_SECONDS", (0.0,))
    made: list[WokenWorker] = []

    def make() -> WokenWorker:
        worker = crew.make_worker()
        made.append(worker)
        if len(made) < 4:
            monkeypatch.setattr(worker, "main", broken)
        return worker

    async def broken() -> None:
        raise RuntimeError("a defect")

    crew.jobs.may_end.set()
    await enqueue(crew.redis, 1)
    async with crew.working(make):
        await crew.jobs.have_ended(1)
    assert len(made) == 4


async def test_a_drain_lets_running_jobs_finish_and_starts_no_others(crew: Workers) -> None:
    await enqueue(crew.redis, 1)
    async with crew.working():
        await crew.jobs.have_begun(1)
        stopping = asyncio.get_running_loop().call_later(0.05, crew.jobs.may_end.set)
    stopping.cancel()
    assert crew.jobs.ended == [1]
    assert await crew.queued() == 0
    await enqueue(crew.redis, 2)
    assert crew.jobs.begun == [1]


async def test_a_job_that_outlives_the_drain_is_returned_to_the_queue(crew: Workers) -> None:
    """The next worker, as after a deployment, takes it at once, not after a lease has expired."""
    await enqueue(crew.redis, 1)
    async with crew.working(drain=0.01):
        await crew.jobs.have_begun(1)
    assert (crew.jobs.ended, await crew.queued(), await crew.lease_ms()) == ([], 1, 0)
    crew.jobs.may_end.set()
    async with crew.working():
        await crew.jobs.have_ended(1)
    assert crew.jobs.begun == [1, 1]


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
        crew = Workers(valkey.url)
        await enqueue(crew.redis, 1)
        async with crew.working():
            await crew.jobs.have_begun(1)
            valkey.child.kill()
            crew.jobs.may_end.set()
            await crew.jobs.have_ended(1)
            await asyncio.to_thread(restart, valkey)
            await eventually(crew.is_done)
            await enqueue(crew.redis, 2)
            await crew.jobs.have_ended(2)
        assert crew.jobs.begun == [1, 2]
        await crew.redis.aclose()


def restart(valkey: Valkey) -> None:
    valkey.child.start()
    valkey.child.wait_until_ready()
    with closing(plain_redis.Redis.from_url(valkey.url)) as client:
        assert client.ping()
