"""Search over all accounts of the caller."""

import re

from aiohttp import web

from server.http import caller, encode_cursor, load_query, object_answer, time_cursor
from server.keys import DATABASE
from server.schemas.search import SearchQuery
from server.store import search, search_index
from server.unipile import jids

SEARCH_QUERY = SearchQuery()
# So many changes are made searchable before the answer; the worker's rounds see to the rest.
CATCH_UP = 500


async def find(request: web.Request) -> web.Response:
    """People, chats and messages that hold the words."""
    query = load_query(request, SEARCH_QUERY)
    text, after = query["q"].strip(), time_cursor(query["cursor"])
    user_id, database = caller(request), request.app[DATABASE]
    is_complete = await _catch_up(request)
    is_first = after is None
    numbers = jids.other_numbers(re.sub(r"\D", "", text)) if is_first else []
    people = await database.read(search.find_people, user_id, text, numbers) if is_first else []
    chats = await database.read(search.find_chats, user_id, text, numbers) if is_first else []
    page = await database.read(search.find_messages, user_id, text, limit=query["limit"], after=after)
    return object_answer(
        [
            ("people", f"[{','.join(people)}]"),
            ("chats", f"[{','.join(chats)}]"),
            ("messages", f"[{','.join(page.items)}]"),
            ("next_cursor", f'"{encode_cursor(*page.next_key)}"' if page.next_key else "null"),
            ("is_complete", "true" if is_complete else "false"),
        ]
    )


async def _catch_up(request: web.Request) -> bool:
    """What came in a moment ago is found too; False when that would take long."""
    database = request.app[DATABASE]
    behind = await database.read(search_index.list_behind, caller(request))
    done = [await database.write(search_index.write_words, account_id, CATCH_UP) for account_id in behind]
    return all(done)
