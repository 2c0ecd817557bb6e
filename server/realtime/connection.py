"""One open socket: a bounded outbox in front of its transport, and the end of it when the reader is too slow."""

import asyncio
import time
from collections.abc import Sequence
from contextlib import suppress
from enum import IntEnum

from aiohttp import WSMsgType, web

from server.metrics import SOCKET_CLOSES

# Payloads of up to 125 bytes, of two and of eight length bytes: RFC 6455, section 5.2.
SHORT_PAYLOAD, MEDIUM_PAYLOAD = 125, 0xFFFF
FINAL_TEXT_FRAME = 0x81
STALL_SECONDS = 5.0
CLOSE_GRACE_SECONDS = 2.0


class CloseCode(IntEnum):
    """Why we end a socket (docs/protocol.md, "Close codes"); 4000–4999 are an application's own."""

    GOING_AWAY = 1001
    POLICY = 1008
    TOO_BIG = 1009
    RESTART = 1012
    TOO_SLOW = 4008
    BAD_FRAME = 4400
    SIGN_IN = 4401
    NOT_ALLOWED = 4403
    NO_AUTH = 4408
    TOO_MANY = 4429


def encode_frame(payload: bytes) -> bytes:
    """A text frame as it stands on the wire, unmasked and uncompressed: made once, written to every socket."""
    size = len(payload)
    if size <= SHORT_PAYLOAD:
        head = bytes((FINAL_TEXT_FRAME, size))
    elif size <= MEDIUM_PAYLOAD:
        head = bytes((FINAL_TEXT_FRAME, 126)) + size.to_bytes(2, "big")
    else:
        head = bytes((FINAL_TEXT_FRAME, 127)) + size.to_bytes(8, "big")
    return head + payload


class Connection:
    """A peer that has been authenticated. Frames are written as bytes straight to the transport: awaiting the
    library's writer for each socket would let the slowest one hold up the room.
    """

    __slots__ = (
        "__weakref__",
        "_behind",
        "_closing",
        "_due",
        "_max_bytes",
        "_max_frames",
        "_outbox",
        "_stalled_at",
        "_transport",
        "accounts",
        "bound_to",
        "hears_user",
        "session_id",
        "socket",
        "user_id",
    )

    def __init__(
        self, socket: web.WebSocketResponse, transport: asyncio.Transport, *, max_bytes: int, max_frames: int
    ) -> None:
        self.socket = socket
        self.user_id = 0
        self.session_id = ""
        self.hears_user = False  # is in the user's room: accounts that are added later belong to it
        self.bound_to: frozenset[int] | None = None  # an API key's numbers; None: all that the user may see
        self.accounts: set[int] = set()  # those it hears anything of; the hub keeps this
        self._transport = transport
        self._max_bytes = max_bytes
        self._max_frames = max_frames
        self._outbox: list[bytes] = []
        self._due = 0  # frames in the outbox
        self._behind = 0  # frames written since everything had last left
        self._stalled_at: float | None = None
        self._closing: asyncio.Task[None] | None = None

    @property
    def is_open(self) -> bool:
        return self._closing is None and not self.socket.closed

    def queue(self, frames: bytes, count: int) -> bool:
        """Put encoded frames into the outbox; True when it was empty, so that somebody has to flush it."""
        self._outbox.append(frames)
        self._due += count
        return len(self._outbox) == 1

    def flush(self) -> None:
        """Write all that is due in one call, or cut a peer that does not read (256 KiB or 200 frames behind)."""
        due = self._outbox
        if not due:
            return
        self._outbox = []
        if self._closing is not None or self._transport.is_closing():
            return
        data = due[0] if len(due) == 1 else b"".join(due)
        backlog = self._transport.get_write_buffer_size()
        self._behind = self._behind + self._due if backlog else self._due
        self._due = 0
        if backlog and (backlog + len(data) > self._max_bytes or self._behind > self._max_frames):
            self.close_soon(CloseCode.TOO_SLOW, "too slow")
            return
        self._transport.write(data)

    def send(self, payload: bytes) -> None:
        """Write one frame now, after what is already due."""
        self.queue(encode_frame(payload), 1)
        self.flush()

    async def send_paced(self, payload: bytes) -> None:
        """Write one of many frames and wait while the peer has enough to read: who asked for much is not slow."""
        self.flush()
        if not self.is_open:
            return
        with suppress(ConnectionResetError):  # gone meanwhile, which the socket's reader notices
            await self.socket.send_frame(payload, WSMsgType.TEXT)
            self._stalled_at = None

    def check_stall(self) -> None:
        """Cut a peer to which something has been under way for too long; called about once a second."""
        if not self._transport.get_write_buffer_size():
            self._stalled_at = None
        elif self._stalled_at is None:
            self._stalled_at = time.monotonic()
        elif time.monotonic() - self._stalled_at > STALL_SECONDS:
            self.close_soon(CloseCode.TOO_SLOW, "too slow")

    def close_soon(self, code: CloseCode, reason: str) -> None:
        """End the socket with a reason, and without its help when it does not answer."""
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
        """Return when a close that was begun has ended."""
        if self._closing is not None:
            await asyncio.wait([self._closing])


def join_frames(payloads: Sequence[bytes]) -> bytes:
    """Several frames as one piece of the stream."""
    return b"".join(map(encode_frame, payloads))
