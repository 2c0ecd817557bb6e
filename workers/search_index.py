"""Indexes messages for search shortly after they are stored, so that storing does not pay for it."""

import asyncio
import time

from server.store.search import search_index
from workers.context import Parts

# A transaction of about 5 ms: an incoming message waits no longer than that.
TEXTS_PER_BATCH = 50


async def write_tokens(parts: Parts) -> None:
    """Index everything that changed since the last run, one batch a transaction, at most half of the time."""
    for behind in await parts.database.read(search_index.list_behind):
        is_done = False
        while not is_done:
            started = time.monotonic()
            is_done = await parts.database.write(
                search_index.write_tokens, behind.account_id, TEXTS_PER_BATCH
            )
            await asyncio.sleep(time.monotonic() - started)
