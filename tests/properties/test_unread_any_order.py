"""Arrivals, reads, replies and deletions in any order: the unread count matches a simple model."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from aiopg import Cursor
from hypothesis import example, given
from hypothesis import strategies as st

from server.messages.sending import advance_chat
from server.rules.amendments import ProviderState
from server.store.accounts import accounts
from server.store.chats import flags
from server.store.messages import amendments
from server.store.sending import sends
from tests.properties.strategies import repeatable
from tests.support.peers import message_received
from tests.support.worker_harness import WorkerHarness, written_by_us
from workers.messages.outcomes import settle_send

EMPTY = """
    with m as (delete from channels_message), c as (delete from channels_chat), u as (delete from channels_usage),
        s as (delete from channels_amendment)
    update channels_account set seq = 0"""
CHAT = "chat-1"
# Minutes of a day: a message may have been sent long before those already stored.
MINUTE = st.integers(0, 1439)
INDEX = st.integers(0, 20)
# The read position relative to the head seq, possibly beyond it; None: everything.
POSITION = st.one_of(st.none(), st.integers(-8, 1))
KINDS = st.sampled_from([None, None, None, 4, 8, 9])
OUTCOMES = st.sampled_from(["sent", "failed", "unconfirmed", None])
STEPS = st.one_of(
    *[st.tuples(st.just("arrive"), MINUTE, KINDS)] * 3,
    *[st.tuples(st.just("read"), POSITION)] * 2,
    *[st.tuples(st.just("send"), POSITION, OUTCOMES)] * 2,
    st.tuples(st.just("program")),
    st.tuples(st.just("repeat"), INDEX),
    st.tuples(st.just("phone"), MINUTE),
    st.tuples(st.just("delete"), INDEX),
    st.tuples(st.just("mark unread")),
    st.tuples(st.just("settle"), st.sampled_from(["sent", "failed"])),
)


@dataclass
class Model:
    """Arrivals by position, the read position, and pending replies with what their writers had seen."""

    unread_from: dict[int, bool] = field(default_factory=dict)  # position -> whether it counts as unread
    read: int = 0
    is_marked: bool = False
    answers: dict[int, int] = field(default_factory=dict)  # message id -> position

    @property
    def unread(self) -> int:
        read = max([self.read, *self.answers.values()])
        count = sum(counts for position, counts in self.unread_from.items() if position > read)
        return max(count, int(self.is_marked and not self.answers))

    def mark(self) -> None:
        newest = max((position for position, counts in self.unread_from.items() if counts), default=None)
        self.read = self.read if newest is None else min(self.read, newest - 1)
        self.is_marked, self.answers = True, {}

    def read_to(self, position: int) -> None:
        self.is_marked = self.is_marked and position < self.read
        self.read = max(self.read, position)

    def answer(self, message_id: int, position: int | None) -> None:
        if position is not None and position > self.read and (self.unread or self.answers):
            self.answers[message_id] = position

    def settle(self, message_id: int, status: str) -> None:
        position = self.answers.pop(message_id, None)
        if position is not None and status != "failed" and position > self.read:
            self.read, self.is_marked = position, False


@dataclass
class Comparison:
    """Applies the same steps to the rows and to the model."""

    harness: WorkerHarness
    model: Model = field(default_factory=Model)
    bodies: list[dict[str, Any]] = field(default_factory=list)
    sending: list[int] = field(default_factory=list)
    sent: int = 0

    async def arrive(self, minute: int, event_type: int | None) -> None:
        sent_at = (
            datetime(2026, 3, 2, minute // 60, minute % 60, tzinfo=UTC).isoformat().replace("+00:00", ".000Z")
        )
        event = {} if event_type is None else {"is_event": 1, "event_type": event_type}
        body = message_received("acc-1", "Oi", chat_id=CHAT, timestamp=sent_at, **event)
        self.bodies.append(body)
        await self.harness.store(body)
        (row,) = await self.harness.fetch(
            "select inserted_seq from channels_message where provider_msg_id = %(id)s", id=body["message_id"]
        )
        self.model.unread_from[row["inserted_seq"]] = event_type in (None, 8, 9)

    async def repeat(self, index: int) -> None:
        if self.bodies:
            await self.harness.store(self.bodies[index % len(self.bodies)])

    async def phone(self, minute: int) -> None:
        sent_at = (
            datetime(2026, 3, 2, minute // 60, minute % 60, tzinfo=UTC).isoformat().replace("+00:00", ".000Z")
        )
        await self.harness.store(written_by_us("do telefone", chat_id=CHAT, timestamp=sent_at))

    async def delete(self, index: int) -> None:
        if not self.bodies:
            return
        message_id = self.bodies[index % len(self.bodies)]["message_id"]

        async def apply(cursor: Cursor) -> None:
            account = await accounts.lock_accounts(cursor, "whatsapp", ["acc-1"])
            state = ProviderState(None, False, True, [], datetime.now(UTC))
            await amendments.apply_provider_state(cursor, account["acc-1"].id, message_id, state, [])

        await self.harness.parts.database.write(apply)
        (row,) = await self.harness.fetch(
            "select inserted_seq from channels_message where provider_msg_id = %(id)s", id=message_id
        )
        self.model.unread_from[row["inserted_seq"]] = False

    async def patch(self, changes: flags.ChatChanges) -> int:
        chat = await self.chat()

        async def apply(cursor: Cursor) -> int:
            return (await flags.patch_chat(cursor, chat["account_id"], chat["id"], changes)).seq

        return int(await self.harness.parts.database.write(apply))

    async def chat(self) -> dict[str, Any]:
        return await self.harness.chat()

    async def head(self) -> int:
        return int(await self.harness.account_seq((await self.chat())["account_id"]))

    async def read(self, back: int | None) -> None:
        position = None if back is None else max(0, await self.head() + back)
        seq = await self.patch({"read": True} if position is None else {"read": True, "read_seq": position})
        self.model.read_to(seq if position is None else min(position, seq))

    async def mark_unread(self) -> None:
        await self.patch({"read": False})
        self.model.mark()

    async def program(self) -> None:
        await self.write(None, "sent")

    async def send(self, back: int | None, status: str | None) -> None:
        await self.write(max(0, await self.head() + (back or 0)), status)

    async def write(self, position: int | None, status: str | None) -> None:
        """A user who had read up to a position sends; without one it is a program."""
        chat, head, self.sent = await self.chat(), await self.head(), self.sent + 1

        async def store(cursor: Cursor) -> int:
            await accounts.lock_accounts(cursor, "whatsapp", ["acc-1"])
            row = await sends.insert_send(
                cursor,
                chat["account_id"],
                chat["id"],
                f"c-{self.sent}",
                f"{self.sent}",
                author=sends.Author("user", 1),
                seen_seq=position,
            )
            assert row is not None
            await advance_chat(cursor, *row, "x", sends.Author("user", 1))
            return row[0].id

        message_id = int(await self.harness.parts.database.write(store))
        self.sending.append(message_id)
        self.model.answer(message_id, None if position is None else min(position, head))
        if status is not None:
            await self.settle(status)

    async def settle(self, status: str) -> None:
        if self.sending:
            message_id = self.sending.pop()
            await settle_send(self.harness.parts, message_id, status)
            self.model.settle(message_id, status)


@repeatable(60)
@example(steps=[("send", None, None), ("send", None, "sent"), ("settle", "failed")])
@given(steps=st.lists(STEPS, min_size=1, max_size=14))
async def test_unread_matches_the_model_in_any_order(harness: WorkerHarness, steps: list[Any]) -> None:
    await harness.execute(EMPTY)
    comparison = Comparison(harness)
    for name, *values in [("arrive", 700, None), *steps]:
        await getattr(comparison, name.replace(" ", "_"))(*values)
        assert (await comparison.chat())["unread_count"] == comparison.model.unread, (name, values)
