"""Each Redis error is one sentence with what to do, and quotes neither the command nor the response."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest
from redis.exceptions import RedisError, ResponseError

from server.config import Config
from server.embedded import valkey as embedded
from server.embedded.folders import open_data_dir
from server.embedded.valkey import Valkey
from server.errors import Unavailable
from server.process.redis_start import open_redis
from server.queue import SEND_CHAT, enqueue
from server.redis.client import connect
from server.redis.reasons import is_away, reason_of
from tests.support.ports import free_port
from tests.support.services import redis_at, run_valkey

SECRET = "hunter2"
COMMAND = re.compile(rb"\*\d+\r\n\$")
PASSING, LASTING = True, False


@asynccontextmanager
async def answering(reply: bytes) -> AsyncIterator[str]:
    """A server that gives the same reply to everything; an empty reply closes the connection."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while reply and (data := await reader.read(65536)):
            writer.write(reply * max(1, len(COMMAND.findall(data))))
        writer.close()

    port = free_port()
    async with await asyncio.start_server(serve, "127.0.0.1", port):
        yield f"redis://:{SECRET}@127.0.0.1:{port}/0"


ANSWERS = [
    ("-NOAUTH Authentication required.", "requires a password", LASTING),
    ("-WRONGPASS invalid username-password pair or user is disabled.", "rejects the user name", LASTING),
    ("-ERR invalid password", "rejects the user name or the password", LASTING),
    ("-ERR AUTH <password> called without any password configured for the default user. Are you sure your "
     "configuration is correct?", "has no password", LASTING),
    ("-ERR Client sent AUTH, but no password is set", "has no password", LASTING),
    ("-NOPERM User h has no permissions to run the 'evalsha' command", "denies its user", LASTING),
    ("-ERR max number of clients reached", "has no connections left", PASSING),
    ("-LOADING Redis is loading the dataset in memory", "is loading its data", PASSING),
    ("-READONLY You can't write against a read only replica.", "is a read-only replica", PASSING),
    ("-ERR Error running script (call to f_1): @user_script:3: -READONLY You can't write against a replica.",
     "is a read-only replica", PASSING),
    ("-MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.", "lost its primary", PASSING),
    ("-NOREPLICAS Not enough good replicas to write.", "too few replicas", PASSING),
    ("-MISCONF Redis is configured to save RDB snapshots, but it's currently unable to persist to disk.",
     "cannot save its data", PASSING),
    ("-OOM command not allowed when used memory > 'maxmemory'.", "is out of memory", PASSING),
    ("-BUSY Redis is busy running a script.", "is busy with a script", PASSING),
    ("-CLUSTERDOWN Hash slot not served", "cluster mode, which Confab does not support", LASTING),
    ("-MOVED 3999 127.0.0.1:6381", "cluster mode, which Confab does not support", LASTING),
    ("-CROSSSLOT Keys in request don't hash to the same slot", "cluster mode", LASTING),
    ("-DENIED Redis is running in protected mode because protected mode is enabled", "protected mode", LASTING),
    (f"-ERR unknown command 'AUTH', with args beginning with: '{SECRET}'", "cannot be used", LASTING),
    ("HTTP/1.1 400 Bad Request", "does not respond like Redis", LASTING),
    ("", "closed the connection without a response", PASSING),
]  # fmt: skip


@pytest.mark.parametrize(("reply", "said", "passes"), ANSWERS)
async def test_every_redis_error_at_the_start_is_one_sentence(reply: str, said: str, passes: bool) -> None:
    async with answering(f"{reply}\r\n".encode() if reply else b"") as url:
        config = redis_at(url, start_seconds=0.0)
        with pytest.raises(Unavailable) as error:
            await open_redis(config)
        sentence = str(error.value)
    assert re.fullmatch(r"Redis at 127\.0\.0\.1:\d+ [^\n]+[:;][^\n]+\.", sentence)
    assert said in sentence
    assert SECRET not in sentence


@pytest.mark.parametrize(("reply", "said", "passes"), ANSWERS)
async def test_only_temporary_errors_are_retried(reply: str, said: str, passes: bool) -> None:
    async with answering(f"{reply}\r\n".encode() if reply else b"") as url:
        client = connect(redis_at(url))
        with pytest.raises(RedisError) as caught:
            await client.get("key")
        assert reason_of(caught.value).passes is passes
        # A password may be rotated: a running process retries, a starting one reports the error.
        assert is_away(caught.value) >= passes
        await client.aclose()


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("redis://127.0.0.1:{port}", "refuses the connection"),
        ("redis://localhost:{port}", "refuses the connection"),
        ("redis://no-such-host.invalid", "a host name that cannot be resolved"),
        (f"redis://{'a' * 70}.example", "a host name that cannot be resolved"),
        ("unix:///nowhere/redis.sock", "has no socket there"),
    ],
)
async def test_an_unreachable_redis_is_reported_in_one_sentence(url: str, said: str) -> None:
    config = redis_at(url.format(port=free_port()), start_seconds=0.0)
    with pytest.raises(Unavailable, match=said):
        await open_redis(config)


@pytest.mark.system
async def test_a_missing_redis_database_is_named() -> None:
    with run_valkey() as valkey:
        config = redis_at(valkey.url.removesuffix("/0") + "/9999", start_seconds=0.0)
        with pytest.raises(Unavailable, match="has no database with that number"):
            await open_redis(config)


@pytest.mark.system
async def test_cluster_mode_is_rejected_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    more = f"cluster-enabled yes\ncluster-port {free_port()}\n"
    monkeypatch.setattr(embedded, "CONFIGURATION", embedded.CONFIGURATION + more)
    with run_valkey() as valkey:
        with pytest.raises(Unavailable, match="is in cluster mode, which Confab does not support"):
            await open_redis(redis_at(valkey.url, start_seconds=60.0))
        client = connect(redis_at(valkey.url))
        with pytest.raises(Unavailable):
            await enqueue(client, SEND_CHAT, 1)
        await client.aclose()


@pytest.mark.system
async def test_a_full_or_read_only_redis_is_awaited() -> None:
    with run_valkey() as valkey:
        admin = connect(redis_at(valkey.url))
        await admin.config_set("maxmemory", 1)
        opening = asyncio.create_task(open_redis(redis_at(valkey.url, start_seconds=60.0)))
        await asyncio.wait([opening], timeout=0.2)
        assert not opening.done()
        await admin.config_set("maxmemory", 0)
        client = await opening
        assert await client.ping()
        await client.aclose()
        await admin.aclose()


async def test_a_late_redis_is_awaited(config: Config) -> None:
    valkey = Valkey(open_data_dir(config.data_dir))
    opening = asyncio.create_task(open_redis(replace(config.redis, url=valkey.url, start_seconds=60.0)))
    await asyncio.wait([opening], timeout=0.2)
    assert not opening.done()
    valkey.child.start()
    try:
        client = await opening
        assert await client.ping()
        await client.aclose()
    finally:
        valkey.child.stop()


async def test_the_cause_of_a_failed_enqueue_is_logged(capsys: pytest.CaptureFixture[str]) -> None:
    async with answering(b"-CROSSSLOT Keys in request don't hash to the same slot\r\n") as url:
        client = connect(redis_at(url))
        for _ in range(3):
            with pytest.raises(Unavailable) as failure:
                await enqueue(client, SEND_CHAT, 1)
        await client.aclose()
    assert isinstance(failure.value.__cause__, ResponseError)
    logged = capsys.readouterr().out
    assert logged.count("is in cluster mode, which Confab does not support") == 1
    assert SECRET not in logged
