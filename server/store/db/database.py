"""Owns the connections to Postgres: hands out cursors and transactions, retries work lost to a dropped connection."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, closing
from typing import Concatenate, ParamSpec, TypeVar

import aiopg
import psycopg2

from server.errors import Unavailable
from server.metrics import DATABASE_CONNECTIONS
from server.store.db import prepared
from server.store.db.aiopg_internals import LOST_CONNECTION, HostPool, close_dead
from server.store.db.connect_errors import explain_connect_error, message_of, unsupported_reason
from server.store.db.driver_errors import StatementTimeout, TranslatedErrors
from server.store.db.hosts import ReachedHost, dsns_of
from server.store.db.opening import Opening, plan_opening
from server.store.db.outages import Outage
from server.store.db.slots import Slots
from server.store.db.transaction import Transaction, set_for_each_statement

P = ParamSpec("P")
T = TypeVar("T")

# After a restart of Postgres each connection fails once; the third try gets a fresh one.
TRIES = 3
# A process that is stopped inside a transaction holds its row locks for at most this long.
IDLE_TRANSACTION_MS = 60_000
FOR_PREPARED = {
    # A prepared statement is planned once per connection, not six times.
    "plan_cache_mode": "force_generic_plan",
    # What is read often is in memory. At the default of 4, made for disks, a plan reads a table of some hundred rows
    # whole for every row of a page, instead of its index.
    "random_page_cost": "1.1",
}
# A setting of our own: a session that has it has the others too.
MARK = "confab.in_session"
DROPPED = (
    "The database of DATABASE_URL is behind a pooler that drops the settings of a session: "
    "set CONFAB_DATABASE_PREPARE=false."
)
# Connections to a read-only server are replaced at most this often.
REPLACE_SECONDS = 1.0
# Closing waits this often and this long for connections that are just being opened.
CLOSING_TRIES, CLOSING_PAUSE_SECONDS = 20, 0.1


class Database:
    """A small pool behind a semaphore, which makes waiting fair (aiopg's own queue is not)."""

    def __init__(self, pool: HostPool, size: int, settings: str = "") -> None:
        self._pool = pool
        self._slots = Slots(size)
        self._size = size
        DATABASE_CONNECTIONS.inc(size)
        # Sent at the beginning of each transaction where sessions cannot have settings.
        self._settings = settings
        self._outage = Outage()
        self._replaced_at = 0.0

    @asynccontextmanager
    async def cursor(self) -> AsyncIterator[aiopg.Cursor]:
        """A cursor in autocommit; raises Unavailable for everything that a later try may cure."""
        async with self._slots:
            with TranslatedErrors():
                self._pool.drop_dead()
                async with self._pool.acquire() as connection:
                    try:
                        async with connection.cursor() as cursor:
                            if self._settings:
                                set_for_each_statement(cursor, self._settings)
                            yield cursor
                    except psycopg2.errors.ReadOnlySqlTransaction:
                        self._replace(connection)
                        raise
                    finally:
                        close_dead(connection)
                self._pool.reuse_last()

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[aiopg.Cursor]:
        """A cursor in a transaction that is committed at the end, or rolled back by an exception."""
        async with self.cursor() as cursor:
            transaction = Transaction(cursor, self._settings)
            try:
                yield cursor
                await transaction.commit()
            except BaseException:
                await transaction.roll_back()
                raise

    async def read(
        self, work: Callable[Concatenate[aiopg.Cursor, P], Awaitable[T]], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run a store function in autocommit; runs it again on another connection when this one was dead."""

        async def run(cursor: aiopg.Cursor) -> T:
            return await work(cursor, *args, **kwargs)

        return await self._retry(self.cursor, run)

    async def write(
        self, work: Callable[Concatenate[aiopg.Cursor, P], Awaitable[T]], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run a store function in a transaction. It may run twice, since the answer to a commit can be lost."""

        async def run(cursor: aiopg.Cursor) -> T:
            return await work(cursor, *args, **kwargs)

        return await self._retry(self.transaction, run)

    async def _retry(
        self,
        open_cursor: Callable[[], AbstractAsyncContextManager[aiopg.Cursor]],
        run: Callable[[aiopg.Cursor], Awaitable[T]],
    ) -> T:
        for left in reversed(range(TRIES)):
            try:
                async with open_cursor() as cursor:
                    result = await run(cursor)
            except StatementTimeout:
                raise
            except Unavailable as error:
                if not left:
                    self._outage.note_failure(message_of(error.__cause__ or error))
                    raise
            else:
                if self._outage.since is not None:
                    self._outage.note_success()
                return result
        raise AssertionError("unreachable")

    def _replace(self, connection: aiopg.Connection) -> None:
        """A primary that became a standby keeps its clients: only a new connection can reach the new primary."""
        now = time.monotonic()
        if now - self._replaced_at >= REPLACE_SECONDS:
            self._replaced_at = now
            connection.close()
            self._pool.disconnect_free()

    async def close(self) -> None:
        """Close all connections, also those in use; waits a moment for one that is just being opened."""
        DATABASE_CONNECTIONS.dec(self._size)
        self._size = 0
        for _ in range(CLOSING_TRIES):
            if self._pool.close_all():
                return
            await asyncio.sleep(CLOSING_PAUSE_SECONDS)


async def connect(
    url: str, *, size: int, statement_timeout_ms: int, connect_timeout_seconds: int, prepare: bool = True
) -> Database:
    """Open and check the pool; raises Unavailable with a sentence for the operator when it cannot be used."""
    settings = {
        "statement_timeout": str(statement_timeout_ms),
        "lock_timeout": str(statement_timeout_ms),
        "idle_in_transaction_session_timeout": str(IDLE_TRANSACTION_MS),
        **({**FOR_PREPARED, MARK: "on"} if prepare else {}),
    }
    opening = plan_opening(url, settings, connect_timeout_seconds=connect_timeout_seconds, in_session=prepare)
    timeout = opening.connect_timeout_seconds + statement_timeout_ms / 1000
    reached = await asyncio.to_thread(_try_once, opening)
    pool = await _fill(opening, reached, size, timeout, prepare=prepare)
    database = Database(pool, size, opening.preamble)
    try:
        await _check(database, opening)
    except BaseException:
        await database.close()
        raise
    return database


def _try_once(opening: Opening) -> ReachedHost:
    """Open one connection with libpq alone, which retries without TLS and host after host, each on a new socket; aiopg
    watches only the first. This finds what is wrong, and what the pool does not have to find out.
    """
    try:
        connection = psycopg2.connect(opening.dsn)
    except psycopg2.OperationalError as error:
        raise Unavailable(explain_connect_error(error, opening.dsn)) from error
    with closing(connection):
        if reason := unsupported_reason(connection):
            raise Unavailable(reason)
        return ReachedHost(connection.info.host, connection.info.port, bool(connection.info.ssl_in_use))


async def _fill(
    opening: Opening, reached: ReachedHost, size: int, timeout: float, *, prepare: bool
) -> HostPool:
    """Open all connections; a socket that meets the leftover of a dead one under uvloop is retried."""
    pool = HostPool(
        dsns_of(opening.dsn, reached),
        size,
        size,
        timeout,
        enable_hstore=False,
        enable_json=False,
        enable_uuid=False,
        echo=False,
        on_connect=prepared.enable if prepare else None,
        pool_recycle=-1,
    )
    for left in reversed(range(TRIES)):
        try:
            await pool.fill()
            break
        except LOST_CONNECTION as error:
            pool.remove_free()
            if not left or not isinstance(error, RuntimeError):
                raise Unavailable(explain_connect_error(error, opening.dsn)) from error
    return pool


async def _check(database: Database, opening: Opening) -> None:
    """Run a first query: Postgres may reject a setting, and a pooler may drop all of them."""
    try:
        has_settings = await database.read(_has_settings)
    except psycopg2.Error as error:
        raise Unavailable(explain_connect_error(error, opening.dsn)) from error
    if not opening.preamble and not has_settings:
        raise Unavailable(DROPPED)


async def _has_settings(cursor: aiopg.Cursor) -> bool:
    await cursor.execute(f"select current_setting('{MARK}', true) = 'on'")
    return bool((await cursor.fetchone())[0])


async def require_writable(cursor: aiopg.Cursor) -> None:
    """Raise what a write would raise on a standby, or where `default_transaction_read_only` protects a full disk.

    Like the write, it also gives up sessions that are read-only although new ones would not be.
    """
    await cursor.execute("select pg_is_in_recovery() or current_setting('transaction_read_only')::boolean")
    if (await cursor.fetchone())[0]:
        raise psycopg2.errors.ReadOnlySqlTransaction("the session is read-only")
