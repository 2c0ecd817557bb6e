"""The facts behind a figure, with their chats: newest first, in pages and for a file."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Literal, NamedTuple

from aiopg import Cursor

from server.rules.buckets import EDGES, Buckets, contained_buckets, touched_buckets
from server.rules.facts import Measure
from server.store.chats.chats import CHAT_LOOKUPS, TITLE
from server.store.db.keyset_pages import Key, Page, page_of
from server.store.reports.figures import dimension_of

Outcome = Literal["any", "met", "breached"]


@dataclass(frozen=True, slots=True)
class FactFilter:
    """Which facts: those of a measure in a period, of a user, with a label, of a team, within a duration on a clock,
    with a target that was met or breached; or what was open at a time.
    """

    account_ids: Sequence[int]
    measure: Measure
    since: date
    until: date
    user_id: int | None
    label_id: int | None
    team_id: int | None
    clock: str
    at_least: int | None
    below: int | None
    target: Outcome | None
    open_at: str | None


def _counted(buckets: str) -> str:
    """How many a row of counts `d` has in these buckets; where a target is asked for, at most as many as have one."""
    return f"""(select case when %(target)s::text is null then coalesce(sum(u.n), 0) else least(coalesce(sum(u.n), 0),
            case when %(target)s <> 'breached' then d.met else 0 end
            + case when %(target)s <> 'met' then d.breached else 0 end) end from unnest(
        case %(clock)s when 'office' then d.open_buckets else d.buckets end,
        case %(clock)s when 'office' then d.open_counts else d.counts end) u (bucket, n)
        where u.bucket between %({buckets}_first)s and %({buckets}_last)s)"""


SECONDS = "case %(clock)s when 'office' then f.open_seconds else f.seconds end"
FITS = f"""
    (%(user_id)s::bigint is null or coalesce(f.user_id, 0) = %(user_id)s)
    and (%(label_id)s::bigint is null or %(label_id)s = any(f.label_ids))
    and (%(team_id)s::bigint is null or %(team_id)s = f.team_id)
    and (%(target)s::text is null or f.is_met = any(%(verdicts)s::boolean[]))
    and (%(at_least)s::integer is null or {SECONDS} >= %(at_least)s)
    and (%(below)s::integer is null or {SECONDS} < %(below)s)
    and (%(before_id)s::bigint is null or (f.at, f.id) < (%(before_at)s::timestamptz, %(before_id)s))"""
# First the days that have such facts, from their counts, until they have enough of them for the page; then the facts
# of these days. So a filter that hardly anything fits reads little too. A day of a number is that of its time zone,
# never more than a day away from that of UTC: of numbers in different zones, facts of two days before may be newer.
NEWEST = f"""
    with day as (
        select d.account_id, d.first_day as day, {_counted("sure")} as sure
        from unnest(%(account_ids)s::bigint[]) a (id)
        cross join lateral (
            select t.* from report_histogram t
            where t.account_id = a.id and t.measure = %(measure)s and t.dimension = %(dimension)s
                and t.span = 'day' and t.dimension_id = %(dimension_id)s and t.first_day between %(since)s and %(until)s
                and (%(before_id)s::bigint is null
                    or t.first_day <= (%(before_at)s::timestamptz at time zone 'UTC')::date + 1)
            offset 0) d
        where {_counted("possible")} > 0
    ), reached as (
        select day, sum(case when %(before_id)s::bigint is null
                or day < (%(before_at)s::timestamptz at time zone 'UTC')::date - 1 then sure else 0 end)
            over (order by day desc) as n
        from day
    ), wanted as (
        select account_id, day from day
        where day >= coalesce((select max(day) from reached where n >= %(limit)s), %(since)s) - 2
    )
    select f.* from wanted w
    cross join lateral (
        select f.* from report_fact f
        where f.account_id = w.account_id and f.measure = %(measure)s and f.day = w.day and {FITS}
        order by f.at desc, f.id desc limit %(limit)s) f
    order by f.at desc, f.id desc limit %(limit)s"""
# What was open at a time: what was closed later, on days with closings that took long enough, and what is open now.
OPEN_THEN = f"""
    with closed as (
        select f.conversation_id from (
            select d.account_id, d.first_day as day
            from unnest(%(account_ids)s::bigint[]) a (id)
            cross join lateral (
                select t.* from report_histogram t
                where t.account_id = a.id and t.measure = 'resolution' and t.dimension = 'all' and t.span = 'day'
                    and t.first_day >= (%(open_at)s::timestamptz at time zone 'UTC')::date - 1
                offset 0) d
            where (select sum(u.n) from unnest(d.buckets, d.counts) u (bucket, n)
                where u.bucket >= (%(edges)s::integer[])[width_bucket(
                    greatest(0, extract(epoch from d.first_day - interval '14 hours'
                        - %(open_at)s::timestamptz at time zone 'UTC'))::integer, %(edges)s::integer[])]) > 0) w
        cross join lateral (
            select f.* from report_fact f
            where f.account_id = w.account_id and f.measure = 'resolution' and f.day = w.day
                and f.at > %(open_at)s and f.began_at <= %(open_at)s
            offset 0) f
    ), then_open as (
        select conversation_id from closed
        union
        select v.id from unnest(%(account_ids)s::bigint[]) a (id)
        cross join lateral (
            select t.id from channels_conversation t where t.account_id = a.id and t.closed_at is null offset 0) v
    )
    select f.* from then_open o
    cross join lateral (
        select f.* from report_fact f
        where f.conversation_id = o.conversation_id and f.measure = 'opened' and f.key = 0 offset 0) f
    where f.at <= %(open_at)s and {FITS}
    order by f.at desc, f.id desc limit %(limit)s"""
CHAT = f"join channels_chat c on c.id = f.chat_id {CHAT_LOOKUPS} left join users u on u.id = f.user_id"
LISTED_JSON = f"""
    row_to_json((select x from (select f.id, f.account_id, f.chat_id, {TITLE} as chat_title, c.kind as chat_kind,
        f.conversation_id, f.measure, rfc3339(f.began_at) as began_at, rfc3339(f.at) as at, f.user_id,
        u.name as user_name, f.seconds, f.open_seconds, f.label_ids, f.team_id,
        f.promised_minutes, f.promised_office, f.is_met) x))::text"""


class FactLine(NamedTuple):
    """A fact as a line of a file."""

    id: int
    measure: str
    began_at: str
    at: str
    seconds: int
    office_seconds: int
    user: str | None
    account_id: int
    account: str | None
    chat_id: int
    chat: str | None
    conversation_id: int
    labels: str
    team: str | None
    target: str | None
    target_minutes: int | None
    target_office_hours: bool | None


async def list_facts(cursor: Cursor, wanted: FactFilter, limit: int, before: Key | None) -> Page:
    """A page of facts with the names of their chats, newest first."""
    await cursor.execute(
        f"""select {LISTED_JSON}, rfc3339(f.at), f.id
            from ({_listed(wanted)}) f {CHAT} order by f.at desc, f.id desc""",
        _values(wanted, limit + 1, before),
    )
    return page_of(await cursor.fetchall(), limit)


async def read_lines(
    cursor: Cursor, wanted: FactFilter, limit: int, before: Key | None
) -> Sequence[FactLine]:
    """Up to `limit` facts as lines, newest first."""
    await cursor.execute(
        f"""select f.id, f.measure, rfc3339(f.began_at), rfc3339(f.at), f.seconds, f.open_seconds, u.name,
                f.account_id, coalesce(n.name, n.phone), f.chat_id, {TITLE}, f.conversation_id, coalesce((
                    select string_agg(l.name, ', ' order by l.name) from label l where l.id = any(f.label_ids)), ''),
                (select t.name from user_team t where t.id = f.team_id),
                case when f.is_met then 'met' when not f.is_met then 'breached' end, f.promised_minutes,
                f.promised_office
            from ({_listed(wanted)}) f {CHAT} join channels_account n on n.id = f.account_id
            order by f.at desc, f.id desc""",
        _values(wanted, limit, before),
    )
    return [FactLine(*row) for row in await cursor.fetchall()]


def _listed(wanted: FactFilter) -> str:
    return NEWEST if wanted.open_at is None else OPEN_THEN


def _values(wanted: FactFilter, limit: int, before: Key | None) -> Mapping[str, object]:
    before_at, before_id = before or (None, None)
    dimension, dimension_id = dimension_of(wanted.user_id, wanted.label_id, wanted.team_id)
    possible = touched_buckets(wanted.at_least, wanted.below)
    sure = contained_buckets(wanted.at_least, wanted.below)
    dimensions = [one for one in (wanted.user_id, wanted.label_id, wanted.team_id) if one is not None]
    has_duration = wanted.at_least is not None or wanted.below is not None
    if len(dimensions) > 1 or (wanted.target is not None and has_duration):
        sure = Buckets(0, -1)  # The days count users, labels, teams, durations and targets apart.
    return {
        **asdict(wanted),
        "account_ids": list(wanted.account_ids),
        "dimension": dimension,
        "dimension_id": dimension_id or 0,
        "possible_first": possible.first,
        "possible_last": possible.last,
        "sure_first": sure.first,
        "sure_last": sure.last,
        "edges": list(EDGES),
        "verdicts": [wanted.target != "breached", wanted.target == "met"],
        "limit": limit,
        "before_at": before_at,
        "before_id": before_id,
    }
