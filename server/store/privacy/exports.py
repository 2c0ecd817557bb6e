"""Exports: who asked for what, how far it is, and until when it can be fetched."""

from typing import NamedTuple

from aiopg import Cursor

from server.store.db.pages import Page, page_of

EXPORT_JSON = """
    row_to_json((select x from (select
        e.id, e.account_id, e.contact_id, e.with_media, e.state, e.size, e.messages,
        rfc3339(e.expires_at) as expires_at, rfc3339(e.created_at) as created_at,
        rfc3339(e.updated_at) as updated_at) x))::text"""


async def insert_export(
    cursor: Cursor, account_id: int, contact_id: int | None, user_id: int | None, *, with_media: bool
) -> int | None:
    """Ask for one; None while another of the account is under way. LookupError: there is no such contact."""
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
    """Newest first. Authorising is the caller's, as it is of all that follows."""
    await cursor.execute(
        f"""select {EXPORT_JSON}, '', e.id from channels_export e
            where e.account_id = %s and (%s::bigint is null or e.id < %s) order by e.id desc limit %s + 1""",
        (account_id, after, after, limit),
    )
    return page_of(await cursor.fetchall(), limit)


async def fetch_export(cursor: Cursor, account_id: int, export_id: int) -> str | None:
    await cursor.execute(
        f"select {EXPORT_JSON} from channels_export e where e.account_id = %s and e.id = %s",
        (account_id, export_id),
    )
    row = await cursor.fetchone()
    return row and str(row[0])


class ExportFile(NamedTuple):
    sha256: str
    size: int


async def fetch_file(cursor: Cursor, account_id: int, export_id: int) -> ExportFile | None:
    """None unless it is ready and has not expired."""
    await cursor.execute(
        """select sha256, size from channels_export
           where account_id = %s and id = %s and state = 'ready' and expires_at > now()""",
        (account_id, export_id),
    )
    row = await cursor.fetchone()
    return row and ExportFile(*row)


DELETE = """
    with gone as (delete from channels_export e where {which} returning sha256)
    update channels_media_blob b set released_at = now() from gone where b.sha256 = gone.sha256"""


async def delete_export(cursor: Cursor, account_id: int, export_id: int) -> None:
    await cursor.execute(DELETE.format(which="e.account_id = %s and e.id = %s"), (account_id, export_id))


async def delete_with_contact(cursor: Cursor, account_id: int, contact_id: int) -> None:
    """Those that somebody who is erased is in, or may be in; one that is being written comes to nothing."""
    which = "e.account_id = %s and (e.contact_id is null or e.contact_id = %s)"
    await cursor.execute(DELETE.format(which=which), (account_id, contact_id))


async def delete_with_account(cursor: Cursor, account_id: int) -> None:
    """All of a number that is erased; one that is being written comes to nothing."""
    await cursor.execute(DELETE.format(which="e.account_id = %s"), (account_id,))


async def delete_expired(cursor: Cursor) -> None:
    """Their files go with the next round that clears what nothing refers to."""
    await cursor.execute(DELETE.format(which="e.expires_at < now()"))


class LeasedExport(NamedTuple):
    """One that this worker, and nobody else, writes now."""

    id: int
    account_id: int
    contact_id: int | None
    with_media: bool
    tries: int


async def lease_export(cursor: Cursor, seconds: float) -> LeasedExport | None:
    """The oldest that waits, or that a worker began which is gone: it is written anew from its beginning."""
    await cursor.execute(
        """with due as (select id from channels_export where state in ('waiting', 'running') and claimed_until < now()
                        order by id limit 1 for update skip locked)
           update channels_export e set state = 'running', tries = tries + 1, messages = 0,
               claimed_until = now() + make_interval(secs => %s), updated_at = now()
           from due where e.id = due.id
           returning e.id, e.account_id, e.contact_id, e.with_media, e.tries""",
        (seconds,),
    )
    row = await cursor.fetchone()
    return row and LeasedExport(*row)


async def renew_export(cursor: Cursor, export_id: int, seconds: float) -> None:
    await cursor.execute(
        """update channels_export set claimed_until = now() + make_interval(secs => %s)
           where id = %s and state = 'running'""",
        (seconds, export_id),
    )


async def note_written(cursor: Cursor, export_id: int, messages: int) -> None:
    """How many messages it has so far."""
    await cursor.execute(
        "update channels_export set messages = %s, updated_at = now() where id = %s", (messages, export_id)
    )


async def finish_export(cursor: Cursor, export_id: int, file: ExportFile | None, expires_days: int) -> bool:
    """Ready, or failed where there is no file; False when nobody wants it any more: its bytes are let go."""
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
