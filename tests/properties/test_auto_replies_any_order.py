"""Contacts, agents, closing times, workers and their deaths in any order: no text is sent twice or out of place."""

import asyncio
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from server.rules.answering.auto_replies import AGENT_TIME, AWAY_TIME, MOST_A_DAY
from server.store.automation import feed_cursors
from server.store.plans import entitlements
from tests.properties.strategies import repeatable
from tests.support.office import AWAY, WELCOME, closed_for, open_or_close, pass_time, switch, written_now
from tests.support.worker_harness import WorkerHarness, written_by_us
from workers.automation.auto_replies import AutoReplies
from workers.automation.follow import follow_feeds

EMPTY = """
    with m as (delete from channels_message), y as (delete from channels_activity),
        c as (delete from channels_chat), u as (delete from channels_usage), f as (delete from feed_cursor),
        h as (delete from account_hours), r as (delete from account_auto_reply)
    update channels_account set seq = 0"""
SENT = """
    select m.id, m.chat_id, m.client_id, m.sent_at, c.kind,
        (select count(*) from channels_message a where a.chat_id = m.chat_id and a.direction = 'out'
            and a.author_kind = 'phone' and a.sent_at between m.sent_at - %(agent)s and m.sent_at) as agents,
        (select count(*) from channels_message a where a.chat_id = m.chat_id and a.author_kind = 'rule'
            and a.sent_at > m.sent_at - interval '1 day' and a.id <= m.id) as of_day,
        (select count(*) from channels_message a where a.chat_id = m.chat_id and a.client_id like 'away:%%'
            and m.client_id like 'away:%%' and a.sent_at > m.sent_at - %(away)s and a.id < m.id) as too_soon
    from channels_message m join channels_chat c on c.id = m.chat_id
    where m.author_kind = 'rule' and m.id > %(after)s"""
PHONES = st.sampled_from(["5511988880000", "5511977770000"])
STEPS = st.one_of(
    st.tuples(st.just("write"), PHONES, st.sampled_from([0.0, 0.0, 5400.0, 100_000.0]), st.booleans()),
    st.tuples(st.just("answer"), PHONES),
    st.tuples(st.just("hours"), st.sampled_from([-1, 1, 2, 3, 4])),
    st.tuples(st.just("switch"), st.booleans(), st.booleans()),
    st.tuples(st.just("finish"), st.booleans()),
    st.tuples(st.just("passes"), st.sampled_from([0.1, 2.0, 5.0, 30.0])),
    st.tuples(st.just("work"), st.integers(1, 3)),
    st.tuples(st.just("killed")),
)


class Killed(BaseException):
    """Nothing of the worker runs after it."""


async def die(*_: object) -> None:
    raise Killed


class World:
    """The steps; the rules are checked on the rows."""

    def __init__(self, harness: WorkerHarness, account_id: int) -> None:
        self.harness, self.account_id, self.checked = harness, account_id, 0

    async def write(self, phone: str, ago: float, is_group: bool) -> None:
        group: dict[str, Any] = {"is_group": True, "chat_id": "group", "provider_chat_id": "1203@g.us"}
        await self.harness.store(written_now(phone=phone, ago=ago, **(group if is_group else {})))

    async def answer(self, phone: str) -> None:
        await self.harness.store(written_by_us(phone=phone, timestamp=written_now()["timestamp"]))

    async def hours(self, hours: int) -> None:
        await open_or_close(self.harness, self.account_id, closed_for(hours))

    async def switch(self, welcome: bool, away: bool) -> None:
        await switch(
            self.harness, self.account_id, welcome=WELCOME if welcome else None, away=AWAY if away else None
        )

    async def finish(self, all_chats: bool) -> None:
        """Conversations end, without an agent whom an auto-reply would wait for."""
        await self.harness.execute(
            """with c as (update channels_chat set status = 'closed', waiting_since = null
                          where status <> 'closed' and (%(all)s or id = (select min(id) from channels_chat))
                          returning conversation_id)
               update channels_conversation v set closed_at = now() from c where v.id = c.conversation_id""",
            all=all_chats,
        )

    async def passes(self, hours: float) -> None:
        await pass_time(self.harness, hours)

    async def work(self, workers: int) -> None:
        await asyncio.gather(*(follow_feeds(self.harness.parts, AutoReplies()) for _ in range(workers)))
        await self.check()

    async def killed(self) -> None:
        with pytest.MonkeyPatch.context() as patch, suppress(Killed):
            patch.setattr(feed_cursors, "move_cursor", die)
            await follow_feeds(self.harness.parts, AutoReplies())

    async def check(self) -> None:
        """What the last work has sent: time passes between two, so that its moment is now."""
        values = {"after": self.checked, "agent": AGENT_TIME, "away": AWAY_TIME}
        for row in await self.harness.fetch(SENT, **values):
            assert row["kind"] == "direct"
            assert row["agents"] == 0
            assert row["of_day"] <= MOST_A_DAY
            assert row["too_soon"] == 0
            self.checked = max(self.checked, row["id"])
        names = [
            row["client_id"]
            for row in await self.harness.fetch(
                "select client_id from channels_message where author_kind = 'rule'"
            )
        ]
        assert len(set(names)) == len(names)


@repeatable(60)
@example(
    steps=[
        ("switch", True, True),
        ("hours", 2),
        ("write", "5511988880000", 0.0, False),
        ("killed",),
        ("work", 3),
    ]
)
@example(
    steps=[
        ("switch", True, False),
        ("write", "5511988880000", 0.0, False),
        ("work", 1),
        ("finish", True),
        ("passes", 0.1),
        ("write", "5511988880000", 0.0, False),
        ("work", 2),
    ]
)
@given(steps=st.lists(STEPS, max_size=14))
async def test_no_text_is_sent_twice_or_out_of_place(
    harness: WorkerHarness, steps: list[tuple[Any, ...]]
) -> None:
    await harness.execute(EMPTY)
    harness.received_at = (datetime.now(UTC) + timedelta(minutes=5)).isoformat()
    (account,) = await harness.fetch("select id, user_id from channels_account")
    await harness.parts.database.write(entitlements.ensure_grant, account["user_id"], "whatsapp", "trial")
    world = World(harness, account["id"])
    for name, *values in steps:
        await getattr(world, name)(*values)
    # Whatever has happened: who opens a conversation now is answered, once.
    await world.switch(True, True)
    await world.passes(30)
    await world.finish(True)
    await world.hours(-1)
    last = len(await harness.fetch("select from channels_message where author_kind = 'rule'"))
    await world.write("5511966660000", 0.0, False)
    await world.work(2)
    assert len(await harness.fetch("select from channels_message where author_kind = 'rule'")) > last
