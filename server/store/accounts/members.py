"""Members: the users of an account and their roles in it."""

import psycopg2
from aiopg import Cursor

from server.errors import ConfabError
from server.said.said import said
from server.store.db.keyset_pages import Page, page_of

PAYER_STAYS = said("account_payer")

LIST_MEMBERS = """
    select row_to_json((select x from (select
            u.id as user_id, u.name, u.email, m.role, m.is_restricted as restricted, u.is_active,
            a.user_id = u.id as is_payer,
            rfc3339(m.created_at) as created_at) x))::text, '', u.id
    from channels_account_member m
    join users u on u.id = m.user_id join channels_account a on a.id = m.account_id
    where m.account_id = %(account_id)s and u.id > %(after)s
    order by u.id limit %(limit)s + 1"""


async def list_members(cursor: Cursor, account_id: int, limit: int, after: int) -> Page:
    """The members of an account, by user id. The caller authorises."""
    await cursor.execute(LIST_MEMBERS, {"account_id": account_id, "limit": limit, "after": after})
    return page_of(await cursor.fetchall(), limit)


async def fetch_member(cursor: Cursor, account_id: int, user_id: int) -> str | None:
    """The member as JSON; None if the user is not a member. The caller authorises."""
    await cursor.execute(LIST_MEMBERS, {"account_id": account_id, "limit": 0, "after": user_id - 1})
    row = await cursor.fetchone()
    return str(row[0]) if row and row[2] == user_id else None


async def lock_accounts(cursor: Cursor, user_id: int, account_id: int | None = None) -> None:
    """Lock the user's accounts, or one, in the order of their ids, before they lose the right to get chats there: none
    is handed out to them between this and the release of those they have.
    """
    await cursor.execute(
        """select from channels_account a
           where a.id in (select m.account_id from channels_account_member m
                          where m.user_id = %(user_id)s
                              and (%(account_id)s::bigint is null or m.account_id = %(account_id)s))
           order by a.id for no key update""",
        {"user_id": user_id, "account_id": account_id},
    )


async def set_member(
    cursor: Cursor, account_id: int, user_id: int, role: str, *, restricted: bool | None = None
) -> bool:
    """Add an active user, or change their role and whether they are restricted (None: it stays, for an agent); False if
    there is no such user. Safe to run twice. Raises ConfabError `conflict` for the payer.
    """
    try:
        await cursor.execute(
            """insert into channels_account_member as known (account_id, user_id, role, is_restricted)
               select %(account_id)s, id, %(role)s, coalesce(%(restricted)s, false) from users
               where id = %(user_id)s and is_active
               on conflict (account_id, user_id) do update set role = excluded.role,
                   is_restricted = coalesce(%(restricted)s, known.is_restricted)""",
            {"account_id": account_id, "user_id": user_id, "role": role, "restricted": restricted},
        )
    except psycopg2.errors.RestrictViolation as error:
        raise ConfabError("conflict", PAYER_STAYS) from error
    return bool(cursor.rowcount)


async def remove_member(cursor: Cursor, account_id: int, user_id: int) -> bool:
    """Remove a member; False if the user was none. Raises ConfabError `conflict` for the payer."""
    try:
        await cursor.execute(
            "delete from channels_account_member where account_id = %s and user_id = %s",
            (account_id, user_id),
        )
    except psycopg2.errors.RestrictViolation as error:
        raise ConfabError("conflict", PAYER_STAYS) from error
    return bool(cursor.rowcount)
