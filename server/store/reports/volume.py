"""Messages by day, number and user, as they are counted."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from aiopg import Cursor

from server.rules.periods import Period, Span


class CountedVolume(NamedTuple):
    """The messages of an account, received or sent by a user (0: none of them), within a step of the period; None: in
    the period before.
    """

    account_id: int
    user_id: int
    first_day: date | None
    received: int
    sent: int


class VolumeLine(NamedTuple):
    """A day of an account and a user as a line of a file."""

    day: str
    account_id: int
    account: str | None
    user_id: int
    user: str | None
    received: int
    sent: int


async def list_volume(
    cursor: Cursor, account_ids: Sequence[int], period: Period, user_id: int | None
) -> list[CountedVolume]:
    """What was counted in each step of the period, and in the whole period before."""
    own, before = period.spans(period.step), period.before.spans("month")
    spans: list[Span] = [*own, *before]
    await cursor.execute(
        """select a.id, d.user_id,
               case when not s.is_before then greatest(date_trunc(%(step)s, d.first_day)::date, %(since)s) end,
               sum(d.received)::bigint, sum(d.sent)::bigint
           from unnest(%(account_ids)s::bigint[]) a (id)
           cross join unnest(%(units)s::text[], %(firsts)s::date[], %(lasts)s::date[], %(befores)s::boolean[])
               s (unit, first, last, is_before)
           cross join lateral (
               select t.* from report_volume t
               where t.account_id = a.id and t.span = s.unit and t.first_day between s.first and s.last
                   and (%(user_id)s::bigint is null or t.user_id = %(user_id)s)
               offset 0) d
           group by 1, 2, 3""",
        {
            "account_ids": list(account_ids),
            "user_id": user_id,
            "since": period.since,
            "step": period.step,
            "units": [span.unit for span in spans],
            "firsts": [span.first for span in spans],
            "lasts": [span.last for span in spans],
            "befores": [False] * len(own) + [True] * len(before),
        },
    )
    return [CountedVolume(*row) for row in await cursor.fetchall()]


async def read_volume_lines(
    cursor: Cursor,
    account_ids: Sequence[int],
    period: Period,
    user_id: int | None,
    limit: int,
    after: VolumeLine | None,
) -> list[VolumeLine]:
    """Up to `limit` days as lines, the oldest first, those after a line."""
    await cursor.execute(
        """select v.first_day::text, v.account_id, coalesce(n.name, n.phone), v.user_id, u.name, v.received, v.sent
           from report_volume v
           join channels_account n on n.id = v.account_id left join users u on u.id = v.user_id
           where v.account_id = any(%(account_ids)s) and v.span = 'day'
               and v.first_day between greatest(%(since)s, %(after_day)s::date) and %(until)s
               and (%(user_id)s::bigint is null or v.user_id = %(user_id)s) and (v.received > 0 or v.sent > 0)
               and (%(after_day)s::date is null
                   or (v.first_day, v.account_id, v.user_id) > (%(after_day)s, %(after_account)s, %(after_user)s))
           order by v.first_day, v.account_id, v.user_id limit %(limit)s""",
        {
            "account_ids": list(account_ids),
            "since": period.since,
            "until": period.until,
            "user_id": user_id,
            "limit": limit,
            "after_day": after and after.day,
            "after_account": after and after.account_id,
            "after_user": after and after.user_id,
        },
    )
    return [VolumeLine(*row) for row in await cursor.fetchall()]
