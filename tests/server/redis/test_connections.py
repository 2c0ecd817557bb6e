"""An idle connection that its server has closed, or that holds an unexpected reply, is replaced before a command."""

import asyncio
import socket
import struct
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from server.redis.client import Client, connect
from tests.support.peers import eventually
from tests.support.services import redis_at

# With a lingering time of zero, the kernel closes with RST.
RESET = struct.pack("ii", 1, 0)


class ScriptedRedis:
    """A server that answers every command with the number of its connection."""

    def __init__(self) -> None:
        self.writers: list[asyncio.StreamWriter] = []
        self.surplus = b""  # sent along with the next reply
        self._server: asyncio.Server | None = None

    async def open(self) -> int:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1")
        return int(self._server.sockets[0].getsockname()[1])

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.writers.append(writer)
        reply = f"+{len(self.writers)}\r\n".encode()
        while line := await reader.readline():
            for _ in range(int(line[1:])):  # the words of a command, each with its length
                length = int((await reader.readline())[1:])
                await reader.readexactly(length + 2)
            surplus, self.surplus = self.surplus, b""
            writer.write(reply + surplus)

    async def close(self) -> None:
        assert self._server is not None
        self._server.close()
        for writer in self.writers:
            writer.close()


@pytest.fixture
async def server() -> AsyncIterator[ScriptedRedis]:
    server = ScriptedRedis()
    yield server
    await server.close()


@pytest.fixture
async def client(server: ScriptedRedis) -> AsyncIterator[Client]:
    client = connect(redis_at(f"redis://127.0.0.1:{await server.open()}"))
    yield client
    await client.aclose()


async def ask(client: Client) -> object:
    return await client.execute_command("ECHO", "which connection")


def stream_of(client: Client) -> Any:
    (connection,) = client.connection_pool._available_connections
    return connection._reader


def send_reset(writer: asyncio.StreamWriter) -> None:
    writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
    writer.transport.abort()


async def test_an_idle_connection_is_reused(client: Client) -> None:
    assert [await ask(client) for _ in range(3)] == [b"1", b"1", b"1"]


@pytest.mark.parametrize("close", [asyncio.StreamWriter.close, send_reset])
async def test_a_connection_that_the_server_closed_is_replaced(
    client: Client, server: ScriptedRedis, close: Callable[[asyncio.StreamWriter], None]
) -> None:
    assert await ask(client) == b"1"
    stream = stream_of(client)
    close(server.writers[0])

    async def has_ended() -> bool:
        return bool(stream.at_eof() or stream.exception() is not None)

    await eventually(has_ended)
    assert await ask(client) == b"2"


async def test_a_late_reply_does_not_answer_the_next_command(client: Client, server: ScriptedRedis) -> None:
    assert await ask(client) == b"1"
    stream = stream_of(client)
    server.writers[0].write(b"+late\r\n")

    async def has_arrived() -> bool:
        return bool(stream._buffer)

    await eventually(has_arrived)
    assert await ask(client) == b"2"


async def test_a_surplus_reply_does_not_answer_the_next_command(
    client: Client, server: ScriptedRedis
) -> None:
    assert await ask(client) == b"1"
    server.surplus = b"+surplus\r\n"
    assert await ask(client) == b"1"
    assert await ask(client) == b"2"


async def test_a_command_during_closing_leaves_no_connection_open(client: Client) -> None:
    await client.aclose()
    assert await ask(client) == b"1"
    assert not any(connection.is_connected for connection in client.connection_pool._available_connections)
