"""Users who sign in, and the sessions (refresh-token families) of their browsers."""

from typing import NamedTuple

from aiopg import Cursor


class User(NamedTuple):
    """A user as sessions and tokens need it."""

    id: int
    email: str
    name: str
    role: str


COLUMNS = "id, email, name, role"


async def ensure_user(cursor: Cursor, email: str, name: str, role: str) -> User:
    """Find the user with this address or insert one without a password. Safe to run twice, also concurrently."""
    await cursor.execute(
        f"""with fresh as (
                insert into users (email, name, role) values (%(email)s, %(name)s, %(role)s)
                on conflict ((lower(email))) do nothing returning {COLUMNS})
            select {COLUMNS} from fresh
            union all select {COLUMNS} from users where lower(email) = lower(%(email)s) limit 1""",
        {"email": email, "name": name, "role": role},
    )
    row = await cursor.fetchone()
    # Another transaction inserted it between this statement's snapshot and its insert: read it again.
    return User(*row) if row else await ensure_user(cursor, email, name, role)


async def fetch_user(cursor: Cursor, user_id: int) -> User | None:
    """The user; None if absent or disabled."""
    await cursor.execute(f"select {COLUMNS} from users where id = %s and is_active", (user_id,))
    row = await cursor.fetchone()
    return row and User(*row)


async def fetch_user_by_email(cursor: Cursor, email: str) -> User | None:
    """The user with this address, also a disabled one; case is ignored."""
    await cursor.execute(f"select {COLUMNS} from users where lower(email) = lower(%s)", (email,))
    row = await cursor.fetchone()
    return row and User(*row)


async def fetch_credentials(cursor: Cursor, email: str) -> tuple[User, str] | None:
    """(user, password hash); None unless the user is active and has a password."""
    await cursor.execute(
        f"""select {COLUMNS}, password_hash from users
            where lower(email) = lower(%s) and is_active and password_hash is not null""",
        (email,),
    )
    row = await cursor.fetchone()
    return row and (User(*row[:4]), str(row[4]))


async def set_password(
    cursor: Cursor, user_id: int, password_hash: str, *, except_session: str | None = None
) -> None:
    """Set a password and end all sessions except the one in which it was changed."""
    await cursor.execute(
        "update users set password_hash = %s, updated_at = now() where id = %s", (password_hash, user_id)
    )
    await revoke_sessions(cursor, user_id, but=except_session)


async def set_active(cursor: Cursor, user_id: int, is_active: bool) -> None:
    """Enable or disable a user; disabling ends their sessions."""
    await cursor.execute(
        "update users set is_active = %s, updated_at = now() where id = %s", (is_active, user_id)
    )
    if not is_active:
        await revoke_sessions(cursor, user_id)


# Locks the user's row, so that a concurrent disabling or password change either sees this session or is seen here.
INSERT_SESSION = """
    with signed_in as (
        select id from users where id = %(user_id)s and is_active
            and password_hash is not distinct from coalesce(%(password_hash)s, password_hash) for share)
    insert into sessions (user_id, token_hash, expires_at)
    select id, %(token_hash)s, now() + make_interval(secs => %(seconds)s) from signed_in returning id::text"""


async def insert_session(
    cursor: Cursor, user_id: int, token_hash: bytes, *, seconds: int, password_hash: str | None = None
) -> str | None:
    """Begin a session; returns its id, or None if the user is disabled or no longer has `password_hash`."""
    await cursor.execute(
        INSERT_SESSION,
        {
            "user_id": user_id,
            "token_hash": token_hash,
            "seconds": seconds,
            "password_hash": password_hash,
        },
    )
    row = await cursor.fetchone()
    return row and str(row[0])


# One statement decides: the current token rotates; the previous one stays valid for a short while (a second tab that
# asked at the same time) and does not rotate again.
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
    """(user, whether the new token is valid now); None if the session has ended or the token is not its own."""
    await cursor.execute(
        ROTATE_SESSION, {"id": session_id, "old": old, "new": new, "days": days, "grace": grace_seconds}
    )
    row = await cursor.fetchone()
    return row and (User(*row[:4]), bool(row[4]))


async def revoke_session(cursor: Cursor, session_id: str) -> User | None:
    """End a session; returns its user, or None if it had ended."""
    await cursor.execute(
        f"""with ended as (update sessions set revoked_at = now(), updated_at = now()
                where id = %s::uuid and revoked_at is null and expires_at > now() returning user_id)
            select {COLUMNS} from users where id in (select user_id from ended)""",
        (session_id,),
    )
    row = await cursor.fetchone()
    return row and User(*row)


async def revoke_sessions(cursor: Cursor, user_id: int, *, but: str | None = None) -> None:
    """End all of a user's sessions except this one."""
    await cursor.execute(
        """update sessions set revoked_at = now(), updated_at = now()
           where user_id = %s and revoked_at is null and id is distinct from %s::uuid""",
        (user_id, but),
    )


async def delete_ended_sessions(cursor: Cursor, seconds: float) -> None:
    """Delete up to 1,000 sessions that ended `seconds` ago, so that none of their access tokens is valid."""
    await cursor.execute(
        """delete from sessions where id in (
               select id from sessions where revoked_at < now() - make_interval(secs => %(seconds)s)
                   or expires_at < now() - make_interval(secs => %(seconds)s)
               limit 1000)""",
        {"seconds": seconds},
    )
