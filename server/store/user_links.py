"""One-time links: the way to a first or a new password. Each person has one at most, and it is good once."""

from typing import NamedTuple

from aiopg import Cursor


class KnownLink(NamedTuple):
    """Whom a link is for, and what it does."""

    user_id: int
    kind: str
    email: str
    name: str
    role: str


async def put_link(
    cursor: Cursor, user_id: int, token_hash: bytes, kind: str, seconds: int, made_by: int | None
) -> str:
    """Keep a link in place of the person's earlier one; returns when it expires."""
    await cursor.execute(
        """insert into user_link (user_id, token_hash, kind, made_by, expires_at)
           values (%s, %s, %s, %s, now() + make_interval(secs => %s))
           on conflict (user_id) do update set token_hash = excluded.token_hash, kind = excluded.kind,
               made_by = excluded.made_by, expires_at = excluded.expires_at, created_at = now()
           returning rfc3339(expires_at)""",
        (user_id, token_hash, kind, made_by, seconds),
    )
    return str((await cursor.fetchone())[0])


COLUMNS = "l.user_id, l.kind, u.email, u.name, u.role"
IS_GOOD = "l.token_hash = %s and l.expires_at > now() and u.id = l.user_id and u.is_active"


async def fetch_link(cursor: Cursor, token_hash: bytes) -> KnownLink | None:
    """Whom the link is for while it is good."""
    await cursor.execute(f"select {COLUMNS} from user_link l, users u where {IS_GOOD}", (token_hash,))
    row = await cursor.fetchone()
    return row and KnownLink(*row)


async def use_link(cursor: Cursor, token_hash: bytes) -> KnownLink | None:
    """Spend the link; None when somebody has, or it has expired."""
    await cursor.execute(
        f"delete from user_link l using users u where {IS_GOOD} returning {COLUMNS}", (token_hash,)
    )
    row = await cursor.fetchone()
    return row and KnownLink(*row)


async def drop_link(cursor: Cursor, user_id: int) -> None:
    """A link that was made for somebody leads nowhere any more."""
    await cursor.execute("delete from user_link where user_id = %s", (user_id,))


async def fetch_kind(cursor: Cursor, user_id: int) -> str | None:
    """What the person's link is for, also when it has expired."""
    await cursor.execute("select kind from user_link where user_id = %s", (user_id,))
    row = await cursor.fetchone()
    return row and str(row[0])
