"""Merges of contacts by hand: what the main contact takes from the other, and gives back when the merge is undone."""

from typing import NamedTuple, TypedDict

import orjson
from aiopg import Cursor


class Taken(TypedDict):
    """What the main contact did not have itself."""

    fields: dict[str, object]
    labels: list[int]
    own_name: str | None


class Identity(NamedTuple):
    """A contact of a locked account: our name for it, and into which it is merged."""

    id: int
    own_name: str | None
    merged_into: int | None
    has_merged: bool
    taken: Taken | None


async def fetch_identity(cursor: Cursor, contact_id: int) -> Identity:
    """An existing contact."""
    await cursor.execute(
        """select k.id, k.own_name, k.merged_into, exists (
               select from channels_contact c where c.merged_into = k.id), k.taken
           from channels_contact k where k.id = %s""",
        (contact_id,),
    )
    return Identity(*await cursor.fetchone())


async def take_values(cursor: Cursor, main_id: int, other_id: int) -> Taken:
    """Give the main contact the values and labels of the other that it does not have."""
    await cursor.execute(
        """insert into channels_contact_value (account_id, contact_id, field_id, value)
           select v.account_id, %(main)s, v.field_id, v.value from channels_contact_value v
           where v.contact_id = %(other)s on conflict do nothing returning field_id, value""",
        {"main": main_id, "other": other_id},
    )
    fields = {str(row[0]): row[1] for row in await cursor.fetchall()}
    await cursor.execute(
        """insert into channels_contact_label (account_id, contact_id, label_id, added_at)
           select x.account_id, %(main)s, x.label_id, x.added_at from channels_contact_label x
           where x.contact_id = %(other)s on conflict do nothing returning label_id""",
        {"main": main_id, "other": other_id},
    )
    return {"fields": fields, "labels": [row[0] for row in await cursor.fetchall()], "own_name": None}


async def set_merged(cursor: Cursor, other_id: int, main_id: int, taken: Taken) -> None:
    await cursor.execute(
        "update channels_contact set merged_into = %s, taken = %s::jsonb where id = %s",
        (main_id, orjson.dumps(taken).decode(), other_id),
    )


async def give_back(cursor: Cursor, main_id: int, other_id: int, taken: Taken) -> bool:
    """Undo a merge: what the main contact took and still has as it was, it loses; True if it lost its name."""
    values = {"main": main_id, "other": other_id, "taken": orjson.dumps(taken).decode()}
    await cursor.execute(
        """delete from channels_contact_value v using jsonb_each(%(taken)s::jsonb->'fields') x
           where v.contact_id = %(main)s and v.field_id = x.key::bigint and v.value = x.value""",
        values,
    )
    await cursor.execute(
        """delete from channels_contact_label x using jsonb_array_elements_text(%(taken)s::jsonb->'labels') one
           where x.contact_id = %(main)s and x.label_id = one::bigint""",
        values,
    )
    await cursor.execute(
        "update channels_contact set merged_into = null, taken = null where id = %(other)s", values
    )
    await cursor.execute(
        """update channels_contact set own_name = null
           where id = %(main)s and own_name = %(taken)s::jsonb->>'own_name'""",
        values,
    )
    return bool(cursor.rowcount)


async def is_contact(cursor: Cursor, account_id: int, contact_id: int) -> bool:
    """Whether the account has this contact."""
    await cursor.execute(
        "select from channels_contact where id = %s and account_id = %s", (contact_id, account_id)
    )
    return await cursor.fetchone() is not None


async def list_merged(cursor: Cursor, main_id: int) -> list[int]:
    """The contacts that are merged into this one."""
    await cursor.execute("select id from channels_contact where merged_into = %s order by id", (main_id,))
    return [row[0] for row in await cursor.fetchall()]
