"""How many chats are open, snoozed and waiting: read from counters that triggers keep (ADR 14), and checked against the
chats.
"""

from collections.abc import Collection
from typing import NamedTuple

from aiopg import Cursor

from server.store.chats.sight import owns

# `seq`: the counts include the account's changes up to it. A few rows per account: one per status and assignee. The few
# chats of a restricted agent are counted themselves: no counter knows their teams' own.
LIST_COUNTS = f"""
    select row_to_json((select x from (select a.id as account_id, a.seq,
        coalesce(sum(n.chats) filter (where n.status = 'open' and n.assignee_id = u.user_id), 0) as mine,
        coalesce(sum(n.chats) filter (where n.status = 'open' and n.assignee_id = 0), 0) as unassigned,
        coalesce(sum(n.chats) filter (where n.status = 'open'), 0) as open,
        coalesce(sum(n.chats) filter (where n.status = 'snoozed'), 0) as snoozed,
        coalesce(sum(n.waiting) filter (where n.status = 'open'), 0) as waiting) x))::text
    from channels_account_member u
    join channels_account a on a.id = u.account_id and a.provider = %(provider)s
    left join lateral (
        select k.status, k.assignee_id, k.chats, k.waiting from channels_chat_count k
        where k.account_id = a.id and not u.is_restricted
        union all
        select c.status, coalesce(c.assignee_id, 0), count(*), count(c.waiting_since) from channels_chat c
        where u.is_restricted and c.account_id = a.id and c.status <> 'closed' and not c.archived and {owns("c")}
        group by 1, 2) n on true
    where u.user_id = %(user_id)s and (%(only)s::bigint[] is null or a.id = any(%(only)s))
    group by a.id, u.user_id order by a.id"""


async def list_counts(
    cursor: Cursor, user_id: int, provider: str, only: Collection[int] | None = None
) -> list[str]:
    """The counts of each of the user's accounts as JSON, all from one snapshot."""
    values = {"user_id": user_id, "provider": provider, "only": None if only is None else list(only)}
    await cursor.execute(LIST_COUNTS, values)
    return [str(row[0]) for row in await cursor.fetchall()]


class CountDrift(NamedTuple):
    """A counter that differs from the chats; `assignee_id` 0: chats without one."""

    account_id: int
    status: str
    assignee_id: int
    chats: int
    waiting: int
    rows_chats: int
    rows_waiting: int


DRIFT = """
    with expected as (
        select account_id, status, coalesce(assignee_id, 0) as assignee_id, count(*) as chats,
            count(waiting_since) as waiting
        from channels_chat where status <> 'closed' and not archived group by 1, 2, 3
    )
    select account_id, status, assignee_id, coalesce(n.chats, 0), coalesce(n.waiting, 0), coalesce(e.chats, 0),
        coalesce(e.waiting, 0)
    from channels_chat_count n full join expected e using (account_id, status, assignee_id)
    where (coalesce(n.chats, 0), coalesce(n.waiting, 0)) <> (coalesce(e.chats, 0), coalesce(e.waiting, 0))
    order by 1, 2, 3"""


async def list_count_drift(cursor: Cursor) -> list[CountDrift]:
    """The counters that differ from the chats."""
    await cursor.execute(DRIFT)
    return [CountDrift(*row) for row in await cursor.fetchall()]
