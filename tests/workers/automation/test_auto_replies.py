"""Welcomes and away texts: sent once, when they should be, by any number of workers that may be killed."""

import asyncio
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from server.accounts.answering import remove_hours
from server.conversations.states import TargetChat
from server.conversations.status import StatusChange, change_status
from server.rules.answering.opening_times import WEEKDAYS
from server.rules.answering.surveys import language_of
from server.store.automation import feed_cursors
from server.store.people.audit import OPERATOR
from server.store.plans import entitlements
from server.store.sending.sends import Author
from tests.support.office import AWAY, WELCOME, closed_for, open_or_close, pass_time, switch, written_now
from tests.support.worker_harness import WorkerHarness, written_by_us
from workers import periodic
from workers.automation import follow
from workers.automation.auto_replies import AutoReplies
from workers.automation.follow import follow_feeds


class Killed(BaseException):
    """Nothing of the worker runs after it."""


async def die(*_: object) -> None:
    raise Killed


@pytest.fixture
async def account_id(harness: WorkerHarness) -> int:
    """An account with a plan, always open, which answers nothing yet."""
    harness.received_at = (datetime.now(UTC) + timedelta(minutes=5)).isoformat()
    await harness.parts.database.write(
        entitlements.grant, harness.user_id, "whatsapp", "manual", plan="trial"
    )
    (account,) = await harness.fetch("select id from channels_account")
    return int(account["id"])


async def work(harness: WorkerHarness) -> None:
    await follow_feeds(harness.parts, AutoReplies())


async def replies(harness: WorkerHarness) -> list[str]:
    """What was sent automatically, oldest first."""
    rows = await harness.fetch("select body from channels_message where author_kind = 'rule' order by id")
    return [row["body"] for row in rows]


async def close(harness: WorkerHarness) -> None:
    chat = await harness.chat()
    author = Author("user", harness.user_id)
    target = TargetChat(harness.user_id, author, "whatsapp", chat["account_id"], chat["id"])
    await harness.parts.database.write(change_status, target, StatusChange("closed"))


async def test_who_opens_a_conversation_is_welcomed_once(harness: WorkerHarness, account_id: int) -> None:
    await switch(harness, account_id, welcome=WELCOME)
    await harness.store(written_now("Oi"), written_now("Are you there?"))
    before = await harness.chat()
    await work(harness)
    await harness.store(written_now("Hello?"))
    await work(harness)
    assert await replies(harness) == ["Hello Bia"]
    (sent,) = await harness.fetch(
        "select author_id, client_id, status from channels_message where author_kind = 'rule'"
    )
    assert (sent["author_id"], sent["status"]) == (0, "sending")
    assert sent["client_id"] == f"welcome:{before['conversation_id']}"
    # It answers no contact, and reads nothing.
    after = await harness.chat()
    assert (after["unread_count"], after["read_seq"]) == (3, before["read_seq"])
    assert after["waiting_since"] == before["waiting_since"]
    # The next conversation is another one.
    await close(harness)
    await pass_time(harness, 2)
    await harness.store(written_now("Oi again"))
    await work(harness)
    assert await replies(harness) == ["Hello Bia"] * 2


async def test_a_contact_without_a_name_gets_the_default(harness: WorkerHarness, account_id: int) -> None:
    await switch(harness, account_id, welcome=WELCOME)
    await harness.store(written_now("Oi", name=None))
    await work(harness)
    assert await replies(harness) == ["Hello you"]


async def test_outside_the_hours_one_away_text_for_each_closed_period(
    harness: WorkerHarness, account_id: int
) -> None:
    await switch(harness, account_id, welcome=WELCOME, away=AWAY)
    await open_or_close(harness, account_id, closed_for(2))
    await harness.store(written_now("one"), written_now("two"))
    await work(harness)
    await harness.store(written_now("three"))
    await work(harness)
    assert await replies(harness) == [AWAY]
    # Long after, in the same period: its name is taken.
    await pass_time(harness, 30)
    await harness.store(written_now("four"))
    await work(harness)
    assert await replies(harness) == [AWAY]
    # Another period, for each contact.
    await open_or_close(harness, account_id, closed_for(1))
    await harness.store(written_now("five"), written_now("six", phone="5511977770000"))
    await work(harness)
    assert await replies(harness) == [AWAY] * 3
    assert (
        len({row["client_id"] for row in await harness.fetch("select client_id from channels_message")}) == 4
    )


async def test_an_away_text_says_when_the_number_opens(harness: WorkerHarness, account_id: int) -> None:
    await switch(harness, account_id, away="Back {{hours.opens_at | default: 'soon'}}")
    hours = closed_for(2)
    await open_or_close(harness, account_id, hours)
    await harness.store(written_now())
    await work(harness)
    (answer,) = await replies(harness)
    tomorrow = date.fromisoformat(hours["holidays"][0]["date"]) + timedelta(days=1)
    (account,) = await harness.fetch("select phone from channels_account")
    assert answer == f"Back {WEEKDAYS[language_of(account['phone'])][tomorrow.weekday()]} 00:00"


async def test_between_two_away_texts_some_hours_pass(harness: WorkerHarness, account_id: int) -> None:
    await switch(harness, account_id, away=AWAY)
    for hours in (3, 2, 1):
        await open_or_close(harness, account_id, closed_for(hours))
        await harness.store(written_now())
        await work(harness)
        await pass_time(harness, 1.5)
    assert await replies(harness) == [AWAY]


async def test_a_day_of_a_contact_has_three_at_most(harness: WorkerHarness, account_id: int) -> None:
    await switch(harness, account_id, away=AWAY)
    for hours in (5, 4, 3, 2, 1):
        await open_or_close(harness, account_id, closed_for(hours))
        await harness.store(written_now())
        await work(harness)
        await pass_time(harness, 4.1)
    assert await replies(harness) == [AWAY] * 3


async def test_open_there_is_no_away_text(harness: WorkerHarness, account_id: int) -> None:
    await switch(harness, account_id, away=AWAY)
    await open_or_close(harness, account_id, closed_for(-2))
    await harness.store(written_now())
    await harness.parts.database.write(remove_hours, account_id, OPERATOR)
    await harness.store(written_now())
    await work(harness)
    assert await replies(harness) == []


@pytest.mark.parametrize(
    "before",
    [
        written_by_us("On my way"),
        # A group.
        None,
    ],
)
async def test_silent_after_an_agent_and_in_groups(
    harness: WorkerHarness, account_id: int, before: dict[str, Any] | None
) -> None:
    await switch(harness, account_id, welcome=WELCOME, away=AWAY)
    await open_or_close(harness, account_id, closed_for(2))
    if before is None:
        await harness.store(written_now(is_group=True, provider_chat_id="1203@g.us"))
    else:
        await harness.store(before | {"timestamp": written_now(ago=600)["timestamp"]}, written_now())
    assert len(await harness.messages()) == (1 if before is None else 2)
    await work(harness)
    assert await replies(harness) == []


async def test_silent_after_an_agent_did_something_in_the_chat(
    harness: WorkerHarness, account_id: int
) -> None:
    await harness.store(written_now(ago=300))
    await close(harness)
    await switch(harness, account_id, welcome=WELCOME)
    await harness.store(written_now("Thanks!"))
    await work(harness)
    assert await replies(harness) == []


async def test_a_machine_that_answers_at_once_is_not_answered(
    harness: WorkerHarness, account_id: int
) -> None:
    await switch(harness, account_id, welcome=WELCOME, away=AWAY)
    await harness.store(written_now("Oi"))
    await work(harness)
    assert await replies(harness) == ["Hello Bia"]
    # The hours end between the welcome and what answers it.
    await open_or_close(harness, account_id, closed_for(1))
    await harness.store(written_now("We have received your message", ago=-3))
    await work(harness)
    assert await replies(harness) == ["Hello Bia"]
    await harness.store(written_now("Are you there?", ago=-60))
    await work(harness)
    assert await replies(harness) == ["Hello Bia", AWAY]


async def test_what_is_found_late_gets_nothing_of_the_past(harness: WorkerHarness, account_id: int) -> None:
    await switch(harness, account_id, welcome=WELCOME, away=AWAY)
    await open_or_close(harness, account_id, closed_for(2))
    await harness.store(written_now("yesterday", ago=26 * 3600))
    await work(harness)
    assert await replies(harness) == []
    await harness.store(written_now("this morning, after closing", ago=3600))
    await work(harness)
    assert await replies(harness) == [AWAY]


async def test_history_is_not_answered(harness: WorkerHarness, account_id: int) -> None:
    await switch(harness, account_id, welcome=WELCOME, away=AWAY)
    await harness.store(written_now())
    await harness.execute("update channels_message set is_history = true")
    await work(harness)
    assert await replies(harness) == []


async def test_what_is_off_costs_nothing_and_answers_nothing(harness: WorkerHarness, account_id: int) -> None:
    await switch(harness, account_id, welcome=WELCOME)
    await switch(harness, account_id)
    assert await harness.fetch("select from feed_cursor") == []
    await harness.store(written_now())
    await work(harness)
    # Turned on, it does not answer what came before.
    await switch(harness, account_id, welcome=WELCOME)
    await work(harness)
    assert await replies(harness) == []


async def test_a_number_that_is_down_answers_nothing_and_not_later_either(
    harness: WorkerHarness, account_id: int
) -> None:
    await switch(harness, account_id, welcome=WELCOME)
    await harness.store(written_now())
    await harness.execute("update channels_account set status = 'needs_action', next_step = 'reconnect'")
    await work(harness)
    await harness.execute("update channels_account set status = 'connected', next_step = 'none'")
    await work(harness)
    assert await replies(harness) == []


async def test_killed_before_the_commit_it_is_sent_by_the_next(
    harness: WorkerHarness, account_id: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    await switch(harness, account_id, welcome=WELCOME)
    await harness.store(written_now())

    with monkeypatch.context() as patch, pytest.raises(Killed):
        patch.setattr(feed_cursors, "move_cursor", die)
        await work(harness)
    assert await replies(harness) == []
    await work(harness)
    assert await replies(harness) == ["Hello Bia"]


async def test_killed_after_the_commit_it_is_queued_by_the_next(
    harness: WorkerHarness, account_id: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    await switch(harness, account_id, welcome=WELCOME)
    await harness.store(written_now())

    with monkeypatch.context() as patch, pytest.raises(Killed):
        patch.setattr(follow, "announce_sends", die)
        await work(harness)
    await work(harness)
    assert await replies(harness) == ["Hello Bia"]
    await harness.parts.redis.flushall()
    await harness.execute("update channels_message set created_at = created_at - interval '1 day'")
    await pass_time(harness, 24)
    await periodic.requeue_lost_sends(harness.parts)
    assert len(await harness.parts.redis.keys("arq:job:*")) == 1


async def test_several_workers_send_one(harness: WorkerHarness, account_id: int) -> None:
    await switch(harness, account_id, welcome=WELCOME, away=AWAY)
    await open_or_close(harness, account_id, closed_for(2))
    await harness.store(*(written_now(f"text {n}", phone=f"55119{n % 3}") for n in range(12)))
    await asyncio.gather(*(work(harness) for _ in range(4)))
    assert await replies(harness) == [AWAY] * 3
