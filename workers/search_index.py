"""Makes messages searchable, a little after they are stored: searching costs the storing of messages nothing."""

import asyncio
import time

from server.store.search import search_index
from workers.context import Parts

# A transaction of some five milliseconds: a message that comes in meanwhile waits for no more than that.
TEXTS_PER_BATCH = 50


async def write_tokens(parts: Parts) -> None:
    """The words of everything that changed since the last round, a batch a transaction, half of the time at most."""
    for account_id in await parts.database.read(search_index.list_behind):
        is_done = False
        while not is_done:
            began = time.monotonic()
            is_done = await parts.database.write(search_index.write_tokens, account_id, TEXTS_PER_BATCH)
            await asyncio.sleep(time.monotonic() - began)
