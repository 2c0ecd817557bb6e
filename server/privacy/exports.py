"""Requests exports, with the audit record in the same transaction."""

from aiopg import Cursor

from server.store.people import audit
from server.store.people.audit import Actor
from server.store.privacy import exports


async def queue_export(
    cursor: Cursor, actor: Actor, account_id: int, contact_id: int | None, *, with_media: bool
) -> int | None:
    """Insert an export for the worker to write; returns its id, or None while another export of the account is running.
    Raises LookupError if there is no such contact.
    """
    export_id = await exports.insert_export(
        cursor, account_id, contact_id, actor.user_id, with_media=with_media
    )
    if export_id is not None:
        details = {"export_id": export_id, "contact_id": contact_id, "with_media": with_media}
        await audit.record(cursor, "export.requested", actor, ("account", account_id), details)
    return export_id
