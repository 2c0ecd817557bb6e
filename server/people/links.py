"""Creates and redeems one-time links, with the audit record in the same transaction."""

from collections.abc import Mapping
from typing import Any

from aiopg import Cursor

from server.auth.one_time_links import NewLink
from server.auth.tokens import hash_token
from server.config.auth import Auth
from server.errors import ConfabError
from server.people.users import create_user
from server.store.people import audit, user_links
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
