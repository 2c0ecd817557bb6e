"""One open socket: a bounded write buffer in front of its transport; a client that reads too slowly is disconnected."""

import asyncio
import time
from collections.abc import Sequence
from contextlib import suppress

from aiohttp import WSMsgType, web

from server.errors import CloseCode
from server.metrics import SOCKET_CLOSES
from server.redis.channels import Topic

# Payloads of up to 125 bytes, of two and of eight length bytes: RFC 6455, section 5.2.
SHORT_PAYLOAD, MEDIUM_PAYLOAD = 125, 0xFFFF
FINAL_TEXT_FRAME = 0x81
STALL_SECONDS = 5.0
CLOSE_GRACE_SECONDS = 2.0


def encode_frame(payload: bytes) -> bytes:
    """A text frame as it is on the wire, unmasked and uncompressed: encoded once, written to every socket."""
    size = len(payload)
    if size <= SHORT_PAYLOAD:
        head = bytes((FINAL_TEXT_FRAME, size))
    elif size <= MEDIUM_PAYLOAD:
        head = bytes((FINAL_TEXT_FRAME, 126)) + size.to_bytes(2, "big")
    else:
        head = bytes((FINAL_TEXT_FRAME, 127)) + size.to_bytes(8, "big")
    return head + payload


class Connection:
    """Frames are written as bytes straight to the transport: awaiting the library's writer for each socket would let
    the slowest one delay the room.
    """

    __slots__ = (
        "__weakref__",
        "_closing",
        "_frames",
        "_max_bytes",
        "_max_frames",
        "_stalled_at",
        "_transport",
        "_unread_frames",
        "_write_buffer",
        "in_user_room",
        "key_account_ids",
        "session_id",
        "socket",
        "topics",
        "user_id",
    )

    def __init__(
        self, socket: web.WebSocketResponse, transport: asyncio.Transport, *, max_bytes: int, max_frames: int
    ) -> None:
        self.socket = socket
        self.user_id = 0
        self.session_id = ""
        self.in_user_room = False  # joins accounts that are added later, too
        self.key_account_ids: frozenset[int] | None = None  # an API key's accounts; None: all of the user's
        self.topics: set[Topic] = set()  # those of which it is in any room; maintained by the hub
        self._transport = transport
        self._max_bytes = max_bytes
        self._max_frames = max_frames
        self._write_buffer: list[bytes] = []
        self._frames = 0  # in the write buffer
        self._unread_frames = 0  # written since the transport's buffer was last empty
        self._stalled_at: float | None = None
        self._closing: asyncio.Task[None] | None = None

    @property
    def is_open(self) -> bool:
        return self._closing is None and not self.socket.closed

    def queue(self, frames: bytes, count: int) -> bool:
        """Append encoded frames to the write buffer; True when it was empty, so that the caller has to flush it."""
        self._write_buffer.append(frames)
        self._frames += count
        return len(self._write_buffer) == 1

    def flush(self) -> None:
        """Write the buffer in one call, or disconnect a client that does not read (256 KiB or 200 frames behind)."""
        frames = self._write_buffer
        if not frames:
            return
        self._write_buffer = []
        if self._closing is not None or self._transport.is_closing():
            return
        data = frames[0] if len(frames) == 1 else b"".join(frames)
        backlog = self._transport.get_write_buffer_size()
        self._unread_frames = self._unread_frames + self._frames if backlog else self._frames
        self._frames = 0
        if backlog and (backlog + len(data) > self._max_bytes or self._unread_frames > self._max_frames):
            self.close_soon(CloseCode.TOO_SLOW, "too slow")
            return
        self._transport.write(data)

    def send(self, payload: bytes) -> None:
        """Write one frame now, after those in the buffer."""
        self.queue(encode_frame(payload), 1)
        self.flush()

    async def send_paced(self, payload: bytes) -> None:
        """Write one of many frames and wait while the client catches up: a long replay makes no slow reader."""
        self.flush()
        if not self.is_open:
            return
        with suppress(ConnectionResetError):  # disconnected meanwhile; the reader of the socket notices
            await self.socket.send_frame(payload, WSMsgType.TEXT)
            self._stalled_at = None

    def check_stall(self) -> None:
        """Disconnect a client that has not read for STALL_SECONDS; called about once a second."""
        if not self._transport.get_write_buffer_size():
            self._stalled_at = None
        elif self._stalled_at is None:
            self._stalled_at = time.monotonic()
        elif time.monotonic() - self._stalled_at > STALL_SECONDS:
            self.close_soon(CloseCode.TOO_SLOW, "too slow")

    def close_soon(self, code: CloseCode, reason: str) -> None:
        """Close the socket; the transport is aborted if the client does not answer the close frame."""
        if self._closing is None:
            SOCKET_CLOSES.labels(str(code.value)).inc()
            self._closing = asyncio.create_task(self._close(code, reason))

    async def _close(self, code: CloseCode, reason: str) -> None:
        try:
            async with asyncio.timeout(CLOSE_GRACE_SECONDS):
                await self.socket.close(code=code, message=reason.encode())
        except TimeoutError:
            self._transport.abort()

    async def wait_closed(self) -> None:
        """Wait for a close that is in progress."""
        if self._closing is not None:
            await asyncio.wait([self._closing])


def join_frames(payloads: Sequence[bytes]) -> bytes:
    """Several frames, encoded one after the other."""
    return b"".join(map(encode_frame, payloads))
