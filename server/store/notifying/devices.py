"""The devices of users: browsers that get their web push, each within one session."""

from typing import NamedTuple

from aiopg import Cursor

# More than a user has; the oldest make room.
MOST_DEVICES = 20

# Of a row `d`; `%(session_id)s` is the caller's session.
DEVICE_JSON = """
    row_to_json((select x from (select d.id, d.name, rfc3339(d.created_at) as created_at,
        rfc3339(d.reached_at) as reached_at, d.session_id = %(session_id)s::uuid as is_current) x))::text"""


class NewDevice(NamedTuple):
    """A browser's subscription to web push, and how its user recognises it."""

    endpoint: str
    p256dh: bytes
    auth: bytes
    name: str


async def put_device(cursor: Cursor, user_id: int, session_id: str, device: NewDevice) -> str | None:
    """Store the browser of this session, in place of what it was subscribed to before, and of the user before;
    its JSON, or None if the session has just ended.
    """
    values = {"user_id": user_id, "session_id": session_id, "most": MOST_DEVICES - 1, **device._asdict()}
    await cursor.execute(
        """delete from webpush_device where session_id = %(session_id)s::uuid and endpoint <> %(endpoint)s
               or id in (select id from webpush_device where user_id = %(user_id)s and endpoint <> %(endpoint)s
                         order by id desc offset %(most)s)""",
        values,
    )
    await cursor.execute(
        f"""with session as (
                select id from sessions where id = %(session_id)s::uuid and revoked_at is null for share)
            insert into webpush_device as d (user_id, session_id, endpoint, p256dh, auth, name)
            select %(user_id)s, id, %(endpoint)s, %(p256dh)s, %(auth)s, %(name)s from session
            on conflict (endpoint) do update set user_id = excluded.user_id, session_id = excluded.session_id,
                p256dh = excluded.p256dh, auth = excluded.auth, name = excluded.name
            returning {DEVICE_JSON}""",
        values,
    )
    row = await cursor.fetchone()
    return row and str(row[0])


async def list_devices(cursor: Cursor, user_id: int, session_id: str) -> list[str]:
    """The user's devices as JSON, newest first."""
    await cursor.execute(
        f"select {DEVICE_JSON} from webpush_device d where d.user_id = %(user_id)s order by d.id desc",
        {"user_id": user_id, "session_id": session_id},
    )
    return [str(row[0]) for row in await cursor.fetchall()]


async def count_devices(cursor: Cursor, user_id: int) -> int:
    await cursor.execute("select count(*) from webpush_device where user_id = %s", (user_id,))
    return int((await cursor.fetchone())[0])


async def remove_device(cursor: Cursor, user_id: int, device_id: int) -> bool:
    """Remove a device of the user; False if it is none of theirs."""
    await cursor.execute("delete from webpush_device where id = %s and user_id = %s", (device_id, user_id))
    return bool(cursor.rowcount)


async def drop_device(cursor: Cursor, device_id: int) -> None:
    """Remove a device that its push service no longer knows."""
    await cursor.execute("delete from webpush_device where id = %s", (device_id,))


async def note_reached(cursor: Cursor, device_id: int) -> None:
    await cursor.execute("update webpush_device set reached_at = now() where id = %s", (device_id,))
