"""Creates and redeems one-time links, with the audit record in the same transaction."""

from collections.abc import Mapping
from typing import Any

from aiopg import Cursor

from server.auth.one_time_links import NewLink
from server.auth.tokens import hash_token
from server.config import Config
from server.config.auth import Auth
from server.errors import ConfabError, NotFound
from server.people.users import create_user
from server.plans.quotas import require_seat
from server.store.people import audit, team, user_links, users
from server.store.people.audit import Actor
from server.store.people.team import TeamUser
from server.store.people.users import User

HOUR_SECONDS = 3600


async def invite(
    cursor: Cursor, actor: Actor, given: Mapping[str, Any], link: NewLink, auth: Auth
) -> tuple[User, str]:
    """Somebody new, and when the link to their first password expires."""
    user = await create_user(cursor, given)
    expires_at = await _put_link(cursor, actor, user.id, link, "invitation", auth.invitation_hours)
    details = {"email": user.email, "role": user.role}
    await audit.record(cursor, "user.invited", actor, ("user", user.id), details)
    return user, expires_at


async def renew_link(cursor: Cursor, actor: Actor, person: TeamUser, link: NewLink, auth: Auth) -> str:
    """A link to a new password, or the first one once more; an earlier link is good no longer. When it expires."""
    if not person.is_active:
        raise ConfabError("conflict", "This person is disabled.")
    kind, hours = "reset", auth.reset_hours
    if not person.has_password:
        # The first owner's link lets them choose their address too.
        is_first = await user_links.fetch_kind(cursor, person.id) == "first_run"
        kind, hours = "first_run" if is_first else "invitation", auth.invitation_hours
    await audit.record(cursor, f"user.{kind}_link_made", actor, ("user", person.id))
    return await _put_link(cursor, actor, person.id, link, kind, hours)


async def _put_link(cursor: Cursor, actor: Actor, user_id: int, link: NewLink, kind: str, hours: int) -> str:
    return await user_links.put_link(
        cursor,
        user_id,
        hash_token(link.token),
        kind,
        hours * HOUR_SECONDS,
        actor.user_id,
        nonce=link.nonce,
        is_mailed=link.is_mailed and kind != "first_run",  # whose address is a stand-in
    )


async def invite_within_seats(
    cursor: Cursor, actor: Actor, given: dict[str, Any], link: NewLink, config: Config
) -> tuple[User, str]:
    await require_seat(cursor, config.plans)
    return await invite(cursor, actor, given, link, config.auth)


async def redeem_link(cursor: Cursor, given: dict[str, Any], password_hash: str, address: str | None) -> User:
    """One transaction: spend the link, set what was chosen, end what was."""
    link = await user_links.use_user_link(cursor, hash_token(given["token"]))
    if link is None:
        raise NotFound(LINK_EXPIRED)
    # The first owner's address is a stand-in; everybody else's was chosen by who invited them.
    email = given["email"] if link.kind == "first_run" and given["email"] else link.email
    name = given["name"] or link.name
    if not await team.set_identity(cursor, link.user_id, email, name):
        raise ConfabError("conflict", "Somebody has this e-mail address already.")
    await users.set_password(cursor, link.user_id, password_hash)
    actor = Actor(user_id=link.user_id, name=email, address=address)
    await audit.record(cursor, f"user.{link.kind}_accepted", actor, ("user", link.user_id))
    return User(link.user_id, email, name, link.role)


LINK_EXPIRED = "This link was used already, or has expired. Ask for a new one."
