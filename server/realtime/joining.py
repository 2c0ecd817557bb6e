"""Lets sockets join rooms, replays what they missed first, and removes them from rooms they lost access to."""

from collections.abc import Iterable

import orjson
import structlog

from server.errors import ConfabError
from server.realtime.connection import Connection
from server.realtime.events import reset_frame
from server.realtime.hub.background import Background
from server.realtime.hub.feed import Feed
from server.realtime.hub.healing import Healing
from server.realtime.hub.hub import Hub
from server.realtime.presence import Presence
from server.realtime.pushes import account_push, change_push
from server.store.accounts import accounts
from server.store.db.database import Database
from server.store.messages import changes
from server.store.people import access

log = structlog.get_logger()

# A client that is further behind is faster over REST.
MAX_REPLAY = 2000
REPLAY_PAGE = 500


class Rooms:
    """The only way into the hub's rooms. Authorizing a single room is up to the caller."""

    def __init__(
        self, hub: Hub, database: Database, healing: Healing, presence: Presence, background: Background
    ) -> None:
        self._hub = hub
        self._database = database
        self._healing = healing
        self._presence = presence
        self._background = background
        self._entering: set[tuple[Connection, int]] = set()

    async def enter_account(
        self, connection: Connection, account_id: int, since: int | None, head: int
    ) -> int:
        """Join an account, whose head seq was `head` before this; returns the seq up to which nothing is missing."""
        async with self._hub.listening(account_id) as feed:
            reached = await self._replay(connection, account_id, since, head, feed, None)
            self._hub.join_account(connection, account_id)
            self._presence.send_shown(connection, account_id, None)
            return reached

    async def enter_chat(
        self, connection: Connection, account_id: int, chat_id: int, since: int | None, head: int
    ) -> int:
        """Join one chat of an account, in the same way."""
        async with self._hub.listening(account_id) as feed:
            reached = await self._replay(connection, account_id, since, head, feed, chat_id)
            self._hub.join_chat(connection, account_id, chat_id)
            self._presence.send_shown(connection, account_id, chat_id)
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
        """Send the changes after `since` until the live feed's head is reached; returns the socket's seq.

        There is no await between the last check of the feed's head and joining the room, so no change is missed.
        """
        if since is not None and since > head:
            connection.send(reset_frame(account_id))
            self._healing.compare_heads_soon()  # this process may be as far ahead of the rows
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
        """Move these users' sockets to the rooms that the rows allow: out of those they lost at once, into new ones in
        the background. Idempotent, and repeated: a join may have been in progress while the rows changed.
        """
        membership = self._hub.membership
        here = [user_id for user_id in user_ids if membership.sockets_of(user_id)]
        if not here:
            return
        allowed = await self._database.read(access.list_memberships, here)
        for user_id in here:
            for connection in membership.sockets_of(user_id):
                self._move(connection, allowed.get(user_id, set()))

    def _move(self, connection: Connection, allowed: set[int]) -> None:
        if connection.key_account_ids is not None:
            allowed = allowed & connection.key_account_ids
        for account_id in connection.accounts - allowed:
            self._hub.leave_account(connection, account_id)
            left = {"event": "account:left", "data": {"id": account_id}, "account_id": account_id}
            connection.send(orjson.dumps(left))
        for account_id in allowed if connection.in_user_room and connection.is_open else ():
            if not self._hub.membership.has_joined(connection, account_id):
                self._background.spawn(self._add_account(connection, account_id))

    async def _add_account(self, connection: Connection, account_id: int) -> None:
        """Send an account to a socket and let it join."""
        if (connection, account_id) in self._entering:
            return
        self._entering.add((connection, account_id))
        try:
            account = await self._database.read(accounts.fetch_account_for_push, account_id)
            if account is not None:
                seq, data = account
                connection.send(account_push(account_id, seq, data).frame)
                await self.enter_account(connection, account_id, seq, seq)
        except ConfabError as error:  # the next check of access tries again
            log.warning("account_not_joined", account_id=account_id, error=error.code)
        finally:
            self._entering.discard((connection, account_id))
