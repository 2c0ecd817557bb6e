"""Exports: requested, leased by a worker, downloadable until they expire."""

from typing import NamedTuple

from aiopg import Cursor

from server.store.db.keyset_pages import Page, page_of
from server.store.db.prepared import Prepared

EXPORT_JSON = """
    row_to_json((select x from (select
        e.id, e.account_id, e.contact_id, e.with_media, e.state, e.size, e.messages,
        rfc3339(e.expires_at) as expires_at, rfc3339(e.created_at) as created_at,
        rfc3339(e.updated_at) as updated_at) x))::text"""


async def insert_export(
    cursor: Cursor, account_id: int, contact_id: int | None, user_id: int | None, *, with_media: bool
) -> int | None:
    """Request an export; None while another one of the account runs. Raises LookupError for an unknown contact."""
    if contact_id is not None:
        await cursor.execute(
            "select from channels_contact where id = %s and account_id = %s", (contact_id, account_id)
        )
        if await cursor.fetchone() is None:
            raise LookupError(contact_id)
    await cursor.execute(
        """insert into channels_export (account_id, contact_id, user_id, with_media) values (%s, %s, %s, %s)
           on conflict (account_id) where state in ('waiting', 'running') do nothing returning id""",
        (account_id, contact_id, user_id, with_media),
    )
    row = await cursor.fetchone()
    return row and int(row[0])


async def list_exports(cursor: Cursor, account_id: int, limit: int, after: int | None) -> Page:
    """The exports of an account, newest first. The caller authorises, here and in the functions below."""
    await cursor.execute(
        f"""select {EXPORT_JSON}, '', e.id from channels_export e
            where e.account_id = %s and (%s::bigint is null or e.id < %s) order by e.id desc limit %s + 1""",
        (account_id, after, after, limit),
    )
    return page_of(await cursor.fetchall(), limit)


async def fetch_export(cursor: Cursor, account_id: int, export_id: int) -> str | None:
    """The export as JSON; None if there is none."""
    await cursor.execute(
        f"select {EXPORT_JSON} from channels_export e where e.account_id = %s and e.id = %s",
        (account_id, export_id),
    )
    row = await cursor.fetchone()
    return row and str(row[0])


class ExportFile(NamedTuple):
    """The blob of a finished export."""

    sha256: str
    size: int


async def fetch_file(cursor: Cursor, account_id: int, export_id: int) -> ExportFile | None:
    """The file of an export; None unless it is ready and has not expired."""
    await cursor.execute(
        """select sha256, size from channels_export
           where account_id = %s and id = %s and state = 'ready' and expires_at > now()""",
        (account_id, export_id),
    )
    row = await cursor.fetchone()
    return row and ExportFile(*row)


DELETE = """
    with deleted as (delete from channels_export e where {which} returning sha256)
    update channels_media_blob b set released_at = now() from deleted where b.sha256 = deleted.sha256"""


async def delete_export(cursor: Cursor, account_id: int, export_id: int) -> None:
    """Delete an export and release its blob."""
    await cursor.execute(DELETE.format(which="e.account_id = %s and e.id = %s"), (account_id, export_id))


async def delete_with_contact(cursor: Cursor, account_id: int, contact_id: int) -> None:
    """Delete the exports that contain, or may contain, an erased contact; one that is being written is discarded."""
    which = "e.account_id = %s and (e.contact_id is null or e.contact_id = %s)"
    await cursor.execute(DELETE.format(which=which), (account_id, contact_id))


async def delete_with_account(cursor: Cursor, account_id: int) -> None:
    """Delete all exports of an erased account; one that is being written is discarded."""
    await cursor.execute(DELETE.format(which="e.account_id = %s"), (account_id,))


async def delete_expired(cursor: Cursor) -> None:
    """Delete expired exports; the next cleanup of orphaned blobs deletes their files."""
    await cursor.execute(DELETE.format(which="e.expires_at < now()"))


class LeasedExport(NamedTuple):
    """An export that only this worker writes now."""

    id: int
    account_id: int
    contact_id: int | None
    with_media: bool
    tries: int


LEASE_EXPORT = Prepared(
    "lease_export",
    """
    with due as (select id from channels_export where state in ('waiting', 'running') and claimed_until < now()
                 order by id limit 1 for update skip locked)
    update channels_export e set state = 'running', tries = tries + 1, messages = 0,
        claimed_until = now() + make_interval(secs => %(seconds)s), updated_at = now()
    from due where e.id = due.id
    returning e.id, e.account_id, e.contact_id, e.with_media, e.tries""",
)


async def lease_export(cursor: Cursor, seconds: float) -> LeasedExport | None:
    """Lease the oldest export that waits or whose lease has expired; it is written from the beginning."""
    await LEASE_EXPORT.execute(cursor, {"seconds": seconds})
    row = await cursor.fetchone()
    return row and LeasedExport(*row)


async def renew_export(cursor: Cursor, export_id: int, seconds: float) -> None:
    """Extend the lease."""
    await cursor.execute(
        """update channels_export set claimed_until = now() + make_interval(secs => %s)
           where id = %s and state = 'running'""",
        (seconds, export_id),
    )


async def note_written(cursor: Cursor, export_id: int, messages: int) -> None:
    """Record how many messages the export has so far."""
    await cursor.execute(
        "update channels_export set messages = %s, updated_at = now() where id = %s", (messages, export_id)
    )


async def finish_export(cursor: Cursor, export_id: int, file: ExportFile | None, expires_days: int) -> bool:
    """Mark an export as ready, or (no file) failed; False if it was deleted meanwhile, and its blob is released."""
    sha256, size = file or (None, None)
    await cursor.execute(
        """update channels_export set state = case when %(sha256)s::text is null then 'failed' else 'ready' end,
               sha256 = %(sha256)s, size = %(size)s, expires_at = now() + make_interval(days => %(days)s),
               updated_at = now()
           where id = %(id)s and state = 'running'""",
        {"id": export_id, "sha256": sha256, "size": size, "days": expires_days},
    )
    if cursor.rowcount == 0:
        await cursor.execute(
            "update channels_media_blob set released_at = now() where sha256 = %s", (sha256,)
        )
    return bool(cursor.rowcount)
