"""Erases contacts, with the audit record in the same transaction."""

from typing import NamedTuple

from aiopg import Cursor

from server.contacts.merging import separate_all
from server.realtime.events import Push
from server.realtime.pushes import tombstone_push
from server.store.people import audit
from server.store.people.audit import Actor
from server.store.privacy import contact_erasures
from server.store.privacy.erasure_digests import NameHasher


class BegunErasure(NamedTuple):
    """What to publish of an erasure that has begun."""

    pushes: list[Push]


async def begin_contact_erasure(
    cursor: Cursor, actor: Actor, hasher: NameHasher, account_id: int, contact_id: int
) -> BegunErasure | None:
    """Erase the contact's row at once, and what other contacts took from it in a merge; a job erases its messages and
    files. None if there is no such contact.
    """
    pushes = await separate_all(cursor, account_id, contact_id)
    tombstone = await contact_erasures.begin_erasure(cursor, hasher, account_id, contact_id, actor.user_id)
    if tombstone is None:
        return None
    details = {"account_id": account_id}
    await audit.record(cursor, "contact.erased", actor, ("contact", contact_id), details)
    return BegunErasure([*pushes, tombstone_push(tombstone)])
