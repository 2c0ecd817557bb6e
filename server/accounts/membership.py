"""Adds, changes and removes members of an account, with the audit record in the same transaction."""

from aiopg import Cursor

from server.errors import NotFound
from server.store.accounts import members
from server.store.people import audit
from server.store.people.audit import Actor


async def set_member(cursor: Cursor, account_id: int, user_id: int, role: str, actor: Actor) -> None:
    """Add a member or change their role; raises NotFound for an absent or disabled user."""
    if not await members.set_member(cursor, account_id, user_id, role):
        raise NotFound("There is no such active user.")
    details = {"user_id": user_id, "role": role}
    await audit.record(cursor, "member.set", actor, ("account", account_id), details)


async def remove_member(cursor: Cursor, account_id: int, user_id: int, actor: Actor) -> None:
    """Remove a member; raises NotFound if they are not one."""
    if not await members.remove_member(cursor, account_id, user_id):
        raise NotFound
    await audit.record(cursor, "member.removed", actor, ("account", account_id), {"user_id": user_id})
