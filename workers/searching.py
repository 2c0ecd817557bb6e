"""Makes messages searchable, a little after they are stored: searching costs the storing of messages nothing."""

from server.store import search_index
from workers.context import Parts

WORDS_AT_ONCE = 500


async def write_words(parts: Parts) -> None:
    """The words of everything that changed since the last round, a batch a transaction."""
    for account_id in await parts.database.read(search_index.list_behind):
        while not await parts.database.write(search_index.write_words, account_id, WORDS_AT_ONCE):
            pass
