"""Creates and changes users, with the audit record in the same transaction."""

from collections.abc import Mapping
from typing import Any

from aiopg import Cursor

from server.config.plans import Plans
from server.errors import ConfabError
from server.plans.quotas import require_seat
from server.store.people import audit, team, users
from server.store.people.audit import Actor
from server.store.people.team import TeamUser
from server.store.people.users import User
from server.store.plans import entitlements


async def create_user(cursor: Cursor, given: Mapping[str, Any]) -> User:
    name = given["name"] or given["email"].partition("@")[0]
    user = await team.insert_user(cursor, given["email"], name, given["role"])
    if user is None:
        raise ConfabError("conflict", "Somebody has this e-mail address already.")
    return user


async def change_user(
    cursor: Cursor, person: TeamUser, given: dict[str, Any], plans: Plans, actor: Actor
) -> None:
    if given.get("is_active") and not person.is_active:
        await require_seat(cursor, plans, person.id)
    await team.change_user(cursor, person, given, actor)


async def register_user(
    cursor: Cursor, plans: Plans, given: dict[str, str], password_hash: str, address: str | None
) -> User:
    await require_seat(cursor, plans)  # first: who finds no seat learns nothing of who has one
    user = await team.insert_user(cursor, given["email"], given["name"], "agent")
    if user is None:
        raise ConfabError("conflict", "Somebody has this e-mail address already.")
    await users.set_password(cursor, user.id, password_hash)
    actor = Actor(user_id=user.id, name=user.email, address=address)
    await audit.record(cursor, "user.registered", actor, ("user", user.id))
    return user


async def ensure_test_user(cursor: Cursor, email: str, name: str) -> User:
    user = await users.ensure_user(cursor, email, name, "agent")
    await entitlements.ensure_grant(cursor, user.id, "whatsapp", "trial")
    return user
