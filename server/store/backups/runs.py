"""The backups that were begun here: what doctor, the metrics and the schedule know of them."""

from datetime import datetime
from typing import NamedTuple

from aiopg import Cursor

from server.store.backups.sessions import ADVISORY_LOCK

REMEMBERED_DAYS = 90
INTERRUPTED = "interrupted"


class Run(NamedTuple):
    """The last whole backup, seen from now."""

    name: str
    location: str
    age_seconds: float
    seconds: float
    bytes: int
    copied_bytes: int
    files: int


class Outcome(NamedTuple):
    """A whole backup as it is noted; `copied_bytes` were not there before."""

    name: str
    bytes: int
    copied_bytes: int
    files: int


class Due(NamedTuple):
    """How long ago the last whole backup and the last try began; None: never."""

    done_seconds: float | None
    tried_seconds: float | None


async def begin_run(cursor: Cursor, location: str) -> int:
    """Note that a backup begins. Its process holds the lock: another one that is running here has died."""
    await cursor.execute(
        "update backup set state = 'failed', ended_at = now(), error = %s where state = 'running'",
        (INTERRUPTED,),
    )
    await cursor.execute(
        "delete from backup where begun_at < now() - make_interval(days => %s)", (REMEMBERED_DAYS,)
    )
    await cursor.execute("insert into backup (location) values (%s) returning id", (location,))
    return int((await cursor.fetchone())[0])


async def finish_run(cursor: Cursor, run_id: int, outcome: Outcome) -> None:
    """Note that a backup is whole."""
    await cursor.execute(
        """update backup set state = 'done', ended_at = clock_timestamp(), name = %(name)s, bytes = %(bytes)s,
               copied_bytes = %(copied_bytes)s, files = %(files)s
           where id = %(id)s""",
        outcome._asdict() | {"id": run_id},
    )


async def fail_run(cursor: Cursor, run_id: int, error: str) -> None:
    """Note why a backup failed."""
    await cursor.execute(
        "update backup set state = 'failed', ended_at = clock_timestamp(), error = %s where id = %s",
        (error, run_id),
    )


async def fetch_last(cursor: Cursor) -> Run | None:
    """The last whole backup; None if there is none."""
    await cursor.execute(
        """select name, location, extract(epoch from now() - begun_at)::float8,
               extract(epoch from ended_at - begun_at)::float8, bytes, copied_bytes, files
           from backup where state = 'done' order by ended_at desc limit 1"""
    )
    row = await cursor.fetchone()
    return row and Run(*row)


# One that is running holds the lock; one that does not was killed.
FETCH_FAILURE = """
    select case state when 'failed' then error when 'running' then case when not exists (
            select from pg_locks l where l.locktype = 'advisory' and l.granted and l.objsubid = 1
                and (l.classid::bigint << 32 | l.objid::bigint) = %s
                and l.database = (select oid from pg_database where datname = current_database()))
        then %s end end
    from backup order by id desc limit 1"""


async def fetch_failure(cursor: Cursor) -> str | None:
    """Why the last backup failed; None if it did not, or is running."""
    await cursor.execute(FETCH_FAILURE, (ADVISORY_LOCK, INTERRUPTED))
    row = await cursor.fetchone()
    reason: str | None = row and row[0]
    return reason


async def fetch_due(cursor: Cursor, location: str) -> Due:
    """What decides whether the next scheduled backup is due."""
    await cursor.execute(
        """select extract(epoch from now() - max(begun_at) filter (where state = 'done'))::float8,
               extract(epoch from now() - max(begun_at))::float8
           from backup where location = %s""",
        (location,),
    )
    return Due(*await cursor.fetchone())


class Restored(NamedTuple):
    """When this installation was restored, from which moment's backup, and what sweeps have found since."""

    at: datetime
    backup_at: datetime
    accounts: int
    swept: int
    found_late: int


async def fetch_restored(cursor: Cursor) -> Restored | None:
    """The last restore; None if this is no restored system."""
    await cursor.execute(
        """select i.restored_at, i.backup_at, count(a.id),
               count(a.id) filter (where a.last_sweep_at >= i.restored_at),
               coalesce(sum(a.found_late), 0)::bigint - i.late_before
           from installation i left join channels_account a on a.status = 'connected'
           where i.restored_at is not null group by i.is_only"""
    )
    row = await cursor.fetchone()
    return row and Restored(*row)


async def fetch_restored_at(cursor: Cursor) -> datetime | None:
    """When this installation was last restored."""
    await cursor.execute("select restored_at from installation")
    row = await cursor.fetchone()
    moment: datetime | None = row and row[0]
    return moment


async def ensure_installation(cursor: Cursor) -> str:
    """The id of this installation, made at its first backup."""
    await cursor.execute("insert into installation default values on conflict do nothing")
    await cursor.execute("select id::text from installation")
    return str((await cursor.fetchone())[0])
