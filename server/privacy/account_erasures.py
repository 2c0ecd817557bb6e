"""Erases accounts, with the audit record in the same transaction."""

from aiopg import Cursor

from server.store.people import audit
from server.store.people.audit import Actor
from server.store.privacy import account_erasures
from server.store.privacy.erasure_digests import NameHasher


async def begin_account_erasure(
    cursor: Cursor, actor: Actor, hasher: NameHasher, account_id: int
) -> str | None:
    """Remove the account from all its members at once; a job deletes its data. Returns the erasure as JSON, or None if
    there is no such account.
    """
    erasure = await account_erasures.begin_account_erasure(cursor, hasher, account_id, actor.user_id)
    if erasure is not None:
        await audit.record(cursor, "account.erased", actor, ("account", account_id))
    return erasure
