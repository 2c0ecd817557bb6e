"""A transaction that saves its round trips: what nobody waits for travels with the next statement."""

from collections.abc import Mapping
from contextlib import suppress
from functools import partial
from typing import Any
from weakref import WeakKeyDictionary

import aiopg
import psycopg2

# The transaction that a cursor is lent for; a cursor in autocommit has none.
_open: WeakKeyDictionary[aiopg.Cursor, "Transaction"] = WeakKeyDictionary()


class Transaction:
    """Takes the place of a cursor's `execute` between begin and commit. Each statement of an account's transaction
    is a round trip in which every other writer of the account waits, so `begin` travels with the first one and
    queued statements with the one after them, the last with the commit.
    """

    def __init__(self, cursor: aiopg.Cursor, settings: str = "") -> None:
        self._cursor = cursor
        self._send = partial(aiopg.Cursor.execute, cursor)
        self._ahead = ["begin isolation level read committed", settings] if settings else ["begin"]
        self._has_begun = self._is_asked = False
        cursor.execute = self.execute  # type: ignore[method-assign]
        _open[cursor] = self

    async def execute(self, operation: str, parameters: Any = None, *, timeout: float | None = None) -> None:
        """Run a statement after all that was queued; its result is the cursor's."""
        self.queue(operation, parameters)
        ahead, self._ahead, self._has_begun = self._ahead, [], True
        await self._send("; ".join(ahead), timeout=timeout)

    def queue(self, operation: str, parameters: Any = None) -> None:
        """Run a statement some time before the commit; its failure is the failure of the one it travels with."""
        bound = operation if parameters is None else self._cursor.mogrify(operation, parameters).decode()
        self._ahead.append(bound)
        self._is_asked = True

    async def commit(self) -> None:
        """End it; a transaction in which nothing was asked costs nothing."""
        if self._has_begun or self._is_asked:
            await self.execute("commit")

    async def roll_back(self) -> None:
        """Undo it; a connection that is dead has done so."""
        if self._has_begun:
            with suppress(psycopg2.Error, RuntimeError, OSError):
                await self._send("rollback")


def settle_each(cursor: aiopg.Cursor, settings: str) -> None:
    """Send these settings ahead of every statement of a cursor in autocommit. Statements that travel together are one
    transaction to Postgres, so the settings end with it.
    """

    async def execute(operation: str, parameters: Any = None, *, timeout: float | None = None) -> None:
        bound = operation if parameters is None else cursor.mogrify(operation, parameters).decode()
        await aiopg.Cursor.execute(cursor, f"{settings}; {bound}", timeout=timeout)

    cursor.execute = execute  # type: ignore[method-assign]


async def execute_later(cursor: aiopg.Cursor, operation: str, parameters: Mapping[str, Any]) -> None:
    """Run a statement whose result nobody needs: with the next one inside a transaction, at once outside of any."""
    transaction = _open.get(cursor)
    if transaction is None:
        await cursor.execute(operation, parameters)
    else:
        transaction.queue(operation, parameters)
