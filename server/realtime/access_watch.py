"""Sees to it that nobody hears, or reads, longer than they may: looks every few seconds, and when it is told to."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress

import structlog

from server.auth.tokens import LEEWAY_SECONDS, Tokens
from server.errors import ConfabError
from server.realtime.hub import Hub
from server.realtime.joining import Rooms
from server.store.people.access import AccessChanges

log = structlog.get_logger()

# Who was thrown out hears nothing five seconds later, also when the message that says so was lost.
LOOK_SECONDS = 2.0
# Looks that are asked for keep this distance: a hundred people who sign out together cost a few queries.
DISTANCE_SECONDS = 0.05
# What a transaction stamped before the last look and committed after it is found again within this.
MARGIN_SECONDS = 60.0


class AccessWatch:
    """One query a look and a process, however many sockets there are; what it finds is applied again and again
    while it is fresh, which is harmless and closes every race with a join or a sign-in that was under way.
    """

    def __init__(
        self,
        tokens: Tokens,
        hub: Hub,
        rooms: Rooms,
        read_changes: Callable[[float], Awaitable[AccessChanges]],
    ) -> None:
        self._tokens = tokens
        self._hub = hub
        self._rooms = rooms
        self._read_changes = read_changes
        self._told = asyncio.Event()
        # A process that has just begun must know every session that ended with a token of it still good.
        self._looked_at = time.monotonic() - tokens.lifetime_seconds - LEEWAY_SECONDS

    def look_soon(self) -> None:
        """Somebody says that there is something to see."""
        self._told.set()

    async def look(self) -> None:
        """Apply what has changed since the last look; raises ConfabError when Postgres does not say."""
        begun = time.monotonic()
        found = await self._read_changes(begun - self._looked_at + MARGIN_SECONDS)
        self._tokens.end_sessions(found.ended)
        self._hub.end_sessions(found.ended)
        await self._rooms.follow(found.moved)
        self._looked_at = begun

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(LOOK_SECONDS):
                    await self._told.wait()
            self._told.clear()
            try:
                await self.look()
            except ConfabError as error:
                log.debug("access_not_checked", error=error.code)
            await asyncio.sleep(DISTANCE_SECONDS)
