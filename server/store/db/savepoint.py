"""A part of a transaction that can be undone alone."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiopg import Cursor


@asynccontextmanager
async def savepoint(cursor: Cursor) -> AsyncIterator[None]:
    """Undo what the block has stored if it raises; the transaction goes on."""
    await cursor.execute("savepoint part")
    try:
        yield
    except BaseException:
        await cursor.execute("rollback to savepoint part; release savepoint part")
        raise
    await cursor.execute("release savepoint part")
