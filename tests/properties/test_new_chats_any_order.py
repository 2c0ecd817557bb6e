"""New chats, answers, rejections and time in any order: answers always go out, new chats never while they are stopped,
and each message is either on the phone, once, or was denied with the time from which it may be sent.
"""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from server.config import Config
from tests.properties.strategies import repeatable
from tests.server.handlers.test_chat_starts import Door, open_door
from tests.support.fixtures_stack import run_stack
from tests.support.peers import eventually

DAILY = 3
PHONES = count(5511_9000_00000)
RESET = """
    with n as (delete from channels_new_chat)
    update channels_account set new_chats_stopped_until = null, new_chats_stopped_by = null, new_chats_stops = 0"""
PASS = """
    with n as (update channels_new_chat set created_at = created_at - make_interval(hours => %s))
    update channels_account set new_chats_stopped_until = new_chats_stopped_until - make_interval(hours => %s)"""
CONTACTS = st.integers(0, 4)
STEPS = st.one_of(
    st.tuples(st.just("begin"), CONTACTS),
    st.tuples(st.just("together"), st.lists(CONTACTS, min_size=2, max_size=4, unique=True)),
    st.tuples(st.just("hear"), CONTACTS),
    st.tuples(st.just("restrict"), st.booleans()),
    st.tuples(st.just("wait"), st.sampled_from([1, 13, 25, 60])),
    st.tuples(st.just("resume")),
)


@pytest.fixture
async def door(config: Config) -> AsyncIterator[Door]:
    pace = replace(
        config.pace, enabled=True, burst=10_000, new_chats_per_day=DAILY, settled_new_chats_per_day=DAILY
    )
    async with run_stack(replace(config, pace=pace)) as stack:
        yield await open_door(stack)


@dataclass
class World:
    """What must be so, in hours since the example began."""

    door: Door
    phones: list[int] = field(default_factory=lambda: [next(PHONES) for _ in range(5)])
    now: float = 0
    is_restricted: bool = False
    stopped_until: float = 0
    doublings: int = 0
    begun: dict[int, float] = field(default_factory=dict)  # when each contact last took a place of the day
    chats: set[int] = field(default_factory=set)
    writers: set[int] = field(default_factory=set)
    sent: list[str] = field(default_factory=list)
    texts: Any = field(default_factory=lambda: count(1))

    @property
    def is_stopped(self) -> bool:
        return self.stopped_until > self.now

    def has_room(self, contact: int) -> bool:
        today = {who for who, moment in self.begun.items() if moment > self.now - 24}
        return contact in today or len(today) < DAILY

    async def begin(self, contact: int) -> None:
        answer, text = await self._start(contact)
        if contact in self.writers or (contact in self.chats and not self.is_restricted):
            assert answer.status == 201, answer.body
            self.sent.append(text)
            return
        if contact in self.chats:  # the contact has not answered, and WhatsApp says so
            assert answer.status == 502, answer.body
            self._stop()
            return
        await self._check_new(contact, answer, text)

    async def _check_new(self, contact: int, answer: Any, text: str) -> None:
        if self.is_stopped:
            self._was_stopped(answer, "rejected")
        elif not self.has_room(contact):
            self._was_stopped(answer, "day")
        else:
            if self.begun.get(contact, -99) <= self.now - 24:
                self.begun[contact] = self.now
            if self.is_restricted:
                self._was_stopped(answer, "rejected")
                self._stop()
                return
            assert answer.status == 201, answer.body
            self.chats.add(contact)
            self.sent.append(text)

    def _was_stopped(self, answer: Any, reason: str) -> None:
        assert answer.status == 429, answer.body
        assert answer.body["error"]["details"]["reason"] == reason

    def _stop(self) -> None:
        """Each stop within a week of the one before lasts twice as long, up to a week."""
        if self.is_stopped:
            return
        is_further = self.stopped_until > 0 and self.now - 7 * 24 < self.stopped_until
        self.doublings = self.doublings + 1 if is_further else 0
        self.stopped_until = self.now + min(24 * 2**self.doublings, 7 * 24)

    async def _start(self, contact: int) -> tuple[Any, str]:
        text = f"Oi {next(self.texts)} {self.phones[0]}"
        return await self.door.start(to=f"+{self.phones[contact]}", text=text), text

    async def together(self, contacts: list[int]) -> None:
        """At the same time it is open which of them find room; none is lost, and none is sent while stopped."""
        was_stopped, strangers = self.is_stopped, [c for c in contacts if c not in self.chats | self.writers]
        answers = await asyncio.gather(*(self._start(contact) for contact in contacts))
        for contact, (answer, text) in zip(contacts, answers, strict=True):
            if answer.status == 201:
                assert contact not in strangers or not (was_stopped or self.is_restricted)
                self.chats.add(contact)
                self.sent.append(text)
            else:
                assert contact not in self.writers
                assert answer.status in (429, 502), answer.body
            if contact in strangers and await self._was_counted(contact):
                self.begun[contact] = self.now
        if any(answer.status == 502 or self._is_rejection(answer) for answer, _ in answers):
            self._stop()
        today = [moment for moment in self.begun.values() if moment > self.now - 24]
        assert len(today) <= DAILY

    def _is_rejection(self, answer: Any) -> bool:
        return bool(answer.status == 429 and answer.body["error"]["details"]["reason"] == "rejected")

    async def _was_counted(self, contact: int) -> bool:
        rows = await self.door.stack.execute(
            """select id from channels_new_chat where address like %s and created_at > now() - interval '1 hour'""",
            f"{self.phones[contact]}@%",
        )
        return bool(rows)

    async def hear(self, contact: int) -> None:
        """The contact writes, and is answered."""
        sender = {"phone_number": str(self.phones[contact])}
        if contact % 2 and contact not in self.chats:  # a chat that has no phone number as its address
            sender["identity"] = "lid_only"
        written = await self.door.stack.write("acc-1", "Olá", **{"from": sender})
        chat = await eventually(lambda: self._chat_of(written["chat_id"]))
        text = f"Resposta {next(self.texts)} {self.phones[0]}"
        path = f"{self.door.path}/{chat['id']}/send"
        await self.door.agent.ok("POST", path, {"text": text, "client_id": text})
        self.writers.add(contact)
        self.sent.append(text)

    async def _chat_of(self, provider_chat_id: str) -> dict[str, Any] | None:
        chats = await self.door.agent.chats(self.door.account_id)
        found = (c for c in chats if c["provider_chat_id"] == provider_chat_id and c["unread_count"])
        return next(found, None)

    async def restrict(self, is_on: bool) -> None:
        await self.door.faults(stranger_error="limit_exceeded" if is_on else None)
        self.is_restricted = is_on

    async def wait(self, hours: int) -> None:
        await self.door.stack.execute(PASS, hours, hours)
        self.now += hours

    async def resume(self) -> None:
        path = f"{self.door.path.removesuffix('/chats')}/new-chats/resume"
        await self.door.agent.ok("POST", path)
        self.stopped_until = min(self.stopped_until, self.now)

    async def check(self) -> None:
        """Nothing is lost and nothing is sent twice; an answer may still be on its way."""
        await eventually(self._is_all_there)

    async def _is_all_there(self) -> bool:
        mine = [text for text in await self.door.on_the_phone() if text.endswith(f" {self.phones[0]}")]
        assert len(set(mine)) == len(mine)
        assert set(mine) <= set(self.sent)
        return len(mine) == len(self.sent)


@repeatable(25)
@example(
    steps=[("restrict", True), ("begin", 0), ("restrict", False), ("begin", 1), ("hear", 3), ("begin", 3)]
)
@example(steps=[("together", [0, 1, 2, 3]), ("begin", 4), ("wait", 25), ("begin", 4)])
@example(steps=[("begin", 0), ("restrict", True), ("begin", 0), ("resume",), ("together", [1, 2, 3])])
@given(steps=st.lists(STEPS, max_size=8))
async def test_answers_always_go_out_and_new_chats_never_while_stopped(
    door: Door, steps: list[tuple[Any, ...]]
) -> None:
    await door.faults(stranger_error=None)
    await door.stack.execute(RESET)
    world = World(door)
    for name, *values in steps:
        await getattr(world, name)(*values)
        await world.check()
