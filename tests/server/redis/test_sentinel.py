"""Following Sentinel to the primary: which one is asked, what its answers mean, with TLS and after a failover."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from server.config import Config
from server.errors import Unavailable
from server.queue import SEND_CHAT, enqueue
from server.redis import client as redis_client
from server.redis import sentinel
from server.redis.client import connect
from server.web.app_keys import REDIS
from tests.faults.gates import Gate
from tests.server.redis.test_client import command, complaint
from tests.server.redis.test_client_tls import Certificates, certificates
from tests.support.fixtures_stack import run_stack
from tests.support.peers import message_received
from tests.support.ports import free_port
from tests.support.services import Services, redis_at, run_valkey

__all__ = ["certificates"]
PASSWORD = "pw"


class ScriptedSentinel:
    """Answers every command with the same reply, and counts who asked."""

    def __init__(self, reply: bytes) -> None:
        self.reply = reply
        self.asked = 0
        self.port = 0

    def point_to(self, port: int) -> None:
        digits = str(port).encode()
        self.reply = b"*2\r\n$9\r\n127.0.0.1\r\n$%d\r\n%s\r\n" % (len(digits), digits)

    @asynccontextmanager
    async def open(self, context: ssl.SSLContext | None = None) -> AsyncIterator["ScriptedSentinel"]:
        async with await asyncio.start_server(self._serve, "127.0.0.1", ssl=context) as server:
            self.port = server.sockets[0].getsockname()[1]
            yield self

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while line := await reader.readline():
            words = []
            for _ in range(int(line[1:])):
                length = int((await reader.readline())[1:])
                words.append((await reader.readexactly(length + 2))[:-2])
            self.asked += words[:2] == [b"SENTINEL", b"GET-MASTER-ADDR-BY-NAME"]
            writer.write(b"+OK\r\n" if words[0] == b"CLIENT" else self.reply)
        writer.close()


def pointing_to(port: int) -> ScriptedSentinel:
    scripted = ScriptedSentinel(b"")
    scripted.point_to(port)
    return scripted


def url_of(services: Services, ports: Sequence[int], scheme: str = "redis") -> str:
    _, _, password = services.redis_url.rpartition("@")[0].rpartition(":")
    hosts = ",".join(f"127.0.0.1:{port}" for port in ports)
    return f"{scheme}+sentinel://:{password}@{hosts}/inbox/0"


async def test_a_sentinel_that_is_away_or_silent_is_passed_over_and_asked_last(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sentinel, "ANSWER_SECONDS", 0.3)
    silent, good = ScriptedSentinel(b""), pointing_to(services.valkey.port)
    async with silent.open(), good.open():
        url = url_of(services, [free_port(), silent.port, good.port])
        client = connect(redis_at(url))
        for _ in range(3):
            await client.ping()
            await client.connection_pool.disconnect()
        await client.aclose()
    assert (silent.asked, good.asked) == (1, 3)


@pytest.mark.parametrize(
    ("reply", "said"),
    [
        (None, "cannot be found because no Sentinel answers: check their hosts"),
        (b"-NOAUTH Authentication required.\r\n", "cannot be found because no Sentinel answers"),
        (b"HTTP/1.1 400 Bad Request\r\n", "cannot be found because no Sentinel answers"),
        (b"*-1\r\n", "is a name that Sentinel does not monitor"),
    ],
)
async def test_what_sentinel_lacks_is_said_with_its_address(
    services: Services, reply: bytes | None, said: str
) -> None:
    scripted = ScriptedSentinel(reply or b"")
    async with scripted.open():
        port = scripted.port if reply else free_port()
        found = await complaint(url_of(services, [port]))
    assert found.startswith(f"Redis at inbox (Sentinel at 127.0.0.1:{port}) ")
    assert said in found


@pytest.mark.system
async def test_after_a_failover_the_next_write_goes_to_the_new_primary() -> None:
    """The old primary stays connected and rejects writes; Sentinel names the new one."""
    with run_valkey() as old, run_valkey() as new:
        for server in (old, new):
            command(server.url, "CONFIG", "SET", "requirepass", PASSWORD)
        scripted = pointing_to(old.port)
        async with scripted.open():
            client = connect(redis_at(f"redis+sentinel://:{PASSWORD}@127.0.0.1:{scripted.port}/inbox"))
            await enqueue(client, SEND_CHAT, 1)
            command(f"redis://:{PASSWORD}@127.0.0.1:{old.port}", "REPLICAOF", "127.0.0.1", str(new.port))
            scripted.point_to(new.port)
            with pytest.raises(Unavailable):
                await enqueue(client, SEND_CHAT, 2)
            await enqueue(client, SEND_CHAT, 3)
            await client.aclose()


@pytest.mark.parametrize(
    ("options", "said"),
    [("?ssl_ca_certs={ca}", ""), ("?ssl_cert_reqs=none", ""), ("", "no Sentinel answers")],
)
async def test_sentinel_and_primary_are_asked_over_tls(
    services: Services, certificates: Certificates, options: str, said: str
) -> None:
    context = certificates.server("127.0.0.1")
    gate = await Gate(services.valkey.port).open(context)
    scripted = pointing_to(gate.port)
    async with scripted.open(context):
        url = url_of(services, [scripted.port], "rediss") + options.format(ca=certificates.file)
        found = await complaint(url)
    await gate.close()
    assert said in found
    assert bool(found) == bool(said)


async def test_an_event_that_no_replica_has_is_not_acknowledged_and_stored_once(
    config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(redis_client, "REPLICATION_MS", 20)
    own = replace(config, redis=replace(config.redis, url=f"{config.redis.url}?wait_replicas=1"))
    async with run_stack(own) as stack:
        agent = await stack.sign_in()
        await stack.make_account(agent)
        socket = await agent.listen()
        event = message_received("acc-1", "Oi")
        for _ in range(2):
            answer = await stack.stranger.deliver(event)
            assert (answer.status, answer.body["error"]["code"]) == (503, "unavailable")
        await socket.wait_for_event("message:new", body="Oi")
        stack.app[REDIS].wait_replicas = 0
        assert (await stack.stranger.deliver(event)).status == 200
        await stack.write("acc-1", "E aí")
        await socket.wait_for_event("message:new", body="E aí")
        assert len(socket.events("message:new")) == 2
