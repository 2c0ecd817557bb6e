"""Chats: the list, one chat, its flags, and the changes of an account since a seq."""

from typing import cast

from aiohttp import web

from server.errors import NotFound
from server.queue import MIRROR_CHAT, enqueue
from server.realtime.broker import publish
from server.realtime.pushes import chat_push
from server.schemas.chats import ChatQuery, PatchChat
from server.schemas.messages import ChangesQuery
from server.store.accounts import accounts
from server.store.chats import chats, flags, unread
from server.store.chats.chats import ReachableChat
from server.store.chats.flags import ChatChanges
from server.store.messages import changes
from server.store.search import search_index
from server.web.app_keys import CALLER, DATABASE, REDIS
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


async def list_chats(request: web.Request) -> web.Response:
    query = load_query(request, CHAT_QUERY)
    user_id, provider, account_id = caller(request), provider_of(request), path_id(request, "account_id")
    database = request.app[DATABASE]
    if query["q"]:
        await search_index.catch_up(database, user_id)
    page = await database.read(
        chats.list_chats,
        user_id,
        provider,
        account_id,
        limit=query["limit"],
        after=time_cursor(query["cursor"]),
        chosen=query["filter"],
        named=query["q"] and query["q"].strip(),
    )
    # One query in the usual case; only an empty page needs a second one, to answer 404 for a foreign account.
    if not page.items:
        await _require_account(request)
    return page_answer(page)


async def _require_account(request: web.Request) -> None:
    own = await request.app[DATABASE].read(
        accounts.fetch_own_account, caller(request), provider_of(request), path_id(request, "account_id")
    )
    if own is None:
        raise NotFound


async def show_unread(request: web.Request) -> web.Response:
    """The unread counts of all of the caller's accounts, whichever pages of their chats were loaded."""
    key = request[CALLER].key
    items = await request.app[DATABASE].read(
        unread.list_unread, caller(request), provider_of(request), None if key is None else key.account_ids
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


async def patch_chat(request: web.Request) -> web.Response:
    """Mark read or unread, archive, pin, mute: here at once, and at UniPile in a job."""
    given = cast(ChatChanges, await load_body(request, PATCH_CHAT))
    chat = await _require_chat(request)
    changed = await request.app[DATABASE].write(flags.patch_chat, chat.account_id, chat.id, given)
    await publish(request.app[REDIS], changed.account_id, [chat_push(changed)])
    await enqueue(request.app[REDIS], MIRROR_CHAT, chat.id, _mirrored_flags(given))
    return object_answer([("chat", changed.json)])


async def _require_chat(request: web.Request) -> ReachableChat:
    chat = await request.app[DATABASE].read(
        chats.fetch_reachable_chat, caller(request), path_id(request, "chat_id")
    )
    account = (path_id(request, "account_id"), provider_of(request))
    if chat is None or (chat.account_id, chat.provider) != account:
        raise NotFound
    return chat


def _mirrored_flags(given: ChatChanges) -> list[str]:
    """What the job sets at UniPile: read or unread as requested here, the other flags as they are when it runs."""
    names = {"read": "read" if given.get("read") else "unread", "muted_until": "muted"}
    return [names.get(field, field) for field in given if field != "read_seq"]


async def list_changes(request: web.Request) -> web.Response:
    """The account's changes after the seq `since`, in order."""
    query = load_query(request, CHANGES_QUERY)
    await _require_account(request)
    found = await request.app[DATABASE].read(
        changes.list_changes, path_id(request, "account_id"), query["since"], query["limit"]
    )
    items = ",".join(change.item for change in found.items)
    more, reset = "true" if found.more else "false", ',"reset":true' if found.reset else ""
    return text_answer(f'{{"items":[{items}],"seq":{found.head},"more":{more}{reset}}}')
