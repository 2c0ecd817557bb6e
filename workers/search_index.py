"""Indexes messages for search shortly after they are stored, so that storing does not pay for it."""

import asyncio
import time

from server.store.search import search_index
from workers.context import Parts

# A transaction of some milliseconds. While there are more changes it doubles, since half of its time is the same for
# any number; a search, which also indexes what is new, waits for one of them at most.
LEAST_TEXTS, MOST_TEXTS = 50, 250


async def write_tokens(parts: Parts) -> None:
    """Index everything that changed since the last run, one batch a transaction, at most half of the time."""
    for behind in await parts.database.read(search_index.list_behind):
        is_done, texts = False, LEAST_TEXTS
        while not is_done:
            started = time.monotonic()
            is_done = await parts.database.write(search_index.write_tokens, behind.account_id, texts)
            texts = min(2 * texts, MOST_TEXTS)
            await asyncio.sleep(time.monotonic() - started)
