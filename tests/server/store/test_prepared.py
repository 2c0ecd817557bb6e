"""A young connection renews the plans of its prepared statements, because its tables are young too."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
from aiopg import Cursor

from server.store.db import database as pool
from server.store.db import prepared
from server.store.db.database import Database
from server.store.db.prepared import Prepared

FIND = Prepared(
    "test_find",
    """select note.body
       from jsonb_to_recordset(%(wanted)s::jsonb) as wanted (number bigint)
       join young_note note on note.number = wanted.number""",
)
WANTED = {"wanted": '[{"number": 7}]'}


@dataclass
class Clock:
    now: float = 0.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    stopped = Clock()
    monkeypatch.setattr(prepared, "time", stopped)
    return stopped


@pytest.fixture
async def database(clock: Clock, own_database_url: str) -> AsyncIterator[Database]:
    opened = await pool.connect(
        own_database_url, size=1, statement_timeout_ms=5000, connect_timeout_seconds=3, prepare=True
    )
    yield opened
    await opened.close()


async def plan(cursor: Cursor) -> str:
    """The current plan of the statement."""
    await cursor.execute("explain execute confab_test_find (%s)", (WANTED["wanted"],))
    return "\n".join(row[0] for row in await cursor.fetchall())


async def grow(cursor: Cursor) -> None:
    """Create a table, run the statement on it while it is empty until Postgres caches the plan, then fill it."""
    await cursor.execute(
        """create table young_note (number bigint primary key, body text) with (autovacuum_enabled = false)"""
    )
    for _ in range(8):
        await FIND.execute(cursor, WANTED)
    await cursor.execute("insert into young_note select n, 'note' from generate_series(1, 50000) n")


async def test_a_plan_made_for_an_empty_table_does_not_outlive_it(clock: Clock, database: Database) -> None:
    async with database.cursor() as cursor:
        await grow(cursor)
        assert "Seq Scan on young_note" in await plan(cursor)

        clock.now = prepared.RENEWAL_AGES[0]
        await FIND.execute(cursor, WANTED)
        assert await cursor.fetchall() == [("note",)]
        assert "Seq Scan on young_note" not in await plan(cursor)


async def test_plans_are_renewed_within_a_transaction_too(clock: Clock, database: Database) -> None:
    async with database.cursor() as cursor:
        await grow(cursor)
    async with database.transaction() as cursor:
        clock.now = prepared.RENEWAL_AGES[-1]
        await FIND.execute(cursor, WANTED)
        assert await cursor.fetchall() == [("note",)]
        assert "Seq Scan on young_note" not in await plan(cursor)


def test_each_age_renews_once(clock: Clock) -> None:
    known = prepared.PreparedStatements(since=0.0)
    assert not known.is_stale()
    clock.now = prepared.RENEWAL_AGES[1]
    assert [known.is_stale(), known.is_stale()] == [True, False]
    clock.now = 1e9
    assert [known.is_stale(), known.is_stale()] == [True, False]
