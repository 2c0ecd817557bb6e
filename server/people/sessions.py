"""Revokes sessions and replaces passwords, with the audit record in the same transaction."""

from aiopg import Cursor

from server.store.people import audit, users
from server.store.people.audit import Actor
from server.store.people.users import User


async def revoke_reused_session(cursor: Cursor, session_id: str, address: str | None) -> User | None:
    """Revoke a session whose refresh token was used twice; its user, or None if it had ended."""
    user = await users.revoke_session(cursor, session_id)
    if user is not None:
        actor = Actor(user_id=user.id, name=user.email, address=address)
        await audit.record(cursor, "session.reused", actor, ("session", session_id))
    return user


async def replace_password(
    cursor: Cursor, user_id: int, password_hash: str, session_id: str, actor: Actor
) -> None:
    """Set a new password and end every other session of the user."""
    await users.set_password(cursor, user_id, password_hash, except_session=session_id)
    await audit.record(cursor, "user.password_changed", actor, ("user", user_id))
