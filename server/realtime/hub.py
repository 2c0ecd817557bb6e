"""Fans events out to this process's sockets: who listens to which account and chat; never talks to the database.

What it needs to know of the rows it asks through two functions it is given (`Rows`).
"""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Collection, Coroutine, Iterable, Sequence
from contextlib import asynccontextmanager
from typing import Any

import orjson
import structlog

from server.errors import ConfabError
from server.realtime.broker import Broker
from server.realtime.connection import CloseCode, Connection, encode_frame, join_frames
from server.realtime.events import Push, decode_pushes, reset_frame
from server.realtime.feed import Feed
from server.realtime.rooms import ChatRoom, Listeners
from server.realtime.rows import Rows
from server.realtime.signals import is_signal
from server.redis.channels import account_channel, parse_channel

log = structlog.get_logger()

# A publish that was overtaken by the next one arrives within this; a hole that stays open is asked of the rows.
HOLE_SECONDS = 0.25
STALL_CHECK_SECONDS = 1.0
STATE_SECONDS = 0.1


class Hub:
    """The rooms of one process."""

    def __init__(self, rows: Rows, *, head_seconds: float) -> None:
        self._rows = rows
        self._head_seconds = head_seconds
        self._accounts: dict[int, Listeners] = {}
        self._users: dict[int, set[Connection]] = defaultdict(set)
        self._connections: set[Connection] = set()
        self._due: list[Connection] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self.broker: Broker
        # Told to whoever keeps presence: a chat's room changed, a signal came in, an account is heard anew.
        self.on_room: Callable[[int, int], None] = lambda *_: None
        self.on_signal: Callable[[int, bytes], None] = lambda *_: None
        self.on_listening: Callable[[int], None] = lambda _: None
        # Others say that who may hear what has changed, or we were deaf to it.
        self.on_control: Callable[[], None]

    # -- who is here -------------------------------------------------------------------------------------------

    @property
    def connections(self) -> int:
        return len(self._connections)

    def add(self, connection: Connection) -> None:
        """Know a socket that has signed in."""
        self._connections.add(connection)
        self._users[connection.user_id].add(connection)

    def sockets_of(self, user_id: int) -> list[Connection]:
        """The user's sockets in this process."""
        return list(self._users.get(user_id, ()))

    def end_sessions(self, session_ids: Collection[str]) -> None:
        """Close the sockets that signed in by these sessions."""
        for connection in list(self._connections) if session_ids else ():
            if connection.session_id in session_ids:
                connection.close_soon(CloseCode.SIGN_IN, "this session has ended")

    @asynccontextmanager
    async def listening(self, account_id: int) -> AsyncIterator[Feed]:
        """Hear the account at least for this block, in which sockets are put into its rooms; yields its feed."""
        listeners = self._accounts.setdefault(account_id, Listeners())
        listeners.holders += 1
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
            listeners.holders -= 1
            self._forget_if_empty(account_id, listeners)

    async def _start(self, account_id: int, listeners: Listeners) -> None:
        # Subscribe first, then read where the rows stand: what is published in between waits in the feed.
        await self.broker.subscribe(account_channel(account_id))
        heads = await self._rows.read_heads([account_id])
        self._deliver(listeners, listeners.feed.start(heads.get(account_id, 0)))
        self.on_listening(account_id)

    def join_account(self, connection: Connection, account_id: int) -> None:
        """Put the socket into the account's room; it must know all up to the feed's head, with no await since."""
        if connection in self._connections:  # one that ended meanwhile would stay for ever
            connection.accounts.add(account_id)
            self._accounts[account_id].everything.add(connection)

    def has_joined(self, connection: Connection, account_id: int) -> bool:
        """Whether the socket is in the account's room."""
        listeners = self._accounts.get(account_id)
        return listeners is not None and connection in listeners.everything

    def join_chat(self, connection: Connection, account_id: int, chat_id: int) -> None:
        """The same for one chat of an account."""
        connection.accounts.add(account_id)
        self._accounts[account_id].chats[chat_id].sockets.add(connection)
        self.on_room(account_id, chat_id)

    def leave_chat(self, connection: Connection, chat_id: int) -> None:
        for account_id in list(connection.accounts):
            listeners = self._accounts.get(account_id)  # None once its last room has been left
            if listeners is not None and listeners.leave_chat(connection, chat_id):
                self.on_room(account_id, chat_id)
                self._forget_if_empty(account_id, listeners)

    def leave_account(self, connection: Connection, account_id: int) -> None:
        """Out of the account's room and of all its chats: the socket ended, or the user may no longer see it."""
        connection.accounts.discard(account_id)
        listeners = self._accounts.get(account_id)
        if listeners is None:
            return
        listeners.everything.discard(connection)
        for chat_id in listeners.chats_of(connection):
            listeners.leave_chat(connection, chat_id)
            self.on_room(account_id, chat_id)
        self._forget_if_empty(account_id, listeners)

    def open_chats(self) -> list[tuple[int, int]]:
        """(account, chat) of every chat somebody here has open."""
        return [
            (account_id, chat_id) for account_id, all_ in self._accounts.items() for chat_id in all_.chats
        ]

    def people_in(self, account_id: int, chat_id: int) -> set[int]:
        """The users who have this chat open here."""
        listeners = self._accounts.get(account_id)
        return {c.user_id for c in listeners.sockets_in(chat_id)} if listeners is not None else set()

    def remove(self, connection: Connection) -> None:
        """Forget a socket that has ended."""
        self._connections.discard(connection)
        for account_id in list(connection.accounts):
            self.leave_account(connection, account_id)
        self._users[connection.user_id].discard(connection)
        if not self._users[connection.user_id]:
            del self._users[connection.user_id]

    def _forget_if_empty(self, account_id: int, listeners: Listeners) -> None:
        if listeners.is_empty and self._accounts.get(account_id) is listeners:
            del self._accounts[account_id]
            self.spawn(self.broker.unsubscribe(account_channel(account_id)))

    # -- what arrives ------------------------------------------------------------------------------------------

    def take_message(self, channel: str, payload: bytes) -> None:
        """The broker's callback."""
        account_id = parse_channel(channel)
        if account_id is None:
            user_id, _, frame = payload.partition(b"\n")
            self._queue(self.sockets_of(int(user_id)), encode_frame(frame), 1) if frame else self.on_control()
            return
        if (listeners := self._accounts.get(account_id)) is None:
            return
        if is_signal(payload):
            self.on_signal(account_id, payload)
            return
        self._deliver(listeners, listeners.feed.take(decode_pushes(payload)))
        if listeners.feed.has_hole and listeners.feed.head is not None and listeners.healing is None:
            listeners.healing = self.spawn(self._heal_later(account_id, listeners))

    def note_reopened(self) -> None:
        """The broker was deaf for a moment: ask the rows about everything that is listened to."""
        self.on_control()
        self.spawn(self.compare_heads())

    async def compare_heads(self) -> None:
        """One query for all accounts, and one more for each that is behind. Where the answer is below what was heard
        before it was asked, the rows are an older copy: a backup was restored, or a lagging replica took over.
        """
        heard = {account_id: known.feed.head or 0 for account_id, known in self._accounts.items()}
        try:
            heads = await self._rows.read_heads(list(heard))
        except ConfabError as error:
            log.warning("heads_failed", error=error.code)
            return
        for account_id, head in heads.items():
            listeners = self._accounts.get(account_id)
            if listeners is None:
                continue
            if head < heard[account_id]:
                log.warning("account_went_back", account_id=account_id, heard=listeners.feed.head, head=head)
                listeners.feed.restart(head)
                self._queue(listeners.everyone, encode_frame(reset_frame(account_id)), 1)
            elif listeners.healing is None and listeners.feed.is_behind(head):
                listeners.healing = self.spawn(self._heal_later(account_id, listeners, head))

    async def _heal_later(self, account_id: int, listeners: Listeners, known: int = 0) -> None:
        """Ask the rows for what is still missing when a publish that was under way has had its time."""
        try:
            await asyncio.sleep(HOLE_SECONDS)
            if listeners.feed.has_hole or listeners.feed.is_behind(known):
                await self._heal(account_id, listeners)
        finally:
            listeners.healing = None

    async def _heal(self, account_id: int, listeners: Listeners) -> None:
        try:
            pushes, head = await self._rows.read_changes(account_id, listeners.feed.head or 0)
        except ConfabError as error:
            log.warning("heal_failed", account_id=account_id, error=error.code)
            return  # the next heads find the same hole
        self._deliver(listeners, listeners.feed.heal(pushes, head))

    def _deliver(self, listeners: Listeners, pushes: Sequence[Push]) -> None:
        """The same bytes to every socket, once per socket, all that is due to one in one write."""
        if not pushes:
            return
        if listeners.everything:
            self._queue(listeners.everything, join_frames([push.frame for push in pushes]), len(pushes))
        if people := [push.frame for push in pushes if push.is_contact]:
            self._queue(listeners.in_chats_only, join_frames(people), len(people))
        for chat_id in {push.chat_id for push in pushes if push.chat_id is not None}:
            if chat_id in listeners.chats:
                self._deliver_chat(listeners, chat_id, [push for push in pushes if push.chat_id == chat_id])

    def _deliver_chat(self, listeners: Listeners, chat_id: int, pushes: Sequence[Push]) -> None:
        """A socket that hears the whole account has had these."""
        room = listeners.chats[chat_id]
        if frames := room.due(pushes):
            self._queue(room.sockets - listeners.everything, join_frames(frames), len(frames))
        if room.state is not None and room.timer is None:
            loop = asyncio.get_running_loop()
            room.timer = loop.call_later(STATE_SECONDS, self._deliver_state, listeners, room)

    def tell_chat(self, account_id: int, chat_id: int, frames: Sequence[bytes]) -> None:
        """Something without a number, for everybody here who hears this chat."""
        if (listeners := self._accounts.get(account_id)) is None or not frames:
            return
        hearers = listeners.everything | listeners.sockets_in(chat_id)
        self._queue(hearers, join_frames(frames), len(frames))

    def _deliver_state(self, listeners: Listeners, room: ChatRoom) -> None:
        if (state := room.take_state()) is not None:
            self._queue(room.sockets - listeners.everything, encode_frame(state), 1)

    def _queue(self, connections: Iterable[Connection], frames: bytes, count: int) -> None:
        if not self._due:
            asyncio.get_running_loop().call_soon(self._flush)
        self._due.extend(connection for connection in connections if connection.queue(frames, count))

    def _flush(self) -> None:
        due, self._due = self._due, []
        for connection in due:
            connection.flush()

    # -- the clock ---------------------------------------------------------------------------------------------

    async def watch(self) -> None:
        """Until cancelled: cut stalled sockets, and tell everybody now and then where the server stands."""
        waited = 0.0
        while True:
            await asyncio.sleep(STALL_CHECK_SECONDS)
            for connection in list(self._connections):
                connection.check_stall()
            waited += STALL_CHECK_SECONDS
            if waited >= self._head_seconds:
                waited = 0.0
                await self._send_heads()

    async def _send_heads(self) -> None:
        await self.compare_heads()
        by_connection: dict[Connection, dict[str, int]] = defaultdict(dict)
        for account_id, listeners in self._accounts.items():
            for connection in listeners.everything:
                by_connection[connection][str(account_id)] = listeners.feed.head or 0
        for connection, accounts in by_connection.items():
            self._queue([connection], encode_frame(orjson.dumps({"event": "head", "data": accounts})), 1)

    async def close(self) -> None:
        """End every socket with 1012: the clients come back, to this process's successor or to another."""
        connections = list(self._connections)
        for connection in connections:
            connection.close_soon(CloseCode.RESTART, "restart")
        await asyncio.gather(*(connection.wait_closed() for connection in connections))
        for task in list(self._tasks):
            task.cancel()

    def spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Run something beside; it ends with the hub at the latest."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task
