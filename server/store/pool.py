"""Owns the connections to Postgres: lends cursors and transactions, repeats work that a dead connection cut off."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from typing import Any, Concatenate, ParamSpec, TypeVar

import aiopg
import psycopg2

from server.errors import Unavailable
from server.store import prepared
from server.store.transactions import Transaction
from server.tasks import is_ending

P = ParamSpec("P")
T = TypeVar("T")

# A connection that died with a Postgres restart fails once each; the third try meets a fresh one.
REPEATS = 3
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


class Database:
    """A small pool behind a semaphore, which makes waiting fair (aiopg's own queue is not)."""

    def __init__(self, pool: aiopg.Pool, size: int) -> None:
        self._pool = pool
        self._slots = asyncio.Semaphore(size)

    @asynccontextmanager
    async def cursor(self) -> AsyncIterator[aiopg.Cursor]:
        """Lend a cursor in autocommit; raises Unavailable for everything that means "try again later"."""
        async with self._slots:
            with _Translated():
                _bury_dead(self._pool._free)
                async with self._pool.acquire() as connection:
                    try:
                        async with connection.cursor() as cursor:
                            yield cursor
                    finally:
                        _bury_dead([connection])
                # The one that was used last comes next: its plans are made, and the others' need not be.
                self._pool._free.rotate(1)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[aiopg.Cursor]:
        """Lend a cursor inside a transaction that is committed at the end, or rolled back by an exception."""
        async with self.cursor() as cursor:
            transaction = Transaction(cursor)
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
                    return await work(cursor, *args, **kwargs)
            except StatementTimeout:
                raise
            except Unavailable:
                if attempt == REPEATS - 1:
                    raise
        raise AssertionError("unreachable")

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


def _bury_dead(connections: Iterable[aiopg.Connection]) -> None:
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
    """Open the pool and prove it with a query; raises Unavailable when Postgres does not answer in time.

    Tried as often as any other work: under uvloop a new connection can meet what a dead one left of its socket.
    """
    # What is prepared is planned once a connection, not six times.
    options = (
        f"-c statement_timeout={statement_timeout_ms} -c lock_timeout={statement_timeout_ms} -c timezone=UTC "
        "-c plan_cache_mode=force_generic_plan"
    )
    for attempt in range(REPEATS):
        try:
            pool = await aiopg.create_pool(
                url,
                minsize=size,
                maxsize=size,
                timeout=connect_timeout_seconds + statement_timeout_ms / 1000,
                enable_hstore=False,
                enable_json=False,
                enable_uuid=False,
                connect_timeout=connect_timeout_seconds,
                options=options,
                on_connect=prepared.enable if prepare else None,
            )
            break
        except DEAD as error:
            if attempt == REPEATS - 1:
                raise Unavailable("The database is not reachable.") from error
    database = Database(pool, size)
    await database.read(ping)
    return database


async def ping(cursor: aiopg.Cursor) -> None:
    await cursor.execute("select 1")
