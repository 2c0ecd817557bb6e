"""Erases contacts, with the audit record in the same transaction."""

from aiopg import Cursor

from server.store.messages.tombstones import Tombstone
from server.store.people import audit
from server.store.people.audit import Actor
from server.store.privacy import contact_erasures
from server.store.privacy.erasure_digests import NameHasher


async def begin_contact_erasure(
    cursor: Cursor, actor: Actor, hasher: NameHasher, account_id: int, contact_id: int
) -> Tombstone | None:
    """Erase the contact's row at once; a job erases its messages and files. None if there is no such contact."""
    tombstone = await contact_erasures.begin_erasure(cursor, hasher, account_id, contact_id, actor.user_id)
    if tombstone is not None:
        details = {"account_id": account_id}
        await audit.record(cursor, "contact.erased", actor, ("contact", contact_id), details)
    return tombstone
