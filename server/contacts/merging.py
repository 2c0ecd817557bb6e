"""Merges two contacts of a number that are one person, and undoes it, with the audit record in the same transaction."""

from aiopg import Cursor

from server.audit_actions import AuditAction
from server.contacts.contact_changes import (
    ChangedContact,
    ContactTarget,
    pushes_of,
    require_known,
)
from server.errors import ConfabError, NotFound
from server.messages.uploads import invalid
from server.realtime.events import Push
from server.said.said import said
from server.store.accounts import accounts
from server.store.contacts import contact_values, merges
from server.store.contacts.merges import Identity
from server.store.people import audit
from server.store.people.audit import Actor

ALREADY = said("contact_merged")
NOT_MERGED = said("contact_not_merged")


async def merge_contact(cursor: Cursor, actor: Actor, target: ContactTarget, other_id: int) -> ChangedContact:
    """Merge the other contact into that of the path, which takes what it does not have; raises NotFound, invalid or
    conflict. Their ids, chats and messages stay as they are.
    """
    if other_id == target.contact_id:
        raise invalid("contact_id", said("merge_other"))
    await require_known(cursor, target, [target.contact_id, other_id])
    main = await merges.fetch_identity(cursor, target.contact_id)
    other = await merges.fetch_identity(cursor, other_id)
    if main.merged_into is not None or other.merged_into is not None or other.has_merged:
        raise ConfabError("conflict", ALREADY)
    taken = await merges.take_values(cursor, main.id, other.id)
    if main.own_name is None and other.own_name is not None:
        taken["own_name"] = other.own_name
        await contact_values.set_own_name(cursor, main.id, other.own_name)
    await merges.set_merged(cursor, other.id, main.id, taken)
    await _record(cursor, "contact.merged", actor, target.account_id, main.id, other.id)
    renamed = [main.id] if taken["own_name"] is not None else []
    return await _changed(cursor, target, await pushes_of(cursor, [main.id, other.id], renamed))


async def undo_merge(cursor: Cursor, actor: Actor, target: ContactTarget) -> ChangedContact:
    """Separate the contact of the path from its main contact, which loses what it took unless that was changed since;
    raises NotFound, or conflict if it is not merged.
    """
    await require_known(cursor, target, [target.contact_id])
    other = await merges.fetch_identity(cursor, target.contact_id)
    if other.merged_into is None:
        raise ConfabError("conflict", NOT_MERGED)
    await require_known(cursor, target, [other.merged_into])
    pushes = await _separate(cursor, other)
    await _record(cursor, "contact.separated", actor, target.account_id, other.merged_into, other.id)
    return await _changed(cursor, target, pushes)


async def _separate(cursor: Cursor, other: Identity) -> list[Push]:
    main_id = other.merged_into or 0
    is_renamed = other.taken is not None and await merges.give_back(cursor, main_id, other.id, other.taken)
    return await pushes_of(cursor, [main_id, other.id], [main_id] if is_renamed else [])


async def separate_all(cursor: Cursor, account_id: int, contact_id: int) -> list[Push]:
    """Undo the merges of a contact before it is erased: what others took from it goes with it. Locks the account."""
    pushes: list[Push] = []
    await accounts.lock_account(cursor, account_id)
    if not await merges.is_contact(cursor, account_id, contact_id):
        return pushes
    own = await merges.fetch_identity(cursor, contact_id)
    merged = [
        await merges.fetch_identity(cursor, one) for one in await merges.list_merged(cursor, contact_id)
    ]
    for one in (own, *merged):
        if one.merged_into is not None:
            pushes += await _separate(cursor, one)
    return pushes


async def _changed(cursor: Cursor, target: ContactTarget, pushes: list[Push]) -> ChangedContact:
    shown = await contact_values.fetch_contact(cursor, *target)
    if shown is None:
        raise NotFound
    return ChangedContact(shown, pushes)


async def _record(
    cursor: Cursor, action: AuditAction, actor: Actor, account_id: int, main_id: int, other_id: int
) -> None:
    details = {"account_id": account_id, "other_id": other_id}
    await audit.record(cursor, action, actor, ("contact", main_id), details)
