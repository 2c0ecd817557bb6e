"""Chats with the same person on accounts of the user."""

from collections.abc import Collection, Mapping

from aiopg import Cursor

from server.store.chats.chats import CHAT_JOINS, CHAT_JSON
from server.store.chats.sight import sees

AT_MOST = 20
OF_CHAT = """
    select a.account_id, array_agg(other.alias) as aliases
    from channels_chat c
    join channels_contact_alias a on a.account_id = c.account_id and a.alias = c.address
    join channels_contact_alias other on other.contact_id = a.contact_id
    where c.id = %(chat_id)s and c.account_id = %(account_id)s and c.kind = 'direct'
    group by a.account_id"""
OF_CONTACT = """
    select a.account_id, array_agg(a.alias) as aliases from channels_contact_alias a
    where a.account_id = %(account_id)s and a.contact_id in (
        select k.id from channels_contact own
        join channels_contact k on k.account_id = own.account_id
            and (k.id = own.id or k.id = own.merged_into or k.merged_into in (own.id, own.merged_into))
        where own.id = %(contact_id)s)
    group by a.account_id"""


def _statement(person: str, accounts: str) -> str:
    """The ids of a person are the same on every account: they are looked up by them among the accounts' contacts, and
    their chats by all ids they have there.
    """
    return f"""
    with person as ({person}), known as (
        select distinct a.account_id, a.contact_id, u.is_restricted from person
        join channels_account_member u on u.user_id = %(user_id)s and {accounts}
        join channels_contact_alias a on a.account_id = u.account_id and a.alias = any(person.aliases)
        where %(reachable)s::bigint[] is null or u.account_id = any(%(reachable)s::bigint[])
    )
    select {CHAT_JSON} from known
    join channels_contact_alias a on a.contact_id = known.contact_id
    join channels_chat c on c.account_id = a.account_id and c.address = a.alias and c.kind = 'direct'
    {CHAT_JOINS}
    where {sees(member="known")}
    order by coalesce(c.last_message_at, c.created_at) desc, c.id desc limit %(limit)s"""


LIST_RELATED = _statement(OF_CHAT, "u.account_id <> person.account_id")
LIST_OF_CONTACT = _statement(OF_CONTACT, "true")


async def list_related(
    cursor: Cursor, user_id: int, account_id: int, chat_id: int, reachable: Collection[int] | None
) -> list[str]:
    """Those on other accounts than this chat's, as JSON, most recent first; `reachable` limits the accounts. The caller
    has checked whose chat it is.
    """
    values = {"user_id": user_id, "account_id": account_id, "chat_id": chat_id}
    return await _list(cursor, LIST_RELATED, values, reachable)


async def list_of_contact(
    cursor: Cursor, user_id: int, account_id: int, contact_id: int, reachable: Collection[int] | None
) -> list[str]:
    """Those of a contact, on this account too. The caller has checked that the user knows the contact."""
    values = {"user_id": user_id, "account_id": account_id, "contact_id": contact_id}
    return await _list(cursor, LIST_OF_CONTACT, values, reachable)


async def _list(
    cursor: Cursor, statement: str, values: Mapping[str, int], reachable: Collection[int] | None
) -> list[str]:
    limits = {"limit": AT_MOST, "reachable": None if reachable is None else list(reachable)}
    await cursor.execute(statement, {**values, **limits})
    return [row[0] for row in await cursor.fetchall()]
