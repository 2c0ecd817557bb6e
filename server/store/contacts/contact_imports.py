"""Imports of contacts: uploaded, checked, run by a worker that leases them, and kept with their rejected rows for some
days.
"""

from collections.abc import Sequence
from typing import NamedTuple, TypedDict

import orjson
import psycopg2
from aiopg import Cursor

from server.errors import ConfabError
from server.said.said import said
from server.store.db.keyset_pages import Page, page_of
from server.store.db.transaction import execute_later

IMPORT_JSON = """
    row_to_json((select x from (select
        i.id, i.account_id, i.file_name, i.state, i.columns, i.sample, i.targets, i.mode, i.label_id, i.rows,
        i.position, i.added, i.updated, i.unchanged, i.rejected, rfc3339(i.expires_at) as expires_at,
        rfc3339(i.created_at) as created_at, rfc3339(i.updated_at) as updated_at) x))::text"""
RUNNING = said("import_running")


class NewImport(TypedDict):
    """An uploaded table."""

    account_id: int
    user_id: int | None
    file_name: str
    sha256: str
    size: int
    columns: list[str]
    sample: list[list[str]]
    targets: list[str]
    rows: int


async def insert_import(cursor: Cursor, new: NewImport, days: int) -> str:
    """Insert an uploaded table and return it as JSON; its file's blob is stored."""
    await cursor.execute(
        f"""insert into contact_import as i
                (account_id, user_id, file_name, sha256, size, columns, sample, targets, rows, expires_at)
            values (%(account_id)s, %(user_id)s, %(file_name)s, %(sha256)s, %(size)s, %(columns)s, %(sample)s::jsonb,
                %(targets)s, %(rows)s, now() + make_interval(days => %(days)s))
            returning {IMPORT_JSON}""",
        {**new, "sample": orjson.dumps(new["sample"]).decode(), "days": days},
    )
    return str((await cursor.fetchone())[0])


async def list_imports(cursor: Cursor, account_id: int, limit: int, after: int | None) -> Page:
    """The imports of an account, newest first. The caller authorises, here and in the functions below."""
    await cursor.execute(
        f"""select {IMPORT_JSON}, '', i.id from contact_import i
            where i.account_id = %s and (%s::bigint is null or i.id < %s) order by i.id desc limit %s + 1""",
        (account_id, after, after, limit),
    )
    return page_of(await cursor.fetchall(), limit)


async def fetch_import(cursor: Cursor, account_id: int, import_id: int) -> str | None:
    """The import as JSON; None if there is none."""
    await cursor.execute(
        f"select {IMPORT_JSON} from contact_import i where i.account_id = %s and i.id = %s",
        (account_id, import_id),
    )
    row = await cursor.fetchone()
    return row and str(row[0])


class StoredImport(NamedTuple):
    """What decides how an import can go on."""

    state: str
    columns: list[str]
    targets: list[str]
    mode: str
    rows: int


async def lock_import(cursor: Cursor, account_id: int, import_id: int) -> StoredImport | None:
    await cursor.execute(
        """select state, columns, targets, mode, rows from contact_import
           where account_id = %s and id = %s for update""",
        (account_id, import_id),
    )
    row = await cursor.fetchone()
    return row and StoredImport(*row)


class ImportChoices(TypedDict):
    """What the columns mean, which contacts to change, and a label for all of them."""

    targets: list[str]
    mode: str
    label_id: int | None


async def begin_check(cursor: Cursor, import_id: int, choices: ImportChoices) -> None:
    """Queue the check of a locked import; raises conflict while another one of the account runs."""
    await cursor.execute(
        "update contact_import set targets = %(targets)s, mode = %(mode)s, label_id = %(label_id)s where id = %(id)s",
        {**choices, "id": import_id},
    )
    await _begin(cursor, import_id, "checking")


async def begin_run(cursor: Cursor, import_id: int) -> None:
    """Queue the run of a locked, checked import from its first row; raises conflict as above."""
    await _begin(cursor, import_id, "running")


async def _begin(cursor: Cursor, import_id: int, state: str) -> None:
    await cursor.execute("delete from contact_import_rejection where import_id = %s", (import_id,))
    try:
        await cursor.execute(
            """update contact_import set state = %s, position = 0, added = 0, updated = 0, unchanged = 0, rejected = 0,
                   claimed_until = '-infinity', updated_at = now() where id = %s""",
            (state, import_id),
        )
    except psycopg2.errors.UniqueViolation as error:
        raise ConfabError("conflict", RUNNING) from error


DELETE_OLD = "delete from contact_import i using old where i.id = old.id"
END = """
    with old as (select id, sha256 from contact_import where {which} for update), ended as ({change})
    update channels_media_blob b set released_at = now() from old where b.sha256 = old.sha256"""


async def delete_import(cursor: Cursor, account_id: int, import_id: int) -> None:
    """Delete an import in any state and release its file; what it has stored stays."""
    await cursor.execute(
        END.format(which="account_id = %s and id = %s", change=DELETE_OLD), (account_id, import_id)
    )


async def delete_expired(cursor: Cursor) -> None:
    """Delete imports that have ended, or were not run, for some days."""
    which = "expires_at < now() and state not in ('checking', 'running')"
    await cursor.execute(END.format(which=which, change=DELETE_OLD))


async def delete_with_account(cursor: Cursor, account_id: int) -> None:
    """Delete the imports of an erased account."""
    await cursor.execute(END.format(which="account_id = %s", change=DELETE_OLD), (account_id,))


async def cancel_with_contact(cursor: Cursor, account_id: int) -> None:
    """Drop all files and rows of imports, which may contain an erased contact; one that is running stops."""
    await cursor.execute(
        """delete from contact_import_rejection r using contact_import i
           where i.id = r.import_id and i.account_id = %s""",
        (account_id,),
    )
    change = """update contact_import i set sha256 = null, sample = '[]', updated_at = now(),
        state = case when i.state in ('done', 'failed') then i.state else 'cancelled' end
        from old where i.id = old.id"""
    await cursor.execute(END.format(which="account_id = %s", change=change), (account_id,))


class LeasedImport(NamedTuple):
    """An import that only this worker runs now."""

    id: int
    account_id: int
    sha256: str
    size: int
    state: str
    targets: list[str]
    mode: str
    label_id: int | None
    rows: int
    position: int


async def lease_import(cursor: Cursor, seconds: float) -> LeasedImport | None:
    """Lease the oldest import that waits or whose lease has expired; it continues at its position."""
    await cursor.execute(
        """with due as (select id from contact_import where state in ('checking', 'running') and claimed_until < now()
                        order by id limit 1 for update skip locked)
           update contact_import i set claimed_until = now() + make_interval(secs => %s)
           from due where i.id = due.id
           returning i.id, i.account_id, i.sha256, i.size, i.state, i.targets, i.mode, i.label_id, i.rows,
               i.position""",
        (seconds,),
    )
    row = await cursor.fetchone()
    return row and LeasedImport(*row)


async def renew_import(cursor: Cursor, import_id: int, seconds: float) -> None:
    """Extend the lease."""
    await cursor.execute(
        """update contact_import set claimed_until = now() + make_interval(secs => %s)
           where id = %s and state in ('checking', 'running')""",
        (seconds, import_id),
    )


async def is_at(cursor: Cursor, leased: LeasedImport) -> bool:
    """Lock the import; False if it has ended or another worker has stored rows of it since."""
    await cursor.execute(
        "select from contact_import where id = %s and state = %s and position = %s for update",
        (leased.id, leased.state, leased.position),
    )
    return await cursor.fetchone() is not None


class Rejection(TypedDict):
    """A row that was not imported, and why: as text, and as the app reads it."""

    row: int
    reason: str
    said: dict[str, object]
    cells: list[str]


class Counts(NamedTuple):
    """What became of the rows of a batch."""

    added: int
    updated: int
    unchanged: int


MOVE_ON = """
    update contact_import set added = added + %(added)s, updated = updated + %(updated)s,
        unchanged = unchanged + %(unchanged)s, rejected = rejected + %(rejected)s,
        position = position + %(added)s + %(updated)s + %(unchanged)s + %(rejected)s, updated_at = now()
    where id = %(id)s"""
REJECT = """
    insert into contact_import_rejection (import_id, row, reason, said, cells)
    select %(id)s, x.row, x.reason, x.said, x.cells
    from jsonb_to_recordset(%(rows)s::jsonb) as x (row integer, reason text, said jsonb, cells text[])"""


async def move_on(cursor: Cursor, import_id: int, counts: Counts, rejections: Sequence[Rejection]) -> None:
    """Store what became of a batch, with the commit of its transaction."""
    if rejections:
        await execute_later(cursor, REJECT, {"id": import_id, "rows": orjson.dumps(rejections).decode()})
    await execute_later(cursor, MOVE_ON, {**counts._asdict(), "rejected": len(rejections), "id": import_id})


async def finish_import(cursor: Cursor, leased: LeasedImport, state: str) -> None:
    """Set the state that follows; the file of one that has ended is released."""
    await cursor.execute(
        """update contact_import set state = %(state)s, updated_at = now(),
               sha256 = case when %(state)s = 'checked' then sha256 end,
               sample = case when %(state)s = 'checked' then sample else '[]' end
           where id = %(id)s and state = %(before)s""",
        {"state": state, "id": leased.id, "before": leased.state},
    )
    if state != "checked" and cursor.rowcount:
        await cursor.execute(
            "update channels_media_blob set released_at = now() where sha256 = %s", (leased.sha256,)
        )


class RejectedRow(NamedTuple):
    """A rejected row as the table of the result has it."""

    row: int
    reason: str
    cells: list[str]


async def list_rejections(
    cursor: Cursor, account_id: int, import_id: int, after: int, limit: int
) -> list[RejectedRow]:
    """Rejected rows after this one, in their order."""
    await cursor.execute(
        """select r.row, r.reason, r.cells from contact_import_rejection r
           join contact_import i on i.id = r.import_id and i.account_id = %s
           where r.import_id = %s and r.row > %s order by r.row limit %s""",
        (account_id, import_id, after, limit),
    )
    return [RejectedRow(*row) for row in await cursor.fetchall()]


async def page_rejections(cursor: Cursor, account_id: int, import_id: int, after: int, limit: int) -> Page:
    """The same as JSON, for the app."""
    await cursor.execute(
        """select row_to_json((select x from (select r.row, r.reason as message, r.said as reason, r.cells) x))::text,
               '', r.row
           from contact_import_rejection r join contact_import i on i.id = r.import_id and i.account_id = %s
           where r.import_id = %s and r.row > %s order by r.row limit %s + 1""",
        (account_id, import_id, after, limit),
    )
    return page_of(await cursor.fetchall(), limit)
