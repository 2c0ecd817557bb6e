"""The Redis client: authentication, TLS, timeouts, and failover."""

import asyncio
import socket
import time
from collections.abc import AsyncIterator
from contextlib import closing
from urllib.parse import quote, urlsplit

import pytest
import redis as plain_redis

from server.errors import Unavailable
from server.process.redis_start import sentence_of, why_unusable
from server.queue import SEND_CHAT, enqueue, heartbeat
from server.redis import client as redis_client
from server.redis.client import Client, connect, subscribed
from server.redis.reasons import UNREACHABLE
from tests.faults.gates import Gate, SilentGate
from tests.support.peers import eventually
from tests.support.services import Services, redis_at, run_valkey

LIMIT_SECONDS = 0.3
# One timeout, and some slack for a busy machine.
NOTICED_WITHIN_SECONDS = LIMIT_SECONDS + 15.0


def at_port(url: str, port: int) -> str:
    parts = urlsplit(url)
    return url.replace(f":{parts.port}/", f":{port}/")


async def complaint(url: str, **changes: object) -> str:
    """The error of `doctor` and of a start for this Redis; empty if there is none."""
    config = redis_at(url, **{"connect_timeout_seconds": 1.0, "command_timeout_seconds": 1.0, **changes})
    client = connect(config)
    try:
        reason = await why_unusable(client, config)
        return sentence_of(config, reason) if reason else ""
    finally:
        await client.aclose()


@pytest.fixture
async def wire(services: Services, redis_url: str) -> AsyncIterator[SilentGate]:
    """A proxy to Redis that can stop forwarding."""
    gate = SilentGate(services.valkey.port)
    await gate.open()
    yield gate
    await gate.close()


@pytest.fixture
async def client(wire: SilentGate, redis_url: str) -> AsyncIterator[Client]:
    client = connect(redis_at(at_port(redis_url, wire.port), command_timeout_seconds=LIMIT_SECONDS))
    yield client
    await client.aclose()


@pytest.mark.parametrize(
    "secret", ["p@ss", "p/ss", "p#ss?", "p%40ss", "p:s+s", "schlüssel 密码", "[", "100%"]
)
async def test_a_password_with_any_character_authenticates(services: Services, secret: str) -> None:
    name = "ops@team"
    with services.redis() as admin:
        admin.acl_setuser(
            name, enabled=True, passwords=[f"+{secret}"], keys=["*"], channels=["*"], commands=["+@all"]
        )
    given = f"{quote(name, safe='')}:{quote(secret, safe='')}@127.0.0.1:{services.valkey.port}"
    assert await complaint(f"redis://{given}/") == ""
    assert "rejects the user name or the password" in await complaint(
        f"redis://{given.replace('@127', 'x@127')}"
    )


async def test_the_documented_acl_is_sufficient(services: Services, redis_url: str) -> None:
    with services.redis() as admin:
        admin.acl_setuser(
            "few",
            enabled=True,
            passwords=["+pw"],
            keys=["confab:*", "arq:*"],
            channels=["confab:*"],
            commands=["+@all"],
        )
    config = redis_at(f"redis://few:pw@127.0.0.1:{services.valkey.port}")
    client = connect(config)
    assert await why_unusable(client, config) is None
    await enqueue(client, SEND_CHAT, 1)
    async with subscribed(client, "confab:control"):
        pass
    await client.aclose()


# -- silence -----------------------------------------------------------------------------------------------------


async def test_a_silent_connection_costs_one_timeout_and_the_next_command_works(
    client: Client, wire: SilentGate
) -> None:
    await asyncio.gather(*(client.set("key", number) for number in range(5)))
    assert wire.hush() >= 1
    begun = time.monotonic()
    with pytest.raises(UNREACHABLE):
        await client.get("key")
    assert time.monotonic() - begun < NOTICED_WITHIN_SECONDS
    for _ in range(5):  # no other open connection is reused
        assert await client.get("key") is not None


async def test_patient_commands_succeed_after_a_silence(wire: SilentGate, redis_url: str) -> None:
    config = redis_at(at_port(redis_url, wire.port), command_timeout_seconds=LIMIT_SECONDS)
    retrying = connect(config, retries=True)
    await retrying.set("key", 1)
    wire.hush()
    async with retrying.pipeline(transaction=True) as pipe:
        pipe.incr("key")
        pipe.get("key")
        assert await pipe.execute() == [2, b"2"]
    await retrying.aclose()


async def piped(client: Client, *, transaction: bool) -> None:
    async with client.pipeline(transaction=transaction) as pipe:
        pipe.get("key")
        await pipe.execute()


async def test_every_kind_of_command_has_a_timeout(client: Client, wire: SilentGate) -> None:
    for command in (
        lambda: client.get("key"),
        lambda: client.publish("confab:control", b""),
        lambda: enqueue(client, SEND_CHAT, 1),
        lambda: heartbeat(client),
        lambda: piped(client, transaction=True),
        lambda: piped(client, transaction=False),
    ):
        await client.set("key", 1)
        wire.hush()
        async with asyncio.timeout(NOTICED_WITHIN_SECONDS):
            with pytest.raises((Unavailable, *UNREACHABLE)):
                await command()


async def test_the_timeout_can_be_set_in_the_url(wire: SilentGate, redis_url: str) -> None:
    client = connect(redis_at(f"{at_port(redis_url, wire.port)}?socket_timeout={LIMIT_SECONDS}"))
    await client.set("key", 1)
    wire.hush()
    async with asyncio.timeout(NOTICED_WITHIN_SECONDS):
        with pytest.raises(UNREACHABLE):
            await client.get("key")
    await client.aclose()


async def test_a_silent_subscription_is_detected(
    client: Client, wire: SilentGate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(redis_client, "SILENCE_SECONDS", 0.1)
    with pytest.raises(UNREACHABLE):
        async with subscribed(client, "confab:control") as (_, messages):
            async for _message in messages:
                assert wire.hush(subscribed_only=True) in (0, 1)


async def test_an_idle_subscription_stays_connected(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """A subscription without messages is probed, and stays connected."""
    monkeypatch.setattr(redis_client, "SILENCE_SECONDS", 0.02)
    heard: list[bytes | int] = []

    async def listen() -> None:
        async with subscribed(client, "confab:control") as (_, messages):
            async for message in messages:
                heard[:] = [message["data"]]

    asked: list[object] = []
    publish = client.publish

    async def counted(channel: str, message: bytes) -> object:
        asked.append(channel)
        return await publish(channel, message)

    monkeypatch.setattr(client, "publish", counted)
    listening = asyncio.create_task(listen())
    await eventually(lambda: constant(len(asked) >= 5))
    await publish("confab:control", b"still here")
    await eventually(lambda: constant(heard[-1] == b"still here"))
    assert not listening.done()
    listening.cancel()


async def constant(value: bool) -> bool:
    return value


async def test_sockets_use_tcp_keepalive(client: Client) -> None:
    await client.set("key", 1)
    (connection,) = client.connection_pool._available_connections
    writer = connection._writer
    assert writer is not None
    own = writer.transport.get_extra_info("socket")
    assert own.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE) == 1
    assert own.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE) == 15


# -- a failover ----------------------------------------------------------------------------------------------------


@pytest.mark.system
async def test_after_a_failover_the_next_write_goes_to_the_new_primary() -> None:
    """The old primary stays connected and rejects writes; the address resolves to the new one."""
    with run_valkey() as old, run_valkey() as new:
        command(new.url, "CONFIG", "SET", "requirepass", "pw")
        command(old.url, "CONFIG", "SET", "requirepass", "pw")
        gate = await Gate(old.port).open()
        client = connect(redis_at(f"redis://:pw@127.0.0.1:{gate.port}"))
        try:
            await enqueue(client, SEND_CHAT, 1)
            command(f"redis://:pw@127.0.0.1:{old.port}", "REPLICAOF", "127.0.0.1", str(new.port))
            gate.target = new.port
            with pytest.raises(Unavailable):
                await enqueue(client, SEND_CHAT, 2)
            await enqueue(client, SEND_CHAT, 3)
        finally:
            await client.aclose()
            await gate.close()


def command(url: str, *words: str) -> None:
    with closing(plain_redis.Redis.from_url(url)) as admin:
        admin.execute_command(*words)  # type: ignore[no-untyped-call]
