"""The rooms of one topic in this process, and the chat state that waits to be sent to each."""

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from server.realtime.audience import Reader
from server.realtime.connection import Connection
from server.realtime.events import Push
from server.realtime.hub.feed import Feed


class ChatKey(NamedTuple):
    """A chat, with its account."""

    account_id: int
    chat_id: int


@dataclass(eq=False)
class ChatRoom:
    """The sockets that listen to one chat. Messages are sent at once, the chat's own state at most ten times a second:
    it follows every message, and only the newest counts.
    """

    sockets: set[Connection] = field(default_factory=set)
    state: bytes | None = None
    timer: asyncio.TimerHandle | None = None

    def take_frames(self, pushes: Sequence[Push]) -> list[bytes]:
        """The frames to send now, in order. A waiting state is replaced by a newer one, or goes first: a socket that
        has received a seq must have received everything before it that still counts.
        """
        states = [push.frame for push in pushes if push.is_state]
        frames = [push.frame for push in pushes if not push.is_state]
        if states:
            self.state = states[-1]
        elif self.state is not None:
            frames.insert(0, self.state)
            self.state = None
        return frames

    def take_state(self) -> bytes | None:
        """The waiting state, when its timer has fired."""
        state, self.state, self.timer = self.state, None, None
        return state


@dataclass(eq=False)
class Listeners:
    """The sockets that listen to a topic: to all of it (`everything`), to what a restricted agent may see of it
    (`restricted`), or to single chats of an account. `readers` are the restricted ones of both kinds.
    """

    feed: Feed = field(default_factory=Feed)
    everything: set[Connection] = field(default_factory=set)
    restricted: set[Connection] = field(default_factory=set)
    readers: dict[Connection, Reader] = field(default_factory=dict)
    chats: dict[int, ChatRoom] = field(default_factory=lambda: defaultdict(ChatRoom))
    started: asyncio.Task[None] | None = None
    healing: asyncio.Task[None] | None = None
    joining: int = 0  # joins in progress

    @property
    def is_empty(self) -> bool:
        return not (self.everything or self.restricted or self.joining or self.chats)

    @property
    def in_account_room(self) -> set[Connection]:
        return self.everything | self.restricted

    @property
    def in_chats_only(self) -> set[Connection]:
        """The sockets that listen to chats only; a contact of the account may be in any of these."""
        rooms = (room.sockets for room in self.chats.values())
        return set[Connection]().union(*rooms) - self.everything - self.restricted

    @property
    def everyone(self) -> set[Connection]:
        return self.in_account_room | self.in_chats_only

    def sockets_in(self, chat_id: int) -> set[Connection]:
        """The sockets that have this chat open."""
        room = self.chats.get(chat_id)  # indexing would create it
        return room.sockets if room is not None else set()

    def join(self, connection: Connection, reader: Reader | None) -> None:
        """Enter the account's room, as a restricted agent if there is a `reader`."""
        self.everything.discard(connection)
        self.restricted.discard(connection)
        (self.everything if reader is None else self.restricted).add(connection)
        self.note_reader(connection, reader)

    def note_reader(self, connection: Connection, reader: Reader | None) -> None:
        """From now on, filter what the socket gets, or do not."""
        self.readers.pop(connection, None)
        if reader is not None:
            self.readers[connection] = reader

    def leave(self, connection: Connection) -> None:
        """Leave the account's room."""
        self.everything.discard(connection)
        self.restricted.discard(connection)
        self.readers.pop(connection, None)

    def leave_chat(self, connection: Connection, chat_id: int) -> bool:
        """Leave the chat's room; False if the socket was not in it. An empty room is deleted with its waiting state."""
        room = self.chats.get(chat_id)
        if room is None or connection not in room.sockets:
            return False
        room.sockets.discard(connection)
        if not room.sockets:
            if room.timer is not None:
                room.timer.cancel()
            del self.chats[chat_id]
        return True

    def chats_of(self, connection: Connection) -> list[int]:
        """The chats whose room the socket is in."""
        return [chat_id for chat_id, room in self.chats.items() if connection in room.sockets]
