"""Who in this process listens to an account, and what is still to be told to each of its rooms."""

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from server.realtime.connection import Connection
from server.realtime.events import Push
from server.realtime.feed import Feed


@dataclass(eq=False)
class ChatRoom:
    """The sockets that hear one chat. A message is told at once, the chat's own state at most ten times a second:
    it accompanies every message, and only the newest one counts.
    """

    sockets: set[Connection] = field(default_factory=set)
    state: bytes | None = None
    timer: asyncio.TimerHandle | None = None

    def due(self, pushes: Sequence[Push]) -> list[bytes]:
        """The frames to send now, in order. A state that waits is overtaken by a newer one, or goes first: whoever
        has heard a number has heard all before it that still count.
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
        """The state that waited, when its time has come."""
        state, self.state, self.timer = self.state, None, None
        return state


@dataclass(eq=False)
class Listeners:
    """The sockets that hear an account: all of it (`everything`), or single chats of it."""

    feed: Feed = field(default_factory=Feed)
    everything: set[Connection] = field(default_factory=set)
    chats: dict[int, ChatRoom] = field(default_factory=lambda: defaultdict(ChatRoom))
    started: asyncio.Task[None] | None = None
    healing: asyncio.Task[None] | None = None
    holders: int = 0  # joins under way

    @property
    def is_empty(self) -> bool:
        return not self.everything and not self.holders and not self.chats

    @property
    def in_chats_only(self) -> set[Connection]:
        """The sockets that hear nothing but chats: a person of one of them may be in any."""
        rooms = (room.sockets for room in self.chats.values())
        return set[Connection]().union(*rooms) - self.everything

    @property
    def everyone(self) -> set[Connection]:
        return self.everything | self.in_chats_only

    def sockets_in(self, chat_id: int) -> set[Connection]:
        """The sockets that have this chat open."""
        room = self.chats.get(chat_id)  # asking for one that is not there would make it
        return room.sockets if room is not None else set()

    def leave_chat(self, connection: Connection, chat_id: int) -> bool:
        """Out of one chat's room, if in it; an empty room is gone, with what waited in it."""
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
