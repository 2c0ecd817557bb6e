"""A process whose successors take over answers what is sent on its connections, and then closes them."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from aiohttp import web

from server.app import create_app
from server.config import Config
from server.web.edge import EdgeRunner
from tests.server.web.test_edge_timeouts import KEEP_ALIVE
from tests.support.ports import free_port

LONG = 600.0
Connection = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@pytest.fixture
async def runner(config: Config) -> AsyncIterator[EdgeRunner]:
    running = EdgeRunner(create_app(config), access_log=None, shutdown_timeout=1.0)
    await running.setup()
    yield running
    await running.cleanup()


async def is_closed(connection: Connection) -> bool:
    """Whether nothing comes any longer; closes this end too."""
    reader, writer = connection
    rest = await reader.read()
    writer.close()
    return rest == b""


async def connect(runner: EdgeRunner) -> tuple[web.TCPSite, Connection]:
    """A connection that has had one answer and is open."""
    site = web.TCPSite(runner, "127.0.0.1", port := free_port())
    await site.start()
    connection = await asyncio.open_connection("127.0.0.1", port)
    assert b"connection: close" not in (await ask(connection)).lower()
    return site, connection


async def ask(connection: Connection) -> bytes:
    reader, writer = connection
    writer.write(KEEP_ALIVE)
    answer = await reader.readuntil(b"\r\n\r\n")
    await reader.readuntil(b"}")
    return answer


async def test_the_next_response_of_a_connection_is_its_last(runner: EdgeRunner) -> None:
    site, connection = await connect(runner)
    await site.stop()
    draining = asyncio.create_task(runner.drain(LONG))
    await asyncio.wait([draining], timeout=0)
    assert not draining.done(), "an idle connection may still bring a request"
    assert b"connection: close" in (await ask(connection)).lower()
    assert await is_closed(connection)
    await draining


async def test_connections_that_bring_nothing_are_not_waited_for_forever(runner: EdgeRunner) -> None:
    site, connection = await connect(runner)
    await site.stop()
    await runner.drain(0.01)
    await runner.cleanup()
    assert await is_closed(connection)


async def test_without_connections_nothing_is_waited_for(runner: EdgeRunner) -> None:
    await runner.drain(LONG)
