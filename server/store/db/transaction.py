"""A transaction that saves round trips: a statement whose result nothing needs travels with the next one."""

from collections.abc import Mapping
from contextlib import suppress
from weakref import WeakKeyDictionary

import aiopg
import psycopg2

from server.store.db.aiopg_internals import Parameters, original_execute, replace_execute

# The transaction that a cursor is in; a cursor in autocommit has none.
_open: WeakKeyDictionary[aiopg.Cursor, "Transaction"] = WeakKeyDictionary()


class Transaction:
    """Stands in for a cursor's `execute` between begin and commit.

    Each statement of an account's transaction is a round trip during which every other writer of the account waits. So
    `begin` travels with the first statement, a queued statement with the one after it, and the last ones with the
    commit.
    """

    def __init__(self, cursor: aiopg.Cursor, settings: str = "") -> None:
        self._cursor = cursor
        self._send = original_execute(cursor)
        self._queued = ["begin isolation level read committed", settings] if settings else ["begin"]
        self._has_begun = self._has_statements = False
        replace_execute(cursor, self.execute)
        _open[cursor] = self

    async def execute(
        self, operation: str, parameters: Parameters | None = None, *, timeout: float | None = None
    ) -> None:
        """Run a statement after everything queued; the cursor has its result."""
        self.queue(operation, parameters)
        queued, self._queued, self._has_begun = self._queued, [], True
        await self._send("; ".join(queued), timeout=timeout)

    def queue(self, operation: str, parameters: Parameters | None = None) -> None:
        """Run a statement at some point before the commit; if it fails, the one it travels with fails."""
        bound = operation if parameters is None else self._cursor.mogrify(operation, parameters).decode()
        self._queued.append(bound)
        self._has_statements = True

    async def commit(self) -> None:
        """Commit; a transaction without any statement sends nothing."""
        if self._has_begun or self._has_statements:
            await self.execute("commit")

    async def roll_back(self) -> None:
        """Roll back; the server has done so for a connection that is dead."""
        if self._has_begun:
            with suppress(psycopg2.Error, RuntimeError, OSError):
                await self._send("rollback")


def set_for_each_statement(cursor: aiopg.Cursor, settings: str) -> None:
    """Send these settings ahead of every statement of a cursor in autocommit. Postgres treats statements that travel
    together as one transaction, so the settings end with it.
    """
    send = original_execute(cursor)

    async def execute(
        operation: str, parameters: Parameters | None = None, *, timeout: float | None = None
    ) -> None:
        bound = operation if parameters is None else cursor.mogrify(operation, parameters).decode()
        await send(f"{settings}; {bound}", timeout=timeout)

    replace_execute(cursor, execute)


async def execute_later(cursor: aiopg.Cursor, operation: str, parameters: Mapping[str, object]) -> None:
    """Run a statement for its effect only: with the next one inside a transaction, at once in autocommit."""
    transaction = _open.get(cursor)
    if transaction is None:
        await cursor.execute(operation, parameters)
    else:
        transaction.queue(operation, parameters)
