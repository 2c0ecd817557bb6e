"""Clocks of targets equal a computation from the beginning, for any order of what happens, to targets and hours too."""

from typing import Any

from aiopg import Cursor
from hypothesis import example, given
from hypothesis import strategies as st

from server.automation import targets as editing
from server.automation.clocks import compute_clocks
from server.conversations.owners import Assignment, assign_chat
from server.store.accounts.accounts import lock_account
from server.store.conversations.chat_states import lock_states
from server.store.people.audit import OPERATOR
from server.store.sending.sends import Author
from tests.properties.strategies import repeatable
from tests.properties.test_conversations_any_order import EMPTY
from tests.properties.test_reports_any_order import MINUTE, ReportedWorld
from tests.support.worker_harness import WorkerHarness
from workers.automation.targets import alert_at_risk, follow_targets, recount_targets

STEPS = st.one_of(
    *[st.tuples(st.just("arrive"), MINUTE)] * 4,
    *[st.tuples(st.just("phone"), MINUTE)] * 2,
    *[st.tuples(st.just("send"), st.sampled_from(["sent", "failed", None]))] * 2,
    st.tuples(st.just("settle"), st.sampled_from(["sent", "failed", "unconfirmed"])),
    st.tuples(st.just("retry")),
    st.tuples(st.just("close")),
    st.tuples(st.just("reopen")),
    st.tuples(st.just("snooze"), st.booleans()),
    st.tuples(st.just("assign"), st.booleans()),
    st.tuples(st.just("label"), st.integers(0, 1), st.booleans()),
    st.tuples(st.just("hours"), st.booleans()),
    st.tuples(st.just("switch"), st.integers(0, 3), st.booleans()),
    st.tuples(st.just("lead"), st.integers(0, 3)),
    *[st.tuples(st.just("follow"))] * 3,
    *[st.tuples(st.just("recount"))] * 2,
    st.tuples(st.just("alert")),
)
CLOCKS = (
    "select target_kind, target_began_at, target_at_risk_at, target_due_at from channels_chat order by id"
)
FORGET = """
    update channels_chat set target_kind = null, target_began_at = null, target_at_risk_at = null,
        target_due_at = null, target_alert_at = null"""
CLEARED = """
    with g as (delete from target), r as (delete from target_recount), f as (delete from feed_cursor),
        l as (delete from label) delete from account_hours"""


class TimedWorld(ReportedWorld):
    """A chat with targets, whose clocks are written whenever a step says so."""

    target_ids: list[int]

    async def open(self) -> "TimedWorld":
        await super().open()
        labelled = {"kind": "label", "test": "any", "ids": self.label_ids[:1], "texts": []}
        owned = {"kind": "assignee", "test": "any", "ids": [], "texts": []}
        new = {"kind": "new_contact", "test": "yes", "ids": [], "texts": []}
        self.target_ids = [
            await self._make([labelled], 30, 61, None, office_hours=True),
            await self._make([owned], None, 240, 600, office_hours=True),
            await self._make([new], 90, None, 2000, office_hours=False),
            await self._make([], 500, 500, 1441, office_hours=True),
        ]
        # What is still to be recounted at the end would hide what the consumer has missed.
        await self.switch(3, True)
        await self.recount()
        return self

    async def _make(
        self, conditions: list[Any], first: int | None, following: int | None, close: int | None, **more: Any
    ) -> int:
        given: Any = {
            "name": "Target",
            "account_ids": [self.account_id],
            "is_on": False,
            "conditions": conditions,
            "first_reply_minutes": first,
            "next_reply_minutes": following,
            "close_minutes": close,
            **more,
        }
        user_id = self.harness.user_id
        return await self.harness.parts.database.write(editing.create_target, user_id, given, OPERATOR)

    async def _change(self, n: int, changes: Any) -> None:
        user_id, target_id = self.harness.user_id, self.target_ids[n]
        await self.harness.parts.database.write(editing.change_target, user_id, target_id, changes, OPERATOR)

    async def switch(self, n: int, is_on: bool) -> None:
        await self._change(n, {"is_on": is_on})

    async def lead(self, n: int) -> None:
        await self._change(n, {"after_id": None})

    async def assign(self, is_set: bool) -> None:
        user_id, chat_id = self.harness.user_id, (await self.harness.chat())["id"]

        async def store(cursor: Cursor) -> None:
            (chat,) = await lock_states(cursor, user_id, "whatsapp", self.account_id, [chat_id])
            wanted = Assignment(user_id if is_set else None, None)
            await assign_chat(cursor, chat, wanted, Author("user", user_id))

        await self.harness.parts.database.write(store)

    async def follow(self) -> None:
        await follow_targets(self.harness.parts)

    async def recount(self) -> None:
        await recount_targets(self.harness.parts)

    async def alert(self) -> None:
        await alert_at_risk(self.harness.parts)

    async def check_clocks(self) -> None:
        await self.recount()
        await self.follow()
        written = await self.harness.fetch(CLOCKS)
        await self.harness.execute(FORGET)

        async def compute(cursor: Cursor) -> None:
            await lock_account(cursor, self.account_id)
            await cursor.execute("select id from channels_chat")
            await compute_clocks(cursor, self.account_id, [row[0] for row in await cursor.fetchall()])

        await self.harness.parts.database.write(compute)
        assert written == await self.harness.fetch(CLOCKS)


@repeatable(80)
@example(steps=[("hours", True), ("recount",), ("arrive", 37716), ("follow",), ("hours", False)])
@example(steps=[("hours", True), ("follow",), ("recount",), ("phone", 37716), ("hours", False), ("follow",)])
@example(steps=[("switch", 0, True), ("recount",), ("follow",), ("label", 0, True)])
@example(steps=[("switch", 1, True), ("recount",), ("assign", True), ("follow",), ("assign", False)])
@example(steps=[("switch", 2, True), ("lead", 2), ("recount",), ("follow",), ("close",), ("arrive", 37000)])
@example(steps=[("follow",), ("close",), ("follow",), ("reopen",)])
@example(steps=[("send", "sent"), ("follow",), ("arrive", 37000), ("phone", 36900)])
@example(steps=[("send", None), ("follow",), ("settle", "failed")])
@example(steps=[("phone", 36100), ("send", None), ("follow",), ("settle", "failed"), ("follow",), ("retry",)])
@example(steps=[("follow",), ("switch", 3, False), ("recount",), ("switch", 3, True), ("arrive", 35000)])
@given(steps=st.lists(STEPS, max_size=16))
async def test_clocks_equal_a_computation_from_the_beginning(
    harness: WorkerHarness, steps: list[tuple[Any, ...]]
) -> None:
    harness.received_at = "2026-04-02T23:00:00.000+00:00"
    await harness.execute(EMPTY)
    await harness.execute(CLEARED)
    (account,) = await harness.fetch("select id from channels_account")
    world = await TimedWorld(harness, account["id"]).open()
    await world.arrive(25 * 1440)
    for name, *values in steps:
        await getattr(world, name)(*values)
    await world.check_clocks()
