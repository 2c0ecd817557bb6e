"""Brings sockets into rooms, what they missed first and live then, and out of those they may no longer hear."""

from collections.abc import Callable, Iterable

import orjson
import structlog

from server.errors import ConfabError
from server.realtime.connection import Connection
from server.realtime.events import reset_frame
from server.realtime.feed import Feed
from server.realtime.hub import Hub
from server.realtime.pushes import account_push, change_push
from server.store.accounts import accounts
from server.store.db.database import Database
from server.store.messages import changes
from server.store.people import access

log = structlog.get_logger()

# More than this many changes behind: reading them over REST is quicker for everybody.
MAX_REPLAY = 2000
REPLAY_PAGE = 500


class Rooms:
    """The way into the hub's rooms, by what the rows say. Authorising a single room is the caller's."""

    def __init__(self, hub: Hub, database: Database) -> None:
        self._hub = hub
        self._database = database
        self._entering: set[tuple[Connection, int]] = set()
        # Shows who is there to a socket that has just joined an account, or one chat of it.
        self.greet: Callable[[Connection, int, int | None], None] = lambda *_: None

    async def enter_account(
        self, connection: Connection, account_id: int, since: int | None, head: int
    ) -> int:
        """Hear all of an account, which stood at `head` when this began; returns the number up to which nothing is
        missing.
        """
        async with self._hub.listening(account_id) as feed:
            reached = await self._replay(connection, account_id, since, head, feed, None)
            self._hub.join_account(connection, account_id)
            self.greet(connection, account_id, None)
            return reached

    async def enter_chat(
        self, connection: Connection, account_id: int, chat_id: int, since: int | None, head: int
    ) -> int:
        """Hear one chat of an account, which stood at `head` when this began; returns the same."""
        async with self._hub.listening(account_id) as feed:
            reached = await self._replay(connection, account_id, since, head, feed, chat_id)
            self._hub.join_chat(connection, account_id, chat_id)
            self.greet(connection, account_id, chat_id)
            return reached

    async def _replay(
        self,
        connection: Connection,
        account_id: int,
        since: int | None,
        head: int,
        feed: Feed,
        chat_id: int | None,
    ) -> int:
        """Send what came after `since` until the live feed's head is reached; returns where the reader stands.

        The last look at the feed's head and the joining of the room happen without an await in between, so that
        no change can slip through.
        """
        if since is not None and since > head:
            connection.send(reset_frame(account_id))
            self._hub.spawn(self._hub.compare_heads())  # what was heard here may be as far ahead
            return head
        sent = 0
        while since is not None and since < (feed.head or 0):
            found = await self._database.read(changes.list_changes, account_id, since, REPLAY_PAGE, chat_id)
            sent += len(found.items)
            if sent > MAX_REPLAY:
                connection.send(reset_frame(account_id))
                break
            for change in found.items:
                push = change_push(account_id, change)
                await connection.send_paced(push.frame)
            since = found.head
        return max(since or 0, feed.head or 0)

    async def follow(self, user_ids: Iterable[int]) -> None:
        """Bring these people's sockets where the rows say they belong: at once out of what they lost, and, beside,
        into what was added. Safe to repeat, and repeated: a join may have been under way while the rows changed.
        """
        here = [user_id for user_id in user_ids if self._hub.sockets_of(user_id)]
        if not here:
            return
        allowed = await self._database.read(access.list_memberships, here)
        for user_id in here:
            for connection in self._hub.sockets_of(user_id):
                self._move(connection, allowed.get(user_id, set()))

    def _move(self, connection: Connection, allowed: set[int]) -> None:
        if connection.bound_to is not None:
            allowed = allowed & connection.bound_to
        for account_id in connection.accounts - allowed:
            self._hub.leave_account(connection, account_id)
            left = {"event": "account:left", "data": {"id": account_id}, "account_id": account_id}
            connection.send(orjson.dumps(left))
        for account_id in allowed if connection.hears_user and connection.is_open else ():
            if not self._hub.has_joined(connection, account_id):
                self._hub.spawn(self._introduce(connection, account_id))

    async def _introduce(self, connection: Connection, account_id: int) -> None:
        """Show an account to a socket and let it hear all that comes after."""
        if (connection, account_id) in self._entering:
            return
        self._entering.add((connection, account_id))
        try:
            account = await self._database.read(accounts.fetch_account_for_push, account_id)
            if account is not None:
                seq, data = account
                connection.send(account_push(account_id, seq, data).frame)
                await self.enter_account(connection, account_id, seq, seq)
        except ConfabError as error:  # the next look tries again
            log.warning("account_not_joined", account_id=account_id, error=error.code)
        finally:
            self._entering.discard((connection, account_id))
