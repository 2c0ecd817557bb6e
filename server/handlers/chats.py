"""Chats: the list, one chat, its flags, and the changes of an account since a seq."""

from typing import Literal, TypedDict, cast

from aiohttp import web

from server.errors import NotFound
from server.queue import MIRROR_CHAT, enqueue
from server.realtime.broker import publish
from server.realtime.pushes import chat_push
from server.realtime.topic_rows import list_seen_changes
from server.schemas.chats import ChatQuery, PatchChat
from server.schemas.messages import ChangesQuery
from server.store.accounts import accounts
from server.store.chats import chat_counts, chat_lists, chats, flags, related, unread
from server.store.chats.chat_lists import ChatListQuery
from server.store.chats.flags import ChatChanges
from server.store.db.keyset_pages import Page
from server.store.search import search_index
from server.web.answers.page_answers import answer_page
from server.web.app_keys import DATABASE, REDIS
from server.web.callers import key_accounts, require_chat, viewer_of
from server.web.requests import (
    caller,
    load_body,
    load_query,
    object_answer,
    page_answer,
    path_id,
    provider_of,
    text_answer,
    time_cursor,
)

CHAT_QUERY, PATCH_CHAT, CHANGES_QUERY = ChatQuery(), PatchChat(), ChangesQuery()


class ChatFilters(TypedDict):
    """A loaded `ChatQuery`."""

    filter: str | None
    status: str | None
    assignee: int | Literal["me"] | None
    team_id: int | None
    mentioned: str | None
    labels: tuple[int, ...] | None
    waiting_minutes: int | None
    target: str | None
    sort: str
    q: str | None
    limit: int
    cursor: str | None


async def list_chats(request: web.Request) -> web.Response:
    query = cast(ChatFilters, load_query(request, CHAT_QUERY))
    chosen = _list_query(request, query)
    if not chosen.is_of_account:
        return await _read_page(request, query, chosen)
    return await answer_page(
        request, (chosen, query["limit"], query["cursor"]), lambda: _read_page(request, query, chosen)
    )


async def _read_page(request: web.Request, query: ChatFilters, chosen: ChatListQuery) -> web.Response:
    if chosen.named:
        await search_index.catch_up_names(request.app[DATABASE], caller(request))
    page = await _fetch_page(request, query, chosen)
    # One query in the usual case; only an empty page needs a second one, to answer 404 for a foreign account.
    if not page.items:
        await _require_account(request)
    return page_answer(page)


async def _fetch_page(request: web.Request, query: ChatFilters, chosen: ChatListQuery) -> Page:
    return await request.app[DATABASE].read(
        chat_lists.list_chats,
        caller(request),
        provider_of(request),
        path_id(request, "account_id"),
        chosen,
        limit=query["limit"],
        after=time_cursor(query["cursor"]),
    )


def _list_query(request: web.Request, query: ChatFilters) -> ChatListQuery:
    named = query["q"] and query["q"].strip()
    owner = caller(request) if query["assignee"] == "me" else query["assignee"]
    return ChatListQuery(
        query["filter"],
        query["status"],
        owner,
        query["team_id"],
        query["sort"],
        named,
        query["labels"] or (),
        viewer_of(request) if query["labels"] else 0,
        query["waiting_minutes"],
        query["mentioned"] is not None,
        query["target"],
    )


async def _require_account(request: web.Request) -> None:
    own = await request.app[DATABASE].read(
        accounts.fetch_own_account, caller(request), provider_of(request), path_id(request, "account_id")
    )
    if own is None:
        raise NotFound


async def show_unread(request: web.Request) -> web.Response:
    """The unread counts of all of the caller's accounts, whichever pages of their chats were loaded."""
    items = await request.app[DATABASE].read(
        unread.list_unread, caller(request), provider_of(request), key_accounts(request)
    )
    return object_answer([("accounts", f"[{','.join(items)}]")])


async def show_counts(request: web.Request) -> web.Response:
    """How many chats of each of the caller's accounts are open, snoozed and waiting."""
    items = await request.app[DATABASE].read(
        chat_counts.list_counts, caller(request), provider_of(request), key_accounts(request)
    )
    return object_answer([("accounts", f"[{','.join(items)}]")])


async def show_chat(request: web.Request) -> web.Response:
    chat = await request.app[DATABASE].read(
        chats.fetch_chat,
        caller(request),
        provider_of(request),
        path_id(request, "account_id"),
        path_id(request, "chat_id"),
    )
    if chat is None:
        raise NotFound
    return object_answer([("chat", chat)])


async def list_related(request: web.Request) -> web.Response:
    """The chats with the same person on the caller's other accounts."""
    chat = await require_chat(request)
    items = await request.app[DATABASE].read(
        related.list_related, caller(request), chat.account_id, chat.id, key_accounts(request)
    )
    return object_answer([("items", f"[{','.join(items)}]")])


async def patch_chat(request: web.Request) -> web.Response:
    """Mark read or unread, archive, pin, mute: here at once, and at UniPile in a job."""
    given = cast(ChatChanges, await load_body(request, PATCH_CHAT))
    chat = await require_chat(request)
    changed = await request.app[DATABASE].write(flags.patch_chat, chat.account_id, chat.id, given)
    await publish(request.app[REDIS], changed.account_id, [chat_push(changed)])
    await enqueue(request.app[REDIS], MIRROR_CHAT, chat.id, _mirrored_flags(given))
    return object_answer([("chat", changed.json)])


def _mirrored_flags(given: ChatChanges) -> list[str]:
    """What the job sets at UniPile: read or unread as requested here, the other flags as they are when it runs."""
    names = {"read": "read" if given.get("read") else "unread", "muted_until": "muted"}
    return [names.get(field, field) for field in given if field != "read_seq"]


async def list_changes(request: web.Request) -> web.Response:
    """The account's changes after the seq `since`, in order."""
    query = load_query(request, CHANGES_QUERY)
    await _require_account(request)
    found = await list_seen_changes(
        request.app[DATABASE],
        caller(request),
        path_id(request, "account_id"),
        query["since"],
        query["limit"],
    )
    if found is None:
        raise NotFound
    return text_answer(found.json)
