"""The event loop: uvloop's, which forgets a dead socket before it takes in the next of the same number."""

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
    """A socket that ends with an error leaves an entry behind in uvloop when its owner closes it without a word, as
    psycopg2 does; every later socket that the system gives that number is then refused: "the handler is closed"
    (aiopg issue 856, aiohttp issue 12336). What is about to be watched anew cannot have been watched before.
    """

    def add_reader(self, fd: Any, callback: Callable[..., Any], *args: Any) -> None:
        self.remove_reader(fd)
        super().add_reader(fd, callback, *args)

    async def sock_connect(self, sock: socket.socket, address: Any) -> None:
        self.remove_reader(sock)
        self.remove_writer(sock)
        await super().sock_connect(sock, address)
