"""How many chats are open, snoozed and waiting, and how many groups and archived ones there are: read from counters
that triggers keep (ADR 14), and checked against the chats.
"""

from collections.abc import Collection
from typing import NamedTuple

from aiopg import Cursor

from server.store.chats.sight import owns

STATUSES = ("open", "snoozed", "closed")


def _by_status(condition: str = "true") -> str:
    """The chats of the counters `k` for which the condition holds, as JSON, by status."""
    sums = (
        f"'{status}', coalesce(sum(k.chats) filter (where k.status = '{status}' and {condition}), 0)"
        for status in STATUSES
    )
    return f"json_build_object({', '.join(sums)})"


# `seq`: the counts include the account's changes up to it. A few rows per account: one per status and assignee. The few
# open chats of a restricted agent are counted themselves: no counter knows their teams' own. The counters of groups and
# archived chats do.
LIST_COUNTS = f"""
    select row_to_json((select x from (select a.id as account_id, a.seq, n.mine, n.unassigned, n.open, n.snoozed,
        n.waiting, f.groups, f.archived) x))::text
    from channels_account_member u
    join channels_account a on a.id = u.account_id and a.provider = %(provider)s
    cross join lateral (
        select coalesce(sum(k.chats) filter (where k.status = 'open' and k.assignee_id = u.user_id), 0) as mine,
            coalesce(sum(k.chats) filter (where k.status = 'open' and k.assignee_id = 0), 0) as unassigned,
            coalesce(sum(k.chats) filter (where k.status = 'open'), 0) as open,
            coalesce(sum(k.chats) filter (where k.status = 'snoozed'), 0) as snoozed,
            coalesce(sum(k.waiting) filter (where k.status = 'open'), 0) as waiting
        from (
            select k.status, k.assignee_id, k.chats, k.waiting from channels_chat_count k
            where k.account_id = a.id and not u.is_restricted
            union all
            select c.status, coalesce(c.assignee_id, 0), count(*), count(c.waiting_since) from channels_chat c
            where u.is_restricted and c.account_id = a.id and c.status <> 'closed' and not c.archived and {owns("c")}
            group by 1, 2) k) n
    cross join lateral (
        select json_build_object('mine', {_by_status("k.filter = 'groups' and k.assignee_id = u.user_id")},
                'unassigned', {_by_status("k.filter = 'groups' and k.assignee_id = 0")},
                'all', {_by_status("k.filter = 'groups'")}) as groups,
            {_by_status("k.filter = 'archived'")} as archived
        from channels_filter_count k
        where k.account_id = a.id and (not u.is_restricted or k.assignee_id = u.user_id or k.assignee_id = 0
            and k.team_id in (select t.team_id from user_team_member t where t.user_id = u.user_id))) f
    where u.user_id = %(user_id)s and (%(only)s::bigint[] is null or a.id = any(%(only)s))
    order by a.id"""


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


class FilterDrift(NamedTuple):
    """A counter of groups or archived chats that differs from the chats; 0: no assignee, no team."""

    account_id: int
    filter: str
    status: str
    assignee_id: int
    team_id: int
    chats: int
    rows_chats: int


FILTER_DRIFT = """
    with expected as (
        select account_id, case when archived then 'archived' else 'groups' end as filter, status,
            coalesce(assignee_id, 0) as assignee_id,
            case when assignee_id is null then coalesce(team_id, 0) else 0 end as team_id, count(*) as chats
        from channels_chat where archived or kind = 'group' group by 1, 2, 3, 4, 5
    )
    select account_id, filter, status, assignee_id, team_id, coalesce(n.chats, 0), coalesce(e.chats, 0)
    from channels_filter_count n full join expected e using (account_id, filter, status, assignee_id, team_id)
    where coalesce(n.chats, 0) <> coalesce(e.chats, 0)
    order by 1, 2, 3, 4, 5"""


async def list_filter_drift(cursor: Cursor) -> list[FilterDrift]:
    """The counters of groups and archived chats that differ from the chats."""
    await cursor.execute(FILTER_DRIFT)
    return [FilterDrift(*row) for row in await cursor.fetchall()]
