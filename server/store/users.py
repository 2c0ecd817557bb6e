"""People who sign in, and the refresh-token families of their browsers."""

from typing import NamedTuple

from aiopg import Cursor


class User(NamedTuple):
    id: int
    email: str
    name: str
    role: str


COLUMNS = "id, email, name, role"


async def ensure_user(cursor: Cursor, email: str, name: str, role: str) -> User:
    """Find the user of this address or insert one without a password. Safe to run twice, also at once."""
    await cursor.execute(
        f"""with fresh as (
                insert into users (email, name, role) values (%(email)s, %(name)s, %(role)s)
                on conflict ((lower(email))) do nothing returning {COLUMNS})
            select {COLUMNS} from fresh
            union all select {COLUMNS} from users where lower(email) = lower(%(email)s) limit 1""",
        {"email": email, "name": name, "role": role},
    )
    row = await cursor.fetchone()
    # Inserted by somebody else between this statement's snapshot and its insert: read it again.
    return User(*row) if row else await ensure_user(cursor, email, name, role)


async def fetch_user(cursor: Cursor, user_id: int) -> User | None:
    """The user, or None when absent or disabled."""
    await cursor.execute(f"select {COLUMNS} from users where id = %s and is_active", (user_id,))
    row = await cursor.fetchone()
    return row and User(*row)


async def fetch_user_by_email(cursor: Cursor, email: str) -> User | None:
    await cursor.execute(f"select {COLUMNS} from users where lower(email) = lower(%s)", (email,))
    row = await cursor.fetchone()
    return row and User(*row)


async def fetch_credentials(cursor: Cursor, email: str) -> tuple[User, str] | None:
    """(user, password hash) of an active user who has a password."""
    await cursor.execute(
        f"""select {COLUMNS}, password_hash from users
            where lower(email) = lower(%s) and is_active and password_hash is not null""",
        (email,),
    )
    row = await cursor.fetchone()
    return row and (User(*row[:4]), str(row[4]))


async def set_password(cursor: Cursor, user_id: int, password_hash: str) -> None:
    await cursor.execute(
        "update users set password_hash = %s, updated_at = now() where id = %s", (password_hash, user_id)
    )


async def set_active(cursor: Cursor, user_id: int, is_active: bool) -> None:
    await cursor.execute(
        "update users set is_active = %s, updated_at = now() where id = %s", (is_active, user_id)
    )


async def list_users(cursor: Cursor) -> list[tuple[int, str, str, str, bool]]:
    """(id, e-mail, name, role, is active) of everybody."""
    await cursor.execute(f"select {COLUMNS}, is_active from users order by id")
    return [tuple(row) for row in await cursor.fetchall()]


async def insert_session(cursor: Cursor, user_id: int, token_hash: bytes, days: int) -> str:
    """Begin a refresh-token family; returns its id."""
    await cursor.execute(
        """insert into sessions (user_id, token_hash, expires_at)
           values (%s, %s, now() + make_interval(days => %s)) returning id::text""",
        (user_id, token_hash, days),
    )
    return str((await cursor.fetchone())[0])


# One statement decides: the current token rotates, the previous one is still good for a short while (a second tab
# that asked at the same moment) and does not rotate again.
ROTATE_SESSION = f"""
    with known as (
        select id, token_hash = %(old)s as is_current from sessions
        where id = %(id)s::uuid and revoked_at is null and expires_at > now()
            and (token_hash = %(old)s
                 or (previous_hash = %(old)s and rotated_at > now() - make_interval(secs => %(grace)s)))
        for update
    ), rotated as (
        update sessions s set token_hash = %(new)s, previous_hash = s.token_hash, rotated_at = now(),
            expires_at = now() + make_interval(days => %(days)s), updated_at = now()
        from known where s.id = known.id and known.is_current
        returning s.user_id, true as is_rotated
    ), chosen as (
        select user_id, is_rotated from rotated
        union all
        select s.user_id, false from sessions s join known on known.id = s.id where not known.is_current
    )
    select {", ".join(f"u.{column.strip()}" for column in COLUMNS.split(","))}, chosen.is_rotated
    from chosen join users u on u.id = chosen.user_id where u.is_active"""


async def rotate_session(
    cursor: Cursor, session_id: str, old: bytes, new: bytes, *, days: int, grace_seconds: int
) -> tuple[User, bool] | None:
    """(user, whether the new token now counts), or None when the session is over or the token not its own."""
    await cursor.execute(
        ROTATE_SESSION, {"id": session_id, "old": old, "new": new, "days": days, "grace": grace_seconds}
    )
    row = await cursor.fetchone()
    return row and (User(*row[:4]), bool(row[4]))


async def revoke_session(cursor: Cursor, session_id: str) -> None:
    await cursor.execute(
        "update sessions set revoked_at = now(), updated_at = now() where id = %s::uuid and revoked_at is null",
        (session_id,),
    )
