"""The feed of a user: takes its sequence numbers, and reads what changed after one.

A change of what belongs to a person takes the next seq of their row in `user_feed` in its own transaction and writes it
on the changed row (docs/adr/0022-a-feed-per-user.md). A transaction that also takes an account's seqs takes them first.
"""

from collections.abc import Sequence

from aiopg import Cursor

from server.store.chats.sight import sees
from server.store.conversations.drafts import DRAFT_JSON
from server.store.db.seq import is_other_epoch
from server.store.messages.changes import Change, Changes
from server.store.people.notifications import ALL_READ_JSON, IS_SHOWN, NOTIFICATION_JSON
from server.store.people.preferences import PREFERENCES_JSON


async def fetch_head(cursor: Cursor, user_id: int) -> int:
    """The user's head seq; 0 while nothing has changed."""
    await cursor.execute("select seq from user_feed where user_id = %s", (user_id,))
    row = await cursor.fetchone()
    return int(row[0]) if row else 0


async def list_seqs(cursor: Cursor, user_ids: Sequence[int]) -> list[tuple[int, int]]:
    """(user id, head seq) of each of these users."""
    await cursor.execute(
        """select u.id, coalesce(f.seq, 0) from users u left join user_feed f on f.user_id = u.id
           where u.id = any(%s)""",
        (list(user_ids),),
    )
    return [tuple(row) for row in await cursor.fetchall()]


LIST_CHANGES = f"""
    select seq, event, null, json, '' from (
        (select p.seq, 'preferences:updated' as event, {PREFERENCES_JSON} as json
         from user_preferences p where p.user_id = %(user_id)s and p.seq > %(since)s)
        union all
        (select d.seq, 'draft:saved', {DRAFT_JSON}
         from channels_draft d join channels_chat c on c.id = d.chat_id
         join channels_account_member u on u.account_id = d.account_id and u.user_id = d.user_id
         where d.user_id = %(user_id)s and d.seq > %(since)s and {sees()}
         order by d.seq limit %(limit)s + 1)
        union all
        (select n.seq, 'notification:updated', {NOTIFICATION_JSON}
         from notification n where n.user_id = %(user_id)s and n.seq > %(since)s and {IS_SHOWN}
         order by n.seq limit %(limit)s + 1)
        union all
        (select f.read_seq, 'notifications:read', {ALL_READ_JSON}
         from user_feed f where f.user_id = %(user_id)s and f.read_seq > %(since)s)
    ) change order by seq limit %(limit)s + 1"""


async def list_changes(cursor: Cursor, user_id: int, since: int, limit: int) -> Changes:
    """The changes after `since`, oldest first."""
    head = await fetch_head(cursor, user_id)
    if head <= since:
        return Changes([], head, more=False, reset=head < since)
    if is_other_epoch(since, head):
        return Changes([], head, more=False, reset=True)
    await cursor.execute(LIST_CHANGES, {"user_id": user_id, "since": since, "limit": limit})
    rows = [Change(*row) for row in await cursor.fetchall()]
    return Changes.page(rows, limit, head)
