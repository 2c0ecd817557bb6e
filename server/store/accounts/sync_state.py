"""The state of an account's import and sweeps: progress, leases, and what came late."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from aiopg import Cursor

from server.store.accounts.accounts import PUSHED_ACCOUNT_JSON
from server.store.db.seq import OWN_SEQ


class LeasedImport(NamedTuple):
    """An import that only this worker continues now."""

    external_account_id: str
    cursor: str | None
    is_listed: bool


LEASE_IMPORT = """
    update channels_account set
        import_claimed_until = now() + make_interval(secs => %(seconds)s),
        import_due_at = now() + make_interval(secs => %(seconds)s), -- due for a check when the lease expires
        import_state = 'running',
        import_cursor = case when import_state = 'running' then import_cursor end,
        is_import_listed = import_state = 'running' and is_import_listed,
        import_wanted = import_state = 'running' and import_wanted
    where id = %(account_id)s and status = 'connected' and import_claimed_until < now()
        and (import_state <> 'done' or import_wanted)
    returning external_account_id, import_cursor, is_import_listed"""


async def lease_import(cursor: Cursor, account_id: int, seconds: float) -> LeasedImport | None:
    """Lease an account's import; None if it is done, leased by another worker, or the account is not connected."""
    await cursor.execute(LEASE_IMPORT, {"account_id": account_id, "seconds": seconds})
    row = await cursor.fetchone()
    return row and LeasedImport(*row)


async def renew_import(cursor: Cursor, account_id: int, seconds: float) -> None:
    """Extend the lease, unless it was released."""
    await cursor.execute(
        """update channels_account set import_claimed_until = now() + make_interval(secs => %(seconds)s),
               import_due_at = now() + make_interval(secs => %(seconds)s)
           where id = %(account_id)s and import_claimed_until > now()""",
        {"account_id": account_id, "seconds": seconds},
    )


async def request_import(cursor: Cursor, account_id: int) -> None:
    """Have the import run once more from the beginning, because UniPile has more history than when it began."""
    await cursor.execute(
        "update channels_account set import_wanted = true where id = %s and import_state <> 'none'",
        (account_id,),
    )


async def release_import(cursor: Cursor, account_id: int, seconds: float) -> None:
    """Release the lease for the next job; the import is due again after `seconds`, in case that job is lost."""
    await cursor.execute(
        """update channels_account set import_claimed_until = '-infinity',
               import_due_at = now() + make_interval(secs => %s) where id = %s""",
        (seconds, account_id),
    )


async def save_listed(cursor: Cursor, account_id: int, following: str | None) -> None:
    """Store where the next page of the chat list begins; None if all are listed."""
    await cursor.execute(
        "update channels_account set import_cursor = %s, is_import_listed = %s where id = %s",
        (following, following is None, account_id),
    )


async def list_begun(cursor: Cursor, account_id: int, provider_chat_ids: Sequence[str]) -> set[str]:
    """Which of these chats have been imported at least in part."""
    await cursor.execute(
        "select provider_chat_id from channels_import where account_id = %s and provider_chat_id = any(%s)",
        (account_id, list(provider_chat_ids)),
    )
    return {row[0] for row in await cursor.fetchall()}


async def save_position(
    cursor: Cursor, account_id: int, provider_chat_id: str, kind: str, following: str | None
) -> None:
    """Store where the next page of a chat begins; None if the chat is imported completely."""
    await cursor.execute(
        """insert into channels_import (account_id, provider_chat_id, kind, cursor) values (%s, %s, %s, %s)
           on conflict (account_id, provider_chat_id) do update set cursor = excluded.cursor""",
        (account_id, provider_chat_id, kind, following),
    )


class ImportPosition(NamedTuple):
    """A chat that is imported in part, and the cursor of its next page."""

    provider_chat_id: str
    kind: str
    cursor: str


async def next_position(cursor: Cursor, account_id: int) -> ImportPosition | None:
    """The next chat to import, in the order of the chat list; None if nothing is left."""
    await cursor.execute(
        """select provider_chat_id, kind, cursor from channels_import
           where account_id = %s and cursor is not null order by place limit 1""",
        (account_id,),
    )
    row = await cursor.fetchone()
    return row and ImportPosition(*row)


async def finish_import(cursor: Cursor, account_id: int) -> bool:
    """Mark the import as done and delete its positions; True if it was requested once more."""
    await cursor.execute("delete from channels_import where account_id = %s", (account_id,))
    await cursor.execute(
        """update channels_account set import_state = 'done', import_cursor = null, is_import_listed = false,
               import_claimed_until = '-infinity' where id = %s returning import_wanted""",
        (account_id,),
    )
    row = await cursor.fetchone()
    return bool(row and row[0])


async def count_imported(cursor: Cursor, account_id: int, count: int) -> None:
    """Count imported messages in the transaction that stores them, so that a rerun counts none twice."""
    await cursor.execute(
        "update channels_account set imported_messages = imported_messages + %s where id = %s",
        (count, account_id),
    )


async def bump_account_seq(cursor: Cursor, account_id: int) -> tuple[int, str] | None:
    """Take a seq for what was written to the account's row; returns (seq, account as pushed)."""
    await cursor.execute(
        f"""update channels_account a set {OWN_SEQ}
            where a.id = %s returning a.seq, {PUSHED_ACCOUNT_JSON}""",
        (account_id,),
    )
    row = await cursor.fetchone()
    return row and (int(row[0]), str(row[1]))


async def take_due_imports(cursor: Cursor, seconds: float) -> list[int]:
    """Connected accounts whose import is not leased; each is due again after `seconds`, so that one worker continues
    it.
    """
    await cursor.execute(
        """update channels_account set import_due_at = now() + make_interval(secs => %s)
           where status = 'connected' and import_claimed_until < now() and import_due_at <= now()
               and (import_state <> 'done' or import_wanted)
           returning id""",
        (seconds,),
    )
    return [row[0] for row in await cursor.fetchall()]


async def fetch_connected_at(cursor: Cursor, account_id: int) -> datetime | None:
    """When the account was first connected here; older messages are history."""
    await cursor.execute("select connected_at from channels_account where id = %s", (account_id,))
    row = await cursor.fetchone()
    connected_at: datetime | None = row[0] if row else None
    return connected_at


async def list_stored_ids(cursor: Cursor, account_id: int, provider_msg_ids: Sequence[str]) -> set[str]:
    """Which of these messages are stored."""
    await cursor.execute(
        "select provider_msg_id from channels_message where account_id = %s and provider_msg_id = any(%s)",
        (account_id, list(provider_msg_ids)),
    )
    return {row[0] for row in await cursor.fetchall()}


class LeasedSweep(NamedTuple):
    """A sweep that only this worker runs now."""

    external_account_id: str
    began_at: datetime
    after: datetime


LEASE_SWEEP = """
    update channels_account set sweep_claimed_until = now() + make_interval(secs => %(seconds)s)
    where id = %(account_id)s and status = 'connected' and sweep_claimed_until < now()
    returning external_account_id, now(),
        coalesce(last_sweep_at, connected_at, created_at) - make_interval(secs => %(margin)s)"""


async def lease_sweep(
    cursor: Cursor, account_id: int, *, seconds: float, margin: float
) -> LeasedSweep | None:
    """Lease an account's sweep; None if another worker has it or the account is not connected."""
    await cursor.execute(LEASE_SWEEP, {"account_id": account_id, "seconds": seconds, "margin": margin})
    row = await cursor.fetchone()
    return row and LeasedSweep(*row)


async def renew_sweep(cursor: Cursor, account_id: int, seconds: float) -> None:
    """Extend the lease, unless it was released."""
    await cursor.execute(
        """update channels_account set sweep_claimed_until = now() + make_interval(secs => %s)
           where id = %s and sweep_claimed_until > now()""",
        (seconds, account_id),
    )


async def release_sweep(cursor: Cursor, account_id: int) -> None:
    """Release the lease without a result."""
    await cursor.execute(
        "update channels_account set sweep_claimed_until = '-infinity' where id = %s", (account_id,)
    )


async def finish_sweep(cursor: Cursor, account_id: int, began_at: datetime, seconds: float) -> None:
    """Record that everything up to the sweep's beginning was read; the next is due in `seconds`."""
    await cursor.execute(
        """update channels_account set last_sweep_at = greatest(last_sweep_at, %s), sweep_claimed_until = '-infinity',
               sweep_due_at = now() + make_interval(secs => %s) where id = %s""",
        (began_at, seconds, account_id),
    )


async def read_clock(cursor: Cursor) -> float:
    """The database's clock as Unix seconds."""
    await cursor.execute("select extract(epoch from clock_timestamp())::float8")
    row = await cursor.fetchone()
    return float(row[0]) if row else 0.0


async def wants_sweep(cursor: Cursor, account_id: int, moment: datetime) -> bool:
    """Whether the account is connected and no sweep that began after this time has finished."""
    await cursor.execute(
        """select coalesce(last_sweep_at, '-infinity') < %s from channels_account
           where id = %s and status = 'connected'""",
        (moment, account_id),
    )
    row = await cursor.fetchone()
    return bool(row and row[0])


async def note_late(cursor: Cursor, account_id: int, count: int, oldest: str, *, is_first: bool) -> None:
    """Count messages that a sweep found; the gap reaches back to the oldest of this sweep. `is_first`: the sweep's
    first page with any.
    """
    values = {
        "account_id": account_id,
        "count": count,
        "oldest": oldest,
        "is_first": is_first,
    }
    await cursor.execute(
        """update channels_account set found_late = found_late + %(count)s,
               oldest_gap_at = case when %(is_first)s then %(oldest)s::timestamptz
                   else least(oldest_gap_at, %(oldest)s::timestamptz) end,
               gap_seconds = extract(epoch from now() - case when %(is_first)s then %(oldest)s::timestamptz
                   else least(oldest_gap_at, %(oldest)s::timestamptz) end)::bigint
           where id = %(account_id)s""",
        values,
    )


async def take_due_sweeps(cursor: Cursor, seconds: float) -> list[int]:
    """Connected accounts whose sweep is due; each is due again after `seconds`, so that one worker runs it."""
    await cursor.execute(
        """update channels_account set sweep_due_at = now() + make_interval(secs => %s)
           where status = 'connected' and sweep_due_at <= now() returning id""",
        (seconds,),
    )
    return [row[0] for row in await cursor.fetchall()]


async def list_unswept(cursor: Cursor, seconds: float) -> list[int]:
    """Connected accounts that were not swept within `seconds`, by id."""
    await cursor.execute(
        """select id from channels_account where status = 'connected'
               and coalesce(last_sweep_at, '-infinity') < now() - make_interval(secs => %s) order by id""",
        (seconds,),
    )
    return [row[0] for row in await cursor.fetchall()]
