"""Reads the audit log, newest first, by action, user and time; deletes lines after their retention."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple, TypedDict

from aiopg import Cursor

from server.store.db.keyset_pages import Key, Page, page_of


class AuditFilters(TypedDict, total=False):
    """Which lines to read; what is absent or None does not filter."""

    action: str | None
    actor_id: int | None
    since: datetime | str | None
    until: datetime | str | None


# The condition of each filter.
CONDITIONS: Mapping[str, str] = {
    "action": "l.action = %s",
    "actor_id": "l.actor_id = %s",
    "since": "l.at >= %s::timestamptz",
    "until": "l.at < %s::timestamptz",
}
LINE_JSON = """
    jsonb_build_object('id', l.id, 'at', rfc3339(l.at),
        'action', l.action, 'actor_id', l.actor_id, 'actor', l.actor, 'key_id', l.key_id, 'target_kind', l.target_kind,
        'target_id', l.target_id, 'details', l.details, 'address', l.address, 'user_agent', l.user_agent)::text
"""


class Line(NamedTuple):
    """One line as texts, for a CSV file."""

    id: int
    at: str
    action: str
    actor: str
    actor_id: int | None
    key_id: int | None
    target_kind: str | None
    target_id: str | None
    details: str
    address: str | None
    user_agent: str | None


async def list_lines(cursor: Cursor, filters: AuditFilters, limit: int, before: Key | None) -> Page:
    """A page of lines as JSON, newest first."""
    where, values = _conditions(filters, before)
    await cursor.execute(
        f"""select {LINE_JSON}, l.at::text, l.id from audit_log l where {where}
            order by l.at desc, l.id desc limit %s + 1""",
        (*values, limit),
    )
    return page_of(await cursor.fetchall(), limit)


async def read_lines(cursor: Cursor, filters: AuditFilters, limit: int, before: Key | None) -> Sequence[Line]:
    """Up to `limit` lines as texts, newest first."""
    where, values = _conditions(filters, before)
    await cursor.execute(
        f"""select l.id, rfc3339(l.at), l.action, l.actor,
                l.actor_id, l.key_id, l.target_kind, l.target_id, l.details::text, l.address, l.user_agent
            from audit_log l where {where} order by l.at desc, l.id desc limit %s""",
        (*values, limit),
    )
    return [Line(*row) for row in await cursor.fetchall()]


def _conditions(filters: AuditFilters, before: Key | None) -> tuple[str, list[object]]:
    given = [
        (condition, value)
        for name, condition in CONDITIONS.items()
        if (value := filters.get(name)) is not None
    ]
    conditions, values = [condition for condition, _ in given], [value for _, value in given]
    if before is not None:
        conditions.append("(l.at, l.id) < (%s::timestamptz, %s)")
        values += before
    return " and ".join(conditions) or "true", values


async def prune(cursor: Cursor, retention_days: int, limit: int) -> int:
    """Delete up to `limit` lines older than `retention_days`; returns how many were deleted. Nothing else deletes
    lines.
    """
    await cursor.execute("set local confab.audit_retention = 'on'")
    await cursor.execute(
        """delete from audit_log where id in (
               select id from audit_log where at < now() - make_interval(days => %s) order by at, id limit %s)""",
        (retention_days, limit),
    )
    deleted: int = cursor.rowcount
    await cursor.execute("set local confab.audit_retention = 'off'")
    return deleted
