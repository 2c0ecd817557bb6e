"""The counted days, months and hours of reports, added up."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, NamedTuple

from aiopg import Cursor

from server.rules.facts import MEASURES, Measure
from server.rules.figures import CountedBucket
from server.rules.periods import Period, Step

Clock = Literal["all", "office"]
GroupKind = Literal["user", "account", "label", "team"]


@dataclass(frozen=True, slots=True)
class Selection:
    """What is counted: of accounts that the caller may see, of a user, label, team or all, in a period, on a clock."""

    account_ids: Sequence[int]
    period: Period
    clock: Clock
    user_id: int | None = None  # 0: none of the users
    label_id: int | None = None
    team_id: int | None = None


class CountedStep(NamedTuple):
    """What was counted within a step of the period; None: in the period before."""

    measure: Measure
    first_day: date | None
    counted: CountedBucket


class CountedGroup(NamedTuple):
    """What was counted for a user, an account, a label or a team, in the period or the one before."""

    group_id: int
    measure: Measure
    is_before: bool
    counted: CountedBucket


# What is opened takes no time. Lateral, so that each range is read from the index: joined in any other way all counts
# would be read (ADR 5). The sums of a row are with a bucket that has none.
COUNTED = """
    from unnest(%(account_ids)s::bigint[]) a (id)
    cross join unnest(%(measures)s::text[]) x (measure)
    cross join unnest(%(units)s::text[], %(firsts)s::date[], %(lasts)s::date[], %(befores)s::boolean[])
        s (unit, first, last, is_before)
    cross join lateral (
        select t.* from report_histogram t
        where t.account_id = a.id and t.measure = x.measure and t.dimension = %(dimension)s
            and t.span = s.unit and t.first_day between s.first and s.last
            and (%(dimension_id)s::bigint is null or t.dimension_id = %(dimension_id)s)
        offset 0) d
    cross join lateral (
        select 0 as bucket, 0 as n, case %(clock)s when 'office' then d.open_seconds else d.seconds end as seconds,
            d.met, d.breached
        union all
        select u.bucket, u.n, 0, 0, 0 from unnest(
            case %(clock)s when 'office' then d.open_buckets else d.buckets end,
            case %(clock)s when 'office' then d.open_counts else d.counts end) u (bucket, n)) c"""
SUMS = "sum(c.n)::bigint, sum(c.seconds)::bigint, sum(c.met)::bigint, sum(c.breached)::bigint"


async def list_steps(cursor: Cursor, selection: Selection) -> list[CountedStep]:
    """The buckets of each step of the period, and of the whole period before."""
    await cursor.execute(
        f"""select d.measure,
                case when not s.is_before then greatest(date_trunc(%(step)s, d.first_day)::date, %(since)s) end,
                c.bucket, {SUMS}
            {COUNTED} group by 1, 2, 3""",
        _values(selection, selection.period.step),
    )
    return [CountedStep(row[0], row[1], CountedBucket(*row[2:])) for row in await cursor.fetchall()]


async def list_groups(cursor: Cursor, selection: Selection, by: GroupKind) -> list[CountedGroup]:
    """The buckets of each user, account, label or team."""
    group = "d.account_id" if by == "account" else "d.dimension_id"
    values = _values(selection, "month")
    if by != "account":
        values["dimension"] = by
    await cursor.execute(
        f"""select {group}, d.measure, s.is_before, c.bucket, {SUMS} {COUNTED}
            group by 1, 2, 3, 4""",
        values,
    )
    return [CountedGroup(row[0], row[1], row[2], CountedBucket(*row[3:])) for row in await cursor.fetchall()]


def dimension_of(user_id: int | None, label_id: int | None, team_id: int | None) -> tuple[str, int | None]:
    """Under what is counted that a user did, that has a label, or is a team's: the dimension, and its id."""
    kinds: tuple[tuple[str, int | None], ...] = (("user", user_id), ("label", label_id), ("team", team_id))
    return next((kind for kind in kinds if kind[1] is not None), ("all", None))


def _values(selection: Selection, step: Step) -> dict[str, object]:
    """What is not needed step by step is read from whole months."""
    dimension, dimension_id = dimension_of(selection.user_id, selection.label_id, selection.team_id)
    own, before = selection.period.spans(step), selection.period.before.spans("month")
    spans = [*own, *before]
    return {
        "account_ids": list(selection.account_ids),
        "measures": list(MEASURES),
        "clock": selection.clock,
        "dimension": dimension,
        "dimension_id": dimension_id,
        "since": selection.period.since,
        "step": step,
        "units": [span.unit for span in spans],
        "firsts": [span.first for span in spans],
        "lasts": [span.last for span in spans],
        "befores": [False] * len(own) + [True] * len(before),
    }


NAMES = {
    "user": "select u.id, u.name from users u where u.id = any(%s)",
    "account": "select a.id, coalesce(a.name, a.phone) from channels_account a where a.id = any(%s)",
    "label": "select l.id, l.name from label l where l.id = any(%s)",
    "team": "select t.id, t.name from user_team t where t.id = any(%s)",
}


async def list_names(cursor: Cursor, by: GroupKind, ids: Collection[int]) -> dict[int, str | None]:
    """The names of users, accounts, labels or teams; of deleted labels too."""
    await cursor.execute(NAMES[by], (list(ids),))
    return dict(await cursor.fetchall())


class Backlog(NamedTuple):
    """How many conversations are open at the end of an hour, and how many were opened and closed within it."""

    hour: datetime
    open: int
    opened: int
    closed: int


async def list_backlog(
    cursor: Cursor, account_ids: Sequence[int], since: datetime, until: datetime
) -> list[Backlog]:
    """The hours in which something was opened or closed, and the one at `since`: between them the count stays."""
    await cursor.execute(
        """with counted as (
               select greatest(h.hour, %(since)s) as hour, sum(h.opened) as opened, sum(h.closed) as closed,
                   sum(h.opened) filter (where h.hour >= %(since)s) as opened_within,
                   sum(h.closed) filter (where h.hour >= %(since)s) as closed_within
               from report_hour h where h.account_id = any(%(account_ids)s) and h.hour < %(until)s group by 1)
           select c.hour, (sum(c.opened - c.closed) over (order by c.hour))::bigint,
               coalesce(c.opened_within, 0)::bigint, coalesce(c.closed_within, 0)::bigint
           from counted c order by c.hour""",
        {"account_ids": list(account_ids), "since": since, "until": until},
    )
    return [Backlog(*row) for row in await cursor.fetchall()]


async def list_reported(
    cursor: Cursor, user_id: int, account_id: int | None, only: Collection[int] | None
) -> dict[int, bool]:
    """The accounts of which the user sees all chats, or this one of them, and whether their reports are complete;
    `only` restricts them further.
    """
    await cursor.execute(
        """select a.id, coalesce(r.account_id is not null and r.next_id is null, false)
           from channels_account_member m join channels_account a on a.id = m.account_id
           left join report_recount r on r.account_id = a.id
           where m.user_id = %(user_id)s and not m.is_restricted and a.erasing_since is null
               and (%(account_id)s::bigint is null or a.id = %(account_id)s)
               and (%(only)s::bigint[] is null or a.id = any(%(only)s))
           order by a.id""",
        {"user_id": user_id, "account_id": account_id, "only": None if only is None else list(only)},
    )
    return dict(await cursor.fetchall())
