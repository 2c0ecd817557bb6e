"""Dead letters are checked against erasures: before, during and after an erasure."""

import asyncio
from collections.abc import Mapping
from typing import Any

import orjson
import pytest
from aiopg import Cursor
from arq import Retry
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from server.queue import AMEND_MESSAGE, Events
from server.store.messages import messages
from server.store.messages.message_rows import NewMessage
from server.store.privacy import account_erasures, contact_erasures
from tests.support.peers import eventually
from tests.support.worker_harness import WorkerHarness, delivery
from tests.workers.privacy.test_erase_contacts import (
    MARK,
    PHONE,
    empty,
    erase,
    in_group,
    of_another,
    of_her,
    past,
    traces,
)
from workers.messages import ingest
from workers.privacy.erase_contacts import erase_contacts
from workers.retries import retried
from workers.storing.dead_letters import dead_letter_event

TRIES = 2
HERS = ("hers-1", "hers-2", "ours-1")
WAITING = "select 1 from pg_locks where not granted"


@pytest.fixture(autouse=True)
def _broken_is_not_stored(monkeypatch: pytest.MonkeyPatch) -> None:
    """A message with this text triggers a bug whose error message quotes it."""
    insert = messages.insert_messages

    async def fail(cursor: Cursor, rows: list[NewMessage]) -> list[messages.InsertedMessage]:
        if any(row["body"] == "broken" for row in rows):
            raise RuntimeError(f"a defect in what {MARK} wrote")
        return await insert(cursor, rows)

    monkeypatch.setattr(messages, "insert_messages", fail)


async def give_up(harness: WorkerHarness, *bodies: Mapping[str, Any]) -> None:
    """A job of these webhooks fails until it becomes a dead letter."""
    job = retried(ingest.store_events, timeout_seconds=5, tries=TRIES)
    await harness.parts.redis.flushdb()  # its faults
    events = Events(delivery(body) for body in bodies)
    with pytest.raises(Retry):
        await job(harness.context(), events)
    await job(harness.context(2), events)


BROKEN = of_another("broken", message_id="other-7")


def unreadable() -> list[dict[str, Any]]:
    """Unknown bodies, each with only one of her ids, or the id of one of her messages."""
    bodies_of_hers: list[dict[str, Any]] = [
        {"chat_id": f"chat-{PHONE}", "message": f"{MARK} edits"},
        {"message_id": "hers-2", "text": f"{MARK} again"},
        {"caller": f"+{PHONE}", "note": MARK},
        {"people": {f"1{PHONE}@lid": {"nick": MARK}}},
    ]
    return [
        {"event": f"unheard_of_{n}", "account_id": "acc-1", **one} for n, one in enumerate(bodies_of_hers)
    ]


async def bodies(harness: WorkerHarness, *states: str) -> list[Any]:
    rows = await harness.fetch(
        "select body from dead_letters where state = any(%(states)s) order by id", states=list(states)
    )
    return [orjson.loads(row["body"]) for row in rows]


async def test_a_dead_letter_after_the_erasure_stores_nothing_of_the_contact(harness: WorkerHarness) -> None:
    await harness.store(*past())
    await erase(harness)
    late = [of_her("late", message_id="hers-7"), of_her(message_id="hers-1"), *unreadable()]
    await give_up(harness, late[0], BROKEN, *late[1:])
    assert await traces(harness, MARK, PHONE, *HERS) == []
    (dead_letter,) = await harness.dead_letters()
    assert orjson.loads(dead_letter["body"]) == BROKEN
    assert dead_letter["source"] == "messages"


async def test_an_erasure_deletes_the_contacts_dead_letters_only(harness: WorkerHarness) -> None:
    await harness.store(*past())
    await give_up(harness, of_her("late", message_id="hers-7"), BROKEN, *unreadable())
    assert len(await harness.dead_letters()) == 6
    assert not [dead_letter for dead_letter in await harness.dead_letters() if MARK in dead_letter["reason"]]
    await erase(harness)
    assert await traces(harness, MARK, PHONE, *HERS) == []
    assert await bodies(harness, "dead", "ignored") == [BROKEN]


async def test_dead_letters_stored_during_an_erasure_are_erased(harness: WorkerHarness) -> None:
    """Each of her messages counts as erased once its row is deleted, not before."""
    await harness.store(*past())
    (row,) = await harness.fetch("select account_id, id from channels_contact where name like 'Zuleika%%'")
    parts = harness.parts
    await parts.database.write(
        contact_erasures.begin_erasure, parts.name_hasher, row["account_id"], row["id"], harness.user_id
    )
    await give_up(harness, BROKEN, *unreadable())
    assert await traces(harness, f"{MARK} again")
    await erase_contacts(parts)
    assert await traces(harness, MARK, PHONE, *HERS) == []
    assert await bodies(harness, "dead", "ignored") == [BROKEN]


async def test_a_dead_letter_waits_for_an_erasure_that_begins(harness: WorkerHarness) -> None:
    await harness.store(*past())
    (row,) = await harness.fetch("select account_id, id from channels_contact where name like 'Zuleika%%'")
    parts = harness.parts
    begun, may_end = asyncio.Event(), asyncio.Event()

    async def begin(cursor: Cursor) -> None:
        await contact_erasures.begin_erasure(cursor, parts.name_hasher, row["account_id"], row["id"], None)
        begun.set()
        await may_end.wait()

    erasing = asyncio.ensure_future(parts.database.write(begin))
    await begun.wait()
    burying = asyncio.ensure_future(
        parts.database.write(
            dead_letter_event, parts.name_hasher, "whatsapp", "messages", "why", of_her(message_id="hers-8")
        )
    )
    await eventually(lambda: harness.fetch(WAITING))
    may_end.set()
    await asyncio.gather(erasing, burying)
    await erase_contacts(parts)
    assert await traces(harness, MARK, PHONE, "hers-8") == []


async def test_an_amendment_job_of_an_erased_contact_is_not_stored(harness: WorkerHarness) -> None:
    async def amend_message(*_: object) -> None:
        raise RuntimeError("a defect")

    await harness.store(*past())
    (account,) = await harness.fetch("select id from channels_account")

    async def put_aside(message_id: str) -> None:
        await harness.parts.redis.flushdb()
        await job(harness.context(), account["id"], message_id)

    assert amend_message.__name__ == AMEND_MESSAGE
    job = retried(amend_message, timeout_seconds=5, tries=1)
    for message_id in ("hers-1", "other-1"):
        await put_aside(message_id)
    await erase(harness)
    await put_aside("hers-2")
    assert await traces(harness, *HERS) == []
    assert await bodies(harness, "dead") == [{"account_id": "acc-1", "message_id": "other-1"}]


@pytest.mark.parametrize("external_id", ["acc-\x00", "acc-" + "1" * 300])
async def test_an_event_with_an_impossible_account_becomes_a_dead_letter(
    harness: WorkerHarness, external_id: str
) -> None:
    event = in_group(of_another("broken")) | {"account_id": external_id, "message_id": None}
    await harness.store(event)
    assert await bodies(harness, "dead") == [event]


async def test_events_of_an_erased_account_become_no_dead_letters(harness: WorkerHarness) -> None:
    await harness.make_account("acc-2")
    (account,) = await harness.fetch("select id from channels_account where external_account_id = 'acc-1'")
    parts = harness.parts
    await parts.database.write(account_erasures.begin_account_erasure, parts.name_hasher, account["id"], None)
    other = BROKEN | {"account_id": "acc-2"}
    await give_up(harness, of_her(message_id="hers-1"), other, *unreadable())
    assert await bodies(harness, "dead", "ignored") == [other]


@st.composite
def fates(draw: st.DrawFn) -> tuple[list[list[int]], list[list[int]], list[list[int]]]:
    """Jobs that are dead-lettered before, during and after her erasure."""
    job = st.lists(st.integers(0, len(past()) + len(unreadable()) - 1), min_size=1, max_size=5)
    return draw(st.lists(job, max_size=3)), draw(st.lists(job, max_size=2)), draw(st.lists(job, max_size=3))


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(fates())
async def test_no_failed_job_stores_data_of_the_contact(
    harness: WorkerHarness, jobs: tuple[list[list[int]], list[list[int]], list[list[int]]]
) -> None:
    """With any events, at any time, any number of times."""
    await empty(harness)
    events = [*past(), *unreadable()]
    parts = harness.parts

    async def fail_at(stage: list[list[int]]) -> None:
        for chosen in stage:
            await give_up(harness, BROKEN, *[events[index] for index in chosen])

    await harness.store(*past())
    await fail_at(jobs[0])
    (row,) = await harness.fetch("select account_id, id from channels_contact where name like 'Zuleika%%'")
    await parts.database.write(
        contact_erasures.begin_erasure, parts.name_hasher, row["account_id"], row["id"], None
    )
    await fail_at(jobs[1])
    await erase_contacts(parts)
    assert await traces(harness, MARK, PHONE, *HERS) == []
    await fail_at(jobs[2])
    assert await traces(harness, MARK, PHONE, *HERS) == []
    if any(jobs):
        assert BROKEN in await bodies(harness, "dead")
