"""Puts the sockets of this process into rooms, and listens to exactly the accounts that have any."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager

import orjson

from server.errors import CloseCode, ConfabError
from server.realtime.broker import Broker
from server.realtime.connection import Connection
from server.realtime.hub.background import Background
from server.realtime.hub.delivery import Delivery
from server.realtime.hub.feed import Feed
from server.realtime.hub.healing import Healing
from server.realtime.hub.room_members import Membership
from server.realtime.presence import Presence
from server.realtime.rooms import Listeners
from server.realtime.rows import Rows
from server.redis.channels import account_channel

STALL_CHECK_SECONDS = 1.0


class Hub:
    """The life of this process's sockets: from their first frame, through the rooms, to their end."""

    def __init__(
        self,
        broker: Broker,
        rows: Rows,
        membership: Membership,
        delivery: Delivery,
        healing: Healing,
        presence: Presence,
        background: Background,
        *,
        head_seconds: float,
    ) -> None:
        self.membership = membership
        self._broker = broker
        self._rows = rows
        self._delivery = delivery
        self._healing = healing
        self._presence = presence
        self._background = background
        self._head_seconds = head_seconds
        self._unauthenticated: set[Connection] = set()

    # -- sockets -----------------------------------------------------------------------------------------------

    def open(self, connection: Connection) -> None:
        """A socket that has not signed in yet."""
        self._unauthenticated.add(connection)

    def add(self, connection: Connection) -> None:
        """The socket has signed in."""
        self._unauthenticated.discard(connection)
        self.membership.add(connection)

    def remove(self, connection: Connection) -> None:
        """The socket has ended."""
        self._unauthenticated.discard(connection)
        for account_id in list(connection.accounts):
            self.leave_account(connection, account_id)
        self.membership.discard(connection)

    def end_sessions(self, session_ids: Collection[str]) -> None:
        """Close the sockets that signed in with these sessions."""
        for connection in list(self.membership.connections) if session_ids else ():
            if connection.session_id in session_ids:
                connection.close_soon(CloseCode.SIGN_IN, "this session has ended")

    async def close(self) -> None:
        """Close every socket. With 1012, clients reconnect to this process's successor or to another instance."""
        signed_in, others = list(self.membership.connections), list(self._unauthenticated)
        for connection in signed_in:
            connection.close_soon(CloseCode.RESTART, "restart")
        for connection in others:
            connection.close_soon(CloseCode.GOING_AWAY, "going away")
        await asyncio.gather(*(connection.wait_closed() for connection in (*signed_in, *others)))
        self._background.cancel()

    # -- rooms -------------------------------------------------------------------------------------------------

    @asynccontextmanager
    async def listening(self, account_id: int) -> AsyncIterator[Feed]:
        """Listen to the account at least for this block, in which sockets join its rooms; yields its feed."""
        listeners = self.membership.accounts.setdefault(account_id, Listeners())
        listeners.joining += 1
        try:
            if listeners.started is None:
                listeners.started = asyncio.create_task(self._start(account_id, listeners))
            try:
                await asyncio.shield(listeners.started)
            except ConfabError:
                listeners.started = None
                raise
            yield listeners.feed
        finally:
            listeners.joining -= 1
            self._stop_if_empty(account_id, listeners)

    async def _start(self, account_id: int, listeners: Listeners) -> None:
        # Subscribe first, then read the head: what is published in between waits in the feed.
        await self._broker.subscribe(account_channel(account_id))
        heads = await self._rows.read_heads([account_id])
        self._delivery.send_pushes(listeners, listeners.feed.start(heads.get(account_id, 0)))
        self._presence.note_listening(account_id)

    def _stop_if_empty(self, account_id: int, listeners: Listeners) -> None:
        if listeners.is_empty and self.membership.accounts.get(account_id) is listeners:
            del self.membership.accounts[account_id]
            self._background.spawn(self._broker.unsubscribe(account_channel(account_id)))

    def join_account(self, connection: Connection, account_id: int) -> None:
        """Put the socket into the account's room; it must have all up to the feed's head, with no await since."""
        if connection in self.membership.connections:  # one that has ended would stay in the room forever
            connection.accounts.add(account_id)
            self.membership.accounts[account_id].everything.add(connection)

    def join_chat(self, connection: Connection, account_id: int, chat_id: int) -> None:
        """The same for one chat of an account."""
        connection.accounts.add(account_id)
        self.membership.accounts[account_id].chats[chat_id].sockets.add(connection)
        self._presence.note_room(account_id, chat_id)

    def leave_chat(self, connection: Connection, chat_id: int) -> None:
        for account_id in list(connection.accounts):
            listeners = self.membership.accounts.get(account_id)  # None once its last room is empty
            if listeners is not None and listeners.leave_chat(connection, chat_id):
                self._presence.note_room(account_id, chat_id)
                self._stop_if_empty(account_id, listeners)

    def leave_account(self, connection: Connection, account_id: int) -> None:
        """Leave the account's room and all its chats: the socket ended, or the user lost access to the account."""
        connection.accounts.discard(account_id)
        listeners = self.membership.accounts.get(account_id)
        if listeners is None:
            return
        listeners.everything.discard(connection)
        for chat_id in listeners.chats_of(connection):
            listeners.leave_chat(connection, chat_id)
            self._presence.note_room(account_id, chat_id)
        self._stop_if_empty(account_id, listeners)

    # -- the clock ---------------------------------------------------------------------------------------------

    async def watch(self) -> None:
        """Until cancelled: disconnects stalled sockets and periodically sends each account's head seq."""
        waited = 0.0
        while True:
            await asyncio.sleep(STALL_CHECK_SECONDS)
            for connection in list(self.membership.connections):
                connection.check_stall()
            waited += STALL_CHECK_SECONDS
            if waited >= self._head_seconds:
                waited = 0.0
                await self._healing.compare_heads()
                self._send_heads()

    def _send_heads(self) -> None:
        by_connection: dict[Connection, dict[str, int]] = defaultdict(dict)
        for account_id, listeners in self.membership.accounts.items():
            for connection in listeners.everything:
                by_connection[connection][str(account_id)] = listeners.feed.head or 0
        for connection, accounts in by_connection.items():
            self._delivery.send([connection], orjson.dumps({"event": "head", "data": accounts}))
