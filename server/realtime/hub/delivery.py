"""Queues frames for sockets: each frame is encoded once, and each socket is written to once per turn of the loop."""

import asyncio
from collections.abc import Callable, Iterable, Sequence

from server.realtime.audience import Reader
from server.realtime.connection import Connection, encode_frame, join_frames
from server.realtime.events import Push, share_push
from server.realtime.rooms import ChatRoom, Listeners

# A chat's state is sent at most once in this time to a socket that is only in the chat's room.
STATE_SECONDS = 0.1


class Delivery:
    """The sockets of one process whose write buffers have to be flushed."""

    def __init__(self) -> None:
        # Set by the hub, which the rooms belong to.
        self.on_hidden: Callable[[Connection, int], None] = lambda connection, chat_id: None
        self._unflushed: list[Connection] = []

    def send(self, connections: Iterable[Connection], frame: bytes) -> None:
        """One frame to each of these sockets."""
        self._queue(connections, encode_frame(frame), 1)

    def send_all(self, connections: Iterable[Connection], frames: Sequence[bytes]) -> None:
        """Several frames to each of these sockets, in order."""
        if frames:
            self._queue(connections, join_frames(frames), len(frames))

    def send_pushes(self, listeners: Listeners, pushes: Sequence[Push]) -> None:
        """Send a topic's pushes to its rooms: the same bytes to every socket, once per socket, in one write."""
        if not pushes:
            return
        if listeners.everything:
            self.send_all(listeners.everything, [push.frame for push in pushes])
        if contacts := [push.frame for push in pushes if push.is_contact]:
            self.send_all(listeners.in_chats_only - listeners.readers.keys(), contacts)
        for connection, reader in list(listeners.readers.items()):
            self._send_to_reader(listeners, connection, reader, pushes)
        for chat_id in {push.chat_id for push in pushes if push.chat_id is not None}:
            if chat_id in listeners.chats:
                self._send_to_chat(listeners, chat_id, [push for push in pushes if push.chat_id == chat_id])

    def _send_to_chat(self, listeners: Listeners, chat_id: int, pushes: Sequence[Push]) -> None:
        """Skips the sockets in the account's room, and restricted agents, who got these pushes above."""
        room = listeners.chats[chat_id]
        if frames := room.take_frames(pushes):
            self.send_all(self._others_in(listeners, room), frames)
        if room.state is not None and room.timer is None:
            loop = asyncio.get_running_loop()
            room.timer = loop.call_later(STATE_SECONDS, self._send_state, listeners, room)

    def _send_state(self, listeners: Listeners, room: ChatRoom) -> None:
        if (state := room.take_state()) is not None:
            self.send(self._others_in(listeners, room), state)

    @staticmethod
    def _others_in(listeners: Listeners, room: ChatRoom) -> set[Connection]:
        return room.sockets - listeners.everything - listeners.readers.keys()

    def _send_to_reader(
        self, listeners: Listeners, connection: Connection, reader: Reader, pushes: Sequence[Push]
    ) -> None:
        """Send a restricted agent what they may see; they leave the rooms of chats that they see no more."""
        shared = [share_push(push, reader) for push in pushes]
        if connection not in listeners.restricted:
            joined = set(listeners.chats_of(connection))
            shared = [push for push in shared if push.chat_id in joined]
        self.send_all([connection], [push.frame for push in shared])
        reader.seq = max(reader.seq, pushes[-1].seq)
        for push in shared:
            if push.is_hidden and push.chat_id is not None:
                self.on_hidden(connection, push.chat_id)

    def _queue(self, connections: Iterable[Connection], frames: bytes, count: int) -> None:
        if not self._unflushed:
            asyncio.get_running_loop().call_soon(self._flush)
        self._unflushed.extend(connection for connection in connections if connection.queue(frames, count))

    def _flush(self) -> None:
        connections, self._unflushed = self._unflushed, []
        for connection in connections:
            connection.flush()
