"""Behind a real PgBouncer in transaction mode: timeouts hold, no setting leaks, migrations are safe."""

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import psycopg2
import pytest
from aiopg import Cursor

from server.config import ROOT
from server.errors import Unavailable
from server.process.migrate import ADVISORY_LOCK, MIGRATIONS, migrate, pending
from server.store.db import database as pool
from server.store.db.database import Database
from server.store.db.driver_errors import StatementTimeout
from server.store.db.prepared import Prepared
from tests.support.fixtures_pgbouncer import PgBouncer, pooled_client, run_pgbouncer
from tests.support.services import Services

NAMES = sorted(path.stem for path in MIGRATIONS.glob("*.sql") if not path.stem.endswith(".rollback"))
SETTINGS = ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout", "timezone")
OURS = ["700ms", "700ms", "1min", "UTC"]
SHOW = f"select {', '.join(f'current_setting($${name}$$)' for name in SETTINGS)}"
LOCK_LOW = ADVISORY_LOCK & 0xFFFF_FFFF
FIND = Prepared("test_pooled", "select %(word)s::text")


async def connect(url: str, **changes: object) -> Database:
    limits: dict[str, object] = {"size": 3, "statement_timeout_ms": 700, "connect_timeout_seconds": 20}
    return await pool.connect(url, **{**limits, "prepare": False, **changes})  # type: ignore[arg-type]


@pytest.fixture
def pooled_url(pgbouncer: PgBouncer, own_database_url: str) -> str:
    return pgbouncer.url(own_database_url)


@pytest.fixture
async def database(pooled_url: str) -> AsyncIterator[Database]:
    opened = await connect(pooled_url)
    yield opened
    await opened.close()


async def show(cursor: Cursor) -> list[str]:
    await cursor.execute(SHOW)
    return list(await cursor.fetchone())


async def test_our_limits_hold_in_and_out_of_transactions(database: Database) -> None:
    assert await database.read(show) == OURS
    assert await database.write(show) == OURS


async def test_a_slow_statement_is_ended_in_and_out_of_transactions(database: Database) -> None:
    async def sleep(cursor: Cursor) -> None:
        await cursor.execute("select pg_sleep(%s)", (30,))

    for run in (database.read, database.write):
        with pytest.raises(StatementTimeout):
            await run(sleep)


async def test_a_locked_row_is_given_up(database: Database, own_database_url: str) -> None:
    """After the documented five seconds; without `options` nothing used to end it."""

    async def wait(cursor: Cursor) -> None:
        await cursor.execute("lock table users in exclusive mode")

    with closing(psycopg2.connect(own_database_url)) as other, other.cursor() as cursor:
        cursor.execute("lock table users in exclusive mode")
        with pytest.raises(StatementTimeout):
            await database.write(wait)


async def test_nothing_of_ours_stays_on_the_connections_others_get(
    database: Database, pooled_url: str, own_database_url: str
) -> None:
    with closing(psycopg2.connect(own_database_url, options="")) as direct, direct.cursor() as cursor:
        cursor.execute(SHOW)
        untouched = list(cursor.fetchone() or ())
    for _ in range(3):
        await asyncio.gather(*(run(show) for run in (database.read, database.write) * 3))
        with pooled_client(pooled_url) as other, other.cursor() as cursor:
            cursor.execute(SHOW)
            assert list(cursor.fetchone() or ()) == untouched


async def test_settings_of_other_clients_do_not_affect_us(database: Database, pooled_url: str) -> None:
    with pooled_client(pooled_url) as other, other.cursor() as cursor:
        cursor.execute("set statement_timeout = '11s'; set timezone = 'America/Sao_Paulo'")
    assert await database.read(show) == OURS


async def test_statements_are_sent_as_text(database: Database, pooled_url: str) -> None:
    async def find(cursor: Cursor) -> str:
        await FIND.execute_later(cursor, {"word": "100 % %s"})
        await FIND.execute(cursor, {"word": "100 % %s"})
        return str((await cursor.fetchone())[0])

    assert [await run(find) for run in (database.read, database.write)] == ["100 % %s"] * 2
    with pooled_client(pooled_url) as other, other.cursor() as cursor:
        cursor.execute("select count(*) from pg_prepared_statements")
        assert cursor.fetchone() == (0,)


async def test_settings_of_the_address_hold_too(pgbouncer: PgBouncer, own_database_url: str) -> None:
    options = "?options=-csearch_path%3Dpg_catalog,public%20-cstatement_timeout%3D650"

    async def path(cursor: Cursor) -> list[str]:
        await cursor.execute("select current_setting('search_path'), current_setting('statement_timeout')")
        return list(await cursor.fetchone())

    database = await connect(pgbouncer.url(own_database_url) + options)
    assert [await run(path) for run in (database.read, database.write)] == [
        ["pg_catalog,public", "650ms"]
    ] * 2
    await database.close()


async def test_a_pooler_that_rejects_options_is_reported_with_the_setting(pooled_url: str) -> None:
    with pytest.raises(
        Unavailable, match=r"unsupported startup parameter.*: set CONFAB_DATABASE_PREPARE=false\.$"
    ):
        await connect(pooled_url, prepare=True)


async def test_a_pooler_that_drops_options_is_reported_with_the_setting(
    services: Services, pgbouncer_path: str, own_database_url: str
) -> None:
    sentence = r"drops the settings.* CONFAB_DATABASE_PREPARE=false\.$"
    with (
        run_pgbouncer(pgbouncer_path, services, ignored="options") as lenient,
        pytest.raises(Unavailable, match=sentence),
    ):
        await connect(lenient.url(own_database_url), prepare=True)


class TestMigrating:
    """A session lock would stay on the pooler's connection, and every later start would wait for it."""

    @pytest.fixture
    def empty(self, services: Services) -> Iterator[str]:
        url = services.create_database(template=None)
        yield url
        services.drop_database(url)

    def test_two_at_once_on_an_empty_database_both_end_well(self, pgbouncer: PgBouncer, empty: str) -> None:
        with ThreadPoolExecutor(4) as threads:
            applied = list(threads.map(migrate, [pgbouncer.url(empty)] * 4))
        assert sorted(name for names in applied for name in names) == NAMES
        assert pending(empty) == []

    def test_no_lock_stays_behind(self, pgbouncer: PgBouncer, empty: str) -> None:
        migrate(pgbouncer.url(empty))
        with closing(psycopg2.connect(empty)) as connection, connection.cursor() as cursor:
            cursor.execute(
                "select count(*) from pg_locks where locktype = 'advisory' and objid = %s", (LOCK_LOW,)
            )
            assert cursor.fetchone() == (0,)
        assert migrate(empty) == []

    def test_one_that_is_killed_leaves_nothing_that_stops_the_next(
        self, pgbouncer: PgBouncer, empty: str
    ) -> None:
        begun = (
            "import sys, time; from server.process import migrate as m; "
            "m._require_create = lambda _: (print('in', flush=True), time.sleep(600)); m.migrate(sys.argv[1])"
        )
        url = pgbouncer.url(empty)
        with subprocess.Popen([sys.executable, "-c", begun, url], cwd=ROOT, stdout=subprocess.PIPE) as killed:
            assert killed.stdout is not None
            assert killed.stdout.readline() == b"in\n"
            killed.kill()
        assert migrate(url) == NAMES

    def test_one_through_the_pooler_and_one_beside_it_exclude_each_other(
        self, pgbouncer: PgBouncer, empty: str
    ) -> None:
        with ThreadPoolExecutor(2) as threads:
            applied = list(threads.map(migrate, [pgbouncer.url(empty), empty]))
        assert sorted(name for names in applied for name in names) == NAMES
