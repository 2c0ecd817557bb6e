"""The audit log: who did what to what, when and from where. Rows are added, never changed; the database refuses it."""

from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import dataclass

import orjson
from aiopg import Cursor


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who acts: a person, a program by a key of theirs, or nobody who is known (`user_id` None)."""

    user_id: int | None = None
    name: str
    key_id: int | None = None
    address: str | None = None


# By which program the request came that is being answered; set at its beginning, for all lines it leads to.
USER_AGENT: ContextVar[str | None] = ContextVar("user_agent", default=None)
MAX_USER_AGENT = 200

# Somebody with a shell on the server.
OPERATOR = Actor(name="operator")


async def record(
    cursor: Cursor,
    action: str,
    actor: Actor,
    target: tuple[str, object] | None = None,
    details: Mapping[str, object] | None = None,
) -> None:
    """Write one line, in the transaction that does what it tells of. `target` is (kind, id)."""
    kind, number = target if target is not None else (None, None)
    await cursor.execute(
        """insert into audit_log (action, actor_id, actor, key_id, target_kind, target_id, details, address, user_agent)
           values (%s, %s, %s, %s, %s, %s, %s::jsonb, %s, %s)""",
        (
            action,
            actor.user_id,
            actor.name,
            actor.key_id,
            kind,
            None if number is None else str(number),
            orjson.dumps(dict(details or {})).decode(),
            actor.address,
            USER_AGENT.get(),
        ),
    )


def note_user_agent(header: str) -> None:
    """Remember by which program the request of this task came; what no column can hold is left out."""
    text = "".join(c for c in header[:MAX_USER_AGENT] if c.isprintable())
    USER_AGENT.set(text or None)
