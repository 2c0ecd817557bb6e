"""Makes the first person: the demo user in sandbox mode, elsewhere an owner who chooses their password by a link."""

from aiopg import Cursor

from server.auth.tokens import Passwords, hash_token, link_url, make_refresh_token
from server.config import DEMO_EMAIL, Config
from server.connections import open_database
from server.plans.grants import grant
from server.store.people import audit, team, user_links, users
from server.store.plans import entitlements


async def seed_demo(config: Config) -> None:
    """Safe at every start; the password is hashed again only when it is a new one."""
    database, passwords = await open_database(config, size=1), Passwords()
    try:
        user = await database.write(users.ensure_user, DEMO_EMAIL, "Demo", "owner")
        known = await database.read(users.fetch_credentials, DEMO_EMAIL)
        if known is None or not await passwords.verify(config.secrets.demo_password, known[1]):
            password_hash = await passwords.hash(config.secrets.demo_password)
            await database.write(users.set_password, user.id, password_hash)
        await database.write(entitlements.ensure_grant, user.id, "whatsapp", "plan", "team")
    finally:
        passwords.close()
        await database.close()


async def seed_owner(config: Config) -> str | None:
    """Make the team's owner where there is none; the link to their password, which is shown this once, or None."""
    database, token = await open_database(config, size=1), make_refresh_token()
    try:
        is_made = await database.write(_make_owner, config, token)
    finally:
        await database.close()
    return link_url(config.web.public_url, token) if is_made else None


async def _make_owner(cursor: Cursor, config: Config, token: str) -> bool:
    owner = await team.insert_first_owner(cursor, config.auth.owner_email)
    if owner is None:
        return False
    seconds = config.auth.invitation_hours * 3600
    await user_links.put_link(cursor, owner.id, hash_token(token), "first_run", seconds, None)
    await audit.record(cursor, "user.first_owner_made", audit.OPERATOR, ("user", owner.id))
    await grant(cursor, audit.OPERATOR, owner.id, "whatsapp", "manual")
    return True
