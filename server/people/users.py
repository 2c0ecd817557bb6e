"""Creates and changes users, with the audit record in the same transaction."""

from typing import NamedTuple, TypedDict

from aiopg import Cursor

from server.config.plans import Plans
from server.conversations.leaving import end_access
from server.conversations.owners import author_of
from server.errors import ConfabError
from server.plans.quotas import require_seat
from server.realtime.events import Push
from server.said.said import said
from server.store.accounts import members
from server.store.people import audit, team, users
from server.store.people.audit import Actor
from server.store.people.team import TeamUser
from server.store.people.users import User
from server.store.plans import entitlements

EMAIL_TAKEN = said("email_taken")


class NewUser(NamedTuple):
    """A user to create; without a name, the local part of the e-mail address is the name."""

    email: str
    role: str
    name: str | None


class UserChange(TypedDict, total=False):
    """What to change of a user."""

    name: str
    role: str
    is_active: bool
    chat_limit: int | None


async def create_user(cursor: Cursor, new: NewUser) -> User:
    """Insert a user without a password; raises conflict if the e-mail address is taken."""
    name = new.name or new.email.partition("@")[0]
    user = await team.insert_user(cursor, new.email, name, new.role)
    if user is None:
        raise ConfabError("conflict", EMAIL_TAKEN)
    return user


async def change_user(
    cursor: Cursor, user: TeamUser, change: UserChange, plans: Plans, actor: Actor
) -> dict[int, list[Push]]:
    """Change a user; raises plan_limit if one is enabled for whom the plan has no seat. A disabled user, and one who
    becomes a viewer, gives back their chats, and what they planned is cancelled: returns the pushes by account.
    """
    if change.get("is_active") and not user.is_active:
        await require_seat(cursor, plans, user.id)
    ends_access = change.get("is_active") is False or change.get("role") == "viewer"
    if ends_access:
        await members.lock_accounts(cursor, user.id)
    await team.change_user(cursor, user, change, actor)
    return await end_access(cursor, user.id, author_of(actor)) if ends_access else {}


async def register_user(
    cursor: Cursor, plans: Plans, email: str, name: str, password_hash: str, address: str | None
) -> User:
    """Insert an agent who registers; raises plan_limit if the plan has no seat, conflict if the e-mail is taken."""
    # The seat first: without one, the answer must not reveal whether the e-mail address is known.
    await require_seat(cursor, plans)
    user = await create_user(cursor, NewUser(email, "agent", name))
    await users.set_password(cursor, user.id, password_hash)
    actor = Actor(user_id=user.id, name=user.email, address=address)
    await audit.record(cursor, "user.registered", actor, ("user", user.id))
    return user


async def ensure_test_user(cursor: Cursor, email: str, name: str) -> User:
    """The agent with this e-mail address and a trial plan, inserted if new."""
    user = await users.ensure_user(cursor, email, name, "agent")
    await entitlements.ensure_grant(cursor, user.id, "whatsapp", "trial")
    return user
