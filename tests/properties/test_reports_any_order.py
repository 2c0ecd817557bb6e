"""Reports equal a computation from the beginning, for any order of messages, closings, labels and office hours."""

from datetime import UTC, datetime
from typing import Any

from aiopg import Cursor
from hypothesis import example, given
from hypothesis import strategies as st

from server.messages.sending import advance_chat
from server.store.accounts import accounts
from server.store.automation.hours import delete_hours, put_hours
from server.store.conversations.chat_labels import Labelling, label_chats
from server.store.conversations.labels import Label, insert_label
from server.store.sending import send_outcomes
from server.store.sending.sends import Author
from tests.properties.strategies import repeatable
from tests.properties.test_conversations_any_order import EMPTY, World
from tests.support.worker_harness import WorkerHarness
from workers.automation.consumers import COUNTING
from workers.automation.follow import follow_feeds
from workers.automation.report_facts import ReportFacts, recount_reports

# Around the night in which the clocks change in Berlin, 2026-03-29, with a holiday on the Friday before it.
MINUTE = st.integers(25 * 1440, 29 * 1440)
WEEK = [[[540, 1020]]] * 5 + [[[0, 1440]], [[60, 240]]]
HOLIDAYS = [{"date": "2026-03-27", "name": "Holiday", "spans": [[600, 660]]}]
STEPS = st.one_of(
    *[st.tuples(st.just("arrive"), MINUTE)] * 4,
    *[st.tuples(st.just("phone"), MINUTE)] * 3,
    *[st.tuples(st.just("send"), st.sampled_from(["sent", "failed", None]))] * 2,
    st.tuples(st.just("settle"), st.sampled_from(["sent", "failed", "unconfirmed"])),
    st.tuples(st.just("retry")),
    st.tuples(st.just("close")),
    st.tuples(st.just("reopen")),
    st.tuples(st.just("snooze"), st.booleans()),
    st.tuples(st.just("label"), st.integers(0, 1), st.booleans()),
    st.tuples(st.just("hours"), st.booleans()),
    *[st.tuples(st.just("follow"))] * 3,
)
FACTS = """
    select conversation_id, measure, key, chat_id, began_at, at, day, user_id, seconds, open_seconds, bucket,
        open_bucket, label_ids, team_id, promised_minutes, promised_office, is_met
    from report_fact order by conversation_id, measure, key"""
COUNTS = """
    select h.account_id, h.measure, h.dimension, h.span, h.first_day, h.dimension_id, h.n, h.seconds, h.open_seconds,
        h.met, h.breached,
        array(select (bucket, n)::text from unnest(h.buckets, h.counts) u (bucket, n) where n <> 0 order by bucket)
            as counts,
        array(select (bucket, n)::text from unnest(h.open_buckets, h.open_counts) u (bucket, n) where n <> 0
            order by bucket) as open_counts
    from report_histogram h order by 1, 2, 3, 4, 5, 6"""
COUNTED_FACTS = """
    with counted as (
        select f.account_id, f.measure, x.dimension, x.span, x.first_day, x.dimension_id, f.seconds, f.open_seconds,
            f.bucket, f.open_bucket, f.is_met
        from (select t.* from report_fact t where t.measure <> 'waiting' offset 0) f cross join report_spans_of(f) x
    ), placed as (
        select account_id, measure, dimension, span, first_day, dimension_id, c.clock, c.bucket, count(*) as n
        from counted cross join lateral (values ('all', bucket), ('office', open_bucket)) c (clock, bucket)
        group by 1, 2, 3, 4, 5, 6, 7, 8
    ), listed as (
        select account_id, measure, dimension, span, first_day, dimension_id,
            array_agg((bucket, n)::text order by bucket) filter (where clock = 'all') as counts,
            array_agg((bucket, n)::text order by bucket) filter (where clock = 'office') as open_counts
        from placed group by 1, 2, 3, 4, 5, 6
    )
    select account_id, measure, dimension, span, first_day, dimension_id, count(*)::int as n, sum(seconds) as seconds,
        sum(open_seconds) as open_seconds, (count(*) filter (where is_met))::int as met,
        (count(*) filter (where not is_met))::int as breached, counts, open_counts
    from counted join listed using (account_id, measure, dimension, span, first_day, dimension_id)
    group by 1, 2, 3, 4, 5, 6, counts, open_counts order by 1, 2, 3, 4, 5, 6"""
DAYS = "select chat_id, day, user_id, received, sent from report_chat_day order by 1, 2, 3"
# By the messages themselves.
COUNTED_MESSAGES = """
    select m.chat_id, (m.sent_at at time zone coalesce(h.time_zone, 'UTC'))::date as day,
        case when m.author_kind = 'user' then m.author_id else 0 end as user_id,
        (count(*) filter (where m.direction = 'in'))::int as received,
        (count(*) filter (where m.direction = 'out'))::int as sent
    from channels_message m left join account_hours h on h.account_id = m.account_id
    where not m.is_history and not m.is_event and m.status is distinct from 'failed'
    group by 1, 2, 3 order by 1, 2, 3"""
VOLUME = (
    "select * from report_volume where received > 0 or sent > 0 order by account_id, span, first_day, user_id"
)
COUNTED_DAYS = """
    select d.account_id, s.span, s.first_day, d.user_id, sum(d.received)::int as received, sum(d.sent)::int as sent
    from report_chat_day d
    cross join lateral (values ('day', d.day), ('month', date_trunc('month', d.day)::date)) s (span, first_day)
    group by 1, 2, 3, 4 order by 1, 2, 3, 4"""
HOURS = "select * from report_hour where opened > 0 or closed > 0 order by hour"
COUNTED_HOURS = """
    select account_id, date_trunc('hour', at, 'UTC') as hour, count(*) filter (where measure = 'opened')::int as opened,
        count(*) filter (where measure = 'resolution')::int as closed
    from report_fact where measure in ('opened', 'resolution') group by 1, 2 order by 2"""


class ReportedWorld(World):
    """A chat with labels and office hours, whose reports are written whenever a step says so."""

    label_ids: list[int]

    async def open(self) -> "ReportedWorld":
        self.label_ids = [
            await self.harness.parts.database.write(
                insert_label, f"Label {n}", "red", None, self.harness.user_id
            )
            for n in range(2)
        ]
        await recount_reports(self.harness.parts)
        return self

    async def hours(self, is_set: bool) -> None:
        if is_set:
            arguments = ("Europe/Berlin", WEEK, HOLIDAYS)
            await self.harness.parts.database.write(put_hours, self.account_id, *arguments)
        else:
            await self.harness.parts.database.write(delete_hours, self.account_id)

    async def label(self, n: int, adds: bool) -> None:
        label = Label(self.label_ids[n], None, self.harness.user_id)
        labelling = Labelling(self.account_id, label, adds, "user", self.harness.user_id)
        await self.harness.parts.database.write(label_chats, labelling, [(await self.harness.chat())["id"]])

    async def retry(self) -> None:
        failed = await self.harness.fetch(
            "select id from channels_message where status in ('failed', 'unconfirmed') order by id"
        )
        if not failed:
            return

        async def queue(cursor: Cursor) -> None:
            await accounts.lock_accounts(cursor, "whatsapp", ["acc-1"])
            message, sent_at = await send_outcomes.queue_again(cursor, failed[0]["id"])
            await advance_chat(cursor, message, sent_at, "x", Author("user", self.harness.user_id))

        await self.harness.parts.database.write(queue)
        self.model.answer(datetime.now(UTC), opens=True)
        self.sending.append((failed[0]["id"], self.model.n))

    async def follow(self) -> None:
        await follow_feeds(self.harness.parts, ReportFacts())

    async def check_reports(self) -> None:
        await recount_reports(self.harness.parts)
        await self.follow()
        written = await self.harness.fetch(FACTS)
        days = await self.harness.fetch(DAYS)
        for counted, computed in (
            (COUNTS, COUNTED_FACTS),
            (HOURS, COUNTED_HOURS),
            (DAYS, COUNTED_MESSAGES),
            (VOLUME, COUNTED_DAYS),
        ):
            assert await self.harness.fetch(counted) == await self.harness.fetch(computed)
        await self.harness.execute("delete from report_fact")
        assert await self.harness.fetch("select * from report_histogram") == []
        await self.harness.execute("delete from report_chat_day")
        assert await self.harness.fetch(VOLUME) == []
        await self.harness.execute("delete from report_recount")
        await recount_reports(self.harness.parts)
        assert written == await self.harness.fetch(FACTS)
        assert days == await self.harness.fetch(DAYS)


@repeatable(60)
@example(steps=[("arrive", 37000), ("follow",), ("phone", 37100), ("follow",), ("phone", 37050)])
@example(steps=[("arrive", 37000), ("send", "sent"), ("follow",), ("arrive", 36500), ("close",), ("follow",)])
@example(steps=[("send", "failed"), ("follow",), ("arrive", 37000), ("follow",), ("retry",), ("close",)])
@example(steps=[("phone", 37000), ("follow",), ("label", 1, True)])
@example(steps=[("send", "failed"), ("follow",), ("retry",)])
@example(steps=[("send", None), ("settle", "unconfirmed"), ("follow",), ("retry",)])
@example(
    steps=[("label", 0, True), ("arrive", 36000), ("phone", 36010), ("close",), ("follow",), ("reopen",)]
)
@example(steps=[("hours", True), ("phone", 37716), ("follow",), ("hours", False)])
@given(steps=st.lists(STEPS, max_size=16))
async def test_reports_equal_a_computation_from_the_beginning(
    harness: WorkerHarness, steps: list[tuple[Any, ...]]
) -> None:
    assert any(isinstance(consumer, ReportFacts) for consumer in COUNTING)
    harness.received_at = "2026-04-02T23:00:00.000+00:00"
    await harness.execute(EMPTY)
    await harness.execute(
        "with l as (delete from label), h as (delete from account_hours), f as (delete from feed_cursor) "
        "delete from report_recount"
    )
    (account,) = await harness.fetch("select id from channels_account")
    world = await ReportedWorld(harness, account["id"]).open()
    await world.arrive(25 * 1440)
    for name, *values in steps:
        await getattr(world, name)(*values)
    await world.check_reports()
