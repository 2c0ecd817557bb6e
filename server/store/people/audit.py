"""The audit log: who did what to what, when and from where. Rows are only added; the database rejects changes."""

from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import dataclass

import orjson
from aiopg import Cursor

from server.audit_actions import AuditAction


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who acts: a user, a program with a key of theirs, or an unknown client (`user_id` None)."""

    user_id: int | None = None
    name: str
    key_id: int | None = None
    address: str | None = None


# The User-Agent of the current request; set when it begins, for all lines it writes.
USER_AGENT: ContextVar[str | None] = ContextVar("user_agent", default=None)
MAX_USER_AGENT = 200

# An operator with a shell on the server.
OPERATOR = Actor(name="operator")


async def record(
    cursor: Cursor,
    action: AuditAction,
    actor: Actor,
    target: tuple[str, object] | None = None,
    details: Mapping[str, object] | None = None,
) -> None:
    """Write one line in the transaction that performs the action. `target` is (kind, id)."""
    kind, target_id = target if target is not None else (None, None)
    await cursor.execute(
        """insert into audit_log (action, actor_id, actor, key_id, target_kind, target_id, details, address, user_agent)
           values (%s, %s, %s, %s, %s, %s, %s::jsonb, %s, %s)""",
        (
            action,
            actor.user_id,
            actor.name,
            actor.key_id,
            kind,
            None if target_id is None else str(target_id),
            orjson.dumps(dict(details or {})).decode(),
            actor.address,
            USER_AGENT.get(),
        ),
    )


def note_user_agent(header: str) -> None:
    """Store the User-Agent of this task's request, without characters that the column cannot hold."""
    text = header[:MAX_USER_AGENT]
    if not text.isprintable():
        text = "".join(c for c in text if c.isprintable())
    USER_AGENT.set(text or None)
