"""Messages, closings, reopenings, ratings and time in any order: each conversation is asked about at most once, as the
rules say, and a rating neither opens, waits, nor counts as unread.
"""

from dataclasses import dataclass, field
from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st

from server.store.surveys.survey_lists import list_count_drift
from tests.properties.strategies import repeatable
from tests.support.surveying import Surveyed
from tests.support.worker_harness import WorkerHarness

EMPTY = """
    with m as (delete from channels_message), c as (delete from channels_chat), u as (delete from channels_usage),
        f as (delete from feed_cursor), o as (delete from account_survey), d as (delete from channels_survey_day)
    update channels_account set seq = 0"""
DELAY, PAUSE_DAYS = 5, 30
STEPS = st.one_of(
    *[st.tuples(st.just("write"), st.sampled_from(["Oi", "4", "5 thanks"]))] * 3,
    *[st.tuples(st.just("reply"))] * 2,
    *[st.tuples(st.just("close"))] * 3,
    st.tuples(st.just("reopen")),
    *[st.tuples(st.just("work"))] * 3,
    *[st.tuples(st.just("later"), st.sampled_from([1, 6, 30, 25 * 60, 8 * 24 * 60, 31 * 24 * 60]))] * 3,
)


@dataclass
class Conversation:
    """What the rules ask of a conversation; times are in minutes."""

    by_contact: bool
    replied_at: int | None = None
    closed_at: int | None = None
    asked_at: int | None = None
    score: int | None = None
    has_next: bool = False  # the contact or a colleague wrote after the question


@dataclass
class Model:
    now: int = 0
    unread: int = 0
    conversations: list[Conversation] = field(default_factory=list)

    @property
    def last(self) -> Conversation:
        return self.conversations[-1]

    @property
    def is_closed(self) -> bool:
        return self.last.closed_at is not None

    def write(self, text: str) -> None:
        is_silent = False
        if (
            self.conversations
            and self.is_closed
            and self.last.asked_at is not None
            and not self.last.has_next
        ):
            self.last.has_next = True
            if text != "Oi" and self.now - self.last.asked_at <= 24 * 60:
                self.last.score = int(text[0])
                is_silent = text == "4"
        if is_silent:
            return
        self.unread += 1
        if not self.conversations or self.is_closed:
            self.conversations.append(Conversation(by_contact=True))

    def reply(self) -> None:
        if self.is_closed:
            self.conversations.append(Conversation(by_contact=False))
        self.last.replied_at = self.now

    def close(self) -> None:
        if not self.is_closed:
            self.last.closed_at = self.now

    def reopen(self) -> None:
        self.last.closed_at = None

    def work(self) -> None:
        one, asked = self.last, [c.asked_at for c in self.conversations if c.asked_at is not None]
        if (
            one.closed_at is not None
            and one.by_contact
            and one.replied_at is not None
            and one.asked_at is None
            and DELAY <= self.now - one.closed_at < DELAY + 24 * 60
            and self.now - one.replied_at < 7 * 24 * 60
            and all(self.now - moment >= PAUSE_DAYS * 24 * 60 for moment in asked)
        ):
            one.asked_at = self.now


class World:
    """The same steps for the rows and the model."""

    def __init__(self, surveyed: Surveyed) -> None:
        self.surveyed, self.model = surveyed, Model()

    async def write(self, text: str) -> None:
        await self.surveyed.writes(text)
        self.model.write(text)

    async def reply(self) -> None:
        await self.surveyed.reply()
        self.model.reply()

    async def close(self) -> None:
        await self.surveyed.close()
        self.model.close()

    async def reopen(self) -> None:
        await self.surveyed.set_status("open")
        self.model.reopen()

    async def work(self) -> None:
        await self.surveyed.work()
        self.model.work()

    async def later(self, minutes: int) -> None:
        # The worker is never away for long: what is due is asked at its time.
        await self.work()
        if minutes > DELAY + 1:
            await self.surveyed.later(minutes=DELAY + 1)
            self.model.now += DELAY + 1
            await self.work()
            minutes -= DELAY + 1
        await self.surveyed.later(minutes=minutes)
        self.model.now += minutes

    async def check(self) -> None:
        harness, model = self.surveyed.harness, self.model
        chat = await harness.chat()
        assert (chat["status"] == "closed", chat["unread_count"]) == (model.is_closed, model.unread)
        rows = await harness.fetch(
            """select v.opened_by = 'contact' as by_contact, s.asked_at is not null as is_asked, s.score
               from channels_conversation v left join channels_survey s on s.conversation_id = v.id order by v.id"""
        )
        assert [tuple(row.values()) for row in rows] == [
            (one.by_contact, one.asked_at is not None, one.score) for one in model.conversations
        ]
        sent = [name for name in await self.surveyed.automatic() if name.startswith("survey:")]
        assert len(sent) == len(set(sent)) == sum(one.asked_at is not None for one in model.conversations)
        assert await harness.parts.database.read(list_count_drift) == []


@repeatable(40)
@example(steps=[("reply",), ("close",), ("later", 6), ("work",), ("write", "4"), ("write", "5 thanks")])
@example(steps=[("reply",), ("close",), ("later", 6), ("reopen",), ("close",), ("write", "4"), ("work",)])
@example(
    steps=[("reply",), ("close",), ("later", 30), ("later", 25 * 60), ("write", "4"), ("reply",), ("close",)]
)
@given(steps=st.lists(STEPS, max_size=12))
async def test_surveys_in_any_order(harness: WorkerHarness, steps: list[tuple[Any, ...]]) -> None:
    await harness.execute(EMPTY)
    (account,) = await harness.fetch("select id from channels_account")
    world = World(await Surveyed(harness, account["id"]).open())
    await world.write("Oi")
    for name, *values in steps:
        await getattr(world, name)(*values)
        await world.check()
