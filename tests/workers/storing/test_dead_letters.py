"""What is put aside is held against what was erased: before the erase, while it goes on, and after it."""

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
from server.store.messages.rows import NewMessage
from server.store.privacy import account_erasures, contact_erasures
from tests.support.peers import eventually
from tests.support.worker_harness import Ledger, delivery
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
    """A message with this text meets a defect of ours, which quotes what it was working on."""
    insert = messages.insert_messages

    async def fail(cursor: Cursor, rows: list[NewMessage]) -> list[messages.InsertedMessage]:
        if any(row["body"] == "broken" for row in rows):
            raise RuntimeError(f"a defect in what {MARK} wrote")
        return await insert(cursor, rows)

    monkeypatch.setattr(messages, "insert_messages", fail)


async def give_up(ledger: Ledger, *bodies: Mapping[str, Any]) -> None:
    """A job of these webhooks fails until it is put aside."""
    job = retried(ingest.store_events, timeout_seconds=5, tries=TRIES)
    await ledger.parts.redis.flushdb()  # its faults
    events = Events(delivery(body) for body in bodies)
    with pytest.raises(Retry):
        await job(ledger.context(), events)
    await job(ledger.context(2), events)


BROKEN = of_another("broken", message_id="other-7")


def unreadable() -> list[dict[str, Any]]:
    """Shapes that nobody knows, each with no more of her than one of her names, or that of what she wrote."""
    told: list[dict[str, Any]] = [
        {"chat_id": f"chat-{PHONE}", "message": f"{MARK} edits"},
        {"message_id": "hers-2", "text": f"{MARK} again"},
        {"caller": f"+{PHONE}", "note": MARK},
        {"people": {f"1{PHONE}@lid": {"nick": MARK}}},
    ]
    return [{"event": f"unheard_of_{n}", "account_id": "acc-1", **one} for n, one in enumerate(told)]


async def bodies(ledger: Ledger, *states: str) -> list[Any]:
    rows = await ledger.fetch(
        "select body from dead_letters where state = any(%(states)s) order by id", states=list(states)
    )
    return [orjson.loads(row["body"]) for row in rows]


async def test_a_job_that_fails_for_good_after_the_erase_leaves_nothing_of_her(ledger: Ledger) -> None:
    await ledger.store(*past())
    await erase(ledger)
    late = [of_her("late", message_id="hers-7"), of_her(message_id="hers-1"), *unreadable()]
    await give_up(ledger, late[0], BROKEN, *late[1:])
    assert await traces(ledger, MARK, PHONE, *HERS) == []
    (letter,) = await ledger.dead_letters()
    assert orjson.loads(letter["body"]) == BROKEN
    assert letter["source"] == "messages"


async def test_one_that_failed_before_goes_with_her_and_leaves_what_others_wrote(ledger: Ledger) -> None:
    await ledger.store(*past())
    await give_up(ledger, of_her("late", message_id="hers-7"), BROKEN, *unreadable())
    assert len(await ledger.dead_letters()) == 6
    assert not [letter for letter in await ledger.dead_letters() if MARK in letter["reason"]]
    await erase(ledger)
    assert await traces(ledger, MARK, PHONE, *HERS) == []
    assert await bodies(ledger, "dead", "ignored") == [BROKEN]


async def test_what_is_put_aside_while_the_rows_go_is_found(ledger: Ledger) -> None:
    """Of her messages each is known as erased when its row goes, not before."""
    await ledger.store(*past())
    (row,) = await ledger.fetch("select account_id, id from channels_contact where name like 'Zuleika%%'")
    parts = ledger.parts
    await parts.database.write(
        contact_erasures.begin_erasure, parts.name_hasher, row["account_id"], row["id"], ledger.user_id
    )
    await give_up(ledger, BROKEN, *unreadable())
    assert await traces(ledger, f"{MARK} again")
    await erase_contacts(parts)
    assert await traces(ledger, MARK, PHONE, *HERS) == []
    assert await bodies(ledger, "dead", "ignored") == [BROKEN]


async def test_a_burial_waits_for_an_erase_that_begins(ledger: Ledger) -> None:
    await ledger.store(*past())
    (row,) = await ledger.fetch("select account_id, id from channels_contact where name like 'Zuleika%%'")
    parts = ledger.parts
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
    await eventually(lambda: ledger.fetch(WAITING))
    may_end.set()
    await asyncio.gather(erasing, burying)
    await erase_contacts(parts)
    assert await traces(ledger, MARK, PHONE, "hers-8") == []


async def test_a_look_at_one_of_her_messages_is_not_kept(ledger: Ledger) -> None:
    async def amend_message(*_: object) -> None:
        raise RuntimeError("a defect")

    await ledger.store(*past())
    (account,) = await ledger.fetch("select id from channels_account")

    async def put_aside(message_id: str) -> None:
        await ledger.parts.redis.flushdb()
        await job(ledger.context(), account["id"], message_id)

    assert amend_message.__name__ == AMEND_MESSAGE
    job = retried(amend_message, timeout_seconds=5, tries=1)
    for message_id in ("hers-1", "other-1"):
        await put_aside(message_id)
    await erase(ledger)
    await put_aside("hers-2")
    assert await traces(ledger, *HERS) == []
    assert await bodies(ledger, "dead") == [{"account_id": "acc-1", "message_id": "other-1"}]


@pytest.mark.parametrize("number", ["acc-\x00", "acc-" + "1" * 300])
async def test_a_number_that_nobody_can_have_is_put_aside_too(ledger: Ledger, number: str) -> None:
    event = in_group(of_another("broken")) | {"account_id": number, "message_id": None}
    await ledger.store(event)
    assert await bodies(ledger, "dead") == [event]


async def test_of_an_erased_number_nothing_is_put_aside(ledger: Ledger) -> None:
    await ledger.make_account("acc-2")
    (account,) = await ledger.fetch("select id from channels_account where external_account_id = 'acc-1'")
    parts = ledger.parts
    await parts.database.write(account_erasures.begin_account_erasure, parts.name_hasher, account["id"], None)
    other = BROKEN | {"account_id": "acc-2"}
    await give_up(ledger, of_her(message_id="hers-1"), other, *unreadable())
    assert await bodies(ledger, "dead", "ignored") == [other]


@st.composite
def fates(draw: st.DrawFn) -> tuple[list[list[int]], list[list[int]], list[list[int]]]:
    """Jobs that are given up before her erase, while it goes on, and after it."""
    job = st.lists(st.integers(0, len(past()) + len(unreadable()) - 1), min_size=1, max_size=5)
    return draw(st.lists(job, max_size=3)), draw(st.lists(job, max_size=2)), draw(st.lists(job, max_size=3))


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(fates())
async def test_no_job_that_fails_keeps_anything_of_her(
    ledger: Ledger, jobs: tuple[list[list[int]], list[list[int]], list[list[int]]]
) -> None:
    """Whatever is in it, whenever, and however often."""
    await empty(ledger)
    events = [*past(), *unreadable()]
    parts = ledger.parts

    async def fail_at(stage: list[list[int]]) -> None:
        for chosen in stage:
            await give_up(ledger, BROKEN, *[events[index] for index in chosen])

    await ledger.store(*past())
    await fail_at(jobs[0])
    (row,) = await ledger.fetch("select account_id, id from channels_contact where name like 'Zuleika%%'")
    await parts.database.write(
        contact_erasures.begin_erasure, parts.name_hasher, row["account_id"], row["id"], None
    )
    await fail_at(jobs[1])
    await erase_contacts(parts)
    assert await traces(ledger, MARK, PHONE, *HERS) == []
    await fail_at(jobs[2])
    assert await traces(ledger, MARK, PHONE, *HERS) == []
    if any(jobs):
        assert BROKEN in await bodies(ledger, "dead")
