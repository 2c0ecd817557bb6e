"""The users of the team: invited, renamed, given another role, disabled."""

from typing import NamedTuple, TypedDict

import psycopg2
from aiopg import Cursor

from server.audit_actions import AuditAction
from server.errors import ConfabError
from server.said.said import said
from server.store.db.keyset_pages import Page, page_of
from server.store.people import api_keys, audit, user_links, users
from server.store.people.audit import Actor
from server.store.people.users import User

USER_JSON = """
    row_to_json((select x from (select
        u.id, u.email, u.name, u.role,
        case when not u.is_active then 'disabled'
             when u.password_hash is null and exists (select from user_link l where l.user_id = u.id) then 'invited'
             else 'active' end as status,
        (select rfc3339(l.expires_at) from user_link l where l.user_id = u.id) as link_expires_at,
        coalesce((
            select json_agg(json_build_object('account_id', a.id, 'name', a.name, 'phone', a.phone, 'role', m.role)
                            order by a.id)
            from channels_account_member m join channels_account a on a.id = m.account_id
            where m.user_id = u.id and (a.status <> 'disconnected' or a.connected_at is not null)), '[]') as numbers,
        rfc3339(u.away_since) as away_since, u.chat_limit,
        (select rfc3339(max(s.rotated_at)) from sessions s where s.user_id = u.id) as seen_at,
        rfc3339(u.created_at) as created_at) x))::text"""


class TeamUser(NamedTuple):
    """A user of the team, also an invited or disabled one."""

    id: int
    email: str
    name: str
    role: str
    is_active: bool
    has_password: bool


async def list_users(cursor: Cursor, limit: int, after: int) -> Page:
    """The users by id, also invited and disabled ones."""
    await cursor.execute(
        f"select {USER_JSON}, '', u.id from users u where u.id > %s order by u.id limit %s + 1",
        (after, limit),
    )
    return page_of(await cursor.fetchall(), limit)


async def list_active_ids(cursor: Cursor) -> list[int]:
    """The ids of all users who can sign in."""
    await cursor.execute("select id from users where is_active order by id")
    return [row[0] for row in await cursor.fetchall()]


async def fetch_user_json(cursor: Cursor, user_id: int) -> str | None:
    """The user as JSON; None if there is none."""
    await cursor.execute(f"select {USER_JSON} from users u where u.id = %s", (user_id,))
    row = await cursor.fetchone()
    return row and str(row[0])


async def fetch_user(cursor: Cursor, user_id: int) -> TeamUser | None:
    """None if there is no such user; disabled ones are returned too."""
    await cursor.execute(
        "select id, email, name, role, is_active, password_hash is not null from users where id = %s",
        (user_id,),
    )
    row = await cursor.fetchone()
    return row and TeamUser(*row)


async def lock_seats(cursor: Cursor) -> None:
    """Lock the seats of the team until the commit."""
    await cursor.execute("select pg_advisory_xact_lock(hashtextextended('confab: the seats', 0))")


async def count_seats(cursor: Cursor, besides: int = 0) -> int:
    """How many seats are taken without `besides`: every user who is not disabled has one, invited users too."""
    await cursor.execute("select count(*) from users where is_active and id <> %s", (besides,))
    return int((await cursor.fetchone())[0])


async def insert_user(cursor: Cursor, email: str, name: str, role: str) -> User | None:
    """Insert a user without a password; None if the e-mail address is taken."""
    await cursor.execute(
        """insert into users (email, name, role) values (%s, %s, %s)
           on conflict ((lower(email))) do nothing returning id, email, name, role""",
        (email, name, role),
    )
    row = await cursor.fetchone()
    return row and User(*row)


async def insert_first_owner(cursor: Cursor, email: str) -> User | None:
    """Insert the first owner; None if there is an owner, or the address is taken. Safe on many instances at once."""
    await cursor.execute(
        """insert into users (email, name, role)
           select %s, 'Owner', 'owner' where not exists (select from users where role = 'owner')
           on conflict ((lower(email))) do nothing returning id, email, name, role""",
        (email,),
    )
    row = await cursor.fetchone()
    return row and User(*row)


async def set_name(cursor: Cursor, user_id: int, name: str) -> None:
    """Rename a user."""
    await cursor.execute("update users set name = %s, updated_at = now() where id = %s", (name, user_id))


async def fetch_away_since(cursor: Cursor, user_id: int) -> str | None:
    """Since when the user is away; None if they are not."""
    await cursor.execute("select rfc3339(away_since) from users where id = %s", (user_id,))
    (since,) = await cursor.fetchone()
    return None if since is None else str(since)


async def set_away(cursor: Cursor, user_id: int, *, is_away: bool) -> str | None:
    """Set whether the user is away and return since when; going away again changes nothing."""
    await cursor.execute(
        """update users set away_since = case when %s then coalesce(away_since, now()) end, updated_at = now()
           where id = %s returning rfc3339(away_since)""",
        (is_away, user_id),
    )
    (since,) = await cursor.fetchone()
    return None if since is None else str(since)


async def set_identity(cursor: Cursor, user_id: int, email: str, name: str) -> bool:
    """Change address and name; False if the address is another user's."""
    try:
        await cursor.execute(
            "update users set email = %s, name = %s, updated_at = now() where id = %s", (email, name, user_id)
        )
    except psycopg2.errors.UniqueViolation:
        return False
    return True


class UserChanges(TypedDict, total=False):
    """What to change about a user; what is absent stays."""

    name: str
    role: str
    is_active: bool
    chat_limit: int | None


async def change_user(cursor: Cursor, user: TeamUser, changes: UserChanges, actor: Actor) -> None:
    """Apply changes and write them to the audit log. A disabled user's sessions, keys and links end at once. Raises
    ConfabError `conflict` for the last owner.
    """
    target = ("user", user.id)
    if "chat_limit" in changes:
        await _set_chat_limit(cursor, user.id, changes["chat_limit"], actor)
    try:
        if "name" in changes:
            await set_name(cursor, user.id, changes["name"])
        if changes.get("role", user.role) != user.role:
            await _set_role(cursor, user.id, changes["role"])
            details = {"from": user.role, "to": changes["role"]}
            await audit.record(cursor, "user.role_changed", actor, target, details)
        if changes.get("is_active", user.is_active) != user.is_active:
            await set_active(cursor, user.id, changes["is_active"])
            action: AuditAction = "user.enabled" if changes["is_active"] else "user.disabled"
            await audit.record(cursor, action, actor, target)
    except psycopg2.errors.RestrictViolation as error:
        raise ConfabError("conflict", said("user_last_owner")) from error


async def _set_chat_limit(cursor: Cursor, user_id: int, chat_limit: int | None, actor: Actor) -> None:
    await cursor.execute(
        """update users set chat_limit = %(limit)s, updated_at = now()
           where id = %(id)s and chat_limit is distinct from %(limit)s""",
        {"id": user_id, "limit": chat_limit},
    )
    if cursor.rowcount:
        await audit.record(cursor, "user.limit_changed", actor, ("user", user_id), {"chat_limit": chat_limit})


async def _set_role(cursor: Cursor, user_id: int, role: str) -> None:
    await cursor.execute("update users set role = %s, updated_at = now() where id = %s", (role, user_id))


async def set_active(cursor: Cursor, user_id: int, is_active: bool) -> None:
    """Enable or disable a user; disabling ends their sessions, keys and links."""
    await users.set_active(cursor, user_id, is_active)
    if not is_active:
        await api_keys.revoke_keys(cursor, user_id)
        await user_links.drop_link(cursor, user_id)
