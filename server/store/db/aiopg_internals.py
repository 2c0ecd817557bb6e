"""Everything that depends on aiopg's private parts, with the reason for each: nothing else touches them.

aiopg 1.4 is unmaintained since 2022, and the stack was given. docs/adr/0013-aiopg-with-uvloop.md says what psycopg 3
would remove. A new version of aiopg must be checked against this list; tests/server/store holds each point.

`Pool._free`, `_cond`, `_fill_free_pool`, `_dsn`
    The public constructor `create_pool` opens the connections and can then only fail as a whole. We open them
    ourselves, because under uvloop a new socket may meet the leftover of a dead one and has to be retried, and because
    several hosts are tried in turn (`HostPool`).
`Pool._free` in `drop_dead` and `close_all`
    The pool drops a dead connection without closing it, so that its socket stays registered in the event loop; uvloop
    then refuses the next socket that gets the same file descriptor (aiopg issue 856). We close dead connections before
    the pool sees them. `wait_closed` would wait forever: returning a connection that died in use notifies no waiter.
`Pool._free.rotate(1)` in `reuse_last`
    The pool hands out the connection that has rested longest. The one used last has its plans made and its caches warm.
`Connection._fileno` in `close_dead`
    If the system has already given the file descriptor to another socket, closing the connection would unregister that
    one. Clearing `_fileno` first makes aiopg leave the loop alone.
`Cursor.execute` in `replace_execute`
    Transactions send several statements in one round trip (transaction.py). Store functions are given an aiopg cursor,
    and a wrapper class would cost a second call on every statement.
AssertionError about a Connection, RuntimeError of a socket in `is_lost_connection`
    `Pool._acquire` asserts that a connection is alive which may have died while the pool was opening another. Under
    uvloop a broken socket also shows as a RuntimeError ("UVPoll closed", "the handler is closed").
CancelledError that no task asked for, in driver_errors.py
    `Connection._poll` turns a server-side `statement_timeout` into a cancellation.
"""

import asyncio
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Any, Protocol

import aiopg
import psycopg2

# A dead or absent server shows as one of these; see `is_lost_connection` for the last two.
LOST_CONNECTION = (
    psycopg2.OperationalError,
    psycopg2.InterfaceError,
    OSError,
    asyncio.TimeoutError,
    RuntimeError,
    AssertionError,
)

# What a statement binds: by name or by position.
Parameters = Mapping[str, object] | Sequence[object]


class Execute(Protocol):
    """What a cursor's `execute` takes."""

    async def __call__(
        self, operation: str, parameters: Parameters | None = None, *, timeout: float | None = None
    ) -> None: ...


class HostPool(aiopg.Pool):
    """A pool for one or several hosts: goes to the next host when the current one refuses, and stays with one that
    does not.
    """

    def __init__(self, dsns: Iterable[str], *args: Any, **kwargs: Any) -> None:
        self.dsns = deque(dsns)
        super().__init__(self.dsns[0], *args, **kwargs)

    async def fill(self) -> None:
        """Open connections up to the minimum; raises what the last host that was tried raised."""
        async with self._cond:
            await self._fill_free_pool(False)

    async def _fill_free_pool(self, override_min: bool) -> None:
        errors: list[Exception] = []
        while True:
            try:
                await super()._fill_free_pool(override_min)
                return
            except psycopg2.OperationalError as error:
                errors.append(error)
                self.next_host()
                if len(errors) == len(self.dsns):
                    raise psycopg2.OperationalError("\n".join(map(str, errors))) from error
            except BaseException:  # the pool's own time limit arrives here as a cancellation
                self.next_host()
                raise

    def next_host(self) -> None:
        """Open further connections at the next host."""
        self.dsns.rotate(-1)
        self._dsn = self.dsns[0]

    def drop_dead(self) -> None:
        """Close the free connections that have died."""
        for connection in self._free:
            close_dead(connection)

    def reuse_last(self) -> None:
        """Hand out the connection that was returned last before the others."""
        self._free.rotate(1)

    def disconnect_free(self) -> None:
        """Close the free connections; the pool replaces them."""
        for connection in self._free:
            connection.close()

    def close_all(self) -> bool:
        """Close every connection; False while one is just being opened."""
        self.terminate()
        self.remove_free()
        return not self.size

    def remove_free(self) -> None:
        """Close the free connections and take them out of the pool."""
        while self._free:
            self._free.popleft().close()


def close_dead(connection: aiopg.Connection) -> None:
    """Remove a dead connection's socket from the event loop; a live connection stays as it is."""
    if connection.closed:
        try:
            connection.close()
        except RuntimeError:
            # The file descriptor belongs to another socket by now.
            connection._fileno = None
            connection.close()


def replace_execute(cursor: aiopg.Cursor, execute: Execute) -> None:
    """Let this call stand in for the cursor's `execute`."""
    cursor.execute = execute  # type: ignore[method-assign]


def original_execute(cursor: aiopg.Cursor) -> Execute:
    """The `execute` that `replace_execute` has covered."""
    return partial(aiopg.Cursor.execute, cursor)


def is_lost_connection(error: BaseException) -> bool:
    """Whether the database caused an error; a RuntimeError or AssertionError about anything else is our own defect."""
    if isinstance(error, AssertionError):
        return bool(error.args) and isinstance(error.args[0], aiopg.Connection)
    if isinstance(error, RuntimeError):
        return "UVPoll" in str(error) or "closed" in str(error)
    return isinstance(error, LOST_CONNECTION)
