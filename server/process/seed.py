"""Creates the first user: the demo user in sandbox mode, otherwise an owner who sets a password with a link."""

from aiopg import Cursor

from server.auth.passwords import Passwords
from server.auth.tokens import hash_token, link_url, make_refresh_token
from server.config import DEMO_EMAIL, Config
from server.connections import open_database
from server.plans.grants import grant
from server.store.people import audit, team, user_links, users
from server.store.plans import entitlements


async def seed_demo(config: Config) -> None:
    """Create or update the demo user; idempotent. The password is hashed only if it has changed."""
    database, passwords = await open_database(config, size=1), Passwords()
    try:
        user = await database.write(users.ensure_user, DEMO_EMAIL, "Demo", "owner")
        stored = await database.read(users.fetch_credentials, DEMO_EMAIL)
        if stored is None or not await passwords.verify(config.secrets.demo_password, stored[1]):
            password_hash = await passwords.hash(config.secrets.demo_password)
            await database.write(users.set_password, user.id, password_hash)
        await database.write(entitlements.ensure_grant, user.id, "whatsapp", "plan", "team")
    finally:
        passwords.close()
        await database.close()


async def seed_owner(config: Config) -> str | None:
    """Create the team's owner if there is none; returns the link to set their password, or None."""
    database, token = await open_database(config, size=1), make_refresh_token()
    try:
        is_created = await database.write(_create_owner, config, token)
    finally:
        await database.close()
    return link_url(config.web.public_url, token) if is_created else None


async def _create_owner(cursor: Cursor, config: Config, token: str) -> bool:
    owner = await team.insert_first_owner(cursor, config.auth.owner_email)
    if owner is None:
        return False
    seconds = config.auth.invitation_hours * 3600
    await user_links.put_link(cursor, owner.id, hash_token(token), "first_run", seconds, None)
    await audit.record(cursor, "user.first_owner_made", audit.OPERATOR, ("user", owner.id))
    await grant(cursor, audit.OPERATOR, owner.id, "whatsapp", "manual")
    return True
