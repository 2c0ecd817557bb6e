"""Imports canned replies: valid rows are stored, the others reported with their reasons."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple, TypedDict

from aiopg import Cursor

from server.replies.canned_replies import TOO_MANY
from server.said.said import said
from server.store.conversations import canned_replies
from server.store.conversations.canned_replies import Reader, ReplyRow
from server.store.people import audit
from server.store.people.audit import Actor


class ImportRow(NamedTuple):
    """A valid row, with its position in the file."""

    row: int
    given: ReplyRow


class Rejection(TypedDict):
    """A row that was not stored, and why, by field."""

    row: int
    name: str
    fields: Mapping[str, Sequence[str]]


class Imported(NamedTuple):
    """How many rows were stored, and the others."""

    stored: int
    rejected: list[Rejection]


async def import_replies(cursor: Cursor, reader: Reader, rows: Sequence[ImportRow], actor: Actor) -> Imported:
    """Store these rows as far as shortcuts, teams and the limits allow."""
    importer = _Importer(cursor, reader)
    rejected: list[Rejection] = []
    for row in rows:
        if problem := await importer.store(row.given):
            field, reason = problem
            rejected.append({"row": row.row, "name": row.given["name"], "fields": {field: [reason]}})
    if importer.shared:
        await audit.record(cursor, "reply.imported", actor, None, {"shared": importer.shared})
    return Imported(len(rows) - len(rejected), rejected)


class _Importer:
    """Stores rows one by one, with what it has read of teams and free positions."""

    def __init__(self, cursor: Cursor, reader: Reader) -> None:
        self.shared = 0
        self._cursor = cursor
        self._reader = reader
        self._free: dict[int | None, int] = {}
        self._teams: dict[str, int | None] = {}

    async def store(self, given: ReplyRow) -> tuple[str, str] | None:
        """Store one row; returns the field and the reason if it cannot be."""
        owner_id = None if given["shared"] else self._reader.user_id
        if owner_id not in self._free:
            self._free[owner_id] = await canned_replies.lock_free(self._cursor, owner_id)
        if self._free[owner_id] < 1:
            return "name", TOO_MANY
        team_id = await self._find_team(given["team"])
        if team_id is None and given["team"] is not None:
            return "team", said("team_absent")
        if await self._insert(given, owner_id, team_id) is None:
            return "shortcut", canned_replies.SHORTCUT_TAKEN
        self._free[owner_id] -= 1
        self.shared += owner_id is None
        return None

    async def _insert(self, given: ReplyRow, owner_id: int | None, team_id: int | None) -> int | None:
        return await canned_replies.insert_reply(
            self._cursor,
            {
                "owner_id": owner_id,
                "team_id": team_id,
                "name": given["name"],
                "shortcut": given["shortcut"],
                "text": given["text"],
            },
            self._reader.user_id,
            uses=given["uses"],
            last_used_at=given["last_used_at"],
        )

    async def _find_team(self, name: str | None) -> int | None:
        if name is None:
            return None
        if name not in self._teams:
            self._teams[name] = await canned_replies.find_team(self._cursor, name)
        return self._teams[name]
