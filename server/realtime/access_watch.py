"""Ends access in time: checks every few seconds, and when asked, which sessions ended and which memberships changed."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress

import structlog

from server.auth.tokens import LEEWAY_SECONDS, Tokens
from server.errors import ConfabError
from server.realtime.hub.hub import Hub
from server.realtime.joining import Rooms
from server.store.people.access import AccessChanges

log = structlog.get_logger()

# Lost access takes effect within five seconds, also when the message about it was lost.
CHECK_SECONDS = 2.0
# The minimum time between two checks: a hundred users who sign out together cost a few queries.
MIN_INTERVAL_SECONDS = 0.05
# Finds what a transaction stamped before the last check and committed after it.
MARGIN_SECONDS = 60.0


class AccessWatch:
    """One query per check and process, however many sockets there are. A change is applied again by each check within
    the margin: that is idempotent, and closes every race with a join or a sign-in that was in progress.
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
        self._requested = asyncio.Event()
        # A new process must know every session that ended while a token of it is still valid.
        self._checked_at = time.monotonic() - tokens.lifetime_seconds - LEEWAY_SECONDS

    def check_soon(self) -> None:
        """Something has changed."""
        self._requested.set()

    async def check(self) -> None:
        """Apply what has changed since the last check; raises ConfabError when Postgres is away."""
        started_at = time.monotonic()
        changes = await self._read_changes(started_at - self._checked_at + MARGIN_SECONDS)
        self._tokens.end_sessions(changes.ended)
        self._hub.end_sessions(changes.ended)
        await self._rooms.follow(changes.moved)
        self._checked_at = started_at

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(CHECK_SECONDS):
                    await self._requested.wait()
            self._requested.clear()
            try:
                await self.check()
            except ConfabError as error:
                log.debug("access_not_checked", error=error.code)
            await asyncio.sleep(MIN_INTERVAL_SECONDS)
