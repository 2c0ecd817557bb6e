"""Records which sockets of this process are in which rooms: a user's, an account's, a chat's."""

from collections import defaultdict

from server.realtime.connection import Connection
from server.realtime.rooms import ChatKey, Listeners


class Membership:
    """`connections` are the sockets that have signed in, `accounts` the rooms of each account that has any."""

    def __init__(self) -> None:
        self.connections: set[Connection] = set()
        self.accounts: dict[int, Listeners] = {}
        self._by_user: dict[int, set[Connection]] = defaultdict(set)

    @property
    def is_empty(self) -> bool:
        return not (self.connections or self.accounts or self._by_user)

    def add(self, connection: Connection) -> None:
        self.connections.add(connection)
        self._by_user[connection.user_id].add(connection)

    def discard(self, connection: Connection) -> None:
        """Forget a socket that has left all accounts."""
        self.connections.discard(connection)
        self._by_user[connection.user_id].discard(connection)
        if not self._by_user[connection.user_id]:
            del self._by_user[connection.user_id]

    def sockets_of(self, user_id: int) -> list[Connection]:
        return list(self._by_user.get(user_id, ()))

    def sockets_hearing(self, account_id: int, chat_id: int) -> set[Connection]:
        """The sockets that receive what happens in this chat: those in its room and those in the account's."""
        listeners = self.accounts.get(account_id)
        return set() if listeners is None else listeners.everything | listeners.sockets_in(chat_id)

    def has_joined(self, connection: Connection, account_id: int) -> bool:
        """Whether the socket is in the account's room."""
        listeners = self.accounts.get(account_id)
        return listeners is not None and connection in listeners.everything

    def open_chats(self) -> list[ChatKey]:
        """Every chat that a socket of this process has open."""
        return [
            ChatKey(account_id, chat_id)
            for account_id, all_ in self.accounts.items()
            for chat_id in all_.chats
        ]

    def users_in(self, account_id: int, chat_id: int) -> set[int]:
        """The users who have this chat open at a socket of this process."""
        listeners = self.accounts.get(account_id)
        return {c.user_id for c in listeners.sockets_in(chat_id)} if listeners is not None else set()
