"""Messages, answers, closings and snoozes in any order: status and waiting time match a simple model."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from aiopg import Cursor
from hypothesis import example, given
from hypothesis import strategies as st

from server.conversations.states import TargetChat
from server.conversations.status import StatusChange, change_status
from server.messages.sending import advance_chat
from server.store.accounts import accounts
from server.store.sending import sends
from server.store.sending.sends import Author
from tests.properties.strategies import repeatable
from tests.support.peers import message_received
from tests.support.worker_harness import WorkerHarness, written_by_us
from workers.messages.outcomes import settle_send

EMPTY = """
    with m as (delete from channels_message), c as (delete from channels_chat), u as (delete from channels_usage)
    update channels_account set seq = 0"""
DAY = datetime(2026, 3, 2, tzinfo=UTC)
# Before the moment at which the harness receives events: later times are clock errors.
MINUTE = st.integers(0, 1379)
OUTCOMES = st.sampled_from(["sent", "failed", None])
STEPS = st.one_of(
    *[st.tuples(st.just("arrive"), MINUTE)] * 3,
    *[st.tuples(st.just("phone"), MINUTE)] * 2,
    *[st.tuples(st.just("send"), OUTCOMES)] * 2,
    st.tuples(st.just("settle"), st.sampled_from(["sent", "failed"])),
    st.tuples(st.just("close")),
    st.tuples(st.just("reopen")),
    st.tuples(st.just("snooze"), st.booleans()),
)


def at(minute: int) -> datetime:
    return DAY + timedelta(minutes=minute)


@dataclass
class Model:
    """`waits` are the contact's messages and `answers` ours, by their place in the order of arrival."""

    status: str = "closed"
    wakes: bool = True
    n: int = 0
    opened_n: int = 0
    opened_by_contact: bool = False
    conversations: int = 0
    waits: dict[int, datetime] = field(default_factory=dict)
    answers: dict[int, datetime] = field(default_factory=dict)

    def arrive(self, minute: int) -> None:
        self.n += 1
        self.waits[self.n] = at(minute)
        if self.status == "closed":
            self._open(self.n, by_contact=True)
        if self.status != "snoozed" or self.wakes:
            self.status = "open"

    def answer(self, moment: datetime, *, opens: bool) -> int:
        self.n += 1
        self.answers[self.n] = moment
        if opens and self.status == "closed":
            self._open(self.n, by_contact=False)
            self.status = "open"
        return self.n

    def _open(self, n: int, *, by_contact: bool) -> None:
        self.opened_n, self.opened_by_contact = n, by_contact
        self.conversations += 1

    @property
    def waiting_since(self) -> datetime | None:
        if self.status == "closed":
            return None
        return min(
            (
                moment
                for n, moment in self.waits.items()
                if n >= self.opened_n and not any(a > n and t >= moment for a, t in self.answers.items())
            ),
            default=None,
        )


class World:
    """The same steps for the rows and the model."""

    def __init__(self, harness: WorkerHarness, account_id: int) -> None:
        self.harness, self.account_id, self.model = harness, account_id, Model()
        self.sending: list[tuple[int, int]] = []
        self.count = 0

    async def arrive(self, minute: int) -> None:
        await self.harness.store(
            message_received("acc-1", chat_id="chat-1", timestamp=at(minute).isoformat())
        )
        self.model.arrive(minute)

    async def phone(self, minute: int) -> None:
        body = written_by_us(f"p {self.count}", chat_id="chat-1", timestamp=at(minute).isoformat())
        self.count += 1
        await self.harness.store(body)
        self.model.answer(at(minute), opens=False)

    async def send(self, outcome: str | None) -> None:
        self.count += 1
        chat = await self.harness.chat()

        async def store(cursor: Cursor) -> int:
            await accounts.lock_accounts(cursor, "whatsapp", ["acc-1"])
            author = Author("user", self.harness.user_id)
            row = await sends.insert_send(
                cursor, self.account_id, chat["id"], f"c-{self.count}", f"s {self.count}", author=author
            )
            assert row is not None
            await advance_chat(cursor, *row, "x", author)
            return row[0].id

        message_id = await self.harness.parts.database.write(store)
        self.sending.append((int(message_id), self.model.answer(datetime.now(UTC), opens=True)))
        if outcome is not None:
            await self.settle(outcome)

    async def settle(self, outcome: str) -> None:
        if self.sending:
            message_id, n = self.sending.pop()
            await settle_send(self.harness.parts, message_id, outcome)
            if outcome == "failed":
                del self.model.answers[n]

    async def close(self) -> None:
        await self._set(StatusChange("closed"))
        self.model.status = "closed"

    async def reopen(self) -> None:
        if self.model.status == "closed" and not self.model.conversations:
            self.model.opened_n, self.model.conversations = self.model.n + 1, 1
        await self._set(StatusChange("open"))
        self.model.status = "open"

    async def snooze(self, wakes: bool) -> None:
        if not self.model.conversations:
            self.model.opened_n, self.model.conversations = self.model.n + 1, 1
        until = (datetime.now(UTC) + timedelta(days=1)).isoformat()
        await self._set(StatusChange("snoozed", until, wakes))
        self.model.status, self.model.wakes = "snoozed", wakes

    async def _set(self, change: StatusChange) -> None:
        chat = await self.harness.chat()
        user = self.harness.user_id
        target = TargetChat(user, Author("user", user), "whatsapp", self.account_id, chat["id"])
        await self.harness.parts.database.write(change_status, target, change)

    async def check(self) -> None:
        chat = await self.harness.chat()
        assert (chat["status"], chat["waiting_since"]) == (self.model.status, self.model.waiting_since)
        rows = await self.harness.fetch("select * from channels_conversation order by id")
        assert len(rows) == self.model.conversations
        assert sum(row["closed_at"] is None for row in rows) == (self.model.status != "closed")
        for row in rows:
            if row["opened_by"] == "contact" and row["id"] == chat["conversation_id"]:
                since = [moment for n, moment in self.model.waits.items() if n >= self.model.opened_n]
                if self.model.status != "closed":
                    assert row["opened_at"] == min(since)


@repeatable(60)
@example(steps=[("arrive", 600), ("phone", 610), ("arrive", 605)])
@example(steps=[("arrive", 600), ("phone", 590), ("send", "failed"), ("close",), ("arrive", 500)])
@example(steps=[("snooze", False), ("arrive", 1), ("send", None), ("arrive", 2), ("settle", "failed")])
@given(steps=st.lists(STEPS, max_size=14))
async def test_status_and_waiting_time_in_any_order(
    harness: WorkerHarness, steps: list[tuple[Any, ...]]
) -> None:
    await harness.execute(EMPTY)
    (account,) = await harness.fetch("select id from channels_account")
    world = World(harness, account["id"])
    await world.arrive(0)
    await world.close()
    for name, *values in steps:
        await getattr(world, name)(*values)
        await world.check()
