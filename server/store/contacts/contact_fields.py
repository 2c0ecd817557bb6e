"""Fields of contacts that the team defines: created, changed, deleted, and what of deleted ones is removed later."""

from collections.abc import Collection
from typing import NamedTuple, TypedDict

import psycopg2
from aiopg import Cursor

from server.errors import ConfabError
from server.said.said import said

FIELD_JSON = """
    row_to_json((select x from (select
        f.id, f.name, f.kind, f.options, rfc3339(f.created_at) as created_at) x))::text"""
MAX_FIELDS = 100
NAME_TAKEN = said("field_name_taken")
TOO_MANY = said("fields_too_many", most=MAX_FIELDS)


class ContactField(NamedTuple):
    """A field that is not deleted; `options` is what a list offers."""

    id: int
    name: str
    kind: str
    options: list[str]


class FieldChanges(TypedDict, total=False):
    """What to change of a field; what is absent stays. Its kind never changes: the values are of that kind."""

    name: str
    options: list[str]


async def list_fields(cursor: Cursor) -> list[str]:
    """The fields as JSON, in the order they were created."""
    await cursor.execute(f"select {FIELD_JSON} from contact_field f where f.deleted_at is null order by f.id")
    return [str(row[0]) for row in await cursor.fetchall()]


FETCH = """
    select f.id, f.name, f.kind, f.options from contact_field f
    where f.deleted_at is null and (%(ids)s::bigint[] is null or f.id = any(%(ids)s)) order by f.id"""


async def read_fields(cursor: Cursor) -> dict[int, ContactField]:
    """All fields, by id and in their order."""
    await cursor.execute(FETCH, {"ids": None})
    return {row[0]: ContactField(*row) for row in await cursor.fetchall()}


async def fetch_fields(cursor: Cursor, field_ids: Collection[int] | None = None) -> dict[int, ContactField]:
    """These fields, or (None) all, by id and in their order; none of them is deleted before the transaction ends."""
    await cursor.execute(f"{FETCH} for share", {"ids": None if field_ids is None else list(field_ids)})
    return {row[0]: ContactField(*row) for row in await cursor.fetchall()}


async def fetch_field_json(cursor: Cursor, field_id: int) -> str:
    """An existing field as JSON."""
    await cursor.execute(f"select {FIELD_JSON} from contact_field f where f.id = %s", (field_id,))
    return str((await cursor.fetchone())[0])


async def lock_field(cursor: Cursor, field_id: int) -> ContactField | None:
    """Lock a field to change it; None if there is none."""
    await cursor.execute(
        """select f.id, f.name, f.kind, f.options from contact_field f
           where f.id = %s and f.deleted_at is null for update""",
        (field_id,),
    )
    row = await cursor.fetchone()
    return row and ContactField(*row)


async def insert_field(
    cursor: Cursor, name: str, kind: str, options: Collection[str], created_by: int
) -> int:
    """Insert a field and return its id; raises conflict if the name is taken or there are too many."""
    await cursor.execute("lock table contact_field in share row exclusive mode")
    await cursor.execute("select count(*) from contact_field where deleted_at is null")
    if (await cursor.fetchone())[0] >= MAX_FIELDS:
        raise ConfabError("conflict", TOO_MANY)
    try:
        await cursor.execute(
            "insert into contact_field (name, kind, options, created_by) values (%s, %s, %s, %s) returning id",
            (name, kind, list(options), created_by),
        )
    except psycopg2.errors.UniqueViolation as error:
        raise ConfabError("conflict", NAME_TAKEN) from error
    return int((await cursor.fetchone())[0])


async def change_field(cursor: Cursor, field_id: int, changes: FieldChanges) -> None:
    """Rename a locked field or set its options; raises conflict if the name is taken."""
    try:
        await cursor.execute(
            """update contact_field set name = coalesce(%(name)s, name), options = coalesce(%(options)s, options),
                   updated_at = now() where id = %(id)s""",
            {"id": field_id, "name": changes.get("name"), "options": changes.get("options")},
        )
    except psycopg2.errors.UniqueViolation as error:
        raise ConfabError("conflict", NAME_TAKEN) from error


async def delete_field(cursor: Cursor, field_id: int) -> None:
    """Mark a locked field as deleted: its values are no longer read, and `remove_deleted` removes them."""
    await cursor.execute(
        "update contact_field set deleted_at = now(), updated_at = now() where id = %s", (field_id,)
    )


# The rows of deleted fields and labels, which no list shows. In steps, so that no lock lasts.
REMOVE_DELETED = (
    """delete from channels_contact_value v using (
           select x.contact_id, x.field_id from contact_field f
           join channels_contact_value x on x.field_id = f.id
           where f.deleted_at is not null limit %(limit)s) old
       where v.contact_id = old.contact_id and v.field_id = old.field_id""",
    """delete from channels_contact_label v using (
           select x.contact_id, x.label_id from label l join channels_contact_label x on x.label_id = l.id
           where l.deleted_at is not null limit %(limit)s) old
       where v.contact_id = old.contact_id and v.label_id = old.label_id""",
)


async def remove_deleted(cursor: Cursor, limit: int) -> bool:
    """Remove values of deleted fields and deleted labels from contacts; False while more may be left."""
    counts = []
    for statement in REMOVE_DELETED:
        await cursor.execute(statement, {"limit": limit})
        counts.append(cursor.rowcount)
    if not counts[0]:
        await cursor.execute("delete from contact_field where deleted_at is not null")
    return max(counts) < limit
