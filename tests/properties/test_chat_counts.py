"""The counters of open, snoozed and waiting chats, of groups and archived ones, equal the chats, after any changes,
also at the same time.
"""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg2
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from server.conversations.hand_over import hand_over
from server.conversations.owners import Assignment, release_chats
from server.conversations.states import TargetChat
from server.conversations.status import StatusChange, change_status
from server.errors import NotFound
from server.store.chats import chat_counts, flags
from server.store.chats.chat_counts import CountDrift, FilterDrift
from server.store.sending.sends import Author
from tests.properties.strategies import repeatable
from tests.support.peers import message_received
from tests.support.worker_harness import WorkerHarness, written_by_us

EMPTY = """
    with m as (delete from channels_message), u as (delete from channels_usage)
    delete from channels_chat"""
CHATS = 3
CHAT = st.integers(0, CHATS - 1)
STEPS = st.one_of(
    st.tuples(st.just("arrive"), CHAT),
    st.tuples(st.just("phone"), CHAT),
    st.tuples(st.just("status"), CHAT, st.sampled_from(["open", "snoozed", "closed"])),
    st.tuples(st.just("assign"), CHAT, st.booleans()),
    st.tuples(st.just("team"), CHAT),
    st.tuples(st.just("kind"), CHAT, st.sampled_from(["direct", "group", "channel"])),
    st.tuples(st.just("archive"), CHAT, st.booleans()),
    st.tuples(st.just("delete"), CHAT),
    st.tuples(st.just("release")),
)


class Team:
    """What happens to the chats of one account."""

    def __init__(self, harness: WorkerHarness, account_id: int) -> None:
        self.harness, self.account_id, self.count = harness, account_id, 0
        self.author = Author("user", harness.user_id)
        self.known: dict[int, int] = {}

    async def read_chats(self) -> None:
        rows = await self.harness.fetch("select id, provider_chat_id as name from channels_chat")
        self.known = {int(row["name"].removeprefix("chat-")): row["id"] for row in rows}

    def _target(self, chat: int) -> TargetChat:
        # 0: a chat that does not exist yet, or no longer.
        chat_id = self.known.get(chat, 0)
        return TargetChat(self.harness.user_id, self.author, "whatsapp", self.account_id, chat_id)

    async def arrive(self, chat: int) -> None:
        self.count += 1
        at = datetime(2026, 3, 2, tzinfo=UTC) + timedelta(minutes=self.count)
        await self.harness.store(
            message_received("acc-1", f"a {self.count}", chat_id=f"chat-{chat}", timestamp=at.isoformat())
        )

    async def phone(self, chat: int) -> None:
        self.count += 1
        at = datetime(2026, 3, 2, tzinfo=UTC) + timedelta(minutes=self.count)
        await self.harness.store(
            written_by_us(f"p {self.count}", chat_id=f"chat-{chat}", timestamp=at.isoformat())
        )

    async def status(self, chat: int, status: str) -> None:
        until = (datetime.now(UTC) + timedelta(days=1)).isoformat() if status == "snoozed" else None
        await self.harness.parts.database.write(
            change_status, self._target(chat), StatusChange(status, until)
        )

    async def assign(self, chat: int, to_me: bool) -> None:
        wanted = Assignment(self.harness.user_id if to_me else None, None)
        await self.harness.parts.database.write(hand_over, self._target(chat), wanted, None)

    async def team(self, chat: int) -> None:
        (team,) = await self.harness.fetch("select id from user_team")
        wanted = Assignment(None, team["id"])
        await self.harness.parts.database.write(hand_over, self._target(chat), wanted, None)

    async def kind(self, chat: int, kind: str) -> None:
        await self.harness.execute(
            "update channels_chat set kind = %(k)s where provider_chat_id = %(n)s", k=kind, n=f"chat-{chat}"
        )

    async def archive(self, chat: int, archived: bool) -> None:
        if chat in self.known:
            await self.harness.parts.database.write(
                flags.patch_chat, self.account_id, self.known[chat], {"archived": archived}
            )

    async def delete(self, chat: int) -> None:
        await self.harness.execute(
            "delete from channels_chat where provider_chat_id = %(n)s", n=f"chat-{chat}"
        )

    async def release(self) -> None:
        await self.harness.parts.database.write(release_chats, self.harness.user_id, self.author)

    async def run(self, step: tuple[Any, ...]) -> None:
        name, *values = step
        try:
            await getattr(self, name)(*values)
        except NotFound:
            assert values[0] not in self.known or name in ("status", "assign", "team")


async def drift(harness: WorkerHarness) -> list[CountDrift | FilterDrift]:
    read = harness.parts.database.read
    return [*await read(chat_counts.list_count_drift), *await read(chat_counts.list_filter_drift)]


@repeatable(50)
@example(
    steps=[[("arrive", 0)], [("assign", 0, True)], [("archive", 0, True)], [("phone", 0)], [("delete", 0)]]
)
@example(steps=[[("arrive", 0), ("arrive", 1)], [("assign", 0, True), ("status", 0, "closed"), ("release",)]])
@example(
    steps=[
        [("arrive", 0)],
        [("kind", 0, "group")],
        [("team", 0)],
        [("archive", 0, True)],
        [("kind", 0, "direct")],
    ]
)
@given(steps=st.lists(st.lists(STEPS, min_size=1, max_size=4), max_size=6))
async def test_counters_equal_the_chats_whatever_happens(
    harness: WorkerHarness, steps: list[list[tuple[Any, ...]]]
) -> None:
    """Each inner list happens at once."""
    await harness.execute(EMPTY)
    (account,) = await harness.fetch("select id from channels_account")
    if not await harness.fetch("select id from user_team"):
        await harness.execute("insert into user_team (name) values ('Sales')")
    team = Team(harness, account["id"])
    for together in steps:
        await team.read_chats()
        deletions = [step for step in together if step[0] == "delete"]
        await asyncio.gather(*(team.run(step) for step in together if step[0] != "delete"))
        for step in deletions:
            await team.run(step)
        assert await drift(harness) == []


async def test_counters_follow_a_team_that_is_deleted(harness: WorkerHarness) -> None:
    (account,) = await harness.fetch("select id from channels_account")
    await harness.execute("insert into user_team (name) values ('Sales')")
    team = Team(harness, account["id"])
    await team.arrive(0)
    await team.read_chats()
    await team.kind(0, "group")
    await team.team(0)
    await harness.execute("delete from user_team")
    assert await drift(harness) == []
    (counter,) = await harness.fetch("select team_id from channels_filter_count where chats > 0")
    assert counter["team_id"] == 0


async def test_the_counters_go_with_their_account(harness: WorkerHarness) -> None:
    (account,) = await harness.fetch("select id from channels_account")
    await Team(harness, account["id"]).arrive(0)
    assert len(await harness.fetch("select * from channels_chat_count")) == 1
    await harness.execute("delete from channels_account")
    assert await harness.fetch("select * from channels_chat_count") == []


async def test_a_counter_that_is_wrong_is_found(harness: WorkerHarness) -> None:
    (account,) = await harness.fetch("select id from channels_account")
    await Team(harness, account["id"]).arrive(0)
    await harness.execute("update channels_chat_count set chats = 3")
    (found,) = await harness.parts.database.read(chat_counts.list_count_drift)
    assert found == CountDrift(account["id"], "open", 0, 3, 1, 1, 1)
    await Team(harness, account["id"]).kind(0, "group")
    await harness.execute("update channels_filter_count set chats = 3")
    (wrong,) = await harness.parts.database.read(chat_counts.list_filter_drift)
    assert wrong == FilterDrift(account["id"], "groups", "open", 0, 0, 3, 1)


async def test_a_counter_never_falls_below_zero(harness: WorkerHarness) -> None:
    (account,) = await harness.fetch("select id from channels_account")
    await Team(harness, account["id"]).arrive(0)
    for change in ("chats = -1, waiting = -1", "waiting = 2"):
        with pytest.raises(psycopg2.errors.CheckViolation):
            await harness.execute(f"update channels_chat_count set {change}")
