"""Stores a batch of an import in few statements, because it holds the account's lock meanwhile."""

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple, TypedDict

import orjson
from aiopg import Cursor


class GivenRow(TypedDict):
    """A row of a batch; `n` identifies it. `aliases` are all ids that it names, the first that of a new contact."""

    n: int
    contact_id: int | None
    aliases: list[str]
    phone: str | None
    username: str | None
    own_name: str | None
    folded: str | None


FIND = """
    with given as (
        select g.* from jsonb_to_recordset(%(rows)s::jsonb)
            as g (n integer, contact_id bigint, aliases text[], username text)
    ), found as (
        select g.n, k.id from given g join channels_contact k on k.id = g.contact_id and k.account_id = %(account_id)s
        union
        select g.n, a.contact_id from given g cross join unnest(g.aliases) one
        join channels_contact_alias a on a.account_id = %(account_id)s and a.alias = one
        union
        select g.n, k.id from given g
        join channels_contact k on k.account_id = %(account_id)s and k.username is not null
            and lower(k.username) = lower(g.username)
    )
    select n, array_agg(id) from found group by n"""


async def find_contacts(cursor: Cursor, account_id: int, rows: Sequence[GivenRow]) -> dict[int, list[int]]:
    """The contacts that each row names, by `n`; more than one where its ids are of different contacts."""
    await cursor.execute(FIND, {"account_id": account_id, "rows": _json(rows)})
    return dict(await cursor.fetchall())


# Whatever WhatsApp reports later is newer. A new contact is not pushed, as elsewhere: no chat shows it yet.
INSERT = """
    with given as (
        select g.* from jsonb_to_recordset(%(rows)s::jsonb)
            as g (n integer, aliases text[], phone text, own_name text, folded text)
    ), fresh as (
        insert into channels_contact (account_id, provider_id, own_name, folded, phone, named_at)
        select %(account_id)s, g.aliases[1], g.own_name, g.folded, g.phone, '-infinity' from given g
        returning id, provider_id
    ), linked as (
        insert into channels_contact_alias (account_id, alias, contact_id)
        select %(account_id)s, one, f.id from fresh f join given g on g.aliases[1] = f.provider_id,
            unnest(g.aliases) one
    )
    select g.n, f.id from fresh f join given g on g.aliases[1] = f.provider_id"""


async def insert_contacts(cursor: Cursor, account_id: int, rows: Sequence[GivenRow]) -> dict[int, int]:
    """Insert contacts of a locked account that no row names twice; returns their ids by `n`."""
    if not rows:
        return {}
    await cursor.execute(INSERT, {"account_id": account_id, "rows": _json(rows)})
    return dict(await cursor.fetchall())


class GivenName(TypedDict):
    """Our name for a contact."""

    contact_id: int
    own_name: str
    folded: str


async def set_own_names(cursor: Cursor, names: Sequence[GivenName]) -> set[int]:
    """Set our names; returns the contacts that had another one. A trigger forgets the folded name that the second
    statement sets.
    """
    if not names:
        return set()
    values = {"rows": _json(names)}
    await cursor.execute(
        """update channels_contact k set own_name = g.own_name
           from jsonb_to_recordset(%(rows)s::jsonb) as g (contact_id bigint, own_name text)
           where k.id = g.contact_id and k.own_name is distinct from g.own_name returning k.id""",
        values,
    )
    changed = {row[0] for row in await cursor.fetchall()}
    if changed:
        await cursor.execute(
            """update channels_contact k set folded = g.folded
               from jsonb_to_recordset(%(rows)s::jsonb) as g (contact_id bigint, folded text)
               where k.id = g.contact_id and k.folded is distinct from g.folded""",
            values,
        )
    return changed


class GivenValue(TypedDict):
    """A value of a contact's field."""

    contact_id: int
    field_id: int
    value: object


async def put_values(cursor: Cursor, account_id: int, values: Sequence[GivenValue]) -> set[int]:
    """Store values; returns the contacts of which any differs. Those of a field that was deleted meanwhile are left
    out.
    """
    if not values:
        return set()
    await cursor.execute(
        """insert into channels_contact_value as stored (account_id, contact_id, field_id, value)
           select %(account_id)s, g.contact_id, g.field_id, g.value
           from jsonb_to_recordset(%(rows)s::jsonb) as g (contact_id bigint, field_id bigint, value jsonb)
           join contact_field f on f.id = g.field_id and f.deleted_at is null
           on conflict (contact_id, field_id) do update set value = excluded.value
               where stored.value <> excluded.value
           returning contact_id""",
        {"account_id": account_id, "rows": _json(values)},
    )
    return {row[0] for row in await cursor.fetchall()}


class Labelled(NamedTuple):
    """A label of a contact."""

    contact_id: int
    label_id: int


async def add_labels(cursor: Cursor, account_id: int, labels: Collection[Labelled]) -> set[int]:
    """Label contacts; returns those that did not have the label. One that was deleted meanwhile is left out."""
    if not labels:
        return set()
    await cursor.execute(
        """insert into channels_contact_label (account_id, contact_id, label_id)
           select %(account_id)s, g.contact_id, g.label_id
           from unnest(%(contact_ids)s::bigint[], %(label_ids)s::bigint[]) as g (contact_id, label_id)
           join label l on l.id = g.label_id and l.deleted_at is null
           on conflict do nothing returning contact_id""",
        {
            "account_id": account_id,
            "contact_ids": [one.contact_id for one in labels],
            "label_ids": [one.label_id for one in labels],
        },
    )
    return {row[0] for row in await cursor.fetchall()}


async def list_labels(cursor: Cursor) -> dict[str, int]:
    """The shared labels by name in lower case."""
    await cursor.execute("select lower(name), id from label where owner_id is null and deleted_at is null")
    return dict(await cursor.fetchall())


def _json(rows: Sequence[Mapping[str, object]]) -> str:
    return orjson.dumps(rows).decode()
