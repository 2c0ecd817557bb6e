"""Reads the numbered changes of a topic, an account or a user, for sockets that missed some."""

from collections.abc import Sequence

from server.realtime.audience import Reader, hidden_data
from server.realtime.events import HIDDEN_EVENT, Push
from server.realtime.pushes import change_push
from server.realtime.rows import Rows
from server.redis.channels import Topic, account_topic, user_topic
from server.store.accounts import accounts
from server.store.chats.sight import Sight, fetch_sight
from server.store.db.database import Database
from server.store.messages import changes
from server.store.messages.changes import Changes
from server.store.people import user_feed

HEAL_PAGE = 500


async def list_changes(
    database: Database, topic: Topic, since: int, limit: int, chat_id: int | None = None
) -> Changes:
    """One page of the changes after `since`; for an account, of one chat if there is a `chat_id`."""
    if topic.kind == "user":
        return await database.read(user_feed.list_changes, topic.id, since, limit)
    return await database.read(changes.list_changes, topic.id, since, limit, chat_id)


def reader_of(account_id: int, user_id: int, sight: Sight) -> Reader | None:
    """The restricted agent that this member is; None for one who sees all of the account. Their seq is before all: what
    is read from the rows may have been hidden at any time.
    """
    return Reader(account_id, user_id, sight.team_ids, -1) if sight.is_restricted else None


def share_changes(found: Changes, reader: Reader | None) -> Changes:
    """What a restricted agent gets of these changes; the page ends where it ended."""
    if reader is None:
        return found
    items = []
    for change in found.items:
        share = reader.share_of(change.event, change.chat_id, change.audience)
        if share == "frame":
            items.append(change)
        elif share == "hidden" and change.chat_id is not None:
            json = hidden_data(reader.account_id, change.seq, change.chat_id)
            items.append(change._replace(event=HIDDEN_EVENT, json=json))
    return found._replace(items=items)


async def list_seen_changes(
    database: Database, user_id: int, account_id: int, since: int, limit: int
) -> Changes | None:
    """One page of the changes that a member sees; None for who is none. The sight is read after the rows: who read
    before it changed reads all again.
    """
    found = await list_changes(database, account_topic(account_id), since, limit)
    sight = await database.read(fetch_sight, user_id, account_id)
    if sight is None:
        return None
    if sight.is_outdated(since):
        return Changes([], max(found.head, sight.changed_seq + 1), more=False, reset=True)
    return share_changes(found, reader_of(account_id, user_id, sight))


def open_rows(database: Database) -> Rows:
    """The queries that the hub needs."""

    async def read_heads(topics: Sequence[Topic]) -> dict[Topic, int]:
        account_ids = [topic.id for topic in topics if topic.kind == "account"]
        user_ids = [topic.id for topic in topics if topic.kind == "user"]
        seqs = await database.read(accounts.list_seqs, account_ids) if account_ids else []
        heads = {account_topic(account_id): seq for account_id, seq in seqs}
        if user_ids:
            heads |= {user_topic(id_): seq for id_, seq in await database.read(user_feed.list_seqs, user_ids)}
        return heads

    async def read_changes(topic: Topic, since: int) -> tuple[list[Push], int]:
        found: list[Push] = []
        while True:
            page = await list_changes(database, topic, since, HEAL_PAGE)
            found += [change_push(topic, change) for change in page.items]
            since = page.head
            if not page.more:
                return found, since

    return Rows(read_heads, read_changes)
