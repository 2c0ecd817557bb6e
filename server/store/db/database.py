"""Owns the connections to Postgres: lends cursors and transactions, repeats work that a dead connection cut off."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager, closing
from typing import Any, Concatenate, ParamSpec, TypeVar

import aiopg
import psycopg2

from server.cancellation import is_ending
from server.errors import Unavailable
from server.store.db import prepared
from server.store.db.complaints import explain_refusal, message_of, why_unfit
from server.store.db.hosts import Answered, HostPool
from server.store.db.opening import Opening, plan_opening
from server.store.db.outages import Outage
from server.store.db.transaction import Transaction, settle_each

P = ParamSpec("P")
T = TypeVar("T")

# A connection that died with a Postgres restart fails once each; the third try meets a fresh one.
REPEATS = 3
# Postgres ended the session, as it does for a transaction that waited too long; the class is not OperationalError.
SESSION_ENDED = ("25P03", "25P04")
# A process stopped inside a transaction holds its rows for no longer than this.
IDLE_TRANSACTION_MS = 60_000
# A setting of our own, by which a session shows that the others have arrived too.
MARK = "confab.in_session"
DROPPED = (
    "The database of DATABASE_URL is behind a pooler that drops the settings of a session: "
    "set CONFAB_DATABASE_PREPARE=false."
)
# Connections to a server that only reads are replaced at most this often.
REPLACE_SECONDS = 1.0
# How often closing looks for connections that were just being opened, before it goes without them.
CLOSING_LOOKS, LOOK_SECONDS = 20, 0.1
# What a dead or absent server looks like. Under uvloop a broken socket also shows as RuntimeError (UVPoll closed),
# and aiopg's pool asserts that a connection lives which may have died while the pool was opening another.
DEAD = (
    psycopg2.OperationalError,
    psycopg2.InterfaceError,
    OSError,
    RuntimeError,
    AssertionError,
    asyncio.TimeoutError,
)


class StatementTimeout(Unavailable):
    """Postgres ended a statement that ran longer than `statement_timeout`."""


class ReadOnly(Unavailable):
    """Postgres reads and takes no writes: a standby, or `default_transaction_read_only`."""


class Database:
    """A small pool behind a semaphore, which makes waiting fair (aiopg's own queue is not)."""

    def __init__(self, pool: HostPool, size: int, settings: str = "") -> None:
        self._pool = pool
        self._slots = asyncio.Semaphore(size)
        # What every transaction begins with, where sessions cannot have settings.
        self._settings = settings
        self._outage = Outage()
        self._replaced_at = 0.0

    @asynccontextmanager
    async def cursor(self) -> AsyncIterator[aiopg.Cursor]:
        """Lend a cursor in autocommit; raises Unavailable for everything that means "try again later"."""
        async with self._slots:
            with _Translated():
                _drop_dead_connection(self._pool._free)
                async with self._pool.acquire() as connection:
                    try:
                        async with connection.cursor() as cursor:
                            if self._settings:
                                settle_each(cursor, self._settings)
                            yield cursor
                    except psycopg2.errors.ReadOnlySqlTransaction:
                        self._replace(connection)
                        raise
                    finally:
                        _drop_dead_connection([connection])
                # The one that was used last comes next: its plans are made, and the others' need not be.
                self._pool._free.rotate(1)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[aiopg.Cursor]:
        """Lend a cursor inside a transaction that is committed at the end, or rolled back by an exception."""
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
        """Run a store function in autocommit, again on another connection when this one turns out to be dead."""
        return await self._repeated(self.cursor, work, *args, **kwargs)

    async def write(
        self, work: Callable[Concatenate[aiopg.Cursor, P], Awaitable[T]], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run a store function in a transaction; it may run twice, since a commit's answer can be lost."""
        return await self._repeated(self.transaction, work, *args, **kwargs)

    async def _repeated(
        self, lend: Callable[[], Any], work: Callable[..., Awaitable[T]], *args: Any, **kwargs: Any
    ) -> T:
        for attempt in range(REPEATS):
            try:
                async with lend() as cursor:
                    result = await work(cursor, *args, **kwargs)
            except StatementTimeout:
                raise
            except Unavailable as error:
                if attempt == REPEATS - 1:
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
            for each in (connection, *self._pool._free):
                each.close()

    async def close(self) -> None:
        """End all connections; whoever still works with one meets a dead one.

        One that is just being opened is waited for, but not by aiopg's `wait_closed`: giving back a connection that
        died in use wakes nobody there, and it would wait for ever.
        """
        for _ in range(CLOSING_LOOKS):
            self._pool.terminate()
            while self._pool._free:
                self._pool._free.popleft().close()
            if not self._pool.size:
                return
            await asyncio.sleep(LOOK_SECONDS)


def _drop_dead_connection(connections: Iterable[aiopg.Connection]) -> None:
    """aiopg drops a dead connection without taking its socket out of the loop: uvloop keeps the entry and refuses
    the next socket that the system gives the same number.
    """
    for connection in connections:
        if connection.closed:
            try:
                connection.close()
            except RuntimeError:
                # The system has given the number to another socket: that one's entry is not ours to remove.
                connection._fileno = None
                connection.close()


class _Translated:
    """Turns the faces of a lost or overloaded Postgres into Unavailable, and leaves everything else alone."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: object) -> None:
        if isinstance(error, Exception) and is_ending():
            # aiopg lets the statement end as it may, and the cancellation would be lost in that.
            raise asyncio.CancelledError from error
        if isinstance(error, psycopg2.errors.LockNotAvailable | psycopg2.errors.QueryCanceled):
            raise StatementTimeout("The database was too busy.") from error
        if isinstance(error, psycopg2.errors.ReadOnlySqlTransaction):
            raise ReadOnly("The database takes no writes at the moment.") from error
        if isinstance(error, psycopg2.Error) and error.pgcode in SESSION_ENDED:
            raise Unavailable("The database is not reachable.") from error
        if isinstance(error, DEAD) and not _is_ours(error):
            raise Unavailable("The database is not reachable.") from error
        if isinstance(error, asyncio.CancelledError) and not is_ending():
            # aiopg hides a server-side statement_timeout behind a cancellation that nobody asked for.
            raise StatementTimeout("The database was too busy.") from error


def _is_ours(error: BaseException) -> bool:
    """A RuntimeError of the loop's sockets, an assertion about a connection: those are the database's fault, any
    other one is a defect of ours.
    """
    if isinstance(error, AssertionError):
        return not (error.args and isinstance(error.args[0], aiopg.Connection))
    return isinstance(error, RuntimeError) and "UVPoll" not in str(error) and "closed" not in str(error)


async def connect(
    url: str, *, size: int, statement_timeout_ms: int, connect_timeout_seconds: int, prepare: bool = True
) -> Database:
    """Open the pool and prove it; raises Unavailable with a sentence for the operator when it cannot be used."""
    settings = {
        "statement_timeout": str(statement_timeout_ms),
        "lock_timeout": str(statement_timeout_ms),
        "idle_in_transaction_session_timeout": str(IDLE_TRANSACTION_MS),
        # What is prepared is planned once a connection, not six times.
        **({"plan_cache_mode": "force_generic_plan", MARK: "on"} if prepare else {}),
    }
    opening = plan_opening(url, settings, connect_timeout_seconds=connect_timeout_seconds, in_session=prepare)
    patience = opening.connect_timeout_seconds + statement_timeout_ms / 1000
    answered = await asyncio.to_thread(_try_once, opening)
    pool = await _fill(opening, answered, size, patience, prepare=prepare)
    database = Database(pool, size, opening.ahead)
    try:
        await _prove(database, opening)
    except BaseException:
        await database.close()
        raise
    return database


def _try_once(opening: Opening) -> Answered:
    """Open one connection as libpq does it alone, which tries again without TLS, and host after host, on new sockets:
    aiopg watches the first socket only. So this tells what is wrong, and what the pool need not find out.
    """
    try:
        connection = psycopg2.connect(opening.dsn)
    except psycopg2.OperationalError as error:
        raise Unavailable(explain_refusal(error, opening.dsn)) from error
    with closing(connection):
        if unfit := why_unfit(connection):
            raise Unavailable(unfit)
        return Answered(connection.info.host, connection.info.port, bool(connection.info.ssl_in_use))


async def _fill(
    opening: Opening, answered: Answered, size: int, patience: float, *, prepare: bool
) -> HostPool:
    """Open all connections. Under uvloop a new one can meet what a dead one left of its socket: tried again then."""
    pool = HostPool(
        opening.dsn,
        answered,
        size,
        size,
        patience,
        enable_hstore=False,
        enable_json=False,
        enable_uuid=False,
        echo=False,
        on_connect=prepared.enable if prepare else None,
        pool_recycle=-1,
    )
    for attempt in range(REPEATS):
        try:
            async with pool._cond:
                await pool._fill_free_pool(False)
            break
        except DEAD as error:
            while pool._free:
                pool._free.pop().close()
            if attempt == REPEATS - 1 or not isinstance(error, RuntimeError):
                raise Unavailable(explain_refusal(error, opening.dsn)) from error
    return pool


async def _prove(database: Database, opening: Opening) -> None:
    """A first query, which finds settings that Postgres refuses; and that they are there: a pooler can drop them."""
    try:
        has_settings = await database.read(_has_settings)
    except psycopg2.Error as error:
        raise Unavailable(explain_refusal(error, opening.dsn)) from error
    if not opening.ahead and not has_settings:
        raise Unavailable(DROPPED)


async def _has_settings(cursor: aiopg.Cursor) -> bool:
    await cursor.execute(f"select current_setting('{MARK}', true) = 'on'")
    return bool((await cursor.fetchone())[0])


async def require_writable(cursor: aiopg.Cursor) -> None:
    """Raise what a write would: on a standby, or where `default_transaction_read_only` protects a full disk.

    Also gives up sessions that are read-only while new ones would not be, like the write itself.
    """
    await cursor.execute("select pg_is_in_recovery() or current_setting('transaction_read_only')::boolean")
    if (await cursor.fetchone())[0]:
        raise psycopg2.errors.ReadOnlySqlTransaction("the session is read-only")
