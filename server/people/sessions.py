"""Ends sessions and replaces passwords, with the audit record in the same transaction."""

from aiopg import Cursor

from server.store.people import audit, users
from server.store.people.audit import Actor
from server.store.people.users import User


async def revoke_reused_session(cursor: Cursor, session_id: str, address: str | None) -> User | None:
    user = await users.revoke_session(cursor, session_id)
    if user is not None:
        actor = Actor(user_id=user.id, name=user.email, address=address)
        await audit.record(cursor, "session.reused", actor, ("session", session_id))
    return user


async def replace_password(
    cursor: Cursor, user_id: int, password_hash: str, session_id: str, actor: Actor
) -> None:
    await users.set_password(cursor, user_id, password_hash, keep_session=session_id)
    await audit.record(cursor, "user.password_changed", actor, ("user", user_id))
