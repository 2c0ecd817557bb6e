"""What the team records about one contact: its own name for them, values of fields, labels."""

from collections.abc import Collection, Mapping

import orjson
from aiopg import Cursor

from server.store.chats.contacts import CONTACT_JSON
from server.store.chats.sight import knows, sees
from server.store.db.transaction import execute_later
from server.text.fold import fold

# The direct chat of a contact `k`, if the user sees it.
CHAT_OF_CONTACT = f"""(
    select max(c.id) from channels_contact_alias a
    join channels_chat c on c.account_id = a.account_id and c.address = a.alias and c.kind = 'direct'
    where a.contact_id = k.id and {sees()})"""
# The contact with its direct chat, and who is merged into it.
LISTED_JSON = f"""
    ({CONTACT_JSON}::jsonb || jsonb_build_object('chat_id', {CHAT_OF_CONTACT}, 'merged', coalesce((
        select jsonb_agg(jsonb_build_object('id', one.id, 'provider_id', one.provider_id, 'name', one.name,
                                            'username', one.username, 'phone', one.phone, 'avatar', one.avatar)
                         order by one.id)
        from channels_contact one where one.merged_into = k.id), '[]')))::text"""
OF_USER = f"""
    from channels_contact k join channels_account a on a.id = k.account_id and a.provider = %(provider)s
    join channels_account_member u on u.account_id = a.id and u.user_id = %(user_id)s
    where k.id = %(contact_id)s and k.account_id = %(account_id)s and {knows()}"""


async def fetch_contact(
    cursor: Cursor, user_id: int, provider: str, account_id: int, contact_id: int
) -> str | None:
    """The contact with its direct chat, as JSON; None if it does not exist or the user does not know it."""
    values = {"user_id": user_id, "provider": provider, "account_id": account_id, "contact_id": contact_id}
    await cursor.execute(f"select {LISTED_JSON} {OF_USER}", values)
    row = await cursor.fetchone()
    return row and str(row[0])


async def lock_known(
    cursor: Cursor, user_id: int, provider: str, account_id: int, contact_ids: Collection[int]
) -> set[int]:
    """Lock the account; returns those of these contacts that the user knows."""
    values = {"user_id": user_id, "provider": provider, "account_id": account_id}
    await cursor.execute(
        """select a.id from channels_account a
           join channels_account_member u on u.account_id = a.id and u.user_id = %(user_id)s
           where a.id = %(account_id)s and a.provider = %(provider)s for no key update of a""",
        values,
    )
    if await cursor.fetchone() is None:
        return set()
    # A second statement: it sees what the lock was waiting for.
    await cursor.execute(
        f"""select k.id from channels_contact k
            join channels_account_member u on u.account_id = k.account_id and u.user_id = %(user_id)s
            where k.account_id = %(account_id)s and k.id = any(%(ids)s) and {knows()}""",
        {**values, "ids": list(contact_ids)},
    )
    return {row[0] for row in await cursor.fetchall()}


async def set_own_name(cursor: Cursor, contact_id: int, own_name: str | None) -> bool:
    """Set or remove our name for the contact; True if it was another one. It is folded here, so that the next list has
    the contact in its position.
    """
    await cursor.execute(
        """update channels_contact set own_name = %(name)s
           where id = %(id)s and own_name is distinct from %(name)s returning name""",
        {"id": contact_id, "name": own_name},
    )
    row = await cursor.fetchone()
    if row is None:
        return False
    await cursor.execute(
        "update channels_contact set folded = %s where id = %s",
        (None if row[0] is None else fold(row[0]), contact_id),
    )
    return True


PUT_VALUES = """
    insert into channels_contact_value as stored (account_id, contact_id, field_id, value)
    select %(account_id)s, %(contact_id)s, x.key::bigint, x.value from jsonb_each(%(given)s::jsonb) x
    where x.value <> 'null'
    on conflict (contact_id, field_id) do update set value = excluded.value where stored.value <> excluded.value"""
DELETE_VALUES = """
    delete from channels_contact_value v using jsonb_each(%(given)s::jsonb) x
    where v.contact_id = %(contact_id)s and v.field_id = x.key::bigint and x.value = 'null'"""


async def put_values(cursor: Cursor, account_id: int, contact_id: int, given: Mapping[int, object]) -> bool:
    """Store values by field, and remove those that are None; True if any differs. The fields are locked."""
    text = orjson.dumps({str(key): value for key, value in given.items()}).decode()
    values = {"account_id": account_id, "contact_id": contact_id, "given": text}
    changed = 0
    for statement in (PUT_VALUES, DELETE_VALUES):
        await cursor.execute(statement, values)
        changed += cursor.rowcount
    return changed > 0


async def add_label(cursor: Cursor, account_id: int, contact_id: int, label_id: int) -> bool:
    """Label the contact; False if it has the label. The label is locked."""
    await cursor.execute(
        """insert into channels_contact_label (account_id, contact_id, label_id) values (%s, %s, %s)
           on conflict do nothing""",
        (account_id, contact_id, label_id),
    )
    return bool(cursor.rowcount)


async def remove_label(cursor: Cursor, contact_id: int, label_id: int) -> bool:
    """Remove a label from the contact; False if it did not have it."""
    await cursor.execute(
        "delete from channels_contact_label where contact_id = %s and label_id = %s", (contact_id, label_id)
    )
    return bool(cursor.rowcount)


async def take_seqs(cursor: Cursor, contact_ids: Collection[int]) -> None:
    """Give changed contacts of a locked account their next seqs."""
    values = {"ids": sorted(contact_ids)}
    await execute_later(cursor, "select number_contacts(%(ids)s::bigint[])", values)
