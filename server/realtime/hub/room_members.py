"""Records which sockets of this process are in which rooms: a user's, an account's, a chat's."""

from collections import defaultdict

from server.realtime.audience import Reader
from server.realtime.connection import Connection
from server.realtime.rooms import ChatKey, Listeners
from server.redis.channels import Topic, account_topic


class Membership:
    """`connections` are the sockets that have signed in, `topics` the rooms of each topic that has any."""

    def __init__(self) -> None:
        self.connections: set[Connection] = set()
        self.topics: dict[Topic, Listeners] = {}
        self._by_user: dict[int, set[Connection]] = defaultdict(set)

    @property
    def is_empty(self) -> bool:
        return not (self.connections or self.topics or self._by_user)

    def add(self, connection: Connection) -> None:
        self.connections.add(connection)
        self._by_user[connection.user_id].add(connection)

    def discard(self, connection: Connection) -> None:
        """Forget a socket that has left all rooms."""
        self.connections.discard(connection)
        self._by_user[connection.user_id].discard(connection)
        if not self._by_user[connection.user_id]:
            del self._by_user[connection.user_id]

    def sockets_of(self, user_id: int) -> list[Connection]:
        return list(self._by_user.get(user_id, ()))

    def sockets_hearing(self, account_id: int, chat_id: int) -> set[Connection]:
        """The sockets that receive what happens in this chat: its room, and who sees all of the account."""
        listeners = self.topics.get(account_topic(account_id))
        return set() if listeners is None else listeners.everything | listeners.sockets_in(chat_id)

    def has_joined(self, connection: Connection, topic: Topic) -> bool:
        """Whether the socket is in the account's or the user's room."""
        listeners = self.topics.get(topic)
        return listeners is not None and connection in listeners.in_account_room

    def reader_of(self, connection: Connection, topic: Topic) -> Reader | None:
        """The restricted agent at this socket; None for a socket that gets everything."""
        listeners = self.topics.get(topic)
        return None if listeners is None else listeners.readers.get(connection)

    def open_chats(self) -> list[ChatKey]:
        """Every chat that a socket of this process has open."""
        return [ChatKey(topic.id, chat_id) for topic, all_ in self.topics.items() for chat_id in all_.chats]

    def users_in(self, account_id: int, chat_id: int) -> set[int]:
        """The users who have this chat open at a socket of this process."""
        listeners = self.topics.get(account_topic(account_id))
        return {c.user_id for c in listeners.sockets_in(chat_id)} if listeners is not None else set()
