"""A worker that Redis no longer answers is replaced and logged; a healthy one is left alone."""

import asyncio
from collections.abc import AsyncIterator
from urllib.parse import urlsplit

import pytest

from server import queue
from server.queue import is_worker_alive
from server.redis.client import Client, connect
from tests.faults.gates import SilentGate
from tests.support.peers import eventually
from tests.support.services import Services, redis_at
from tests.workers.test_runner import QUEUE, Workers, as_awaitable, enqueue
from workers import liveness, runner, supervisor
from workers.liveness import LivenessMonitor

LIMIT_SECONDS = 0.2


@pytest.fixture
async def wire(services: Services, redis_url: str) -> AsyncIterator[SilentGate]:
    gate = SilentGate(services.valkey.port)
    await gate.open()
    yield gate
    await gate.close()


@pytest.fixture
async def crew(wire: SilentGate, redis_url: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Workers]:
    """A queue whose workers reach Redis through a proxy that can go silent."""
    monkeypatch.setitem(queue.QUEUES, "note", QUEUE)
    monkeypatch.setattr(runner, "POLL_SECONDS", 0.05)
    monkeypatch.setattr(supervisor, "RESTART_SECONDS", (0.0,))
    crew = Workers(redis_url.replace(f":{urlsplit(redis_url).port}/", f":{wire.port}/"), LIMIT_SECONDS)
    yield crew
    crew.jobs.may_end.set()
    await crew.redis.aclose()


@pytest.fixture
async def outside(redis_url: str) -> AsyncIterator[Client]:
    """A direct connection to Redis."""
    client = connect(redis_at(redis_url))
    yield client
    await client.aclose()


async def test_silent_connections_are_replaced_without_a_restart(
    crew: Workers, wire: SilentGate, outside: Client
) -> None:
    """Neither a reset nor a FIN, as after a NAT timeout, a firewall rule or a failover."""
    crew.jobs.may_end.set()
    async with crew.working() as supervisor:
        worker = supervisor.worker
        await enqueue(outside, 1)
        await crew.jobs.have_ended(1)
        assert wire.hush() >= 2
        await enqueue(outside, 2)
        await crew.jobs.have_ended(2)
        assert supervisor.worker is worker


async def test_a_lease_is_renewed_again_after_a_silence(
    crew: Workers, wire: SilentGate, outside: Client
) -> None:
    crew.lease_seconds = 0.6
    async with crew.working():
        await enqueue(outside, 1)
        await crew.jobs.have_begun(1)
        wire.hush()
        await outside.delete(*await outside.keys("arq:in-progress:*"))
        key = "arq:in-progress:" + (await outside.zrange(QUEUE, 0, -1))[0].decode()
        await eventually(lambda: outside.exists(key))
        crew.jobs.may_end.set()
        await eventually(lambda: ended(outside))
    assert crew.jobs.begun == [1]


async def ended(outside: Client) -> bool:
    return bool(await outside.zcard(QUEUE) == 0)


async def test_a_worker_that_cannot_write_its_heartbeat_is_replaced_and_logged(
    crew: Workers, outside: Client, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(liveness, "RENEW_SECONDS", 0.0)
    async with crew.working() as supervisor:
        await enqueue(outside, 1)
        await crew.jobs.have_begun(1)
        first, watch = supervisor.worker, LivenessMonitor(crew.redis, [supervisor])
        monkeypatch.setattr(supervisor, "seconds_since_read", lambda: 0.0)

        async def reject(_: Client) -> None:
            raise OSError("no route")

        with monkeypatch.context() as broken:
            broken.setattr(liveness, "heartbeat", reject)
            await watch.check()
            assert supervisor.worker is first  # once may be a blip
            await watch.check()
        await eventually(lambda: as_awaitable(lambda: supervisor.worker is not first))
        # The running job was returned to the queue, and runs again in the new worker.
        crew.jobs.may_end.set()
        await eventually(lambda: ended(outside))
        await watch.check()
    assert crew.jobs.begun == [1, 1]
    logged = capsys.readouterr().out
    assert "worker_renewed" in logged
    assert "error" in logged
    assert "Redis cannot be reached" in logged
    assert "worker_recovered" in logged
    assert await is_worker_alive(outside)


async def test_a_worker_that_stops_reading_its_queue_does_not_count_as_alive(
    crew: Workers, outside: Client, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    async with crew.working() as supervisor:
        await eventually(lambda: as_awaitable(lambda: supervisor.seconds_since_read() < 1))
        watch, first = LivenessMonitor(crew.redis, [supervisor]), supervisor.worker
        stuck = asyncio.Event()

        async def hang() -> None:
            await stuck.wait()

        monkeypatch.setattr(first, "_poll_iteration", hang)
        monkeypatch.setattr(liveness, "RENEW_SECONDS", 0.2)
        await eventually(lambda: as_awaitable(lambda: supervisor.seconds_since_read() > 0.3))
        await watch.check()
        assert not await is_worker_alive(outside)
        await watch.check()
        await eventually(lambda: as_awaitable(lambda: supervisor.worker is not first))
        crew.jobs.may_end.set()
        await enqueue(outside, 1)
        await crew.jobs.have_ended(1)
        await watch.check()
        assert await is_worker_alive(outside)
    assert f"no worker reads {QUEUE}" in capsys.readouterr().out


async def test_a_process_that_was_paused_is_left_alone(
    crew: Workers, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with crew.working() as supervisor:
        first, watch = supervisor.worker, LivenessMonitor(crew.redis, [supervisor])
        await watch.check()
        first.read_at -= 3600
        monkeypatch.setattr(watch, "_healthy_at", watch._healthy_at - 3600)
        await watch.check()
        await eventually(lambda: as_awaitable(lambda: supervisor.seconds_since_read() < 1))
        await watch.check()
        assert supervisor.worker is first
