"""Searches contacts and chats by name, phone number or username."""

from collections.abc import Sequence

from aiopg import Cursor

from server.store.chats.chat_lists import list_named
from server.store.chats.chats import (
    CHAT_JSON,
    CHAT_LOOKUPS,
    CONTACT_JOINS,
    IS_NAMED,
    containing,
    named_like,
)
from server.store.chats.sight import knows, sees
from server.store.contacts.contact_values import CHAT_OF_CONTACT

NAMED_AT_MOST = 10


async def find_contacts(cursor: Cursor, user_id: int, text: str, accounts: Sequence[int]) -> list[str]:
    """Contacts of these accounts of the user whose name, phone number or username contains the text, as JSON, by
    name. A restricted agent finds those whose chat they see.
    """
    username = containing(text.strip().lstrip("@").lower())
    values = {
        "user_id": user_id,
        "accounts": list(accounts),
        "username": username,
        "limit": NAMED_AT_MOST,
    }
    await cursor.execute(
        f"""select row_to_json(found)::text from (
               select k.id, k.account_id, k.provider_id, k.name, k.username, k.phone, k.avatar,
                   {CHAT_OF_CONTACT} as chat_id
               from channels_contact k
               join channels_account_member u on u.account_id = k.account_id and u.user_id = %(user_id)s
               where (k.folded like %(named)s or k.phone like any(%(phones)s::text[])
                       or lower(k.username) like %(username)s)
                   and (not u.is_restricted or {CHAT_OF_CONTACT} is not null)
                   and k.account_id = any(%(accounts)s::bigint[])
               order by k.name nulls last, k.id limit %(limit)s) found""",
        {**values, **named_like(text)},
    )
    return [row[0] for row in await cursor.fetchall()]


# The ten newest of each account before the rest of them is read.
FIND_CHATS = f"""
    select {CHAT_JSON}
    from channels_account_member u cross join lateral (
        select c.* from channels_chat c {CONTACT_JOINS}
        where c.account_id = u.account_id and {IS_NAMED} and {sees()} {{narrow}}
        order by coalesce(c.last_message_at, c.created_at) desc, c.id desc limit %(limit)s) c {CHAT_LOOKUPS}
    where u.user_id = %(user_id)s and u.account_id = any(%(accounts)s::bigint[])
    order by coalesce(c.last_message_at, c.created_at) desc, c.id desc limit %(limit)s"""


async def find_chats(cursor: Cursor, user_id: int, text: str, accounts: Sequence[int]) -> list[str]:
    """Chats of these accounts of the user by title or phone number, as JSON, newest first; archived ones too."""
    ids = await list_named(cursor, accounts, text)
    narrow = "" if ids is None else "and c.id = any(%(ids)s::bigint[])"
    values = {"user_id": user_id, "accounts": list(accounts), "ids": ids, "limit": NAMED_AT_MOST}
    await cursor.execute(FIND_CHATS.format(narrow=narrow), {**values, **named_like(text)})
    return [row[0] for row in await cursor.fetchall()]


async def list_accounts(cursor: Cursor, user_id: int) -> list[int]:
    """The ids of the user's accounts."""
    await cursor.execute("select account_id from channels_account_member where user_id = %s", (user_id,))
    return [row[0] for row in await cursor.fetchall()]


async def list_sender_ids(cursor: Cursor, user_id: int, contact_id: int) -> tuple[int | None, list[str]]:
    """The account of a contact of the user's accounts, and the contact's ids; (None, []) if it is not theirs. A
    restricted agent has those who wrote in a chat that they see.
    """
    await cursor.execute(
        f"""select a.account_id, array_agg(a.alias)
            from channels_contact k join channels_contact_alias a on a.contact_id = k.id
            join channels_account_member u on u.account_id = k.account_id and u.user_id = %(user_id)s
            where k.id = %(contact_id)s and {knows()} group by a.account_id""",
        {"user_id": user_id, "contact_id": contact_id},
    )
    row = await cursor.fetchone()
    return (row[0], row[1]) if row else (None, [])
