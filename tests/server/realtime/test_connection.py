"""Frames on the wire, and the write buffer of a client that reads slowly or not at all."""

import asyncio
import re
from typing import Any, cast

import pytest
from aiohttp import web
from aiohttp._websocket.reader import WebSocketDataQueue, WebSocketReader
from aiohttp.base_protocol import BaseProtocol
from aiohttp.http_websocket import WSMsgType

from server.config import ROOT
from server.errors import CloseCode
from server.realtime import connection as connections
from server.realtime.connection import Connection, encode_frame, join_frames


@pytest.mark.parametrize(
    ("size", "head"),
    [
        (0, "8100"),
        (125, "817d"),
        (126, "817e007e"),
        (65535, "817effff"),
        (65536, "817f0000000000010000"),
    ],
)
def test_frame_lengths_follow_rfc_6455(size: int, head: str) -> None:
    payload = b"x" * size
    assert encode_frame(payload) == bytes.fromhex(head) + payload


def test_joined_frames_are_concatenated() -> None:
    assert join_frames([b"a", b"bc"]) == encode_frame(b"a") + encode_frame(b"bc")


@pytest.mark.parametrize("size", [0, 125, 126, 65535, 65536])
async def test_a_client_parses_frames_of_every_size(size: int) -> None:
    """By the library's own parser, which is what a browser's would say."""
    loop = asyncio.get_running_loop()
    queue = WebSocketDataQueue(BaseProtocol(loop), 2**20, loop=loop)
    WebSocketReader(queue, 2**20, False, True).feed_data(encode_frame(b"x" * size))
    message = await queue.read()
    assert (message.type, message.data) == (WSMsgType.TEXT, "x" * size)


class Wire:
    """A transport whose reader reads only when the test lets it."""

    def __init__(self) -> None:
        self.written = b""
        self.waiting = 0
        self.is_stuck = False
        self.is_aborted = False

    def write(self, data: bytes) -> None:
        self.written += data
        if self.is_stuck:
            self.waiting += len(data)

    def get_write_buffer_size(self) -> int:
        return self.waiting

    def is_closing(self) -> bool:
        return self.is_aborted

    def abort(self) -> None:
        self.is_aborted = True


class Peer:
    """The remote peer: records how it was closed, or ignores the close."""

    def __init__(self) -> None:
        self.closed = False
        self.code: int | None = None
        self.answers = asyncio.Event()
        self.answers.set()

    async def close(self, *, code: int, message: bytes) -> None:
        self.code = code
        await self.answers.wait()
        self.closed = True


def connect(**limits: int) -> tuple[Connection, Wire, Peer]:
    wire, peer = Wire(), Peer()
    sizes = {"max_bytes": 1000, "max_frames": 10} | limits
    connection = Connection(
        cast(web.WebSocketResponse, peer), cast(asyncio.Transport, wire), **cast(Any, sizes)
    )
    return connection, wire, peer


async def test_queued_frames_are_sent_in_order_in_one_write() -> None:
    connection, wire, _ = connect()
    assert connection.queue(b"a", 1)
    assert not connection.queue(b"b", 1)  # a flush is already planned
    assert wire.written == b""
    connection.flush()
    connection.send(b"c")
    assert wire.written == b"ab" + encode_frame(b"c")


async def test_a_fast_reader_has_no_limit() -> None:
    connection, wire, _ = connect()
    connection.send(b"x" * 5000)
    for _n in range(50):
        connection.send(b"y")
    assert connection.is_open
    assert len(wire.written) > 5050


async def test_too_many_buffered_bytes_close_the_socket() -> None:
    connection, wire, peer = connect()
    wire.is_stuck = True
    connection.send(b"x" * 900)
    assert connection.is_open
    connection.send(b"x" * 200)
    assert not connection.is_open
    connection.send(b"more")
    await connection.wait_closed()
    assert peer.code == CloseCode.TOO_SLOW == 4008
    assert wire.written == encode_frame(b"x" * 900)  # what did not fit was not written


async def test_too_many_buffered_frames_close_the_socket() -> None:
    connection, wire, peer = connect()
    wire.is_stuck = True
    for _ in range(10):
        connection.send(b"x")
    assert connection.is_open
    connection.send(b"x")
    await connection.wait_closed()
    assert peer.code == CloseCode.TOO_SLOW


async def test_a_reader_that_catches_up_resets_the_limit() -> None:
    connection, wire, _ = connect()
    for _ in range(5):
        wire.is_stuck = True
        for _n in range(9):
            connection.send(b"x" * 50)
        wire.is_stuck, wire.waiting = False, 0
        connection.send(b"x")
    assert connection.is_open


async def test_a_stalled_write_closes_the_socket(monkeypatch: pytest.MonkeyPatch) -> None:
    connection, wire, peer = connect()
    wire.is_stuck = True
    connection.send(b"x")
    connection.check_stall()
    assert connection.is_open
    monkeypatch.setattr(connections, "STALL_SECONDS", -1)
    connection.check_stall()
    await connection.wait_closed()
    assert peer.code == CloseCode.TOO_SLOW


async def test_a_peer_that_ignores_the_close_is_aborted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "CLOSE_GRACE_SECONDS", 0.01)
    connection, wire, peer = connect()
    peer.answers.clear()
    connection.close_soon(CloseCode.RESTART, "restart")
    connection.close_soon(CloseCode.SIGN_IN, "sign in again")
    await connection.wait_closed()
    assert wire.is_aborted
    assert peer.code == CloseCode.RESTART  # the first reason counts


def test_close_codes_are_the_documented_ones() -> None:
    document = (ROOT / "docs" / "protocol.md").read_text()
    cells = re.findall(r"^\| ((?:\d{4}, )*\d{4}) \|", document, re.M)
    assert {int(code) for cell in cells for code in cell.split(", ")} == {int(code) for code in CloseCode}
