"""Creates and revokes API keys, with the audit record in the same transaction."""

from collections.abc import Mapping
from typing import Any

import orjson
from aiopg import Cursor

from server.auth.tokens import hash_token
from server.errors import ConfabError, NotFound
from server.store.people import api_keys, audit
from server.store.people.audit import Actor


async def create_key(
    cursor: Cursor, actor: Actor, user_id: int, key: str, prefix: str, given: Mapping[str, Any]
) -> str:
    """A key of this person's, as JSON."""
    shown = await api_keys.insert_key(
        cursor,
        user_id,
        name=given["name"],
        prefix=prefix,
        key_hash=hash_token(key),
        scopes=given["scopes"],
        account_ids=given["account_ids"],
        expires_at=given["expires_at"],
    )
    if shown is None:
        problem = "One of these numbers is not shared with the key's person."
        raise ConfabError("invalid", fields={"account_ids": [problem]})
    target = ("api_key", orjson.loads(shown)["id"])
    details = {"name": given["name"], "scopes": given["scopes"], "user_id": user_id}
    await audit.record(cursor, "api_key.created", actor, target, details)
    return shown


async def revoke_key(cursor: Cursor, actor: Actor, key_id: int, user_id: int | None) -> str:
    """Let a key in no more, if it is this person's (None: anybody's); its name."""
    name = await api_keys.revoke_key(cursor, key_id, user_id)
    if name is None:
        raise NotFound
    await audit.record(cursor, "api_key.revoked", actor, ("api_key", key_id), {"name": name})
    return name
