"""How many chats are in a view: from the counter of its label where that is all it asks for, else up to a limit."""

from collections.abc import Sequence
from typing import NamedTuple

from aiopg import Cursor

from server.store.chats.chat_lists import ORDERS, ChatListQuery, conditions_of, parameters_of, shape_of
from server.store.chats.sight import sees
from server.store.db.prepared import Prepared

# What a count says at most is one less, "99+".
AT_MOST = 100
COUNT = f"""
    select count(*) from (
        select from channels_chat c where c.account_id = any(%(accounts)s::bigint[]) {{conditions}}
        limit {AT_MOST}) found"""
# Of accounts in some of which the user is restricted.
COUNT_SEEN = f"""
    select count(*) from (
        select from channels_chat c
        join channels_account_member u on u.account_id = c.account_id and u.user_id = %(user_id)s
        where c.account_id = any(%(accounts)s::bigint[]) and {sees()} {{conditions}}
        limit {AT_MOST}) found"""
COUNT_LABEL = """
    select coalesce(sum(n.chats), 0) from channels_label_count n join label l on l.id = n.label_id
    where n.label_id = any(%(labels)s::bigint[]) and n.account_id = any(%(accounts)s::bigint[])
        and (l.owner_id is null or l.owner_id = %(viewer_id)s)"""
STATEMENTS: dict[tuple[object, ...], Prepared] = {}


class ViewCount(NamedTuple):
    """The chats of a view; `is_more`: there are more than these."""

    chats: int
    is_more: bool


async def is_restricted(cursor: Cursor, user_id: int) -> bool:
    """Whether the user is restricted in any account."""
    await cursor.execute(
        "select exists (select from channels_account_member where user_id = %s and is_restricted)", (user_id,)
    )
    return bool((await cursor.fetchone())[0])


async def count_chats(
    cursor: Cursor, user_id: int, query: ChatListQuery, accounts: Sequence[int], *, all_seen: bool
) -> ViewCount:
    """The chats of these accounts that a query lists for the user; `all_seen`: the user is restricted in none."""
    values = {**parameters_of(query), "user_id": user_id, "accounts": list(accounts)}
    if not all_seen:
        await _statement(query, COUNT_SEEN).execute(cursor, values)
    elif query._replace(labels=(), viewer_id=0, sort="recent") == ChatListQuery() and len(query.labels) == 1:
        await cursor.execute(COUNT_LABEL, values)
    else:
        await _statement(query, COUNT).execute(cursor, values)
    (found,) = await cursor.fetchone()
    return ViewCount(min(int(found), AT_MOST - 1), int(found) >= AT_MOST)


def count_statement(query: ChatListQuery, template: str = COUNT) -> str:
    """The statement that counts what a query lists."""
    conditions = [*conditions_of(query, "any(%(accounts)s::bigint[])"), ORDERS[query.sort].condition]
    return template.format(conditions=" ".join(conditions))


def _statement(query: ChatListQuery, template: str) -> Prepared:
    """The same, prepared when these filters are first used."""
    key = (*shape_of(query), query.sort, template)
    if key not in STATEMENTS:
        STATEMENTS[key] = Prepared(f"count_view_{len(STATEMENTS)}", count_statement(query, template))
    return STATEMENTS[key]
