"""The pool: dead connections are replaced behind the caller's back, a busy server is told from a cancelled task."""

import asyncio

import psycopg2
import pytest
from aiopg import Cursor

from server.errors import Unavailable
from server.store import usage
from server.store.pool import StatementTimeout, connect
from tests.server.store.conftest import Shelf
from tests.services import Services


async def backend(cursor: Cursor) -> int:
    await cursor.execute("select pg_backend_pid()")
    return int((await cursor.fetchone())[0])


async def test_work_is_repeated_when_every_connection_has_died(shelf: Shelf, services: Services) -> None:
    """A restart of Postgres must not be noticed. aiopg's pool looks for dead connections and then, having opened a
    new one meanwhile, asserts that the next is alive: it had died since, and the request failed with a 500.
    """
    for _ in range(20):
        before = {await shelf.database.read(backend) for _ in range(10)}
        services.command(
            "select pg_terminate_backend(pid, 10000) from pg_stat_activity where usename = 'confab'"
        )
        after = {await shelf.database.read(backend) for _ in range(10)}
        assert not before & after


async def test_an_assertion_of_ours_is_not_taken_for_an_outage(shelf: Shelf) -> None:
    async def mistaken(_: Cursor) -> None:
        raise AssertionError("a defect")

    with pytest.raises(AssertionError, match="a defect"):
        await shelf.database.read(mistaken)


async def test_a_write_that_may_have_run_twice_counts_once_when_it_is_rolled_back(
    shelf: Shelf, services: Services
) -> None:
    runs = 0

    async def work(cursor: Cursor) -> None:
        nonlocal runs
        runs += 1
        await usage.raise_usage(cursor, "whatsapp", [{"user_id": shelf.user_id, "sent": 1, "received": 0}])
        if runs == 1:
            number = await backend(cursor)
            await asyncio.to_thread(services.command, f"select pg_terminate_backend({number})")
            await cursor.execute("select 1")

    await shelf.database.write(work)
    period = await shelf.database.read(month)
    assert runs == 2
    assert await shelf.database.read(usage.fetch_usage, shelf.user_id, "whatsapp", period) == (1, 0)


async def month(cursor: Cursor) -> str:
    await cursor.execute("select to_char(now() at time zone 'UTC', 'YYYY-MM')")
    return str((await cursor.fetchone())[0])


async def test_the_servers_time_limit_is_not_a_cancellation(database_url: str) -> None:
    database = await connect(database_url, size=1, statement_timeout_ms=20, connect_timeout_seconds=3)

    async def slow(cursor: Cursor) -> None:
        await cursor.execute("select pg_sleep(10)")

    with pytest.raises(StatementTimeout):
        await database.read(slow)
    await database.read(backend)
    await database.close()


async def test_a_cancelled_task_stays_cancelled_and_rolls_back(shelf: Shelf, services: Services) -> None:
    begun = asyncio.Event()

    async def work(cursor: Cursor) -> None:
        await usage.raise_usage(cursor, "whatsapp", [{"user_id": shelf.user_id, "sent": 1, "received": 0}])
        begun.set()
        await cursor.execute("select pg_sleep(10)")

    task = asyncio.create_task(shelf.database.write(work))
    await begun.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    # The server does not notice: it runs that query to its end, and would keep its locks into the next test.
    services.command("select pg_terminate_backend(pid) from pg_stat_activity where wait_event = 'PgSleep'")
    period = await shelf.database.read(month)
    assert await shelf.database.read(usage.fetch_usage, shelf.user_id, "whatsapp", period) == (0, 0)


async def test_a_mistake_in_a_statement_is_not_taken_for_an_outage(shelf: Shelf) -> None:
    async def mistaken(cursor: Cursor) -> None:
        await cursor.execute("select nothing_of_the_kind")

    with pytest.raises(psycopg2.ProgrammingError):
        await shelf.database.read(mistaken)


async def test_an_absent_server_is_unavailable_at_once() -> None:
    with pytest.raises(Unavailable):
        await connect(
            "postgresql://nobody@127.0.0.1:1/none",
            size=1,
            statement_timeout_ms=1000,
            connect_timeout_seconds=1,
        )


async def test_closing_does_not_wait_for_a_connection_that_died_in_use(database_url: str) -> None:
    """aiopg wakes nobody when a closed connection is given back, not even whoever closes the pool."""
    database = await connect(database_url, size=1, statement_timeout_ms=20_000, connect_timeout_seconds=30)
    begun = asyncio.Event()

    async def work(cursor: Cursor) -> None:
        begun.set()
        await cursor.execute("select pg_sleep(10)")

    await database._pool._free[0].close()
    late = asyncio.create_task(database.read(work))
    await asyncio.sleep(0)  # it opens another connection by now, which closing knows nothing of
    closing = asyncio.create_task(database.close())
    await begun.wait()
    late.cancel()
    await closing
    with pytest.raises(asyncio.CancelledError):
        await late
