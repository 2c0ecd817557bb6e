"""Erasing an account leaves no data, even if a worker is killed meanwhile, and no late event restores it."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from server.store.privacy import account_erasures
from tests.support.fixtures_stack import Stack
from tests.support.peers import message_received
from tests.support.worker_harness import Listener, WorkerHarness
from tests.workers.privacy.test_erase_contacts import MARK, PHONE, past, traces
from workers.context import open_parts
from workers.people.usage import check_usage
from workers.privacy.erase_accounts import erase_accounts
from workers.sync.store_pages import PageStore
from workers.sync.sweeps import sweep_account

# Tables with users, times and amounts, and no message content.
REMAINING = {"channels_account_erasure"}
HOLDERS = """
    select table_name from information_schema.columns
    where table_schema = 'public' and column_name = 'account_id' and data_type = 'bigint'"""
POISON = {"event": "message_received", "account_id": "acc-1", "message": f"{MARK} poison", "sender": 7}
# Not seen before the erasure: no digest of it is stored.
LATE_POISON = POISON | {"message": f"{MARK} late poison"}
STATUS = {"AccountStatus": {"account_id": "acc-1", "account_type": "WHATSAPP", "message": "DELETED"}}


@pytest.fixture
async def harness(web_only: Stack) -> AsyncIterator[WorkerHarness]:
    """acc-1 is connected at UniPile and here; no worker runs."""
    await web_only.sandbox.ok("POST", "/sandbox/accounts", {"id": "acc-1"})
    async with open_parts(web_only.config) as parts:
        opened = await WorkerHarness(parts).open()
        await opened.make_account()
        yield opened


async def fill(harness: WorkerHarness) -> int:
    """An account in use; returns its id."""
    await harness.store(*past(), POISON)
    (account,) = await harness.fetch(
        """update channels_account set name = %(name)s, phone = '+551199' where external_account_id = 'acc-1'
           returning id""",
        name=f"{MARK} shop",
    )
    account_id: int = account["id"]
    for statement in (
        "insert into channels_chat_start (account_id, client_id, address, body) values (%(id)s, 'c-1', '+55', %(m)s)",
        """insert into channels_planned_message (account_id, chat_id, user_id, author_kind, author_id, body, client_id,
               send_at, seq)
           select a.id, c.id, a.user_id, 'user', a.user_id, %(m)s, 'p-' || c.id, now() + interval '1 day', 1
           from channels_account a join channels_chat c on c.account_id = a.id where a.id = %(id)s""",
        "insert into channels_import (account_id, provider_chat_id, kind) values (%(id)s, %(m)s, 'direct')",
        "insert into channels_export (account_id, with_media) values (%(id)s, true)",
        """insert into channels_refusal (user_id, provider, digest, phone, error) select user_id, provider,
           sha256('page'), phone, json_build_object('message', %(m)s) from channels_account where id = %(id)s
           on conflict do nothing""",
    ):
        await harness.execute(statement, id=account_id, m=MARK)
    return account_id


async def begin(harness: WorkerHarness, account_id: int) -> bool:
    parts = harness.parts
    begun = await parts.database.write(
        account_erasures.begin_account_erasure, parts.name_hasher, account_id, harness.user_id
    )
    return begun is not None


async def erasure(harness: WorkerHarness) -> dict[str, Any]:
    (row,) = await harness.fetch(
        "select state, messages, unlinked_at is not null as unlinked from channels_account_erasure"
    )
    return row


async def holders(harness: WorkerHarness, account_id: int) -> set[str]:
    """The tables with a row of the account."""
    tables = [row["table_name"] for row in await harness.fetch(HOLDERS)]
    assert len(tables) > 15
    return {
        table
        for table in tables
        if await harness.fetch(f'select 1 from "{table}" where account_id = %(id)s limit 1', id=account_id)
    }


async def test_no_data_of_an_erased_account_remains(harness: WorkerHarness, web_only: Stack) -> None:
    other_id = await harness.make_account("acc-10")
    await harness.store(message_received("acc-10", "Stays", phone="5511900000000", name="Caio"))
    account_id = await fill(harness)
    assert await traces(harness, MARK)
    assert [letter["source"] for letter in await harness.dead_letters()] == ["messages"]
    before, usage = await holders(harness, other_id), await harness.usage()

    assert await begin(harness, account_id)
    await erase_accounts(harness.parts)

    assert await traces(harness, MARK, PHONE, '"acc-1"', "hers-1", "other-1") == []
    assert await holders(harness, account_id) == REMAINING
    assert await harness.fetch("select 1 from channels_account where external_account_id = 'acc-1'") == []
    assert await erasure(harness) == {"state": "done", "messages": 6, "unlinked": True}
    assert await harness.usage() == usage
    await check_usage(harness.parts)
    assert await harness.usage() == usage
    assert await holders(harness, other_id) == before
    headers = {"X-API-KEY": "sandbox-key"}
    assert (await web_only.sandbox.call("GET", "/api/v1/accounts/acc-1", headers=headers)).status == 404


async def test_an_account_is_erased_once(harness: WorkerHarness) -> None:
    account_id = await fill(harness)
    assert await begin(harness, account_id)
    assert not await begin(harness, account_id)
    await erase_accounts(harness.parts)
    assert not await begin(harness, account_id)


async def test_a_worker_killed_in_the_middle_is_followed_by_another(
    harness: WorkerHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(account_erasures, "ROWS_AT_ONCE", 2)
    account_id = await fill(harness)
    await begin(harness, account_id)
    leased = await harness.parts.database.write(account_erasures.lease_account_erasure, 60.0)
    assert leased is not None
    erased_step = await harness.parts.database.write(account_erasures.erase_step, leased, 60.0)
    assert erased_step == (2, 2)
    await erase_accounts(harness.parts)
    assert await traces(harness, MARK)  # leased by another worker
    await harness.execute("update channels_account_erasure set claimed_until = '-infinity'")
    await erase_accounts(harness.parts)
    assert await traces(harness, MARK, PHONE) == []
    assert await erasure(harness) == {"state": "done", "messages": 6, "unlinked": True}


async def test_local_data_is_erased_without_unipile_and_the_rest_later(
    harness: WorkerHarness, web_only: Stack
) -> None:
    account_id = await fill(harness)
    away = {"method": "DELETE", "path": "/accounts/*", "status": 503}
    await web_only.sandbox.ok("PUT", "/sandbox/faults", {"routes": [away]})
    await begin(harness, account_id)
    await erase_accounts(harness.parts)
    assert await traces(harness, MARK, PHONE) == []
    assert await erasure(harness) == {"state": "running", "messages": 6, "unlinked": False}
    await harness.store(*past(), LATE_POISON, STATUS)
    assert await traces(harness, MARK, PHONE) == []
    await web_only.sandbox.ok("PUT", "/sandbox/faults", {})
    await erase_accounts(harness.parts)
    assert (await erasure(harness))["state"] == "running"  # not immediately again
    await harness.execute("update channels_account_erasure set claimed_until = '-infinity'")
    await erase_accounts(harness.parts)
    assert await erasure(harness) == {"state": "done", "messages": 6, "unlinked": True}


async def test_an_unlinked_account_is_erased_too(harness: WorkerHarness, web_only: Stack) -> None:
    account_id = await fill(harness)
    headers = {"X-API-KEY": "sandbox-key"}
    assert (await web_only.sandbox.call("DELETE", "/api/v1/accounts/acc-1", headers=headers)).status == 200
    await begin(harness, account_id)
    await erase_accounts(harness.parts)
    assert (await erasure(harness))["state"] == "done"


@st.composite
def late_batches(draw: st.DrawFn) -> tuple[int, list[list[int]]]:
    """The number of steps done before, and the batches in which everything is delivered again."""
    count = len(past()) + 3
    again = draw(st.lists(st.lists(st.integers(0, count - 1), min_size=1, max_size=6), max_size=4))
    return draw(st.integers(0, 12)), again


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(late_batches())
async def test_no_late_webhook_restores_the_account(
    harness: WorkerHarness, late: tuple[int, list[list[int]]]
) -> None:
    """Before, between and after the steps; unreadable events too."""
    for table in ("channels_account", "dead_letters", "channels_account_erasure"):
        await harness.execute(f"delete from {table}")
    await harness.make_account()
    steps, again = late
    await begin(harness, await fill(harness))
    events = [*past(), POISON, LATE_POISON, STATUS]
    leased = await harness.parts.database.write(account_erasures.lease_account_erasure, 60.0)
    assert leased is not None
    await harness.parts.database.write(account_erasures.note_unlinked, leased.id)
    for step in range(max(steps, len(again))):
        if step < len(again):
            await harness.store(*[events[index] for index in again[step]])
        if step < steps:
            await harness.parts.database.write(account_erasures.erase_step, leased, 60.0)
    await harness.execute("update channels_account_erasure set claimed_until = '-infinity'")
    await erase_accounts(harness.parts)
    for batch in [*again, range(len(events))]:
        await harness.store(*[events[index] for index in batch], job_try=2)
    assert await traces(harness, MARK, PHONE, "acc-1") == []


async def test_a_running_sweep_or_import_does_not_restore_it(harness: WorkerHarness, web_only: Stack) -> None:
    """Each has read its page before the erasure, and stores it during and after it."""
    account_id = await fill(harness)
    await web_only.write("acc-1", f"{MARK} missed", silent=True)
    reader = PageStore(harness.parts, account_id, "acc-1", 60.0)
    page = await reader.unipile.list_messages("acc-1", datetime(2020, 1, 1, tzinfo=UTC), None)
    broken = {**page.items[0], "id": "broken", "timestamp": MARK}
    await begin(harness, account_id)
    taken = await reader.store([*page.items, broken])
    assert (taken.imported, taken.late) == (0, 0)
    await erase_accounts(harness.parts)
    await reader.store([*page.items, broken])
    await sweep_account(harness.context(), account_id, 0.0)
    assert await traces(harness, MARK, PHONE, "acc-1") == []
    assert await holders(harness, account_id) == REMAINING


async def test_the_hash_does_not_reveal_the_phone_number(harness: WorkerHarness) -> None:
    parts = harness.parts
    await begin(harness, await fill(harness))
    (row,) = await harness.fetch("select digest from channels_account_erasure")
    assert bytes(row["digest"]) == parts.name_hasher.of_account("whatsapp", "acc-1")
    other = replace(parts.config.secrets, erase_secret="another secret of thirty-two chars")
    assert type(parts.name_hasher)(other.erasure_keys).of_account("whatsapp", "acc-1") != bytes(row["digest"])


async def test_nothing_of_an_erasure_is_published(harness: WorkerHarness, listener: Listener) -> None:
    account_id = await fill(harness)
    await listener.heard()
    await begin(harness, account_id)
    await erase_accounts(harness.parts)
    assert await listener.heard() == []
