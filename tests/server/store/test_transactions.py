"""A transaction whose statements travel together is still a transaction."""

from collections.abc import AsyncIterator

import psycopg2
import pytest
from aiopg import Cursor

from server.store.db import database as pool
from server.store.db.database import Database
from server.store.db.prepared import Prepared
from server.store.db.transaction import Transaction

INSERT = Prepared("test_insert", "insert into users (email, name) values (%(email)s, 'Ana')")


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    opened = await pool.connect(
        database_url, size=1, statement_timeout_ms=2000, connect_timeout_seconds=2, prepare=True
    )
    yield opened
    await opened.close()


async def emails(cursor: Cursor) -> list[str]:
    await cursor.execute("select email from users order by id")
    return [row[0] for row in await cursor.fetchall()]


async def test_the_last_queued_statement_travels_with_the_commit(database: Database) -> None:
    async def work(cursor: Cursor) -> None:
        await cursor.execute("select 1")
        await INSERT.execute_later(cursor, {"email": "last"})

    await database.write(work)
    assert await database.read(emails) == ["last"]


async def test_the_next_statement_sees_a_queued_one(database: Database) -> None:
    async def work(cursor: Cursor) -> list[str]:
        await INSERT.execute_later(cursor, {"email": "a 100 % %s"})
        return await emails(cursor)

    assert await database.write(work) == ["a 100 % %s"]


async def test_nothing_stays_when_a_later_step_fails(database: Database) -> None:
    async def work(cursor: Cursor) -> None:
        await INSERT.execute(cursor, {"email": "first"})
        await INSERT.execute_later(cursor, {"email": "queued"})
        raise LookupError

    with pytest.raises(LookupError):
        await database.write(work)
    assert await database.read(emails) == []


async def test_a_queued_statement_that_fails_fails_the_transaction(database: Database) -> None:
    async def work(cursor: Cursor) -> None:
        await INSERT.execute(cursor, {"email": "good"})
        await INSERT.execute_later(cursor, {"email": ""})

    with pytest.raises(psycopg2.errors.CheckViolation):
        await database.write(work)
    assert await database.read(emails) == []


async def test_a_transaction_without_a_statement_sends_nothing(database: Database) -> None:
    async with database.cursor() as cursor:
        before = cursor.raw.query
        transaction = Transaction(cursor)
        await transaction.commit()
        await transaction.roll_back()
        assert cursor.raw.query is before
        await transaction.execute("select 2")
        assert cursor.raw.query == b"begin; select 2"
        await transaction.roll_back()


async def test_in_autocommit_nothing_is_delayed(database: Database) -> None:
    async with database.cursor() as cursor:
        await INSERT.execute_later(cursor, {"email": "now"})
        assert await emails(cursor) == ["now"]
