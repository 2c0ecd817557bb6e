"""Puts the sockets of this process into rooms, and listens to exactly the topics that have any."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager

from server.errors import CloseCode, ConfabError
from server.realtime.audience import Reader
from server.realtime.broker import Broker
from server.realtime.connection import Connection
from server.realtime.events import head_frame
from server.realtime.hub.background import Background
from server.realtime.hub.delivery import Delivery
from server.realtime.hub.feed import Feed
from server.realtime.hub.healing import Healing
from server.realtime.hub.room_members import Membership
from server.realtime.presence import Presence
from server.realtime.rooms import Listeners
from server.realtime.rows import Rows
from server.redis.channels import Topic, account_topic, topic_channel

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
        delivery.on_hidden = self.leave_chat

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
        for topic in list(connection.topics):
            self.leave(connection, topic)
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
    async def listening(self, topic: Topic) -> AsyncIterator[Feed]:
        """Listen to the topic at least for this block, in which sockets join its rooms; yields its feed."""
        listeners = self.membership.topics.setdefault(topic, Listeners())
        listeners.joining += 1
        try:
            if listeners.started is None:
                listeners.started = asyncio.create_task(self._start(topic, listeners))
            try:
                await asyncio.shield(listeners.started)
            except ConfabError:
                listeners.started = None
                raise
            yield listeners.feed
        finally:
            listeners.joining -= 1
            self._stop_if_empty(topic, listeners)

    async def _start(self, topic: Topic, listeners: Listeners) -> None:
        # Subscribe first, then read the head: what is published in between waits in the feed.
        await self._broker.subscribe(topic_channel(topic))
        heads = await self._rows.read_heads([topic])
        self._delivery.send_pushes(listeners, listeners.feed.start(heads.get(topic, 0)))
        if topic.kind == "account":
            self._presence.note_listening(topic.id)

    def _stop_if_empty(self, topic: Topic, listeners: Listeners) -> None:
        if listeners.is_empty and self.membership.topics.get(topic) is listeners:
            del self.membership.topics[topic]
            self._background.spawn(self._broker.unsubscribe(topic_channel(topic)))

    def join(self, connection: Connection, topic: Topic, reader: Reader | None = None) -> None:
        """Put the socket into the topic's room; it must have all up to the feed's head, with no await since. With a
        `reader` it gets only what this restricted agent may see.
        """
        if connection in self.membership.connections:  # one that has ended would stay in the room forever
            connection.topics.add(topic)
            self.membership.topics[topic].join(connection, reader)

    def join_chat(
        self, connection: Connection, account_id: int, chat_id: int, reader: Reader | None = None
    ) -> None:
        """The same for one chat of an account."""
        topic = account_topic(account_id)
        connection.topics.add(topic)
        listeners = self.membership.topics[topic]
        if connection not in listeners.in_account_room:
            listeners.note_reader(connection, reader)
        listeners.chats[chat_id].sockets.add(connection)
        self._presence.note_room(account_id, chat_id)

    def leave_chat(self, connection: Connection, chat_id: int) -> None:
        for topic in list(connection.topics):
            listeners = self.membership.topics.get(topic)  # None once its last room is empty
            if listeners is not None and listeners.leave_chat(connection, chat_id):
                self._presence.note_room(topic.id, chat_id)
                self._stop_if_empty(topic, listeners)

    def change_reader(self, connection: Connection, topic: Topic, reader: Reader | None) -> None:
        """Another rule says what the socket may see of the account."""
        listeners = self.membership.topics[topic]
        if connection in listeners.in_account_room:
            listeners.join(connection, reader)
        else:
            listeners.note_reader(connection, reader)

    def leave(self, connection: Connection, topic: Topic) -> None:
        """Leave the topic's room and all its chats: the socket ended, or the user lost access to the account."""
        connection.topics.discard(topic)
        listeners = self.membership.topics.get(topic)
        if listeners is None:
            return
        listeners.leave(connection)
        for chat_id in listeners.chats_of(connection):
            listeners.leave_chat(connection, chat_id)
            self._presence.note_room(topic.id, chat_id)
        self._stop_if_empty(topic, listeners)

    # -- the clock ---------------------------------------------------------------------------------------------

    async def watch(self) -> None:
        """Until cancelled: disconnects stalled sockets and periodically sends each topic's head seq."""
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
        by_connection: dict[Connection, dict[Topic, int]] = defaultdict(dict)
        for topic, listeners in self.membership.topics.items():
            for connection in listeners.in_account_room:
                by_connection[connection][topic] = listeners.feed.head or 0
        for connection, heads in by_connection.items():
            self._delivery.send([connection], head_frame(heads))
