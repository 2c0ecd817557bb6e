"""Redis connections that fall silent without closing, and a failover: everything recovers without a restart."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from dataclasses import replace

import pytest
import redis

from server.config import Config
from server.redis import client as redis_client
from tests.faults.gates import Gate, SilentGate
from tests.flows.processes import Running, Site
from tests.flows.rows import watching
from tests.support.fixtures_stack import run_stack
from tests.support.peers import Peer, Socket, eventually, message_received
from tests.support.services import run_valkey

QUICK = {"CONFAB_REDIS_COMMAND_TIMEOUT_SECONDS": "0.5"}


def by_way_of(url: str, port: int, gate: Gate) -> str:
    return url.replace(f":{port}/", f":{gate.port}/")


@pytest.fixture
async def wire(site: Site) -> AsyncIterator[SilentGate]:
    gate = SilentGate(int(site.environment["REDIS_URL"].rpartition(":")[2].partition("/")[0]))
    await gate.open()
    site.environment = {
        **site.environment,
        **QUICK,
        "REDIS_URL": by_way_of(site.environment["REDIS_URL"], gate.target, gate),
    }
    yield gate
    await gate.close()


async def ready(peer: Peer) -> bool:
    return (await peer.call("GET", "/health/ready")).status == 200


async def taken(peer: Peer, event: dict[str, object]) -> bool:
    return (await peer.deliver(event)).status == 200


async def test_recovery_when_all_connections_fall_silent(site: Site, wire: SilentGate) -> None:
    """As caused by an expired NAT entry, a firewall or a failover; it once stopped all workers for good."""
    web, worker = await site.web(), await site.worker()
    agent, peer = await site.sign_in(web), site.peer(web)
    await agent.link_account("acc-1")
    socket = await agent.listen()
    await eventually(lambda: ready(peer))
    events = [message_received("acc-1", text) for text in ("antes", "depois")]
    assert await taken(peer, events[0])
    await socket.wait_for_event("message:new", body="antes")

    assert wire.hush() >= 8
    await eventually(lambda: taken(peer, events[1]))
    with watching(site.environment["DATABASE_URL"]) as rows:
        ids = [event["message_id"] for event in events]
        await eventually(lambda: asyncio.to_thread(rows.holds_exactly, ids))
    # The listener needs two probes to detect the silence, longer than the usual wait for a frame.
    await eventually(lambda: asyncio.to_thread(has_come, socket, "depois"))
    await eventually(lambda: ready(peer))
    assert web.is_running
    assert worker.is_running
    assert said_why(worker)


def has_come(socket: Socket, body: str) -> bool:
    return any(frame["data"]["body"] == body for frame in socket.events("message:new"))


def said_why(running: Running) -> bool:
    return running.says("redis_failed") and running.says("did not respond in time")


async def test_a_listener_that_fell_silent_receives_missed_messages(
    config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Pushes came only with the next head-seq check, every 25 seconds."""
    monkeypatch.setattr(redis_client, "SILENCE_SECONDS", 0.2)
    port = int((config.redis.url or "").rpartition(":")[2].partition("/")[0])
    gate = SilentGate(port)
    await gate.open()
    own = replace(config, redis=replace(config.redis, url=by_way_of(config.redis.url or "", port, gate)))
    async with run_stack(own) as stack:
        agent = await stack.sign_in()
        account = await stack.make_account(agent)
        socket = await agent.listen()
        await stack.write("acc-1", "antes")
        await socket.wait_for_event("message:new", body="antes")
        assert gate.hush(subscribed_only=True) >= 2
        await stack.write("acc-1", "depois")
        await socket.wait_for_event("message:new", body="depois")
        assert account["id"]
    await gate.close()


async def test_everything_recovers_after_a_failover(site: Site) -> None:
    """The old primary keeps its connections as a replica, and the address leads to the new one."""
    with run_valkey() as old, run_valkey() as new:
        for server in (old, new):  # as replicas of one another have
            command(server.url, "CONFIG", "SET", "requirepass", "pw")
        async with carried(Gate(old.port)) as gate:
            site.environment = {
                **site.environment,
                **QUICK,
                "REDIS_URL": f"redis://:pw@127.0.0.1:{gate.port}/0",
            }
            web = await site.web(CONFAB_WORKER_EMBEDDED="true")
            agent, peer = await site.sign_in(web), site.peer(web)
            await agent.link_account("acc-1")
            await eventually(lambda: ready(peer))
            gate.target = new.port
            command(f"redis://:pw@127.0.0.1:{old.port}", "REPLICAOF", "127.0.0.1", "1")
            event = message_received("acc-1", "depois")
            await eventually(lambda: taken(peer, event))
            with watching(site.environment["DATABASE_URL"]) as rows:
                await eventually(lambda: asyncio.to_thread(rows.holds_exactly, [event["message_id"]]))
            await eventually(lambda: ready(peer))
            assert web.is_running


@asynccontextmanager
async def carried(gate: Gate) -> AsyncIterator[Gate]:
    await gate.open()
    try:
        yield gate
    finally:
        await gate.close()


def command(url: str, *words: str) -> None:
    with closing(redis.Redis.from_url(url)) as client:
        client.execute_command(*words)  # type: ignore[no-untyped-call]
