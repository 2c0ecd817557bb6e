"""Consumers process each event of an account's feed once, in order, whatever fails in between."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest
from aiopg import Cursor

from server.config import Config
from server.conversations.states import TargetChat
from server.conversations.status import StatusChange, change_status
from server.messages.automatic import send_automatic
from server.store.accounts.accounts import LockedAccount, lock_account
from server.store.automation.feed_cursors import start_cursor, stop_cursor
from server.store.automation.feed_events import FeedEvent
from server.store.plans import entitlements
from server.store.sending.sends import Author
from tests.support.peers import message_received
from tests.support.worker_harness import Listener, WorkerHarness, written_by_us
from workers.automation.consumer import Effects
from workers.automation.follow import follow_feeds


@dataclass
class Notes:
    """Writes down what it processes; fails at texts that it is told to fail at, once or always."""

    fails_once: set[int] = field(default_factory=set)
    fails: set[int] = field(default_factory=set)
    done: list[FeedEvent] = field(default_factory=list)
    name: str = "notes"
    page_size: int = 200
    find = staticmethod(lock_account)

    async def process(
        self, cursor: Cursor, config: Config, account: LockedAccount, events: Sequence[FeedEvent]
    ) -> Effects:
        seen: list[FeedEvent] = []
        for event in events:
            seen.append(event)
            if event.id in self.fails:
                raise ValueError("always")
            if event.id in self.fails_once:
                self.fails_once.clear()
                raise ValueError("once")
            # Committed with the cursor, or not at all.
            await cursor.execute(
                "insert into notification_due (chat_id, message_id) values (-1, %s)", (event.seq,)
            )
        self.done += seen
        return Effects()


async def processed(harness: WorkerHarness) -> list[int]:
    rows = await harness.fetch(
        "select message_id from notification_due where chat_id = -1 order by message_id"
    )
    return [row["message_id"] for row in rows]


async def seqs(harness: WorkerHarness) -> list[int]:
    return [message["inserted_seq"] for message in await harness.messages()]


@pytest.fixture
async def account_id(harness: WorkerHarness) -> int:
    await harness.store(message_received("acc-1", "before"))
    account_id = int((await harness.chat())["account_id"])
    await harness.parts.database.write(start_cursor, "notes", account_id)
    return account_id


async def test_what_happened_before_is_not_processed_and_the_rest_once(
    harness: WorkerHarness, account_id: int
) -> None:
    notes = Notes()
    await follow_feeds(harness.parts, notes)
    assert notes.done == []
    await harness.store(message_received("acc-1", "one"), written_by_us("two"))
    await follow_feeds(harness.parts, notes)
    await follow_feeds(harness.parts, notes)
    assert [(event.kind, event.direction, event.actor_kind) for event in notes.done] == [
        ("message", "in", None),
        ("message", "out", "phone"),
    ]
    assert await processed(harness) == (await seqs(harness))[1:]


async def test_closing_is_an_activity_with_its_actor(harness: WorkerHarness, account_id: int) -> None:
    chat = await harness.chat()
    target = TargetChat(harness.user_id, Author("user", harness.user_id), "whatsapp", account_id, chat["id"])
    await harness.parts.database.write(change_status, target, StatusChange("closed", category="Sale"))
    notes = Notes()
    await follow_feeds(harness.parts, notes)
    (event,) = notes.done
    assert (event.kind, event.activity, event.actor_kind, event.actor_id) == (
        "activity",
        "closed",
        "user",
        harness.user_id,
    )
    assert event.details == {"category": "Sale"}
    assert not event.is_by_rule


@pytest.mark.parametrize("page", [1, 2, 200])
async def test_pages_of_any_size_skip_and_repeat_nothing(
    harness: WorkerHarness, account_id: int, page: int
) -> None:
    await harness.store(*(message_received("acc-1", f"text {n}") for n in range(7)))
    # The second message changes after the last has arrived: its row has the newest seq of all.
    second = (await harness.messages())[2]
    await harness.execute("update channels_account set seq = seq + 1 where id = %(id)s", id=account_id)
    await harness.execute(
        "update channels_message set seq = (select max(seq) from channels_account) where id = %(id)s",
        id=second["id"],
    )
    await follow_feeds(harness.parts, Notes(page_size=page))
    assert await processed(harness) == sorted(await seqs(harness))[1:]


async def test_a_killed_page_is_processed_again_as_a_whole(harness: WorkerHarness, account_id: int) -> None:
    await harness.store(*(message_received("acc-1", f"text {n}") for n in range(5)))
    third = (await harness.messages())[3]
    notes = Notes(fails_once={third["id"]})
    await follow_feeds(harness.parts, notes)
    assert await processed(harness) == (await seqs(harness))[1:]


async def test_an_event_that_cannot_be_processed_is_left_out_alone(
    harness: WorkerHarness, account_id: int
) -> None:
    await harness.store(*(message_received("acc-1", f"text {n}") for n in range(5)))
    messages = await harness.messages()
    notes = Notes(fails={messages[3]["id"]})
    await follow_feeds(harness.parts, notes)
    assert await processed(harness) == [m["inserted_seq"] for m in messages[1:] if m["id"] not in notes.fails]


async def test_two_workers_process_nothing_twice(harness: WorkerHarness, account_id: int) -> None:
    await harness.store(*(message_received("acc-1", f"text {n}") for n in range(20)))
    await asyncio.gather(*(follow_feeds(harness.parts, Notes()) for _ in range(4)))
    assert await processed(harness) == (await seqs(harness))[1:]


async def test_a_consumer_without_a_cursor_processes_nothing(harness: WorkerHarness, account_id: int) -> None:
    await harness.parts.database.write(stop_cursor, "notes", account_id)
    await harness.store(message_received("acc-1", "one"))
    await follow_feeds(harness.parts, Notes())
    assert await processed(harness) == []


class Greeter:
    """Answers each message of a contact, under one client_id for each."""

    name = "notes"
    page_size = 200
    find = staticmethod(lock_account)

    async def process(
        self, cursor: Cursor, config: Config, account: LockedAccount, events: Sequence[FeedEvent]
    ) -> Effects:
        effects = Effects()
        for event in events:
            if event.direction == "in":
                client_id = f"greeting:{event.chat_id}"
                sent = await send_automatic(cursor, config.plans, account, event.chat_id, client_id, "Hello")
                effects.sends += [sent] if sent else []
        return effects


async def grant_plan(harness: WorkerHarness) -> None:
    await harness.parts.database.write(
        entitlements.grant, harness.user_id, "whatsapp", "manual", plan="trial"
    )


async def test_without_a_plan_nothing_is_sent_and_the_events_are_done(
    harness: WorkerHarness, account_id: int
) -> None:
    await harness.store(message_received("acc-1", "one"))
    seq = await harness.account_seq(account_id)
    await follow_feeds(harness.parts, Greeter())
    assert [message["body"] for message in await harness.messages()] == ["before", "one"]
    assert await harness.account_seq(account_id) == seq
    assert await harness.fetch("select seq from feed_cursor") == [{"seq": seq}]


async def test_an_automatic_message_is_sent_once_and_answers_nobody(
    harness: WorkerHarness, account_id: int
) -> None:
    await grant_plan(harness)
    await harness.store(message_received("acc-1", "one"), message_received("acc-1", "two"))
    before = await harness.chat()
    listener = await Listener(harness.parts.redis, account_id).open()
    await follow_feeds(harness.parts, Greeter())
    frames = [frame for _, frame in await listener.heard()]
    assert [frame["event"] for frame in frames] == ["message:updated", "chat:updated"]
    assert frames[0]["data"]["author"] == {"kind": "rule", "id": None, "name": None}
    after = await harness.chat()
    assert after["last_message_preview"] == "Hello"
    for column in ("unread_count", "read_seq", "waiting_since", "status", "assignee_id"):
        assert after[column] == before[column]
    assert (await harness.fetch("select first_reply_at from channels_conversation")) == [
        {"first_reply_at": None}
    ]
    await listener.close()


async def test_what_a_rule_wrote_is_told_from_what_a_user_wrote(
    harness: WorkerHarness, account_id: int
) -> None:
    await grant_plan(harness)
    await harness.store(message_received("acc-1", "one"))
    await follow_feeds(harness.parts, Greeter())
    notes = Notes()
    await follow_feeds(harness.parts, notes)
    assert [(event.direction, event.is_by_rule) for event in notes.done] == [("out", True)]
