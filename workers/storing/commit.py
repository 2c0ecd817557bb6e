"""Commits a batch and publishes it; isolates an item that poisons the transaction by storing the others in halves."""

from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

import psycopg2
from aiopg import Cursor

from server.tracing import step
from workers.context import Parts
from workers.storing.batch import StoredBatch
from workers.storing.publish import publish_batch

# Errors that the content of a row can cause, as opposed to those of a database in trouble.
BAD_CONTENT = (
    psycopg2.DataError,
    psycopg2.IntegrityError,
    psycopg2.ProgrammingError,
    ValueError,
    TypeError,
    KeyError,
)
T = TypeVar("T")
R = TypeVar("R")


async def commit(
    parts: Parts,
    items: Sequence[T],
    store: Callable[[Cursor, Sequence[T]], Awaitable[tuple[StoredBatch, R]]],
    put_aside: Callable[[T, Exception], Awaitable[None]],
    when_committed: Callable[[R], object] = lambda _: None,
) -> None:
    """Store items in one transaction, then publish it. If one of them poisons the transaction, store them in halves,
    down to that one, which is put aside. Each half is published before the next is stored.
    """
    waiting = [items] if items else []
    while waiting:
        batch = waiting.pop()
        try:
            with step("transaction"):
                stored, result = await parts.database.write(store, batch)
        except BAD_CONTENT as error:
            if len(batch) == 1:
                await put_aside(batch[0], error)
            else:
                middle = len(batch) // 2
                waiting += [batch[middle:], batch[:middle]]
        else:
            when_committed(result)
            with step("publish"):
                await publish_batch(parts, stored)
