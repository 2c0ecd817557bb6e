"""Who sends a request, what they may see, and the chat that its path names."""

from collections.abc import Collection

from aiohttp import web

from server.conversations.labels import Organiser
from server.conversations.states import TargetChat
from server.errors import NotFound
from server.store.chats import chats
from server.store.chats.chats import ReachableChat
from server.store.sending.sends import Author
from server.web.app_keys import CALLER, CALLER_ROLES, DATABASE
from server.web.requests import caller, path_id, provider_of


def author_of(request: web.Request) -> Author:
    """Who writes what the request sends: the signed-in user, or the program with its API key."""
    key = request[CALLER].key
    return Author("user", caller(request)) if key is None else Author("api_key", key.id)


def viewer_of(request: web.Request) -> int:
    """The user whose private rows the answer may have: the signed-in user, or 0 for an API key."""
    return caller(request) if request[CALLER].key is None else 0


def key_accounts(request: web.Request) -> Collection[int] | None:
    """The accounts that an API key is restricted to; None for all of its user's."""
    key = request[CALLER].key
    return None if key is None else key.account_ids


def organiser_of(request: web.Request) -> Organiser:
    """The caller with their role in the team, who may change what is shared."""
    return Organiser(caller(request), request[CALLER_ROLES].role)


def target_of(request: web.Request) -> TargetChat:
    """The chat of the path, to be changed by the caller; what changes it checks that the caller reaches it."""
    return TargetChat(
        caller(request),
        author_of(request),
        provider_of(request),
        path_id(request, "account_id"),
        path_id(request, "chat_id"),
    )


async def require_chat(request: web.Request) -> ReachableChat:
    """The chat of the path; raises NotFound unless the caller reaches it, and it is of the account of the path."""
    chat = await request.app[DATABASE].read(
        chats.fetch_reachable_chat, caller(request), path_id(request, "chat_id")
    )
    account = (path_id(request, "account_id"), provider_of(request))
    if chat is None or (chat.account_id, chat.provider) != account:
        raise NotFound
    return chat
