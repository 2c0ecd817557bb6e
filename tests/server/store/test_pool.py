"""The pool: dead connections are replaced unnoticed, and a busy server is distinguished from a cancelled task."""

import asyncio
import math

import psycopg2
import pytest
from aiopg import Cursor
from structlog.testing import capture_logs

from server.errors import Unavailable
from server.store.db import outages
from server.store.db.database import connect
from server.store.db.driver_errors import ReadOnly, StatementTimeout
from server.store.plans import usage
from tests.server.store.conftest import RowOwner
from tests.support.services import Services

# Connections die here, and are opened in their place.
pytestmark = pytest.mark.new_connections


async def backend(cursor: Cursor) -> int:
    await cursor.execute("select pg_backend_pid()")
    return int((await cursor.fetchone())[0])


async def test_work_is_retried_when_every_connection_has_died(owner: RowOwner, services: Services) -> None:
    """A restart of Postgres must not be noticed. aiopg's pool looks for dead connections and then, having opened a
    new one meanwhile, asserts that the next is alive: it had died since, and the request failed with a 500.
    """
    for _ in range(20):
        before = {await owner.database.read(backend) for _ in range(10)}
        services.command(
            "select pg_terminate_backend(pid, 10000) from pg_stat_activity where usename = 'confab'"
        )
        after = {await owner.database.read(backend) for _ in range(10)}
        assert not before & after


async def test_an_assertion_of_ours_is_not_taken_for_an_outage(owner: RowOwner) -> None:
    async def mistaken(_: Cursor) -> None:
        raise AssertionError("a defect")

    with pytest.raises(AssertionError, match="a defect"):
        await owner.database.read(mistaken)


async def test_a_write_that_may_have_run_twice_counts_once_when_it_is_rolled_back(
    owner: RowOwner, services: Services
) -> None:
    runs = 0

    async def work(cursor: Cursor) -> None:
        nonlocal runs
        runs += 1
        await usage.raise_usage(cursor, "whatsapp", [{"user_id": owner.user_id, "sent": 1, "received": 0}])
        if runs == 1:
            pid = await backend(cursor)
            await asyncio.to_thread(services.command, f"select pg_terminate_backend({pid})")
            await cursor.execute("select 1")

    await owner.database.write(work)
    period = await owner.database.read(month)
    assert runs == 2
    assert await owner.database.read(usage.fetch_month, owner.user_id, "whatsapp", period) == (1, 0, 0)


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


async def test_a_cancelled_task_stays_cancelled_and_rolls_back(owner: RowOwner, services: Services) -> None:
    begun = asyncio.Event()

    async def work(cursor: Cursor) -> None:
        await usage.raise_usage(cursor, "whatsapp", [{"user_id": owner.user_id, "sent": 1, "received": 0}])
        begun.set()
        await cursor.execute("select pg_sleep(10)")

    task = asyncio.create_task(owner.database.write(work))
    await begun.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    # The server does not notice: it runs that query to its end, and would keep its locks into the next test.
    services.command("select pg_terminate_backend(pid) from pg_stat_activity where wait_event = 'PgSleep'")
    period = await owner.database.read(month)
    assert await owner.database.read(usage.fetch_month, owner.user_id, "whatsapp", period) == (0, 0, 0)


async def test_a_mistake_in_a_statement_is_not_taken_for_an_outage(owner: RowOwner) -> None:
    async def mistaken(cursor: Cursor) -> None:
        await cursor.execute("select nothing_of_the_kind")

    with pytest.raises(psycopg2.ProgrammingError):
        await owner.database.read(mistaken)


async def test_an_absent_server_is_unavailable_at_once() -> None:
    with pytest.raises(Unavailable):
        await connect(
            "postgresql://nobody@127.0.0.1:1/none",
            size=1,
            statement_timeout_ms=1000,
            connect_timeout_seconds=1,
        )


async def test_closing_does_not_wait_for_a_connection_that_died_in_use(database_url: str) -> None:
    """aiopg notifies no waiter when a closed connection is returned, not even `wait_closed`."""
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


@pytest.mark.parametrize(
    ("state", "becomes"),
    [
        *((state, ReadOnly) for state in ("25006",)),
        *((state, Unavailable) for state in ("57P01", "57P02", "57P03", "57P05", "25P03", "25P04")),
        *((state, Unavailable) for state in ("53000", "53100", "53200", "53300", "53400")),
        *((state, Unavailable) for state in ("08000", "08003", "08006", "08P01", "58000", "58030", "40001", "40P01")),
        *((state, StatementTimeout) for state in ("55P03", "57014")),
        *((state, psycopg2.Error) for state in ("22P02", "23505", "42703", "42501", "25001", "XX000")),
    ],
)  # fmt: skip
async def test_transient_errors_become_unavailable_and_others_stay(
    owner: RowOwner, state: str, becomes: type[Exception]
) -> None:
    async def fail(cursor: Cursor) -> None:
        await cursor.execute("do $$ begin raise exception using errcode = '%s'; end $$" % state)  # noqa: UP031

    for run in (owner.database.read, owner.database.write):
        with pytest.raises(becomes) as failed:
            await run(fail)
        if becomes is not psycopg2.Error:
            assert failed.type is becomes
            assert (failed.value.status, failed.value.retry_after) == (503, 1)  # type: ignore[attr-defined]
    await owner.database.read(backend)


async def test_a_primary_that_became_a_standby_is_left_for_the_new_one(
    own_database_url: str, services: Services
) -> None:
    """Its sessions survive and reject every write: only new connections reach the new primary."""
    name = own_database_url.rpartition("/")[2]
    database = await connect(own_database_url, size=3, statement_timeout_ms=5000, connect_timeout_seconds=20)
    # At most once a second: so that the first rejection replaces nothing, however long the commands take.
    database._replaced_at = math.inf
    services.command(f"alter database {name} set default_transaction_read_only = on")
    services.command(f"select pg_terminate_backend(pid, 9000) from pg_stat_activity where datname = '{name}'")
    with pytest.raises(ReadOnly):
        await database.write(create)
    services.command(f"alter database {name} reset default_transaction_read_only")
    before = await database.read(backend)
    database._replaced_at = -math.inf
    await database.write(create)
    assert await database.read(backend) != before
    await database.close()


async def create(cursor: Cursor) -> None:
    await cursor.execute("create table written (id int)")


async def test_an_outage_is_one_line_at_its_beginning_and_one_at_its_end(
    owner: RowOwner, monkeypatch: pytest.MonkeyPatch
) -> None:
    moment = [100.0]
    monkeypatch.setattr("server.store.db.outages.time.monotonic", lambda: moment[0])

    async def fail(_: Cursor) -> None:
        raise psycopg2.OperationalError("FATAL:  the database system is shutting down\nDETAIL: x")

    with capture_logs() as lines:
        for _ in range(5):
            with pytest.raises(Unavailable):
                await owner.database.write(fail)
            await owner.database.read(backend)  # reading may go on
        moment[0] += outages.QUIET_SECONDS
        for _ in range(3):
            await owner.database.read(backend)
    assert [(line["event"], line["log_level"]) for line in lines] == [
        ("database_unavailable", "warning"),
        ("database_available", "info"),
    ]
    assert lines[0]["reason"] == "the database system is shutting down"
