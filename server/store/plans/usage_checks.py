"""Compares the usage counters with the rows they count; reports, changes nothing."""

from typing import NamedTuple

from aiopg import Cursor

# Since the beginning of last month, in one snapshot, so that a message that is just being counted is on both sides or
# on neither. The BRIN index on created_at and the small one on counted_at find the rows of that time.
DRIFT = """
    with since as (
        select date_trunc('month', now() at time zone 'UTC') - interval '1 month' as moment
    ), counted as (
        select coalesce(m.counted_for, first_payer(a)) as user_id, a.provider,
            usage_month(coalesce(m.counted_at, m.created_at)) as month,
            (m.direction = 'out')::int as sent, (m.direction = 'out' and m.client_id is not null)::int as here,
            (m.direction = 'in')::int as rcvd
        from channels_message m join channels_account a on a.id = m.account_id
        where (m.created_at >= (select moment at time zone 'UTC' from since)
               or m.counted_at >= (select moment at time zone 'UTC' from since))
            and not m.is_event and not m.is_history and m.status <> 'failed'
        union all
        select coalesce(s.counted_for, first_payer(a)), a.provider, usage_month(s.created_at), 0, 1, 0
        from channels_chat_start s join channels_account a on a.id = s.account_id
        union all
        select user_id, provider, period_ym, messages_sent, sent_here, messages_rcvd from channels_usage_gone
    ), expected as (
        select user_id, provider, month, sum(sent) as sent, sum(here) as here, sum(rcvd) as rcvd
        from counted where month >= (select to_char(moment, 'YYYY-MM') from since) group by 1, 2, 3
    ), daily as (
        select user_id, provider, to_char(day, 'YYYY-MM') as month,
            sum(messages_sent) as sent, sum(messages_rcvd) as rcvd
        from channels_usage_day where day >= (select moment::date from since) group by 1, 2, 3
    ), stored as (
        select user_id, provider, period_ym as month, messages_sent as sent, sent_here as here,
            messages_rcvd as rcvd
        from channels_usage where period_ym >= (select to_char(moment, 'YYYY-MM') from since)
    )
    select coalesce(t.user_id, e.user_id), coalesce(t.provider, e.provider), coalesce(t.month, e.month),
        coalesce(t.sent, 0)::bigint, coalesce(t.rcvd, 0)::bigint, coalesce(t.here, 0)::bigint,
        coalesce(e.sent, 0)::bigint, coalesce(e.rcvd, 0)::bigint, coalesce(e.here, 0)::bigint,
        coalesce(d.sent, 0)::bigint, coalesce(d.rcvd, 0)::bigint
    from stored t full join expected e using (user_id, provider, month)
    left join daily d on d.user_id = coalesce(t.user_id, e.user_id) and d.provider = coalesce(t.provider, e.provider)
        and d.month = coalesce(t.month, e.month)
    where (coalesce(t.sent, 0), coalesce(t.rcvd, 0), coalesce(t.here, 0))
            is distinct from (coalesce(e.sent, 0), coalesce(e.rcvd, 0), coalesce(e.here, 0))
        or (coalesce(t.sent, 0), coalesce(t.rcvd, 0)) is distinct from (coalesce(d.sent, 0), coalesce(d.rcvd, 0))
    order by 1, 2, 3"""
LONGER_TIMEOUT = "set local statement_timeout = '120s'"
# The client's default timeout is shorter.
CLIENT_SECONDS = 130.0


class Drift(NamedTuple):
    """A month whose counters differ from the rows, or whose days differ from the month."""

    user_id: int
    provider: str
    period_ym: str
    sent: int
    received: int
    here: int
    rows_sent: int
    rows_received: int
    rows_here: int
    days_sent: int
    days_received: int


async def list_drift(cursor: Cursor) -> list[Drift]:
    """The counters of this month and the last that differ from the rows, by user, provider and month."""
    await cursor.execute(LONGER_TIMEOUT)
    await cursor.execute(DRIFT, timeout=CLIENT_SECONDS)
    return [Drift(*row) for row in await cursor.fetchall()]
