"""The audit log: who did what to what, when and from where. Rows are added, never changed; the database refuses it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from aiopg import Cursor


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who acts: a person, a program by a key of theirs, or nobody who is known (`user_id` None)."""

    user_id: int | None = None
    name: str
    key_id: int | None = None
    address: str | None = None


# Somebody with a shell on the server.
OPERATOR = Actor(name="operator")


async def record(
    cursor: Cursor,
    action: str,
    actor: Actor,
    target: tuple[str, object] | None = None,
    details: Mapping[str, Any] | None = None,
) -> None:
    """Write one line, in the transaction that does what it tells of. `target` is (kind, id)."""
    kind, number = target if target is not None else (None, None)
    await cursor.execute(
        """insert into audit_log (action, actor_id, actor, key_id, target_kind, target_id, details, address)
           values (%s, %s, %s, %s, %s, %s, %s::jsonb, %s)""",
        (
            action,
            actor.user_id,
            actor.name,
            actor.key_id,
            kind,
            None if number is None else str(number),
            orjson.dumps(dict(details or {})).decode(),
            actor.address,
        ),
    )
