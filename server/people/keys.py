"""Creates and revokes API keys, with the audit record in the same transaction."""

from collections.abc import Collection
from typing import NamedTuple

import orjson
from aiopg import Cursor

from server.auth.tokens import hash_token
from server.errors import ConfabError, NotFound
from server.said.said import said
from server.store.people import api_keys, audit
from server.store.people.audit import Actor


class NewKey(NamedTuple):
    """An API key to create; without `account_ids` it reaches all accounts of its user."""

    name: str
    scopes: Collection[str]
    account_ids: Collection[int] | None
    expires_at: str | None


async def create_key(cursor: Cursor, actor: Actor, user_id: int, key: str, prefix: str, new: NewKey) -> str:
    """Insert a key of the user; returns it as JSON, without its secret."""
    shown = await api_keys.insert_key(
        cursor, user_id, prefix=prefix, key_hash=hash_token(key), **new._asdict()
    )
    if shown is None:
        problem = said("key_of_no_member")
        raise ConfabError("invalid", fields={"account_ids": [problem]})
    target = ("api_key", orjson.loads(shown)["id"])
    details = {"name": new.name, "scopes": new.scopes, "user_id": user_id}
    await audit.record(cursor, "api_key.created", actor, target, details)
    return shown


async def revoke_key(cursor: Cursor, actor: Actor, key_id: int, user_id: int | None) -> str:
    """Revoke a key of this user (None: of any user); returns its name."""
    name = await api_keys.revoke_key(cursor, key_id, user_id)
    if name is None:
        raise NotFound
    await audit.record(cursor, "api_key.revoked", actor, ("api_key", key_id), {"name": name})
    return name
