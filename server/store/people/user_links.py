"""One-time links for a first or a new password. Each user has at most one, valid for one use."""

from datetime import datetime
from typing import NamedTuple

from aiopg import Cursor


class KnownLink(NamedTuple):
    """A valid link: its user, and what it is for."""

    user_id: int
    kind: str
    email: str
    name: str
    role: str


async def put_link(
    cursor: Cursor,
    user_id: int,
    token_hash: bytes,
    kind: str,
    seconds: int,
    made_by: int | None,
    *,
    nonce: bytes | None = None,
    is_mailed: bool = False,
) -> str:
    """Store a link in place of the user's earlier one; returns when it expires."""
    await cursor.execute(
        """insert into user_link (user_id, token_hash, kind, made_by, nonce, mail_due_at, expires_at)
           values (%s, %s, %s, %s, %s, case when %s then now() end, now() + make_interval(secs => %s))
           on conflict (user_id) do update set token_hash = excluded.token_hash, kind = excluded.kind,
               made_by = excluded.made_by, expires_at = excluded.expires_at, created_at = now(),
               nonce = excluded.nonce, mail_due_at = excluded.mail_due_at, mail_tries = 0, mailed_at = null
           returning rfc3339(expires_at)""",
        (user_id, token_hash, kind, made_by, nonce, is_mailed, seconds),
    )
    return str((await cursor.fetchone())[0])


COLUMNS = "l.user_id, l.kind, u.email, u.name, u.role"
IS_GOOD = "l.token_hash = %s and l.expires_at > now() and u.id = l.user_id and u.is_active"


async def fetch_user_link(cursor: Cursor, token_hash: bytes) -> KnownLink | None:
    """The link with this token; None if it is used, expired, or its user disabled."""
    await cursor.execute(f"select {COLUMNS} from user_link l, users u where {IS_GOOD}", (token_hash,))
    row = await cursor.fetchone()
    return row and KnownLink(*row)


async def use_user_link(cursor: Cursor, token_hash: bytes) -> KnownLink | None:
    """Use the link; None if it was used, has expired, or its user is disabled."""
    await cursor.execute(
        f"delete from user_link l using users u where {IS_GOOD} returning {COLUMNS}", (token_hash,)
    )
    row = await cursor.fetchone()
    return row and KnownLink(*row)


async def drop_link(cursor: Cursor, user_id: int) -> None:
    """Delete the user's link."""
    await cursor.execute("delete from user_link where user_id = %s", (user_id,))


async def fetch_kind(cursor: Cursor, user_id: int) -> str | None:
    """What the user's link is for, even if it has expired; None if there is none."""
    await cursor.execute("select kind from user_link where user_id = %s", (user_id,))
    row = await cursor.fetchone()
    return row and str(row[0])


class WantedMail(NamedTuple):
    """A link to mail, and its recipient."""

    email: str
    name: str
    kind: str
    nonce: bytes
    token_hash: bytes
    expires_at: datetime


async def take_due_mails(cursor: Cursor, limit: int, first_pause: float, longest_pause: float) -> list[int]:
    """The users whose links are due to be mailed; each is due again with exponential backoff until it expires."""
    await cursor.execute(
        """with due as (
               select user_id from user_link where mail_due_at <= now() order by mail_due_at limit %(limit)s
               for update skip locked)
           update user_link l set mail_tries = mail_tries + 1, mail_due_at = case when expires_at > now()
               then now() + make_interval(secs => least(%(first)s * 2 ^ least(mail_tries, 20), %(longest)s)) end
           from due where l.user_id = due.user_id returning l.user_id""",
        {"limit": limit, "first": first_pause, "longest": longest_pause},
    )
    return [int(row[0]) for row in await cursor.fetchall()]


async def fetch_mail(cursor: Cursor, user_id: int) -> WantedMail | None:
    """The link to mail; None if it was mailed, used or replaced, has expired, or the user is disabled."""
    await cursor.execute(
        """select u.email, u.name, l.kind, l.nonce, l.token_hash, l.expires_at at time zone 'UTC'
           from user_link l join users u on u.id = l.user_id and u.is_active
           where l.user_id = %s and l.mail_due_at is not null and l.expires_at > now()""",
        (user_id,),
    )
    row = await cursor.fetchone()
    return row and WantedMail(row[0], row[1], row[2], bytes(row[3]), bytes(row[4]), row[5])


async def note_mailed(cursor: Cursor, user_id: int, token_hash: bytes, *, is_sent: bool) -> None:
    """Record that the link was mailed or given up; a link that has replaced it meanwhile stays due."""
    await cursor.execute(
        """update user_link set mail_due_at = null, mailed_at = case when %s then now() end
           where user_id = %s and token_hash = %s""",
        (is_sent, user_id, token_hash),
    )


async def mail_again(cursor: Cursor, user_id: int, seconds: float) -> bool:
    """Have the user's link mailed again, unless it was mailed within `seconds`; False if there is none to mail."""
    await cursor.execute(
        """update user_link set mail_tries = 0, mail_due_at = case
               when coalesce(mailed_at < now() - make_interval(secs => %s), true) then now() else mail_due_at end
           where user_id = %s and nonce is not null and expires_at > now()""",
        (seconds, user_id),
    )
    return bool(cursor.rowcount)
