"""Search over all accounts of the caller."""

from aiohttp import web

from server.schemas.search import SearchQuery
from server.store.search import search, search_index
from server.web.app_keys import DATABASE
from server.web.requests import caller, encode_cursor, load_query, object_answer, time_cursor

SEARCH_QUERY = SearchQuery()


async def find(request: web.Request) -> web.Response:
    """Contacts, chats and messages that match the query."""
    query = load_query(request, SEARCH_QUERY)
    text, after = query["q"].strip(), time_cursor(query["cursor"])
    user_id, database = caller(request), request.app[DATABASE]
    is_complete = await search_index.catch_up(database, user_id)
    is_first = after is None
    found_contacts = await database.read(search.find_contacts, user_id, text) if is_first else []
    chats = await database.read(search.find_chats, user_id, text) if is_first else []
    page = await database.read(search.find_messages, user_id, text, limit=query["limit"], after=after)
    return object_answer(
        [
            ("people", f"[{','.join(found_contacts)}]"),
            ("chats", f"[{','.join(chats)}]"),
            ("messages", f"[{','.join(page.items)}]"),
            ("next_cursor", f'"{encode_cursor(*page.next_key)}"' if page.next_key else "null"),
            ("is_complete", "true" if is_complete else "false"),
        ]
    )
