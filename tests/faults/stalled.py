"""A client that joins its room and then reads nothing, over a connection with a small receive window."""

import asyncio
import base64
import re
import socket
from urllib.parse import urlsplit

import orjson

from tests.support.peers import Peer

SMALL_WINDOW = 8192
CLOSES = re.compile(r'confab_socket_closes_total\{code="4008"\} (\d+)')
CLOSE_FRAME = 0x88
READ_SECONDS = 10.0


class StalledClient:
    """For an `async with` block: joins at its start, closes at its end."""

    def __init__(self, peer: Peer, url: str) -> None:
        self._peer = Peer(peer.session, url, peer.token, peer.user_id)
        self._before = 0
        self._socket: socket.socket
        self._read = b""

    async def __aenter__(self) -> "StalledClient":
        self._before = await self._count()
        parts = urlsplit(self._peer.url)
        self._socket = socket.socket()
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SMALL_WINDOW)
        self._socket.setblocking(False)
        loop = asyncio.get_running_loop()
        await loop.sock_connect(self._socket, ("127.0.0.1", parts.port))
        key = base64.b64encode(b"a key of 16 byte").decode()
        await loop.sock_sendall(
            self._socket,
            f"GET /ws HTTP/1.1\r\nHost: {parts.netloc}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n".encode(),
        )
        await self._read_until(b"\r\n\r\n")
        await self._say("auth", token=self._peer.token)
        await self._say("join-user", user_id=self._peer.user_id)
        await self._read_until(b'"ack":"join-user"')
        return self

    async def __aexit__(self, *_: object) -> None:
        self._socket.close()

    async def _say(self, event: str, **data: object) -> None:
        text = orjson.dumps({"event": event, "data": data, "id": event})
        # A mask of zeros is one (RFC 6455, section 5.3).
        head = (
            b"\x81\xfe" + len(text).to_bytes(2, "big") if len(text) > 125 else bytes((0x81, 0x80 | len(text)))
        )
        await asyncio.get_running_loop().sock_sendall(self._socket, head + b"\0\0\0\0" + text)

    async def _read_until(self, mark: bytes) -> None:
        async with asyncio.timeout(READ_SECONDS):
            while mark not in self._read:
                self._read += await asyncio.get_running_loop().sock_recv(self._socket, 4096)

    async def _count(self) -> int:
        found = CLOSES.search((await self._peer.call("GET", "/metrics")).raw.decode())
        return int(found[1]) if found else 0

    async def is_cut(self) -> bool:
        """Whether the server has disconnected this client."""
        return await self._count() > self._before

    async def close_code(self) -> int:
        """Read to the end, and return the close code of the last frame."""
        data = b""
        async with asyncio.timeout(READ_SECONDS):
            while chunk := await asyncio.get_running_loop().sock_recv(self._socket, 65536):
                data += chunk
                if (at := data.rfind(bytes((CLOSE_FRAME,)), -140)) >= 0 and len(data) > at + 4:
                    return int.from_bytes(data[at + 2 : at + 4], "big")
        raise AssertionError("the connection ended without a close frame")
