"""Changes what the team records about a contact: its own name, values of fields and labels."""

from collections.abc import Collection, Mapping
from typing import NamedTuple, TypedDict

from aiopg import Cursor

from server.contacts.field_values import FieldValueError, read_value
from server.errors import ConfabError, NotFound
from server.realtime.events import Push
from server.realtime.pushes import chat_push, contact_push
from server.said.said import said
from server.store.chats import contacts
from server.store.contacts import contact_fields, contact_values
from server.store.conversations import labels


class ContactTarget(NamedTuple):
    """A contact of a path, to be changed by this user."""

    user_id: int
    provider: str
    account_id: int
    contact_id: int


class ContactChanges(TypedDict, total=False):
    """What to change; what is absent stays. A value of None empties its field."""

    own_name: str | None
    fields: Mapping[int, object]


class ChangedContact(NamedTuple):
    """A contact after a change as JSON, and the pushes that say so; none if nothing changed."""

    json: str
    pushes: list[Push]


async def change_contact(cursor: Cursor, target: ContactTarget, changes: ContactChanges) -> ChangedContact:
    """Set our name for the contact and values of fields; raises NotFound, or invalid for values that do not fit."""
    values = await _read_values(cursor, changes.get("fields", {}))
    await require_known(cursor, target, [target.contact_id])
    is_renamed = "own_name" in changes and await contact_values.set_own_name(
        cursor, target.contact_id, changes["own_name"]
    )
    is_changed = await contact_values.put_values(cursor, target.account_id, target.contact_id, values)
    return await changed_contact(cursor, target, is_changed=is_renamed or is_changed, is_renamed=is_renamed)


async def label_contact(
    cursor: Cursor, target: ContactTarget, label_id: int, *, adds: bool
) -> ChangedContact:
    """Add a shared label or remove it; repeated, it changes nothing. Raises NotFound, for private labels too."""
    label = await labels.lock_label(cursor, 0, label_id)
    if label is None:
        raise NotFound
    await require_known(cursor, target, [target.contact_id])
    is_changed = (
        await contact_values.add_label(cursor, target.account_id, target.contact_id, label_id)
        if adds
        else await contact_values.remove_label(cursor, target.contact_id, label_id)
    )
    return await changed_contact(cursor, target, is_changed=is_changed)


async def require_known(cursor: Cursor, target: ContactTarget, contact_ids: Collection[int]) -> None:
    """Lock the account; raises NotFound unless the user knows all of these contacts."""
    known = await contact_values.lock_known(
        cursor, target.user_id, target.provider, target.account_id, contact_ids
    )
    if known != set(contact_ids):
        raise NotFound


async def changed_contact(
    cursor: Cursor, target: ContactTarget, *, is_changed: bool, is_renamed: bool = False
) -> ChangedContact:
    """The contact and its pushes; its direct chats change with its name."""
    pushes: list[Push] = []
    if is_changed:
        pushes = await pushes_of(cursor, [target.contact_id], [target.contact_id] if is_renamed else [])
    shown = await contact_values.fetch_contact(cursor, *target)
    if shown is None:
        raise NotFound
    return ChangedContact(shown, pushes)


async def pushes_of(cursor: Cursor, changed: Collection[int], renamed: Collection[int]) -> list[Push]:
    """Give changed contacts of a locked account new seqs; returns their pushes and those of renamed ones' chats."""
    if not changed:
        return []
    await contact_values.take_seqs(cursor, changed)
    found = await contacts.fetch_changed_contacts(cursor, list(changed))
    chats = await contacts.bump_chat_seqs(cursor, list(renamed)) if renamed else []
    return [*map(contact_push, found), *map(chat_push, chats)]


async def _read_values(cursor: Cursor, given: Mapping[int, object]) -> dict[int, object]:
    """The values to store, with their fields locked; raises invalid."""
    known = await contact_fields.fetch_fields(cursor, list(given)) if given else {}
    values: dict[int, object] = {}
    problems: dict[str, list[str]] = {}
    for field_id, value in given.items():
        if field_id not in known:
            problems[f"fields.{field_id}"] = [said("field_absent")]
            continue
        try:
            values[field_id] = read_value(known[field_id], value)
        except FieldValueError as error:
            problems[f"fields.{field_id}"] = [error.said]
    if problems:
        raise ConfabError("invalid", fields=problems)
    return values
