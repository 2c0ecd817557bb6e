"""A child's end of its channel: reports that it is ready, shows its metrics, and is asked to end."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from server.cancellation import end_tasks
from server.errors import Unavailable
from server.metrics import REGISTRY
from server.supervisor.channel import HEADER, Kind, pack
from server.supervisor.samples import dump, read_families

# Longer than the supervisor waits for the other children.
MERGE_SECONDS = 4.0


class Link:
    """What the supervisor asks of this child, and what the child asks of it."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer
        # A successor takes new requests, or the supervisor has ended.
        self.ending = asyncio.Event()
        self.is_retired = False
        self._asking: list[asyncio.Future[bytes]] = []

    async def run(self) -> None:
        """Handle messages until the supervisor ends."""
        with suppress(asyncio.IncompleteReadError, OSError):
            while True:
                kind, length = HEADER.unpack(await self._reader.readexactly(HEADER.size))
                self._handle(Kind(kind), await self._reader.readexactly(length))
        self.ending.set()

    def announce_ready(self) -> None:
        """This child takes work from now on."""
        self._writer.write(pack(Kind.READY))

    async def merged_metrics(self) -> bytes:
        """The metrics of all children as text; raises Unavailable without an answer."""
        asked: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
        self._asking.append(asked)
        self._writer.write(pack(Kind.ASK))
        try:
            async with asyncio.timeout(MERGE_SECONDS):
                return await asked
        except TimeoutError:
            # The figures of one process would look like a counter that began anew.
            raise Unavailable("The metrics of the other processes could not be read.") from None

    async def send_samples(self) -> None:
        """Send this process's metrics; at the end of a child the last ones."""
        self._writer.write(pack(Kind.SAMPLES, dump(read_families(REGISTRY))))
        with suppress(OSError):
            await self._writer.drain()

    def _handle(self, kind: Kind, body: bytes) -> None:
        if kind is Kind.RETIRE:
            self.is_retired = True
            self.ending.set()
        elif kind is Kind.COLLECT:
            self._writer.write(pack(Kind.SAMPLES, dump(read_families(REGISTRY))))
        elif kind is Kind.MERGED:
            asking, self._asking = self._asking, []
            for asked in asking:
                if not asked.done():
                    asked.set_result(body)


@asynccontextmanager
async def linked(end: socket.socket) -> AsyncIterator[Link]:
    """Listen to the supervisor while the block runs."""
    reader, writer = await asyncio.open_unix_connection(sock=end)
    writer.transport.set_write_buffer_limits(
        0
    )  # draining it is sending all of it: nothing is lost at the end
    link = Link(reader, writer)
    task = asyncio.create_task(link.run())
    try:
        yield link
        await link.send_samples()
    finally:
        await end_tasks([task])
        writer.close()
