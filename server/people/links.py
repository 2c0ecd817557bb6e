"""Creates and redeems one-time links, with the audit record in the same transaction."""

from collections.abc import Mapping

from aiopg import Cursor

from server.audit_actions import AuditAction
from server.auth.one_time_links import NewLink
from server.auth.tokens import hash_token
from server.config import Config
from server.config.auth import Auth
from server.errors import ConfabError, NotFound
from server.people.users import EMAIL_TAKEN, NewUser, create_user
from server.plans.quotas import require_seat
from server.said.said import said
from server.store.people import audit, team, user_links, users
from server.store.people.audit import Actor
from server.store.people.team import TeamUser
from server.store.people.users import User

HOUR_SECONDS = 3600
# By the kind of the link.
LINK_MADE: Mapping[str, AuditAction] = {
    "first_run": "user.first_run_link_made",
    "invitation": "user.invitation_link_made",
    "reset": "user.reset_link_made",
}
ACCEPTED: Mapping[str, AuditAction] = {
    "first_run": "user.first_run_accepted",
    "invitation": "user.invitation_accepted",
    "reset": "user.reset_accepted",
}
LINK_EXPIRED = said("link_used")


async def invite(cursor: Cursor, actor: Actor, new: NewUser, link: NewLink, auth: Auth) -> tuple[User, str]:
    """Create a user with a link to set their first password; returns the user and when the link expires."""
    user = await create_user(cursor, new)
    expires_at = await _put_link(cursor, actor, user.id, link, "invitation", auth.invitation_hours)
    details = {"email": user.email, "role": user.role}
    await audit.record(cursor, "user.invited", actor, ("user", user.id), details)
    return user, expires_at


async def invite_within_seats(
    cursor: Cursor, actor: Actor, new: NewUser, link: NewLink, config: Config
) -> tuple[User, str]:
    """The same if the plan has a seat; raises plan_limit otherwise."""
    await require_seat(cursor, config.plans)
    return await invite(cursor, actor, new, link, config.auth)


async def renew_link(cursor: Cursor, actor: Actor, user: TeamUser, link: NewLink, auth: Auth) -> str:
    """Replace the user's link: a password reset, or the invitation again if they have no password yet. Returns when it
    expires.
    """
    if not user.is_active:
        raise ConfabError("conflict", said("user_disabled"))
    kind, hours = "reset", auth.reset_hours
    if not user.has_password:
        # The link of the first owner also lets them choose their e-mail address.
        is_first = await user_links.fetch_kind(cursor, user.id) == "first_run"
        kind, hours = "first_run" if is_first else "invitation", auth.invitation_hours
    await audit.record(cursor, LINK_MADE[kind], actor, ("user", user.id))
    return await _put_link(cursor, actor, user.id, link, kind, hours)


async def _put_link(cursor: Cursor, actor: Actor, user_id: int, link: NewLink, kind: str, hours: int) -> str:
    return await user_links.put_link(
        cursor,
        user_id,
        hash_token(link.token),
        kind,
        hours * HOUR_SECONDS,
        actor.user_id,
        nonce=link.nonce,
        is_mailed=link.is_mailed and kind != "first_run",  # the first owner's e-mail address is a placeholder
    )


async def redeem_link(
    cursor: Cursor,
    token: str,
    password_hash: str,
    address: str | None,
    *,
    email: str | None,
    name: str | None,
) -> User:
    """Use the link up, set the password and the name, and end all earlier sessions."""
    link = await user_links.use_user_link(cursor, hash_token(token))
    if link is None:
        raise NotFound(LINK_EXPIRED)
    # The first owner's e-mail address is a placeholder; any other was entered by the inviting user.
    email = email if link.kind == "first_run" and email else link.email
    name = name or link.name
    if not await team.set_identity(cursor, link.user_id, email, name):
        raise ConfabError("conflict", EMAIL_TAKEN)
    await users.set_password(cursor, link.user_id, password_hash)
    actor = Actor(user_id=link.user_id, name=email, address=address)
    await audit.record(cursor, ACCEPTED[link.kind], actor, ("user", link.user_id))
    return User(link.user_id, email, name, link.role)
