"""Search over all accounts of the caller, or in one of them."""

import asyncio
from collections.abc import Awaitable, Sequence
from typing import TypedDict, cast

from aiohttp import web

from server.errors import NotFound
from server.schemas.search import SearchQuery
from server.store.chats.chats import fetch_reachable_chat
from server.store.db.database import Database
from server.store.search import message_search, note_search, search, search_index
from server.store.search.facets import AuthorFacet, Facets
from server.store.search.message_search import MessageSearch
from server.web.app_keys import DATABASE
from server.web.requests import caller, encode_cursor, load_query, object_answer, time_cursor

SEARCH_QUERY = SearchQuery()
Found = Awaitable[list[str]]


class SearchFilters(TypedDict):
    """A loaded `SearchQuery`."""

    q: str | None
    account: int | None
    chat: int | None
    sender: str | None
    author: str | None
    has: str | None
    since: str | None
    until: str | None
    limit: int
    cursor: str | None


async def find(request: web.Request) -> web.Response:
    """Contacts, chats, notes and messages that match the query."""
    query = cast(SearchFilters, load_query(request, SEARCH_QUERY))
    after = time_cursor(query["cursor"])
    user_id, database = caller(request), request.app[DATABASE]
    is_complete = await search_index.catch_up(database, user_id)
    wanted = await _resolve(database, user_id, query)
    contacts, chats, notes, page = await asyncio.gather(
        *_find_named(database, user_id, query, wanted.accounts),
        _find_notes(database, user_id, query, wanted),
        database.read(message_search.find_messages, user_id, wanted, limit=query["limit"], after=after),
    )
    return object_answer(
        [
            ("people", f"[{','.join(contacts)}]"),
            ("chats", f"[{','.join(chats)}]"),
            ("notes", f"[{','.join(notes)}]"),
            ("messages", f"[{','.join(page.items)}]"),
            ("next_cursor", f'"{encode_cursor(*page.next_key)}"' if page.next_key else "null"),
            ("is_complete", "true" if is_complete else "false"),
        ]
    )


def _is_of_messages(query: SearchFilters) -> bool:
    """Whether a filter is set that notes do not have."""
    return query["sender"] is not None or query["has"] is not None


async def _resolve(database: Database, user_id: int, query: SearchFilters) -> MessageSearch:
    """What the filters name; raises NotFound for an account, chat or contact that is not the caller's."""
    accounts = set(await database.read(search.list_accounts, user_id))
    senders: list[str] | None = None
    if query["account"] is not None:
        accounts = _only(accounts, query["account"])
    if query["chat"] is not None:
        chat = await database.read(fetch_reachable_chat, user_id, query["chat"])
        accounts = _only(accounts, chat and chat.account_id)
    if query["sender"] not in (None, "me"):
        owner, senders = await database.read(search.list_sender_ids, user_id, int(query["sender"]))
        accounts = _only(accounts, owner)
    facets = Facets(
        query["chat"], query["sender"] == "me", senders, query["has"], _author_of(query["author"])
    )
    return MessageSearch(sorted(accounts), query["q"], facets, query["since"], query["until"])


def _author_of(given: str | None) -> AuthorFacet | None:
    """The author that the query names. Users are not looked up: what they wrote stays when they are deleted."""
    if given is None:
        return None
    kind = {"phone": "phone", "api_key": "api_key", "automatic": "rule"}.get(given)
    return AuthorFacet("user", int(given)) if kind is None else AuthorFacet(kind, None)


def _only(accounts: set[int], account_id: int | None) -> set[int]:
    if account_id not in accounts:
        raise NotFound
    return {account_id}


def _find_named(
    database: Database, user_id: int, query: SearchFilters, accounts: Sequence[int]
) -> tuple[Found, Found]:
    """The contacts and chats of the first page; the following pages have only messages."""
    text = query["q"]
    # Filters that only messages have.
    filters = (query["chat"], query["sender"], query["author"], query["has"], query["since"], query["until"])
    if text is None or query["cursor"] is not None or any(value is not None for value in filters):
        return _nothing(), _nothing()
    return (
        database.read(search.find_contacts, user_id, text.strip(), accounts),
        database.read(search.find_chats, user_id, text.strip(), accounts),
    )


async def _find_notes(
    database: Database, user_id: int, query: SearchFilters, wanted: MessageSearch
) -> list[str]:
    if query["cursor"] is not None or _is_of_messages(query):
        return []
    return await database.read(note_search.find_notes, user_id, wanted)


async def _nothing() -> list[str]:
    return []
