"""Makes sure the demo user of sandbox mode exists, with the password that was printed and an entitlement."""

from server.auth import Passwords
from server.config import DEMO_EMAIL, Config
from server.connections import open_database
from server.store import entitlements, users


async def seed_demo(config: Config) -> None:
    """Safe at every start; the password is hashed again only when it is a new one."""
    database, passwords = await open_database(config), Passwords()
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
