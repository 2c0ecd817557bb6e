"""Defines the fields of contacts, with the audit record in the same transaction."""

from collections.abc import Collection

from aiopg import Cursor

from server.audit_actions import AuditAction
from server.contacts.field_values import FieldValueError, read_options
from server.errors import ConfabError, NotFound
from server.store.contacts import contact_fields
from server.store.contacts.contact_fields import ContactField, FieldChanges
from server.store.people import audit
from server.store.people.audit import Actor


async def create_field(cursor: Cursor, actor: Actor, name: str, kind: str, options: Collection[str]) -> str:
    """Create a field and return it as JSON; raises invalid for options that do not fit, conflict for a taken name."""
    read = _options(kind, options)
    field_id = await contact_fields.insert_field(cursor, name, kind, read, actor.user_id or 0)
    await _record(cursor, "contact_field.created", actor, ContactField(field_id, name, kind, read))
    return await contact_fields.fetch_field_json(cursor, field_id)


async def change_field(cursor: Cursor, actor: Actor, field_id: int, changes: FieldChanges) -> str:
    """Rename a field or set its options; raises NotFound, invalid or conflict. Stored values stay as they are."""
    field = await _lock(cursor, field_id)
    if "options" in changes:
        changes = {**changes, "options": _options(field.kind, changes["options"])}
    await contact_fields.change_field(cursor, field_id, changes)
    await _record(cursor, "contact_field.changed", actor, field._replace(**changes))
    return await contact_fields.fetch_field_json(cursor, field_id)


async def delete_field(cursor: Cursor, actor: Actor, field_id: int) -> None:
    """Delete a field with the values of all contacts; raises NotFound."""
    field = await _lock(cursor, field_id)
    await contact_fields.delete_field(cursor, field_id)
    await _record(cursor, "contact_field.deleted", actor, field)


async def _lock(cursor: Cursor, field_id: int) -> ContactField:
    field = await contact_fields.lock_field(cursor, field_id)
    if field is None:
        raise NotFound
    return field


def _options(kind: str, given: Collection[str]) -> list[str]:
    try:
        return read_options(kind, given)
    except FieldValueError as error:
        raise ConfabError("invalid", fields={"options": [error.said]}) from error


async def _record(cursor: Cursor, action: AuditAction, actor: Actor, field: ContactField) -> None:
    await audit.record(
        cursor, action, actor, ("contact_field", field.id), {"name": field.name, "kind": field.kind}
    )
