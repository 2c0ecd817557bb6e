"""Changes the settings of an account, with the audit record in the same transaction."""

from aiopg import Cursor

from server.store.accounts import account_settings
from server.store.accounts.account_settings import AccountSettings
from server.store.people import audit
from server.store.people.audit import Actor


async def change_settings(
    cursor: Cursor, account_id: int, changes: AccountSettings, actor: Actor
) -> tuple[int, str] | None:
    """Change what is given; returns (seq, account as pushed), or None if nothing differed."""
    changed = await account_settings.set_settings(cursor, account_id, changes)
    if changed is not None:
        await audit.record(cursor, "account.changed", actor, ("account", account_id), {**changes})
    return changed
