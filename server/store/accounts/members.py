"""The people of a number, and what each of them may do with it."""

import psycopg2
from aiopg import Cursor

from server.errors import ConfabError
from server.store.db.pages import Page, page_of

PAYER_STAYS = "The number stands in this person's name: they stay its owner."

LIST_MEMBERS = """
    select row_to_json((select x from (select
            u.id as user_id, u.name, u.email, m.role, u.is_active, a.user_id = u.id as is_payer,
            rfc3339(m.created_at) as created_at) x))::text, '', u.id
    from channels_account_member m
    join users u on u.id = m.user_id join channels_account a on a.id = m.account_id
    where m.account_id = %(account_id)s and u.id > %(after)s
    order by u.id limit %(limit)s + 1"""


async def list_members(cursor: Cursor, account_id: int, limit: int, after: int) -> Page:
    """Who shares the number. Authorising is the caller's."""
    await cursor.execute(LIST_MEMBERS, {"account_id": account_id, "limit": limit, "after": after})
    return page_of(await cursor.fetchall(), limit)


async def fetch_member(cursor: Cursor, account_id: int, user_id: int) -> str | None:
    await cursor.execute(LIST_MEMBERS, {"account_id": account_id, "limit": 0, "after": user_id - 1})
    row = await cursor.fetchone()
    return str(row[0]) if row and row[2] == user_id else None


async def set_member(cursor: Cursor, account_id: int, user_id: int, role: str) -> bool:
    """Let an active person in, or give them another role; False when there is no such person. Safe to run twice."""
    try:
        await cursor.execute(
            """insert into channels_account_member (account_id, user_id, role)
               select %(account_id)s, id, %(role)s from users where id = %(user_id)s and is_active
               on conflict (account_id, user_id) do update set role = excluded.role""",
            {"account_id": account_id, "user_id": user_id, "role": role},
        )
    except psycopg2.errors.RestrictViolation as error:
        raise ConfabError("conflict", PAYER_STAYS) from error
    return bool(cursor.rowcount)


async def remove_member(cursor: Cursor, account_id: int, user_id: int) -> bool:
    """Take somebody out of the number; False when they were not in it."""
    try:
        await cursor.execute(
            "delete from channels_account_member where account_id = %s and user_id = %s",
            (account_id, user_id),
        )
    except psycopg2.errors.RestrictViolation as error:
        raise ConfabError("conflict", PAYER_STAYS) from error
    return bool(cursor.rowcount)
