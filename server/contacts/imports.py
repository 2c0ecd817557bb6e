"""Begins and ends imports of contacts, with the audit record in the same transaction."""

from collections.abc import Sequence

from aiopg import Cursor

from server.contacts.contact_table import FIELD, IDENTIFIERS, LABELS, OWN_NAME, TableHead, suggest_targets
from server.errors import ConfabError, NotFound
from server.messages.uploads import Upload, invalid
from server.said.said import said
from server.store.contacts import contact_fields, contact_imports
from server.store.contacts.contact_imports import ImportChoices, StoredImport
from server.store.conversations import labels
from server.store.people import audit
from server.store.people.audit import Actor

NOT_YET = said("import_wrong_step")


async def add_import(
    cursor: Cursor, actor: Actor, account_id: int, upload: Upload, head: TableHead, days: int
) -> str:
    """Insert an uploaded table, with suggestions what its columns are; returns it as JSON."""
    fields = await contact_fields.fetch_fields(cursor)
    attachment = upload.attachment
    return await contact_imports.insert_import(
        cursor,
        {
            "account_id": account_id,
            "user_id": actor.user_id,
            "file_name": attachment["file_name"],
            "sha256": upload.sha256,
            "size": attachment["file_size"],
            "columns": head.columns,
            "sample": head.sample,
            "targets": suggest_targets(head.columns, fields),
            "rows": head.rows,
        },
        days,
    )


async def check_import(cursor: Cursor, account_id: int, import_id: int, choices: ImportChoices) -> str:
    """Choose what the columns are, and queue the check; raises NotFound, invalid or conflict."""
    stored = await _lock(cursor, account_id, import_id)
    if stored.state not in ("uploaded", "checked"):
        raise ConfabError("conflict", NOT_YET)
    await _require_targets(cursor, stored, choices["targets"])
    if choices["label_id"] is not None and await labels.lock_label(cursor, 0, choices["label_id"]) is None:
        raise invalid("label_id", said("label_not_shared"))
    await contact_imports.begin_check(cursor, import_id, choices)
    return await _shown(cursor, account_id, import_id)


async def start_import(cursor: Cursor, actor: Actor, account_id: int, import_id: int) -> str:
    """Queue the run of a checked import; raises NotFound or conflict."""
    stored = await _lock(cursor, account_id, import_id)
    if stored.state != "checked":
        raise ConfabError("conflict", NOT_YET)
    await contact_imports.begin_run(cursor, import_id)
    details = {"import_id": import_id, "rows": stored.rows, "mode": stored.mode}
    await audit.record(cursor, "contacts.imported", actor, ("account", account_id), details)
    return await _shown(cursor, account_id, import_id)


async def _lock(cursor: Cursor, account_id: int, import_id: int) -> StoredImport:
    stored = await contact_imports.lock_import(cursor, account_id, import_id)
    if stored is None:
        raise NotFound
    return stored


async def _shown(cursor: Cursor, account_id: int, import_id: int) -> str:
    return await contact_imports.fetch_import(cursor, account_id, import_id) or ""


async def _require_targets(cursor: Cursor, stored: StoredImport, targets: Sequence[str]) -> None:
    if len(targets) != len(stored.columns):
        raise invalid("targets", said("columns_each"))
    chosen = [target for target in targets if target]
    if len(set(chosen)) < len(chosen):
        raise invalid("targets", said("columns_twice"))
    if not set(chosen) & set(IDENTIFIERS):
        raise invalid("targets", said("columns_who"))
    fields = await contact_fields.fetch_fields(cursor)
    known = {*IDENTIFIERS, OWN_NAME, LABELS, *(f"{FIELD}{field_id}" for field_id in fields)}
    if unknown := [target for target in chosen if target not in known]:
        raise invalid("targets", said("columns_absent", name=unknown[0][:50]))
