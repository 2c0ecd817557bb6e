"""How an import of contacts holds the lock of its account: for few rows and few round trips, and for none between."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiopg import Cursor

from server.contacts import import_batches
from server.contacts.import_batches import MOST_ROWS
from server.store.db.transaction import Transaction
from server.web.app_keys import DATABASE
from tests.server.handlers.test_contact_fields import make_admin
from tests.server.handlers.test_contact_imports import counts, imports_path, run, show, step, upload
from tests.support.factories import make_label
from tests.support.fixtures_stack import Stack
from tests.support.peers import Peer

ROWS = 700
LOCK = "select from channels_account where id = {account_id} for no key update"
FREE = "select from channels_account where id = %s for no key update nowait"


def table_of(name: str) -> str:
    lines = "".join(f"+3519100{n:05},{name} {n},Sale\n" for n in range(ROWS))
    return f"phone,own_name,labels\n{lines}"


async def checked(stack: Stack, owner: Peer, account_id: int, name: str) -> int:
    made = await upload(owner, account_id, table_of(name))
    await step(stack, owner, account_id, made["id"], "check", targets=made["targets"])
    await owner.ok("POST", imports_path(account_id, f"/{made['id']}/start"))
    return int(made["id"])


@asynccontextmanager
async def recorded(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[list[str]]:
    """What transactions send, a round trip each, with what was queued for it."""
    sent: list[str] = []
    execute = Transaction.execute

    async def record(self: Transaction, operation: str, parameters: Any = None, **more: Any) -> None:
        before = len(self._queued)
        bound = "; ".join([*self._queued[:before], operation])
        await execute(self, operation, parameters, **more)
        sent.append(bound)

    with monkeypatch.context() as patch:
        patch.setattr(Transaction, "execute", record)
        yield sent


def batches_of(sent: list[str], account_id: int) -> list[list[str]]:
    """The round trips of each batch, from the account's lock to the commit."""
    found: list[list[str]] = []
    is_locked = False
    for trip in sent:
        if trip.startswith(LOCK.format(account_id=account_id)):
            is_locked = True
            found.append([])
        if is_locked:
            found[-1].append(trip)
        if trip.endswith("commit"):
            is_locked = False
    return found


async def test_a_batch_has_few_rows_and_few_round_trips(
    web_only: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner, _, account_id, _ = await make_admin(web_only)
    await make_label(owner, "Sale")
    longest = {"Ana": 4, "Bia": 5}
    for name, trips in longest.items():
        import_id = await checked(web_only, owner, account_id, name)
        async with recorded(monkeypatch) as sent:
            await run(web_only)
        # Without what is prepared once on a connection.
        batches = [[t for t in b if " prepare " not in f" {t}"] for b in batches_of(sent, account_id)]
        assert len(batches) >= ROWS / MOST_ROWS
        assert max(map(len, batches)) <= trips
        # What others are told of is on the disk when they hear of it.
        waits = [any("synchronous_commit" in trip for trip in batch) for batch in batches]
        assert set(waits) == {name == "Ana"}
        expected = (ROWS, 0, 0, 0) if name == "Ana" else (0, ROWS, 0, 0)
        assert counts(await show(owner, account_id, import_id)) == expected


async def test_between_batches_others_get_the_account(
    web_only: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner, _, account_id, _ = await make_admin(web_only)
    await make_label(owner, "Sale")
    import_id = await checked(web_only, owner, account_id, "Ana")
    read, sizes = import_batches.read_batch, list[int]()

    def read_next(*given: Any) -> import_batches.Batch:
        batch = read(*given)
        sizes.append(batch.size)
        return batch

    async def is_free(cursor: Cursor) -> None:
        await cursor.execute(FREE, (account_id,))

    definitions = import_batches.read_definitions

    async def between(cursor: Cursor) -> Any:
        await web_only.app[DATABASE].write(is_free)
        return await definitions(cursor)

    monkeypatch.setattr(import_batches, "read_batch", read_next)
    monkeypatch.setattr(import_batches, "read_definitions", between)
    await run(web_only)
    assert counts(await show(owner, account_id, import_id)) == (ROWS, 0, 0, 0)
    assert len(sizes) > 2 and max(sizes) <= MOST_ROWS


async def test_an_account_that_is_erased_gets_no_contacts(web_only: Stack) -> None:
    owner, _, account_id, _ = await make_admin(web_only)
    await make_label(owner, "Sale")
    await checked(web_only, owner, account_id, "Ana")
    await web_only.execute("update channels_account set erasing_since = now() where id = %s", account_id)
    await run(web_only)
    stored = await web_only.execute("select count(*) from channels_contact where own_name like 'Ana%%'")
    assert stored == [(0,)]
