"""Drafts of the caller, on all their devices, and what colleagues share."""

from typing import cast

from aiohttp import web

from server.conversations.drafts import save_draft
from server.errors import NotFound
from server.realtime.broker import publish_or_log, publish_to_feeds
from server.realtime.pushes import shared_draft_push, user_push
from server.schemas.drafts import SaveDraft
from server.schemas.fields import ListQuery
from server.store.conversations import drafts
from server.store.conversations.drafts import DraftChat, NewDraft, SavedDraft, SharedDraft
from server.web.app_keys import DATABASE, REDIS
from server.web.callers import key_accounts, require_chat
from server.web.requests import (
    caller,
    decode_cursor,
    load_body,
    load_query,
    object_answer,
    page_answer,
    path_id,
    provider_of,
)

LIST_QUERY, SAVE_DRAFT = ListQuery(), SaveDraft()
NO_DRAFT: NewDraft = {"text": "", "quote_id": None, "is_shared": False, "written_at": None}


async def list_own_drafts(request: web.Request) -> web.Response:
    """What the caller is writing, in all chats."""
    query = load_query(request, LIST_QUERY)
    after = decode_cursor(query["cursor"])
    page = await request.app[DATABASE].read(
        drafts.list_own_drafts, caller(request), query["limit"], after[1] if after else 0
    )
    return page_answer(page)


async def list_shared_drafts(request: web.Request) -> web.Response:
    """What colleagues are writing in the chat and share."""
    chat = await require_chat(request)
    found = await request.app[DATABASE].read(drafts.list_shared_drafts, chat.id, caller(request))
    return object_answer([("items", f"[{','.join(found)}]")])


async def list_all_shared_drafts(request: web.Request) -> web.Response:
    """What colleagues are writing in all of the caller's accounts and share."""
    query = load_query(request, LIST_QUERY)
    after = decode_cursor(query["cursor"])
    page = await request.app[DATABASE].read(
        drafts.list_all_shared,
        caller(request),
        provider_of(request),
        key_accounts(request),
        limit=query["limit"],
        after=after[1] if after else 0,
    )
    return page_answer(page)


async def put_draft(request: web.Request) -> web.Response:
    """Save the caller's draft, unless another device wrote it later; answers the one that counts."""
    saved = await _save(request, cast(NewDraft, await load_body(request, SAVE_DRAFT)))
    return object_answer([("draft", saved.json)])


async def delete_draft(request: web.Request) -> web.Response:
    """Delete the caller's draft on all their devices."""
    await _save(request, NO_DRAFT)
    return web.Response(status=204)


def _chat_of(request: web.Request) -> DraftChat:
    return DraftChat(
        caller(request), provider_of(request), path_id(request, "account_id"), path_id(request, "chat_id")
    )


async def _save(request: web.Request, draft: NewDraft) -> SavedDraft:
    chat = _chat_of(request)
    for in_account_feed in (draft["is_shared"], True):
        saved = await request.app[DATABASE].write(save_draft, chat, draft, in_account_feed=in_account_feed)
        if saved is not None:
            if saved.is_new:
                await _publish(request, chat, saved, in_account_feed=in_account_feed)
            return saved
    raise NotFound


async def _publish(
    request: web.Request, chat: DraftChat, saved: SavedDraft, *, in_account_feed: bool
) -> None:
    redis, lost = request.app[REDIS], "draft_not_published"
    own = user_push("draft:saved", chat.user_id, saved.seq, saved.json)
    await publish_to_feeds(redis, {chat.user_id: [own]}, lost)
    if in_account_feed and saved.shared_seq is not None:
        shared = SharedDraft(saved.chat_id, saved.shared_seq, saved.shared_json, saved.audience)
        await publish_or_log(redis, chat.account_id, [shared_draft_push(chat.account_id, shared)], lost)
