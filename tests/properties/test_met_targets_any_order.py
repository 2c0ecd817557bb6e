"""Which targets were met equals a computation from the beginning, for any order of what happens, to targets too."""

from typing import Any

from aiopg import Cursor
from hypothesis import example, given
from hypothesis import strategies as st

from server.conversations.owners import Assignment, assign_chat
from server.rules.answering.target_clocks import Progress, Promises, clock_of
from server.rules.answering.verdicts import MINUTES
from server.store.accounts.accounts import lock_account
from server.store.automation.feed_cursors import lock_cursor
from server.store.automation.hours import fetch_hours
from server.store.conversations.chat_states import lock_states
from server.store.reports.recounts import CONSUMER
from server.store.sending.sends import Author
from tests.properties.strategies import repeatable
from tests.properties.test_conversations_any_order import EMPTY, at
from tests.properties.test_reports_any_order import MINUTE, ReportedWorld
from tests.properties.test_targets_any_order import CLEARED, TimedWorld
from tests.support.worker_harness import WorkerHarness
from workers.automation.report_facts import judge_again, recount_reports

STEPS = st.one_of(
    *[st.tuples(st.just("arrive"), MINUTE)] * 4,
    *[st.tuples(st.just("phone"), MINUTE)] * 4,
    *[st.tuples(st.just("send"), st.sampled_from(["sent", "failed", None]))] * 2,
    st.tuples(st.just("settle"), st.sampled_from(["sent", "failed", "unconfirmed"])),
    st.tuples(st.just("retry")),
    st.tuples(st.just("close")),
    st.tuples(st.just("reopen")),
    st.tuples(st.just("label"), st.integers(0, 1), st.booleans()),
    st.tuples(st.just("team"), st.booleans()),
    st.tuples(st.just("hours"), st.booleans()),
    st.tuples(st.just("switch"), st.integers(0, 3), st.booleans()),
    st.tuples(st.just("valid"), MINUTE, st.integers(1, 4000), st.booleans()),
    *[st.tuples(st.just("follow"))] * 3,
    *[st.tuples(st.just("report"))] * 3,
    *[st.tuples(st.just("recount"))] * 2,
)
JUDGED = """
    select f.measure, f.began_at, f.at, v.opened_by = 'contact' as by_contact, v.first_reply_at, f.is_met,
        f.promised_minutes, f.promised_office, p.id is not null as has_promises, p.first_reply_minutes,
        p.next_reply_minutes, p.close_minutes, p.office_hours
    from report_fact f join channels_conversation v on v.id = f.conversation_id
    left join lateral (
        select t.* from report_promise t where t.conversation_id = v.id and t.since <= f.at
        order by t.since desc limit 1) p on true"""
NEW = """
    insert into report_promise (conversation_id, account_id, chat_id, since, first_reply_minutes, next_reply_minutes,
        close_minutes, office_hours)
    select v.id, v.account_id, v.chat_id, %(since)s, %(minutes)s, %(minutes)s, %(minutes)s, %(office)s
    from channels_conversation v order by v.id desc limit 1 on conflict do nothing returning conversation_id"""


class JudgedWorld(TimedWorld):
    """A chat whose targets are followed and whose facts are counted, each whenever a step says so."""

    async def open(self) -> "JudgedWorld":
        await super().open()
        # What happens in the chat happened months ago.
        await self.harness.execute("update target_recount set targets_at = '2026-03-01'")
        return self

    async def report(self) -> None:
        await ReportedWorld.follow(self)

    async def team(self, is_set: bool) -> None:
        user_id, chat_id = self.harness.user_id, (await self.harness.chat())["id"]

        async def store(cursor: Cursor) -> None:
            await cursor.execute(
                "insert into user_team (name) values ('Sales') on conflict do nothing returning id"
            )
            await cursor.execute("select id from user_team")
            team_id = (await cursor.fetchone())[0]
            (chat,) = await lock_states(cursor, user_id, "whatsapp", self.account_id, [chat_id])
            await assign_chat(
                cursor, chat, Assignment(None, team_id if is_set else None), Author("user", user_id)
            )

        await self.harness.parts.database.write(store)

    async def valid(self, minute: int, minutes: int, office: bool) -> None:
        """As if something else had been promised at a time in the past, and was known only now."""
        values = {"since": at(minute), "minutes": minutes, "office": office}

        async def store(cursor: Cursor) -> None:
            account = await lock_account(cursor, self.account_id)
            assert account is not None
            await lock_cursor(cursor, CONSUMER, self.account_id)
            await cursor.execute(NEW, values)
            await judge_again(cursor, account, [row[0] for row in await cursor.fetchall()])

        await self.harness.parts.database.write(store)

    async def check_verdicts(self) -> None:
        """A fact was in time if the clock that it ended had not ended before, whose end is computed by hours."""
        hours = await self.harness.parts.database.read(fetch_hours, [self.account_id])
        for fact in await self.harness.fetch(JUDGED):
            kind = _kind(fact)
            minutes = kind and fact["has_promises"] and fact[MINUTES[kind]]
            assert fact["promised_minutes"] == (minutes or None)
            if minutes:
                promises = Promises(minutes, None, None, fact["office_hours"])
                clock = clock_of(
                    promises, Progress(True, fact["began_at"], None, None), hours.get(self.account_id)
                )
                assert fact["is_met"] == (clock is None or fact["at"] < clock.due_at)


def _kind(fact: dict[str, Any]) -> Any:
    if fact["measure"] == "resolution":
        return "close"
    if fact["measure"] == "first_reply":
        return "first_reply" if fact["by_contact"] else None
    first_at = fact["first_reply_at"]
    is_next = not fact["by_contact"] or (first_at is not None and fact["at"] > first_at)
    return "next_reply" if fact["measure"] == "reply" and is_next else None


@repeatable(80)
@example(steps=[("phone", 36010), ("report",), ("follow",), ("close",), ("report",), ("reopen",)])
@example(steps=[("report",), ("phone", 36010), ("report",), ("valid", 36000, 5, False)])
@example(steps=[("hours", True), ("phone", 37716), ("valid", 36000, 900, True), ("hours", False)])
@example(
    steps=[("hours", True), ("arrive", 40000), ("phone", 41000), ("valid", 35999, 61, True), ("report",)]
)
@example(steps=[("team", True), ("phone", 36010), ("report",), ("close",), ("team", False), ("report",)])
@example(steps=[("switch", 0, True), ("recount",), ("send", "sent"), ("report",), ("label", 0, True)])
@given(steps=st.lists(STEPS, max_size=16))
async def test_met_targets_equal_a_computation_from_the_beginning(
    harness: WorkerHarness, steps: list[tuple[Any, ...]]
) -> None:
    harness.received_at = "2026-04-02T23:00:00.000+00:00"
    await harness.execute(EMPTY)
    await harness.execute(CLEARED)
    await harness.execute("delete from report_recount")
    (account,) = await harness.fetch("select id from channels_account")
    world = await JudgedWorld(harness, account["id"]).open()
    await world.arrive(25 * 1440)
    for name, *values in steps:
        await getattr(world, name)(*values)
    await recount_reports(harness.parts)
    await world.recount()
    await world.follow()
    await world.report()
    await world.check_verdicts()
    await world.check_reports()
