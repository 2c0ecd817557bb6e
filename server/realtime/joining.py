"""Lets sockets join rooms, replays what they missed first, and removes them from rooms they lost access to."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

import orjson
import structlog

from server.errors import ConfabError, NotFound
from server.realtime.audience import Reader
from server.realtime.connection import Connection
from server.realtime.events import reset_frame
from server.realtime.hub.background import Background
from server.realtime.hub.feed import Feed
from server.realtime.hub.healing import Healing
from server.realtime.hub.hub import Hub
from server.realtime.presence import Presence
from server.realtime.pushes import account_push, change_push
from server.realtime.topic_rows import list_changes, reader_of, share_changes
from server.redis.channels import Topic, account_topic, user_topic
from server.store.accounts import accounts
from server.store.chats import sight
from server.store.chats.chats import ReachableChat
from server.store.chats.sight import Sight
from server.store.db.database import Database
from server.store.db.seq import is_other_epoch
from server.store.people import access

log = structlog.get_logger()

# A client that is further behind is faster over REST.
MAX_REPLAY = 2000
REPLAY_PAGE = 500


def at_seq(reader: Reader | None, seq: int) -> Reader | None:
    """A reader who has everything up to this seq, for the live feed."""
    return reader and replace(reader, seq=seq)


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
        self, connection: Connection, account_id: int, since: int | None, head: int, known: Sight
    ) -> int:
        """Join an account, whose head seq was `head` before this, as what its member sees of it; returns the seq up to
        which nothing is missing.
        """
        reader = reader_of(account_id, connection.user_id, known)
        if since is not None and since <= head and known.is_outdated(since):
            connection.send(reset_frame(account_topic(account_id)))
            since = None
        reached = await self._enter(connection, account_topic(account_id), since, head, reader)
        if reader is None:
            self._presence.send_shown(connection, account_id, None)
        return reached

    async def enter_user(self, connection: Connection, since: int | None, head: int) -> int:
        """Join the feed of the socket's own user, in the same way."""
        return await self._enter(connection, user_topic(connection.user_id), since, head)

    async def _enter(
        self, connection: Connection, topic: Topic, since: int | None, head: int, reader: Reader | None = None
    ) -> int:
        async with self._hub.listening(topic) as feed:
            reached = await self._replay(connection, topic, since, head, feed, None, reader)
            self._hub.join(connection, topic, at_seq(reader, reached))
            return reached

    async def enter_chat(self, connection: Connection, chat: ReachableChat, since: int | None) -> int:
        """Join one chat, in the same way, as what its user saw of the account when the chat was read. Raises NotFound
        for a restricted agent from whom it was hidden meanwhile.
        """
        topic = account_topic(chat.account_id)
        reader = reader_of(chat.account_id, connection.user_id, chat.sight)
        async with self._hub.listening(topic) as feed:
            reached = await self._replay(connection, topic, since, chat.seq, feed, chat.id, reader)
            self._hub.join_chat(connection, chat.account_id, chat.id, at_seq(reader, reached))
            if reader is not None and not await self._database.read(
                sight.list_seen, connection.user_id, [chat.id]
            ):
                self._hub.leave_chat(connection, chat.id)
                raise NotFound
            self._presence.send_shown(connection, chat.account_id, chat.id)
            return reached

    async def _replay(
        self,
        connection: Connection,
        topic: Topic,
        since: int | None,
        head: int,
        feed: Feed,
        chat_id: int | None,
        reader: Reader | None,
    ) -> int:
        """Send the changes after `since` until the live feed's head is reached; returns the socket's seq.

        There is no await between the last check of the feed's head and joining the room, so no change is missed.
        """
        if since is not None and since > head:
            connection.send(reset_frame(topic))
            self._healing.compare_heads_soon()  # this process may be as far ahead of the rows
            return head
        if since is not None and is_other_epoch(since, head):
            connection.send(reset_frame(topic))
            since = None
        sent = 0
        while since is not None and since < (feed.head or 0):
            found = await list_changes(self._database, topic, since, REPLAY_PAGE, chat_id)
            sent += len(found.items)
            if sent > MAX_REPLAY:
                connection.send(reset_frame(topic))
                break
            for change in share_changes(found, reader).items:
                await connection.send_paced(change_push(topic, change).frame)
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
                self._move(connection, allowed.get(user_id, {}))
                await self._follow_sight(connection, allowed.get(user_id, {}))

    def _move(self, connection: Connection, memberships: Mapping[int, Sight]) -> None:
        allowed = set(memberships)
        if connection.key_account_ids is not None:
            allowed &= connection.key_account_ids
        lost = [topic for topic in connection.topics if topic.kind == "account" and topic.id not in allowed]
        for topic in lost:
            self._hub.leave(connection, topic)
            left = {"event": "account:left", "data": {"id": topic.id}, "account_id": topic.id}
            connection.send(orjson.dumps(left))
        for account_id in allowed if connection.in_user_room and connection.is_open else ():
            if not self._hub.membership.has_joined(connection, account_topic(account_id)):
                self._background.spawn(self._add_account(connection, account_id))

    async def _follow_sight(self, connection: Connection, memberships: Mapping[int, Sight]) -> None:
        """Filter what the socket gets by what its user may see now. If that has changed, the client reads all again."""
        for topic in [topic for topic in connection.topics if topic.kind == "account"]:
            now = memberships.get(topic.id)
            before = self._hub.membership.reader_of(connection, topic)
            if now is None or (before.team_ids if before else None) == (
                now.team_ids if now.is_restricted else None
            ):
                continue
            reader = reader_of(topic.id, connection.user_id, now)
            self._hub.change_reader(connection, topic, at_seq(reader, now.changed_seq))
            connection.send(reset_frame(topic))
            await self._leave_hidden(connection, topic)

    async def _leave_hidden(self, connection: Connection, topic: Topic) -> None:
        """Leave the rooms of chats that the user no longer sees."""
        if (listeners := self._hub.membership.topics.get(topic)) is None:
            return
        joined = listeners.chats_of(connection)
        seen = await self._database.read(sight.list_seen, connection.user_id, joined) if joined else set()
        for chat_id in set(joined) - seen:
            self._hub.leave_chat(connection, chat_id)

    async def _add_account(self, connection: Connection, account_id: int) -> None:
        """Send an account to a socket and let it join."""
        if (connection, account_id) in self._entering:
            return
        self._entering.add((connection, account_id))
        try:
            account = await self._database.read(accounts.fetch_account_for_push, account_id)
            known = await self._database.read(sight.fetch_sight, connection.user_id, account_id)
            if account is not None and known is not None:
                seq, data = account
                connection.send(account_push(account_id, seq, data).frame)
                await self.enter_account(connection, account_id, seq, seq, known)
        except ConfabError as error:  # the next check of access tries again
            log.warning("account_not_joined", account_id=account_id, error=error.code)
        finally:
            self._entering.discard((connection, account_id))
