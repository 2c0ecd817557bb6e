"""Lets the connections of a process end one after the other, each with its next response."""

import asyncio
from typing import Any

from aiohttp import hdrs, web

SWITCHING_PROTOCOLS = 101


class DrainingServer(web.Server):
    """Knows which connections are open, and when the last one has ended."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._open: set[web.RequestHandler] = set()
        self._drained: asyncio.Event | None = None

    def connection_made(self, handler: web.RequestHandler, transport: asyncio.Transport) -> None:
        super().connection_made(handler, transport)
        self._open.add(handler)

    def connection_lost(self, handler: web.RequestHandler, exc: BaseException | None = None) -> None:
        super().connection_lost(handler, exc)
        self._open.discard(handler)
        if self._drained is not None and not self._open:
            self._drained.set()

    def begin_draining(self) -> asyncio.Event:
        """Let each response be the last one of its connection; returns the event of the last one's end."""
        self._drained = asyncio.Event()
        if not self._open:
            self._drained.set()
        return self._drained

    def close_after(self, response: web.StreamResponse) -> None:
        """Announce, while draining, that the connection ends with this response."""
        if self._drained is not None and response.status != SWITCHING_PROTOCOLS:
            response.force_close()
            response.headers[hdrs.CONNECTION] = "close"
