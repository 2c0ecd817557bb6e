"""Stores a batch of an import in few statements, because it holds the account's lock meanwhile."""

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple, TypedDict

import orjson
from aiopg import Cursor

from server.store.db.prepared import Prepared
from server.store.db.transaction import execute_later


class GivenRow(TypedDict):
    """A row of a batch; `n` identifies it. `aliases` are all ids that it names, the first that of a new contact."""

    n: int
    contact_id: int | None
    aliases: list[str]
    phone: str | None
    username: str | None
    own_name: str | None
    folded: str | None


# Everyone else who writes to the account waits from here to the commit, so a batch makes few round trips: what needs no
# answer travels with the next statement.
LOCK = "select from channels_account where id = %(account_id)s for no key update"
FIND = Prepared(
    "find_imported_contacts",
    """
    with given as (
        select g.* from jsonb_to_recordset(%(rows)s::jsonb)
            as g (n integer, contact_id bigint, aliases text[], username text)
    ), found as (
        select g.n, k.id from given g
        cross join lateral (
            select t.id from channels_contact t where t.id = g.contact_id and t.account_id = %(account_id)s offset 0) k
        union
        select g.n, a.contact_id from given g cross join unnest(g.aliases) one
        cross join lateral (
            select t.contact_id from channels_contact_alias t
            where t.account_id = %(account_id)s and t.alias = one offset 0) a
        union
        select g.n, k.id from given g
        cross join lateral (
            select t.id from channels_contact t
            where t.account_id = %(account_id)s and t.username is not null and lower(t.username) = lower(g.username)
            offset 0) k
        where g.username is not null
    )
    select n, array_agg(id) from found group by n
    union all
    select null, null from channels_account where id = %(account_id)s and erasing_since is null""",
)


async def find_contacts(
    cursor: Cursor, account_id: int, rows: Sequence[GivenRow]
) -> dict[int, list[int]] | None:
    """The contacts that each row names, by `n`; more than one where its ids are of different contacts. None if the
    account is being erased.
    """
    await FIND.execute(cursor, {"account_id": account_id, "rows": _json(rows)})
    found = dict(await cursor.fetchall())
    if None not in found:
        return None
    del found[None]
    return found


async def lock_and_find(
    cursor: Cursor, account_id: int, rows: Sequence[GivenRow]
) -> dict[int, list[int]] | None:
    """The same with the account locked. A statement sees what was committed while the one before it waited."""
    await execute_later(cursor, LOCK, {"account_id": account_id})
    return await find_contacts(cursor, account_id, rows)


# Whatever WhatsApp reports later is newer. A new contact is not pushed, as elsewhere: no chat shows it yet.
INSERT = Prepared(
    "insert_imported_contacts",
    """
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
    select g.n, f.id from fresh f join given g on g.aliases[1] = f.provider_id""",
)


async def insert_contacts(cursor: Cursor, account_id: int, rows: Sequence[GivenRow]) -> dict[int, int]:
    """Insert contacts of a locked account that no row names twice; returns their ids by `n`."""
    if not rows:
        return {}
    await INSERT.execute(cursor, {"account_id": account_id, "rows": _json(rows)})
    return dict(await cursor.fetchall())


class GivenName(TypedDict):
    """Our name for a contact."""

    contact_id: int
    own_name: str
    folded: str


class GivenValue(TypedDict):
    """A value of a contact's field."""

    contact_id: int
    field_id: int
    value: object


class Labelled(NamedTuple):
    """A label of a contact."""

    contact_id: int
    label_id: int


class Changed(NamedTuple):
    """The contacts that got another name, and those of which any other thing changed."""

    renamed: set[int]
    others: set[int]


# Values and labels of a field or label that was deleted meanwhile are left out.
CHANGE = Prepared(
    "change_imported_contacts",
    """
    with named as (
        update channels_contact k set own_name = g.own_name
        from jsonb_to_recordset(%(names)s::jsonb) as g (contact_id bigint, own_name text)
        where k.id = g.contact_id and k.own_name is distinct from g.own_name returning k.id
    ), valued as (
        insert into channels_contact_value as stored (account_id, contact_id, field_id, value)
        select %(account_id)s, g.contact_id, g.field_id, g.value
        from jsonb_to_recordset(%(values)s::jsonb) as g (contact_id bigint, field_id bigint, value jsonb)
        join contact_field f on f.id = g.field_id and f.deleted_at is null
        on conflict (contact_id, field_id) do update set value = excluded.value where stored.value <> excluded.value
        returning contact_id
    ), labelled as (
        insert into channels_contact_label (account_id, contact_id, label_id)
        select %(account_id)s, g.contact_id, g.label_id
        from unnest(%(contact_ids)s::bigint[], %(label_ids)s::bigint[]) as g (contact_id, label_id)
        join label l on l.id = g.label_id and l.deleted_at is null
        on conflict do nothing returning contact_id
    )
    select id, true from named
    union all select contact_id, false from valued
    union all select contact_id, false from labelled""",
)
# A trigger forgets the folded name with the name.
FOLD = """
    update channels_contact k set folded = g.folded
    from jsonb_to_recordset(%(names)s::jsonb) as g (contact_id bigint, folded text)
    where k.id = g.contact_id and k.folded is distinct from g.folded"""


async def change_contacts(
    cursor: Cursor,
    account_id: int,
    names: Sequence[GivenName],
    values: Sequence[GivenValue],
    labels: Collection[Labelled],
) -> Changed:
    """Set our names, values and labels of contacts of a locked account."""
    if not names and not values and not labels:
        return Changed(set(), set())
    given = {
        "account_id": account_id,
        "names": _json(names),
        "values": _json(values),
        "contact_ids": [one.contact_id for one in labels],
        "label_ids": [one.label_id for one in labels],
    }
    await CHANGE.execute(cursor, given)
    rows = await cursor.fetchall()
    changed = Changed({row[0] for row in rows if row[1]}, {row[0] for row in rows if not row[1]})
    if changed.renamed:
        await execute_later(cursor, FOLD, {"names": given["names"]})
    return changed


async def commit_later(cursor: Cursor) -> None:
    """Let the commit not wait for the disk: what a crash of Postgres takes, the import does again from where it then
    is. Not for what others are told of.
    """
    await execute_later(cursor, "set local synchronous_commit to off", {})


async def list_labels(cursor: Cursor) -> dict[str, int]:
    """The shared labels by name in lower case."""
    await cursor.execute("select lower(name), id from label where owner_id is null and deleted_at is null")
    return dict(await cursor.fetchall())


def _json(rows: Sequence[Mapping[str, object]]) -> str:
    return orjson.dumps(rows).decode()
