"""The HTTP edge does not wait for clients that stall: half-sent heads, idle connections, slow bytes."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from aiohttp import web

from server.app import create_app
from server.config import Config
from server.web.edge import EdgeRunner, Timeouts
from tests.server.web.test_edge import HANDSHAKE, head, parse
from tests.support.ports import free_port

TIMEOUTS = Timeouts(head=0.3, stall=0.5, idle=60.0)


@asynccontextmanager
async def waiting(config: Config, timeouts: Timeouts) -> AsyncIterator[int]:
    """A server with these timeouts; yields its port."""
    runner = EdgeRunner(create_app(config), timeouts=timeouts, access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", port := free_port()).start()
        yield port
    finally:
        await runner.cleanup()


@pytest.fixture
async def impatient(config: Config) -> AsyncIterator[int]:
    """The port of a server with short timeouts."""
    async with waiting(config, TIMEOUTS) as port:
        yield port


async def closes(port: int, data: bytes, seconds: float = 20.0) -> bool:
    """Whether the server closes a connection on which only this is sent."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(data)
        async with asyncio.timeout(seconds):
            while await reader.read(65_536):
                pass
    except TimeoutError:
        return False
    except ConnectionResetError:
        pass
    finally:
        writer.close()
    return True


KEEP_ALIVE = b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n"
HALF_SENT = {
    "nothing": b"",
    "half a line": b"GET /hea",
    "half a head": b"GET /health HTTP/1.1\r\nHost: x\r\n",
    "half a body": head("POST", "/api/auth/login", "Content-Length: 100") + b'{"email": ',
    "no body": head("POST", "/api/auth/login", "Content-Length: 100"),
    "half a chunk": head("POST", "/api/auth/login", "Transfer-Encoding: chunked") + b"ff\r\n{",
    "half a form": head(
        "POST", "/api/auth/login", "Content-Type: multipart/form-data; boundary=x", "Content-Length: 9999"
    )
    + b"--x\r\n",
}


async def test_half_sent_requests_time_out(impatient: int) -> None:
    ended = await asyncio.gather(*(closes(impatient, data) for data in HALF_SENT.values()))
    assert dict(zip(HALF_SENT, ended, strict=True)) == dict.fromkeys(HALF_SENT, True)


async def test_an_idle_connection_times_out_late(config: Config) -> None:
    async with waiting(config, Timeouts(head=0.1, stall=0.1, idle=0.8)) as port:
        assert not await closes(port, KEEP_ALIVE, 0.4)
        assert await closes(port, KEEP_ALIVE)


async def test_half_a_head_after_a_whole_request_times_out(impatient: int) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", impatient)
    writer.write(KEEP_ALIVE)
    await reader.readuntil(b'"}')
    writer.write(b"GET /hea")
    async with asyncio.timeout(20):
        assert await reader.read() == b""
    writer.close()


async def test_hundreds_of_half_sent_heads_time_out(impatient: int) -> None:
    heads = [closes(impatient, b"GET /health HTTP/1.1\r\nX-%d: " % n) for n in range(400)]
    assert all(await asyncio.gather(*heads))


async def test_slowly_sent_requests_time_out(impatient: int) -> None:
    for begun in (b"GET /health HTTP/1.1\r\nX: ", head("POST", "/api/auth/login", "Content-Length: 1000")):
        reader, writer = await asyncio.open_connection("127.0.0.1", impatient)
        writer.write(begun)

        async def trickle(to: asyncio.StreamWriter) -> None:
            while True:
                to.write(b"a")
                await asyncio.sleep(0.02)

        trickling = asyncio.create_task(trickle(writer))
        try:
            async with asyncio.timeout(20):
                while await reader.read(1000):
                    pass
        except ConnectionResetError:
            pass
        finally:
            trickling.cancel()
            writer.close()


async def test_an_open_socket_does_not_time_out(impatient: int, config: Config) -> None:
    """A socket has its own limits: it is idle for longer than any request head may take."""
    reader, writer = await asyncio.open_connection("127.0.0.1", impatient)
    writer.write(head("GET", "/ws", HANDSHAKE))
    answer = parse(await reader.readuntil(b"\r\n\r\n"))
    assert answer.status == 101
    assert "server" not in answer.headers
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(1.5):
            await reader.read(1)
    writer.close()
