"""Stores canned replies by the rules of sharing: shared ones are audited, and deleted by their creator and admins."""

from collections.abc import Sequence

from aiopg import Cursor

from server.audit_actions import AuditAction
from server.errors import ConfabError, NotFound
from server.messages.uploads import Upload, invalid
from server.said.said import said
from server.store.conversations import canned_replies, reply_files, teams
from server.store.conversations.canned_replies import (
    MAX_OF_OWNER,
    NewReply,
    Reader,
    ReplyChanges,
    StoredReply,
)
from server.store.people import audit
from server.store.people.audit import Actor

TOO_MANY = said("replies_too_many", most=MAX_OF_OWNER)
MAX_FILES = 10


async def create_reply(cursor: Cursor, reader: Reader, given: ReplyChanges, actor: Actor) -> int:
    """Insert one and return its id; raises invalid for an unknown team, conflict for a taken shortcut."""
    new = await _checked(cursor, reader, given, None)
    if await canned_replies.lock_free(cursor, new["owner_id"]) < 1:
        raise ConfabError("conflict", TOO_MANY)
    reply_id = await canned_replies.insert_reply(cursor, new, reader.user_id)
    if reply_id is None:
        raise ConfabError("conflict", canned_replies.SHORTCUT_TAKEN)
    if given["shared"]:
        await _record(cursor, "reply.created", actor, reply_id, new)
    return reply_id


async def change_reply(
    cursor: Cursor, reader: Reader, reply_id: int, changes: ReplyChanges, actor: Actor
) -> None:
    """Change what is given. Only its creator and admins take a shared one away from the others."""
    stored = await _lock(cursor, reader, reply_id)
    new = await _checked(cursor, reader, changes, stored)
    if _is_taken_away(stored, new):
        _require_owner(reader, stored)
    if stored.owner_id != new["owner_id"] and await canned_replies.lock_free(cursor, new["owner_id"]) < 1:
        raise ConfabError("conflict", TOO_MANY)
    await canned_replies.update_reply(cursor, reply_id, new)
    if stored.owner_id is None or new["owner_id"] is None:
        await _record(cursor, "reply.changed", actor, reply_id, new)


async def delete_reply(cursor: Cursor, reader: Reader, reply_id: int, actor: Actor) -> None:
    """Delete one; a shared one only for its creator and admins, else raises forbidden."""
    stored = await _lock(cursor, reader, reply_id)
    _require_owner(reader, stored)
    await canned_replies.delete_reply(cursor, reply_id)
    if stored.owner_id is None:
        details = {"name": stored.name, "shortcut": stored.shortcut}
        await audit.record(cursor, "reply.deleted", actor, ("reply", reply_id), details)


async def add_files(cursor: Cursor, reader: Reader, reply_id: int, uploads: Sequence[Upload]) -> None:
    """Add stored files; raises invalid if they are too many."""
    await _lock(cursor, reader, reply_id)
    if await reply_files.count_files(cursor, reply_id) + len(uploads) > MAX_FILES:
        raise invalid("attachments", said("reply_files", most=MAX_FILES))
    for upload in uploads:
        attachment = upload.attachment
        await reply_files.insert_file(cursor, reply_id, upload.sha256, attachment["id"], {**attachment})


async def remove_file(cursor: Cursor, reader: Reader, reply_id: int, file_id: str) -> None:
    await _lock(cursor, reader, reply_id)
    if not await reply_files.delete_file(cursor, reply_id, file_id):
        raise NotFound


async def _lock(cursor: Cursor, reader: Reader, reply_id: int) -> StoredReply:
    stored = await canned_replies.lock_reply(cursor, reader, reply_id)
    if stored is None:
        raise NotFound
    return stored


def _is_taken_away(stored: StoredReply, new: NewReply) -> bool:
    """Whether some who see a shared one will not: it becomes a user's own, or a team's."""
    is_narrowed = new["team_id"] is not None and new["team_id"] != stored.team_id
    return stored.owner_id is None and (new["owner_id"] is not None or is_narrowed)


def _require_owner(reader: Reader, stored: StoredReply) -> None:
    if not reader.is_admin and reader.user_id not in (stored.owner_id, stored.created_by):
        raise ConfabError("forbidden", said("reply_not_yours"))


async def _checked(
    cursor: Cursor, reader: Reader, given: ReplyChanges, stored: StoredReply | None
) -> NewReply:
    """The whole row after the changes; raises invalid for a team that does not fit."""
    shared = given.get("shared", stored is not None and stored.owner_id is None)
    team_id = given.get("team_id", stored.team_id if stored is not None and shared else None)
    if team_id is not None and not shared:
        raise invalid("team_id", said("reply_team"))
    if team_id is not None and not await teams.exists(cursor, team_id):
        raise invalid("team_id", said("team_absent"))
    before = stored or StoredReply(0, None, None, None, "", None, "")
    return {
        "owner_id": None if shared else reader.user_id,
        "team_id": team_id,
        "name": given.get("name", before.name),
        "shortcut": given.get("shortcut", before.shortcut),
        "text": given.get("text", before.text),
    }


async def _record(cursor: Cursor, action: AuditAction, actor: Actor, reply_id: int, new: NewReply) -> None:
    details = {"name": new["name"], "shortcut": new["shortcut"], "shared": new["owner_id"] is None}
    await audit.record(cursor, action, actor, ("reply", reply_id), details)
