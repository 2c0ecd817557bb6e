"""A worker of the web server's process takes jobs as they are queued; they are as safe as those that it reads."""

import asyncio
from collections.abc import AsyncIterator

import orjson
import pytest
from arq import Retry
from arq.constants import in_progress_key_prefix, job_key_prefix
from structlog.testing import capture_logs

from server import queue
from server.errors import Unavailable
from server.event_batch import EventBatch
from server.local_jobs import JobCall, LocalJobs, Slot
from server.queue import QueuedEvent
from tests.support.factories import make_account
from tests.support.fixtures_stack import Stack
from tests.support.peers import eventually, message_received
from tests.workers.test_runner import QUEUE, Workers, enqueue, listening
from workers import runner
from workers.supervisor import Supervisor

EVENT: QueuedEvent = {"source": "messages", "received_at": "2026-03-02T09:00:00.000+00:00", "body": {}}


@pytest.fixture
async def crew(redis_url: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Workers]:
    monkeypatch.setitem(queue.QUEUES, "note", QUEUE)
    monkeypatch.setattr(runner, "POLL_SECONDS", 0.02)
    crew = Workers(redis_url)
    yield crew
    crew.jobs.may_end.set()  # whatever a failed test left running
    await crew.redis.aclose()


async def slot_of(worker: Supervisor) -> Slot:
    """A slot, once the worker runs and has one."""
    slot: Slot = await eventually(worker.reserve)
    return slot


async def is_ready(worker: Supervisor) -> bool:
    return worker.worker.may_start


async def take(crew: Workers, slot: Slot, number: int, lease_ms: int | None = None) -> None:
    job_id = queue.new_job_id()
    await queue.store_job(crew.redis, job_id, "note", [number], lease_ms=lease_ms or slot.lease_ms)
    slot.start(job_id, JobCall("note", [number]))


async def test_a_taken_job_runs_once_and_is_finished(crew: Workers) -> None:
    crew.jobs.may_end.set()
    async with crew.working() as worker, crew.working():
        await take(crew, await slot_of(worker), 1)
        await crew.jobs.have_ended(1)
        await eventually(crew.is_done)
    assert crew.jobs.begun == [1]


async def test_a_taken_job_wakes_no_worker_and_is_not_read(
    crew: Workers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runner, "POLL_SECONDS", 3600.0)
    crew.jobs.may_end.set()
    async with crew.working() as worker:
        await eventually(lambda: listening(crew))
        slot = await slot_of(worker)
        reads = worker.worker.read_at
        await take(crew, slot, 1)
        await crew.jobs.have_ended(1)
        assert worker.worker.read_at == reads


async def test_a_taken_job_that_is_delayed_runs_again(crew: Workers) -> None:
    crew.jobs.may_end.set()
    crew.jobs.outcomes = [Retry(defer=0.01)]
    async with crew.working() as worker:
        await take(crew, await slot_of(worker), 1)
        await crew.jobs.have_ended(1)
    assert crew.jobs.begun == [1, 1]


async def test_a_taken_job_is_returned_by_a_drain(crew: Workers) -> None:
    async with crew.working(drain=0.01) as worker:
        await take(crew, await slot_of(worker), 1)
        await crew.jobs.have_begun(1)
    assert (crew.jobs.ended, await crew.queued(), await crew.lease_ms()) == ([], 1, 0)


@pytest.mark.parametrize("max_jobs", [2, 10])
async def test_no_slot_while_enough_jobs_run_or_others_wait(crew: Workers, max_jobs: int) -> None:
    crew.max_jobs = max_jobs
    await enqueue(crew.redis, 1, 2, 3)
    async with crew.working() as worker:
        await crew.jobs.have_begun(2)
        assert await worker.reserve() is None
        crew.jobs.may_end.set()
        await crew.jobs.have_ended(3)
        await slot_of(worker)
        await slot_of(worker)
        assert await worker.reserve() is None


async def test_no_slot_before_the_start_and_after_the_end(crew: Workers) -> None:
    supervisor = Supervisor(crew.make_worker)
    assert await supervisor.reserve() is None
    async with crew.working() as worker:
        await slot_of(worker)
        await worker.worker.drain(0)
        assert await worker.reserve() is None
    assert await worker.reserve() is None


async def test_a_job_of_a_worker_that_has_ended_meanwhile_is_taken_over(crew: Workers) -> None:
    """What reserved the slot waits for Redis while the worker is replaced."""
    crew.jobs.may_end.set()
    async with crew.working() as worker:
        slot = await slot_of(worker)
        await worker.worker.drain(0)
        await take(crew, slot, 1, lease_ms=1)
        assert worker.worker.job_counter == 0
    async with crew.working():
        await crew.jobs.have_ended(1)
    assert crew.jobs.begun == [1]


async def test_a_job_whose_process_was_killed_is_taken_over(crew: Workers) -> None:
    crew.jobs.may_end.set()
    await queue.store_job(crew.redis, queue.new_job_id(), "note", [1], lease_ms=60_000)
    async with crew.working():
        await enqueue(crew.redis, 2)
        await crew.jobs.have_ended(1)
        assert crew.jobs.begun == [2]
        await crew.redis.delete(*await crew.redis.keys(f"{in_progress_key_prefix}*"))
        await crew.jobs.have_ended(2)
    assert crew.jobs.begun == [2, 1]


@pytest.mark.parametrize("error", [Unavailable(), asyncio.CancelledError()])
async def test_a_failed_enqueue_gives_the_slot_back(
    crew: Workers, monkeypatch: pytest.MonkeyPatch, error: BaseException
) -> None:
    async def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setitem(queue.QUEUES, "store_events", QUEUE)
    monkeypatch.setattr("server.event_batch.INGEST_QUEUE", QUEUE)
    monkeypatch.setattr("server.event_batch.store_job", fail)
    local = LocalJobs()
    async with crew.working() as worker:
        await eventually(lambda: is_ready(worker))
        with local.taken_by(QUEUE, worker):
            batch = EventBatch(crew.redis, local, limit=1, timeout_seconds=5)
            for _ in range(crew.max_jobs + 1):
                with pytest.raises(type(error)):
                    await batch.add(EVENT, b"{}")
        assert worker.worker.job_counter == 0
    assert await local.reserve(QUEUE) is None


@pytest.mark.parametrize("entry", [b"no json", b"[]", b"{}", orjson.dumps({"f": "unknown", "a": []}), None])
async def test_an_entry_that_is_no_job_is_removed(crew: Workers, entry: bytes | None) -> None:
    """One that has expired, too."""
    await enqueue(crew.redis, 1)
    (job_id,) = await crew.redis.zrange(QUEUE, 0, -1)
    key = job_key_prefix + job_id.decode()
    await (crew.redis.delete(key) if entry is None else crew.redis.set(key, entry))
    with capture_logs() as logs:
        async with crew.working():
            await eventually(crew.is_done)
    assert [line["job_id"] for line in logs if line["event"] == "job_not_known"] == [job_id.decode()]
    assert await crew.redis.keys("arq:*") == []


async def test_webhooks_reach_the_worker_of_their_process_without_the_queue(
    stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Stored and pushed though no worker reads the queue any longer."""
    ana = await stack.stranger.sign_in("ana")
    await make_account(stack, ana, "acc-1")
    socket = await ana.listen()
    monkeypatch.setattr(runner.WokenWorker, "_lease", _lease_nothing)
    await ana.deliver(message_received("acc-1", "Oi"))
    await socket.wait_for_event("message:new")


async def _lease_nothing(*_: object) -> list[runner.LeasedJob]:
    return []
