"""The first page of the chats of several accounts, in one statement each for the list and for the pinned chats."""

from collections.abc import Collection, Mapping
from itertools import groupby
from typing import NamedTuple, TypedDict

from aiopg import Cursor

from server.store.chats.chat_lists import FILTERS
from server.store.chats.chats import CHAT_FIELDS, CHAT_JOINS
from server.store.chats.sight import sees
from server.store.db.json_rows import ROW_JSON, row_of
from server.store.db.keyset_pages import Page, page_of
from server.store.db.prepared import Prepared

# The rows and the order of `chat_lists.list_chats`; an account without chats has one row without a chat.
FIRST_PAGES = f"""
    with mine as (
        select a.id, m.is_restricted from channels_account_member m join channels_account a on a.id = m.account_id
        where m.user_id = %(user_id)s and a.provider = %(provider)s
            and (%(account_id)s::bigint is null or a.id = %(account_id)s)
            and (%(only)s::bigint[] is null or a.id = any(%(only)s))
        order by a.id limit %(accounts)s)
    select mine.id, page.shown, page.sort_key, page.id
    from mine left join lateral (
        select {ROW_JSON} as shown, rfc3339(coalesce(c.last_message_at, c.created_at)) as sort_key, c.id,
            coalesce(c.last_message_at, c.created_at) as moment
        from channels_chat c {CHAT_JOINS} {row_of(CHAT_FIELDS)}
        where c.account_id = mine.id {{filter}} and {sees(member="mine")}
        order by coalesce(c.last_message_at, c.created_at) desc, c.id desc
        limit %(limit)s + 1) page on true
    order by mine.id, page.moment desc, page.id desc"""
LISTS: Mapping[str | None, Prepared] = {
    chosen: Prepared(f"first_pages_{chosen}", FIRST_PAGES.format(filter=condition))
    for chosen, condition in FILTERS.items()
}
# Further accounts are read one by one, by their own lists.
MAX_ACCOUNTS = 20


class WantedPages(TypedDict):
    """Whose chats: of all accounts of the user, or one, or of those in `only`."""

    user_id: int
    provider: str
    account_id: int | None
    only: Collection[int] | None
    limit: int


class FirstPages(NamedTuple):
    """The first pages of one account: its chats, and those of them that are pinned."""

    account_id: int
    chats: Page
    pinned: Page


async def list_first_pages(cursor: Cursor, wanted: WantedPages, chosen: str | None) -> list[FirstPages]:
    """The first pages of each account, by id; empty also when `account_id` is not the user's."""
    listed = await _read_pages(cursor, wanted, chosen)
    pinned = await _read_pages(cursor, wanted, "pinned")
    # An account that was linked or withdrawn in between is left out.
    return [FirstPages(key, page, pinned[key]) for key, page in listed.items() if key in pinned]


async def _read_pages(cursor: Cursor, wanted: WantedPages, chosen: str | None) -> dict[int, Page]:
    only = None if wanted["only"] is None else list(wanted["only"])
    await LISTS[chosen].execute(cursor, {**wanted, "only": only, "accounts": MAX_ACCOUNTS})
    by_account = groupby(await cursor.fetchall(), key=lambda row: row[0])
    return {
        account_id: page_of([row[1:] for row in rows if row[1] is not None], wanted["limit"])
        for account_id, rows in by_account
    }
