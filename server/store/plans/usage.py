"""Usage counters: how many messages a user's accounts sent and received, by month and by day.

The transaction that stores messages raises them. What happens to a message later (it fails, is sent again, is erased)
is counted by triggers, so that no statement can forget it (docs/adr/0014-usage-is-counted-by-triggers.md).
"""

from collections.abc import Sequence
from typing import NamedTuple, NotRequired, TypedDict

import orjson
from aiopg import Cursor

from server.store.db.prepared import Prepared


class UsageCount(TypedDict):
    """What to add to a user's counters; `here` of `sent` were sent through Confab."""

    user_id: int
    sent: int
    received: int
    here: NotRequired[int]


# Locks the month before the day for each user, as everywhere.
RAISE_USAGE = Prepared(
    "raise_usage",
    """
    with month as (
        insert into channels_usage as stored
            (user_id, provider, period_ym, messages_sent, sent_here, messages_rcvd)
        select x.user_id, %(provider)s::text, usage_month(now()), x.sent, coalesce(x.here, 0), x.received
        from jsonb_to_recordset(%(rows)s::jsonb) as x (user_id bigint, sent bigint, here bigint, received bigint)
        order by x.user_id
        on conflict (user_id, provider, period_ym) do update set
            messages_sent = stored.messages_sent + excluded.messages_sent,
            sent_here = stored.sent_here + excluded.sent_here,
            messages_rcvd = stored.messages_rcvd + excluded.messages_rcvd,
            updated_at = now()
        returning user_id
    )
    insert into channels_usage_day as stored (user_id, provider, day, messages_sent, messages_rcvd)
    select x.user_id, %(provider)s::text, (now() at time zone 'UTC')::date, x.sent, x.received
    from month join jsonb_to_recordset(%(rows)s::jsonb) as x (user_id bigint, sent bigint, received bigint)
        using (user_id)
    on conflict (user_id, provider, day) do update set
        messages_sent = stored.messages_sent + excluded.messages_sent,
        messages_rcvd = stored.messages_rcvd + excluded.messages_rcvd""",
)


async def raise_usage(cursor: Cursor, provider: str, rows: Sequence[UsageCount]) -> None:
    """Add to the counters of this month and day, one row per user, in the transaction that stores the messages;
    travels with its next statement.
    """
    await RAISE_USAGE.execute_later(cursor, {"provider": provider, "rows": orjson.dumps(rows).decode()})


FETCH_USED = Prepared(
    "fetch_used",
    """select sent_here from channels_usage
       where user_id = %(user_id)s and provider = %(provider)s and period_ym = usage_month(now())""",
)


async def fetch_used(cursor: Cursor, user_id: int, provider: str) -> int:
    """How many messages of this month's limit are used, including what this transaction has counted."""
    await FETCH_USED.execute(cursor, {"user_id": user_id, "provider": provider})
    row = await cursor.fetchone()
    return int(row[0]) if row else 0


class Month(NamedTuple):
    """One month's counters; `here` of `sent` were sent through Confab."""

    sent: int = 0
    received: int = 0
    here: int = 0


async def fetch_month(cursor: Cursor, user_id: int, provider: str, period_ym: str) -> Month:
    """The counters of a month; zeros if nothing was counted."""
    await cursor.execute(
        """select messages_sent, messages_rcvd, sent_here from channels_usage
           where user_id = %s and provider = %s and period_ym = %s""",
        (user_id, provider, period_ym),
    )
    row = await cursor.fetchone()
    return Month(*row) if row else Month()


async def list_days(
    cursor: Cursor, user_id: int, provider: str, period_ym: str
) -> list[tuple[str, int, int]]:
    """(day, sent, received) of every day of the month in order, also of days without messages."""
    await cursor.execute(
        """select to_char(d, 'YYYY-MM-DD'), coalesce(u.messages_sent, 0), coalesce(u.messages_rcvd, 0)
           from generate_series(%(first)s::date, %(first)s::date + interval '1 month' - interval '1 day',
                                interval '1 day') d
           left join channels_usage_day u
               on u.user_id = %(user_id)s and u.provider = %(provider)s and u.day = d::date
           order by d""",
        {"first": f"{period_ym}-01", "user_id": user_id, "provider": provider},
    )
    return [tuple(row) for row in await cursor.fetchall()]


class UsagePushTarget(NamedTuple):
    """A user's month to push to their sockets: now if it `is_due`, else later."""

    is_due: bool
    user_id: int
    provider: str
    month: Month
    warned_level: int
    warned_limit: int | None


async def take_due_pushes(
    cursor: Cursor, user_ids: Sequence[int], pause_seconds: float
) -> list[UsagePushTarget]:
    """The current months of these users. Only this caller pushes those that are due, for `pause_seconds`."""
    await cursor.execute(
        """with current as (
               select *, pushed_at < now() - make_interval(secs => %s) as is_due from channels_usage
               where user_id = any(%s) and period_ym = usage_month(now())
               order by user_id for no key update
           ), taken as (
               update channels_usage u set pushed_at = now() from current where current.is_due and u.id = current.id
           )
           select is_due, user_id, provider, messages_sent, messages_rcvd, sent_here, warned_level, warned_limit
           from current""",
        (pause_seconds, list(user_ids)),
    )
    rows = await cursor.fetchall()
    return [UsagePushTarget(row[0], row[1], row[2], Month(*row[3:6]), row[6], row[7]) for row in rows]


async def note_warning(cursor: Cursor, user_id: int, provider: str, level: int, limit: int) -> bool:
    """Record a warning level of the month's limit; True for the first caller only."""
    await cursor.execute(
        """update channels_usage set warned_level = %(level)s, warned_limit = %(limit)s
           where user_id = %(user_id)s and provider = %(provider)s and period_ym = usage_month(now())
               and (warned_level < %(level)s or warned_limit is distinct from %(limit)s)""",
        {"user_id": user_id, "provider": provider, "level": level, "limit": limit},
    )
    return bool(cursor.rowcount)


# Covers a change that was committed while the month was being pushed.
UNSEEN_SECONDS = 10


async def list_owners(cursor: Cursor, account_ids: Sequence[int]) -> list[int]:
    """Users whose counters these accounts affect: the current payers, and previous payers with recent refunds."""
    await cursor.execute(
        """select user_id from channels_account where id = any(%(ids)s)
           union
           select p.user_id from channels_account_payer p
           join channels_usage u on u.user_id = p.user_id and u.period_ym = usage_month(now())
           where p.account_id = any(%(ids)s) and u.updated_at > u.pushed_at - make_interval(secs => %(seconds)s)""",
        {"ids": list(account_ids), "seconds": UNSEEN_SECONDS},
    )
    return [row[0] for row in await cursor.fetchall()]


async def list_recent_users(cursor: Cursor, seconds: float) -> list[int]:
    """Users whose current month changed within `seconds`."""
    await cursor.execute(
        """select distinct user_id from channels_usage
           where period_ym = usage_month(now()) and updated_at > now() - make_interval(secs => %s)""",
        (seconds,),
    )
    return [row[0] for row in await cursor.fetchall()]
