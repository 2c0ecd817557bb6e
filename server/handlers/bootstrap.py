"""The one request with which the app starts: what several routes answer, each part as its own route answers it."""

from typing import TypedDict, cast

from aiohttp import web

from server.errors import ConfabError, NotFound
from server.plans.overview import describe_entitlements
from server.schemas.bootstrap import BootstrapQuery
from server.store.accounts import accounts
from server.store.chats import chat_counts, first_pages, unread
from server.store.chats.first_pages import FirstPages, WantedPages
from server.store.people import users
from server.web.app_keys import CALLER, CONFIG, DATABASE
from server.web.callers import key_accounts
from server.web.identity.session_cookies import describe_me
from server.web.requests import (
    caller,
    json_text,
    load_query,
    object_answer,
    object_text,
    page_parts,
    page_text,
)

BOOTSTRAP_QUERY = BootstrapQuery()
# As many as a page of the accounts has at most.
ACCOUNTS = 100


class FirstPage(TypedDict):
    """A loaded `BootstrapQuery`."""

    provider: str
    account: int | None
    filter: str | None
    limit: int


async def show_bootstrap(request: web.Request) -> web.Response:
    """The caller, their plan, accounts, counts, and the first page of the chats of an account or of all."""
    query = cast(FirstPage, load_query(request, BOOTSTRAP_QUERY))
    # The accounts are read first: what changes after that has a higher seq than theirs.
    listed = await _read_accounts(request, query["provider"])
    return object_answer(
        [
            ("me", await _read_me(request)),
            ("entitlements", await _read_plan(request)),
            ("accounts", listed),
            ("unread", await _read_unread(request, query["provider"])),
            ("counts", await _read_counts(request, query["provider"])),
            ("chats", await _read_chats(request, query)),
        ]
    )


async def _read_accounts(request: web.Request, provider: str) -> str:
    page = await request.app[DATABASE].read(
        accounts.list_accounts, caller(request), provider, ACCOUNTS, 0, key_accounts(request)
    )
    return page_text(page)


async def _read_me(request: web.Request) -> str:
    user = await request.app[DATABASE].read(users.fetch_user, caller(request))
    if user is None:
        raise ConfabError("unauthenticated")
    return json_text(describe_me(user, request[CALLER].key))


async def _read_plan(request: web.Request) -> str:
    """The plan is the user's: a key for some accounts does not see it, here as on the plan's own route."""
    if key_accounts(request) is not None:
        return "null"
    plans = request.app[CONFIG].plans
    return json_text(await request.app[DATABASE].read(describe_entitlements, plans, caller(request)))


async def _read_unread(request: web.Request, provider: str) -> str:
    counts = await request.app[DATABASE].read(
        unread.list_unread, caller(request), provider, key_accounts(request)
    )
    return object_text([("accounts", f"[{','.join(counts)}]")])


async def _read_counts(request: web.Request, provider: str) -> str:
    counts = await request.app[DATABASE].read(
        chat_counts.list_counts, caller(request), provider, key_accounts(request)
    )
    return object_text([("accounts", f"[{','.join(counts)}]")])


async def _read_chats(request: web.Request, query: FirstPage) -> str:
    wanted: WantedPages = {
        "user_id": caller(request),
        "provider": query["provider"],
        "account_id": query["account"],
        "only": key_accounts(request),
        "limit": query["limit"],
    }
    pages = await request.app[DATABASE].read(first_pages.list_first_pages, wanted, query["filter"])
    if query["account"] is not None and not pages:
        raise NotFound
    return f"[{','.join(map(_pages_text, pages))}]"


def _pages_text(pages: FirstPages) -> str:
    return object_text(
        [("account_id", str(pages.account_id)), *page_parts(pages.chats), ("pinned", page_text(pages.pinned))]
    )
