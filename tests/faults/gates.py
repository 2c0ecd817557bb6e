"""TCP proxies (clients to web, processes to Redis) that a test can cut, delay, or make drop data."""

import asyncio
import random
import ssl
from collections.abc import Callable
from contextlib import suppress

from tests.support.ports import free_port

CHUNK = 65536


class Gate:
    """Forwards bytes to a port; connections can be cut, and both directions can be filtered."""

    def __init__(self, target: int) -> None:
        self.target = target
        self.port = free_port()
        self.cuts = 0
        self._pairs: set[tuple[asyncio.StreamWriter, asyncio.StreamWriter]] = set()
        self._server: asyncio.Server

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def carried(self) -> int:
        """Connections that are open now."""
        return len(self._pairs)

    async def open(self, tls: ssl.SSLContext | None = None) -> "Gate":
        """Listen; with `tls` clients speak TLS, the connection to the target does not."""
        self._server = await asyncio.start_server(self._carry, "127.0.0.1", self.port, ssl=tls)
        return self

    async def close(self) -> None:
        self._server.close()
        self.cut(random.Random(0), 1.0)

    def cut(self, rng: random.Random, share: float) -> None:
        """Reset some of the connections, possibly in the middle of a frame."""
        for pair in [pair for pair in self._pairs if rng.random() < share]:
            self.cuts += 1
            for writer in pair:
                writer.transport.abort()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self.target)
        except OSError:
            writer.transport.abort()
            return
        pair = (writer, far_writer)
        self._pairs.add(pair)
        try:
            await asyncio.gather(
                self._pump(reader, far_writer, self.passes_up()),
                self._pump(far_reader, writer, self.passes_down()),
            )
        finally:
            self._pairs.discard(pair)
            for end in pair:
                end.transport.abort()

    async def _pump(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, filter_: "Filter"
    ) -> None:
        with suppress(OSError, RuntimeError):
            while data := await reader.read(CHUNK):
                await asyncio.sleep(filter_.delay(data))
                writer.write(filter_.take(data))
                await writer.drain()
        # One half has ended: end the other too, as a real cut does.
        writer.transport.abort()

    def passes_up(self) -> "Filter":
        """The filter for one connection's bytes to the target."""
        return Filter()

    def passes_down(self) -> "Filter":
        return Filter()


class Filter:
    """Forwards everything immediately."""

    def delay(self, data: bytes) -> float:
        return 0.0

    def take(self, data: bytes) -> bytes:
        return data


class SilentGate(Gate):
    """A proxy whose connections can fall silent: no data in either direction, and no close."""

    def __init__(self, target: int) -> None:
        super().__init__(target)
        self._lines: list[_Line] = []

    def hush(self, *, subscribed_only: bool = False) -> int:
        """Silence the open connections and return their number; new ones work."""
        lines = [one for one in self._lines if not one.is_silent and (one.hears or not subscribed_only)]
        for line in lines:
            line.is_silent = True
        return len(lines)

    def passes_up(self) -> Filter:
        self._lines.append(_Line())
        return self._lines[-1]

    def passes_down(self) -> Filter:
        return _Return(self._lines[-1])


class _Line(Filter):
    def __init__(self) -> None:
        self.hears = False
        self.is_silent = False

    def take(self, data: bytes) -> bytes:
        self.hears = self.hears or b"\r\nSUBSCRIBE\r\n" in data
        return b"" if self.is_silent else data


class _Return(Filter):
    def __init__(self, line: _Line) -> None:
        self._line = line

    def take(self, data: bytes) -> bytes:
        return b"" if self._line.is_silent else data


class RedisGate(Gate):
    """A proxy to Redis that delays or drops published messages and nothing else."""

    def __init__(self, target: int) -> None:
        super().__init__(target)
        self.late: Callable[[], float] = lambda: 0.0
        self.is_lost: Callable[[], bool] = lambda: False
        self.lost = 0

    def passes_up(self) -> Filter:
        return _Late(self)

    def passes_down(self) -> Filter:
        return _Lossy(self)


class _Late(Filter):
    def __init__(self, gate: RedisGate) -> None:
        self._gate = gate

    def delay(self, data: bytes) -> float:
        return self._gate.late() if b"PUBLISH" in data and b"confab:account:" in data else 0.0


class _Lossy(Filter):
    """Parses the replies of one connection and drops some account messages."""

    def __init__(self, gate: RedisGate) -> None:
        self._gate = gate
        self._rest = b""

    def take(self, data: bytes) -> bytes:
        self._rest += data
        forwarded = []
        at = 0
        while (end := reply_end(self._rest, at)) is not None:
            reply = self._rest[at:end]
            if is_account_message(reply) and self._gate.is_lost():
                self._gate.lost += 1
            else:
                forwarded.append(reply)
            at = end
        self._rest = self._rest[at:]
        return b"".join(forwarded)


def is_account_message(reply: bytes) -> bool:
    return reply.startswith(b"*3\r\n$7\r\nmessage\r\n") and b"confab:account:" in reply[:60]


def reply_end(data: bytes, at: int) -> int | None:
    """Where the reply that begins at `at` ends (RESP2), or None while some of it is missing."""
    line_end = data.find(b"\r\n", at)
    if line_end < 0:
        return None
    kind, after = data[at : at + 1], line_end + 2
    if kind == b"$":
        size = int(data[at + 1 : line_end])
        end = after if size < 0 else after + size + 2
        return end if end <= len(data) else None
    if kind == b"*":
        for _ in range(int(data[at + 1 : line_end])):
            found = reply_end(data, after)
            if found is None:
                return None
            after = found
    return after
