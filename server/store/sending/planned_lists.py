"""Planned messages in all chats that a user sees, with the chats' names, by time."""

from collections.abc import Collection
from typing import NamedTuple

from aiopg import Cursor

from server.store.chats.chats import CHAT_JOINS, TITLE
from server.store.chats.sight import sees
from server.store.db.keyset_pages import Key, Page, page_of
from server.store.sending.planned import PLANNED_JSON
from server.store.sending.sends import Author

OWN_ACCOUNTS = """
    select a.id, u.is_restricted from channels_account_member u join channels_account a on a.id = u.account_id
    where u.user_id = %(user_id)s and a.provider = %(provider)s
        and (%(only)s::bigint[] is null or a.id = any(%(only)s))"""
# The conditions and order of a page; `t` is the planned message.
PAGE = """
    and t.state = %(state)s and t.state in ('planned', 'failed') and (%(after_id)s::bigint is null
        or (t.send_at, t.id) > (%(after_time)s::timestamptz, %(after_id)s))
    order by t.send_at, t.id limit %(limit)s + 1"""
# Each account's page is read from its index, so that the cost does not grow with what is planned in them.
OF_ALL = f"""
    select p.* from ({OWN_ACCOUNTS}) own cross join lateral (
        select t.* from channels_planned_message t join channels_chat c on c.id = t.chat_id
        where t.account_id = own.id and {sees(member="own")} {PAGE}) p
    order by p.send_at, p.id limit %(limit)s + 1"""
OF_AUTHOR = f"""
    select t.* from channels_planned_message t join channels_chat c on c.id = t.chat_id
    join ({OWN_ACCOUNTS}) own on own.id = t.account_id
    where t.author_kind = %(author_kind)s and t.author_id = %(author_id)s and {sees(member="own")} {PAGE}"""
LIST = f"""
    select ({PLANNED_JSON}::jsonb || jsonb_build_object('chat_title', {TITLE}, 'chat_kind', c.kind,
            'chat_avatar', contact.avatar))::text, rfc3339(p.send_at), p.id
    from ({{found}}) p join channels_chat c on c.id = p.chat_id {CHAT_JOINS}
    order by p.send_at, p.id"""
LIST_OF_ALL, LIST_OF_AUTHOR = LIST.format(found=OF_ALL), LIST.format(found=OF_AUTHOR)


class PlannedScope(NamedTuple):
    """Whose accounts, which of them, and which planned messages; without an author those of all."""

    user_id: int
    provider: str
    only: Collection[int] | None
    state: str
    author: Author | None = None


async def list_of_user(cursor: Cursor, scope: PlannedScope, *, limit: int, after: Key | None) -> Page:
    """A page of what waits or has failed in chats that the user sees."""
    after_time, after_id = after or (None, None)
    kind, author_id = scope.author or (None, None)
    values = {
        "user_id": scope.user_id,
        "provider": scope.provider,
        "only": None if scope.only is None else list(scope.only),
        "state": scope.state,
        "author_kind": kind,
        "author_id": author_id,
        "limit": limit,
        "after_time": after_time,
        "after_id": after_id,
    }
    await cursor.execute(LIST_OF_ALL if scope.author is None else LIST_OF_AUTHOR, values)
    return page_of(await cursor.fetchall(), limit)
