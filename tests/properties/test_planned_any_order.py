"""Planned messages, contacts and workers in any order, also at once: each is sent once or cancelled, never both."""

import asyncio
from typing import Any

from aiopg import Cursor
from hypothesis import example, given
from hypothesis import strategies as st

from server.messages.planning import Target, cancel_planned, send_now
from server.store.plans import entitlements
from server.store.sending.sends import Author
from tests.properties.strategies import repeatable
from tests.support.peers import message_received
from tests.support.worker_harness import WorkerHarness
from workers.planned import send_planned

EMPTY = """
    with m as (delete from channels_message), p as (delete from channels_planned_message),
        c as (delete from channels_chat), u as (delete from channels_usage)
    update channels_account set seq = 0"""
INSERT = """
    with seqs as (update channels_account set seq = seq + 1 returning id, seq, user_id)
    insert into channels_planned_message (account_id, chat_id, user_id, author_kind, author_id, body, client_id,
        send_at, cancel_if_contact_writes, seq)
    select c.account_id, c.id, a.user_id, 'user', a.user_id, 'Oi', gen_random_uuid(),
        now() + case when %(due)s then -interval '1 second' else interval '1 day' end, %(cancels)s, a.seq
    from channels_chat c join seqs a on a.id = c.account_id"""
ACTS = st.sampled_from(["arrive", "work", "work", "cancel", "now"])
STEPS = st.one_of(
    st.tuples(st.just("plan"), st.booleans(), st.booleans()),
    st.tuples(st.just("due")),
    # What happens at the same time.
    st.tuples(st.just("together"), st.lists(ACTS, min_size=1, max_size=4)),
)


class World:
    """The steps; the rules are checked on the rows."""

    def __init__(self, harness: WorkerHarness, account_id: int) -> None:
        self.harness, self.account_id = harness, account_id

    async def plan(self, cancels: bool, due: bool) -> None:
        await self.harness.execute(INSERT, cancels=cancels, due=due)

    async def due(self) -> None:
        await self.harness.execute(
            "update channels_planned_message set send_at = now() - interval '1 second'"
        )

    async def together(self, acts: list[str]) -> None:
        await asyncio.gather(*(getattr(self, act)() for act in acts))

    async def arrive(self) -> None:
        await self.harness.store(message_received("acc-1", chat_id="chat-1"))

    async def work(self) -> None:
        await send_planned(self.harness.parts)

    async def cancel(self) -> None:
        await self._on_first(cancel_planned)

    async def now(self) -> None:
        async def send(cursor: Cursor, target: Target) -> object:
            return await send_now(cursor, self.harness.parts.config.plans, target)

        await self._on_first(send)

    async def _on_first(self, act: Any) -> None:
        waiting = await self.harness.fetch(
            "select id, chat_id from channels_planned_message where state = 'planned' order by id limit 1"
        )
        user = self.harness.user_id
        for row in waiting:
            target = Target(user, Author("user", user), self.account_id, row["chat_id"], row["id"])
            # A conflict with what happened at the same time.
            await asyncio.gather(self.harness.parts.database.write(act, target), return_exceptions=True)

    async def check(self) -> None:
        rows = await self.harness.fetch(
            """select p.state, p.message_id, p.cancelled_kind, p.cancel_if_contact_writes as cancels, p.seq,
                   (select count(*) from channels_message m
                    where m.account_id = p.account_id and m.client_id = p.client_id) as messages
               from channels_planned_message p"""
        )
        for row in rows:
            assert row["messages"] == (row["state"] == "sent")
            assert (row["message_id"] is not None) == (row["state"] == "sent")
            assert row["state"] != "failed"
            assert row["cancels"] or row["cancelled_kind"] != "contact"
        seqs = [row["seq"] for row in rows]
        assert len(set(seqs)) == len(seqs)
        assert max(seqs, default=0) <= await self.harness.account_seq(self.account_id)


@repeatable(60)
@example(steps=[("plan", True, True), ("together", ["arrive", "work", "work"])])
@example(
    steps=[("plan", True, False), ("together", ["arrive", "now", "cancel"]), ("due",), ("together", ["work"])]
)
@example(steps=[("plan", False, True), ("together", ["arrive", "work", "now", "work"])])
@given(steps=st.lists(STEPS, max_size=10))
async def test_each_is_sent_once_or_cancelled(harness: WorkerHarness, steps: list[tuple[Any, ...]]) -> None:
    await harness.execute(EMPTY)
    (account,) = await harness.fetch("select id, user_id from channels_account")
    await harness.parts.database.write(entitlements.ensure_grant, account["user_id"], "whatsapp", "trial")
    world = World(harness, account["id"])
    await world.arrive()
    for name, *values in steps:
        await getattr(world, name)(*values)
        await world.check()
    await world.arrive()
    left = await harness.fetch(
        "select from channels_planned_message where state = 'planned' and cancel_if_contact_writes"
    )
    assert left == []
