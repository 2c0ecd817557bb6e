"""The event loop: uvloop, with a fix for sockets that reuse the file descriptor of a failed one."""

import asyncio
import socket
from collections.abc import Callable
from typing import Any

try:
    import uvloop
except ImportError:  # Windows has none
    BaseLoop: type[asyncio.AbstractEventLoop] = asyncio.SelectorEventLoop
else:
    BaseLoop = uvloop.Loop


class Loop(BaseLoop):  # type: ignore[misc, valid-type]
    """Removes stale handlers. If a socket fails and its owner closes it without removing its reader, as psycopg2 does,
    uvloop keeps the handler, and every later socket with the same file descriptor fails with "the handler is closed"
    (aiopg issue 856, aiohttp issue 12336). A socket that is being registered cannot have a valid handler yet.
    """

    def add_reader(self, fd: Any, callback: Callable[..., Any], *args: Any) -> None:
        self.remove_reader(fd)
        super().add_reader(fd, callback, *args)

    async def sock_connect(self, sock: socket.socket, address: Any) -> None:
        self.remove_reader(sock)
        self.remove_writer(sock)
        await super().sock_connect(sock, address)
