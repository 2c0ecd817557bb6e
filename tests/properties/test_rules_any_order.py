"""Chats and workers in any order: each rule runs once for each event that triggers it, as if in order."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from typing import Any

from aiopg import Cursor
from hypothesis import example, given
from hypothesis import strategies as st

from server.conversations.hand_over import hand_over
from server.conversations.owners import Assignment
from server.conversations.states import TargetChat
from server.conversations.status import StatusChange, change_status
from server.store.rules import rule_runs
from server.store.rules import rules as rows
from server.store.rules.rules import Action, Rule
from server.store.sending.sends import Author
from tests.properties.strategies import repeatable
from tests.support.peers import message_received
from tests.support.worker_harness import WorkerHarness, written_by_us
from workers.automation.follow import follow_feeds
from workers.automation.rules import Rules

PHONES = ("5511900000011", "5511900000022")
EVENTS = ("message_in", "message_out", "closed", "assigned")
NOTE: Action = {
    "kind": "note",
    "text": "Oi",
    "user_id": None,
    "team_id": None,
    "label_id": None,
    "reply_id": None,
    "user_ids": [],
    "category": None,
    "minutes": None,
    "wake_on_message": True,
}
CHATS = st.integers(0, 1)
STEPS = st.one_of(
    st.tuples(st.just("arrive"), CHATS),
    st.tuples(st.just("answer"), CHATS),
    st.tuples(st.just("close"), CHATS),
    st.tuples(st.just("assign"), CHATS, st.booleans()),
    st.tuples(st.just("work"), st.integers(1, 3)),
    # Killed in the transaction of the n-th run from now.
    st.tuples(st.just("die"), st.integers(1, 4)),
)


class Killed(BaseException):
    """The worker is no more."""


class World:
    """The steps, and how often each rule must have run in each chat."""

    def __init__(self, harness: WorkerHarness, account_id: int) -> None:
        self.harness, self.account_id = harness, account_id
        self.expected: Counter[tuple[str, int]] = Counter()

    async def begin(self) -> None:
        await self.harness.execute(
            """with r as (delete from rule), f as (delete from feed_cursor), c as (delete from channels_chat)
               update channels_account set seq = 0"""
        )
        for phone in PHONES:
            await self.harness.store(message_received("acc-1", phone=phone))
        for event in EVENTS:
            rule: Rule = {
                "name": event,
                "account_ids": [self.account_id],
                "is_on": True,
                "stops": False,
                "event": event,
                "minutes": None,
                "conditions": [],
                "actions": [NOTE],
            }
            await self.harness.parts.database.write(rows.insert_rule, rule, self.harness.user_id)
        await self.harness.parts.database.write(rows.sync_cursors, "rules", [self.account_id])

    async def _target(self, chat: int) -> TargetChat:
        found = (await self.harness.chats())[chat]
        actor = Author("user", self.harness.user_id)
        return TargetChat(self.harness.user_id, actor, "whatsapp", self.account_id, found["id"])

    async def arrive(self, chat: int) -> None:
        await self.harness.store(message_received("acc-1", phone=PHONES[chat]))
        self.expected["message_in", chat] += 1

    async def answer(self, chat: int) -> None:
        await self.harness.store(written_by_us(phone=PHONES[chat]))
        self.expected["message_out", chat] += 1

    async def close(self, chat: int) -> None:
        target = await self._target(chat)
        if (await self.harness.chats())[chat]["status"] != "closed":
            self.expected["closed", chat] += 1
        await self.harness.parts.database.write(change_status, target, StatusChange("closed"))

    async def assign(self, chat: int, is_own: bool) -> None:
        target = await self._target(chat)
        wanted = self.harness.user_id if is_own else None
        if (await self.harness.chats())[chat]["assignee_id"] != wanted:
            self.expected["assigned", chat] += 1
        await self.harness.parts.database.write(hand_over, target, Assignment(wanted, None), None)

    async def work(self, workers: int) -> None:
        await asyncio.gather(*(follow_feeds(self.harness.parts, Rules()) for _ in range(workers)))

    async def die(self, runs: int) -> None:
        end_run, left = rule_runs.end_run, [runs]

        async def end_or_die(cursor: Cursor, run_id: int, outcome: str, actions: Sequence[Any]) -> None:
            left[0] -= 1
            if left[0] == 0:
                raise Killed
            await end_run(cursor, run_id, outcome, actions)

        rule_runs.end_run = end_or_die
        try:
            await self.work(1)
        except Killed:
            pass
        finally:
            rule_runs.end_run = end_run

    async def check(self) -> None:
        chats = [chat["id"] for chat in await self.harness.chats()]
        found = await self.harness.fetch(
            """select r.name, n.chat_id, count(*) as runs, count(distinct n.event_seq) as events,
                   array_agg(n.event_seq order by n.id) = array_agg(n.event_seq order by n.event_seq) as in_order
               from rule_run n join rule r on r.id = n.rule_id group by r.name, n.chat_id"""
        )
        ran = {(row["name"], chats.index(row["chat_id"])): row["runs"] for row in found}
        assert ran == {key: count for key, count in self.expected.items() if count}
        assert all(row["in_order"] and row["runs"] == row["events"] for row in found)
        (totals,) = await self.harness.fetch(
            """select (select count(*) from rule_run) as runs, (select count(*) from channels_note) as notes,
                   (select count(*) from channels_activity where kind = 'ran') as lines"""
        )
        assert len(set(totals.values())) == 1


@repeatable(40)
@example(steps=[("arrive", 0), ("die", 1), ("work", 2)])
@example(steps=[("arrive", 0), ("close", 0), ("arrive", 0), ("die", 3), ("close", 0)])
@given(steps=st.lists(STEPS, max_size=12))
async def test_each_rule_runs_once_for_each_event(
    harness: WorkerHarness, steps: list[tuple[Any, ...]]
) -> None:
    (account,) = await harness.fetch("select id from channels_account")
    world = World(harness, account["id"])
    await world.begin()
    for name, *values in steps:
        await getattr(world, name)(*values)
    await world.work(1)
    await world.check()
