"""API keys: found by their visible prefix, verified by the hash of the rest."""

from collections.abc import Collection
from typing import NamedTuple

from aiopg import Cursor

from server.rules.policy import KeyRights
from server.store.db.keyset_pages import Page, page_of

# The use of a key is written at most this often.
USE_NOTED_SECONDS = 60

KEY_JSON = """
    row_to_json((select x from (select
        k.id, k.name, k.prefix, k.scopes, k.all_accounts,
        array(select b.account_id from api_key_account b where b.key_id = k.id order by 1) as account_ids,
        k.user_id, u.name as user_name, rfc3339(k.expires_at) as expires_at, rfc3339(k.revoked_at) as revoked_at,
        rfc3339(k.last_used_at) as last_used_at, rfc3339(k.created_at) as created_at) x))::text"""


class KnownKey(NamedTuple):
    """A valid key, if the caller's hash matches `key_hash`."""

    key_hash: bytes
    user_id: int
    rights: KeyRights
    expires_at: float | None
    is_use_due: bool


FETCH_KEY = """
    select k.key_hash, k.user_id, k.id, k.name, k.scopes, k.all_accounts,
        array(select b.account_id from api_key_account b where b.key_id = k.id),
        extract(epoch from k.expires_at)::float8,
        coalesce(k.last_used_at < now() - make_interval(secs => %(seconds)s), true)
    from api_key k join users u on u.id = k.user_id and u.is_active
    where k.prefix = %(prefix)s and k.revoked_at is null and (k.expires_at is null or k.expires_at > now())"""


async def fetch_key(cursor: Cursor, prefix: str) -> KnownKey | None:
    """The key with this prefix; None if it is revoked, expired, or its user is disabled."""
    await cursor.execute(FETCH_KEY, {"prefix": prefix, "seconds": USE_NOTED_SECONDS})
    row = await cursor.fetchone()
    if row is None:
        return None
    key_hash, user_id, key_id, name, scopes, is_for_all, account_ids, expires_at, is_use_due = row
    bound_to = None if is_for_all else frozenset(account_ids)
    rights = KeyRights(key_id, name, frozenset(scopes), bound_to)
    return KnownKey(bytes(key_hash), user_id, rights, expires_at, is_use_due)


async def note_use(cursor: Cursor, key_id: int) -> None:
    """Record the use of a key, at most once a minute."""
    await cursor.execute(
        """update api_key set last_used_at = now() where id = %s
           and coalesce(last_used_at < now() - make_interval(secs => %s), true)""",
        (key_id, USE_NOTED_SECONDS),
    )


async def insert_key(
    cursor: Cursor,
    user_id: int,
    *,
    name: str,
    prefix: str,
    key_hash: bytes,
    scopes: Collection[str],
    account_ids: Collection[int] | None,
    expires_at: str | None,
) -> str | None:
    """Insert a key for these accounts of the user, or (None) for all; returns it as JSON, or None if the user is not a
    member of one of them (the caller must roll back).
    """
    await cursor.execute(
        """insert into api_key (user_id, name, prefix, key_hash, scopes, all_accounts, expires_at)
           values (%s, %s, %s, %s, %s, %s, %s) returning id""",
        (user_id, name, prefix, key_hash, sorted(scopes), account_ids is None, expires_at),
    )
    key_id = int((await cursor.fetchone())[0])
    if account_ids is not None:
        await cursor.execute(
            """insert into api_key_account (key_id, account_id)
               select %s, account_id from channels_account_member where user_id = %s and account_id = any(%s)""",
            (key_id, user_id, list(account_ids)),
        )
        if cursor.rowcount != len(set(account_ids)):
            return None
    await cursor.execute(
        f"select {KEY_JSON} from api_key k join users u on u.id = k.user_id where k.id = %s", (key_id,)
    )
    return str((await cursor.fetchone())[0])


async def list_keys(cursor: Cursor, user_id: int | None, limit: int, before: int | None) -> Page:
    """Keys that are not revoked, of one user or (None) of all, newest first."""
    await cursor.execute(
        f"""select {KEY_JSON}, '', k.id from api_key k join users u on u.id = k.user_id
            where k.revoked_at is null and (%(user_id)s::bigint is null or k.user_id = %(user_id)s)
                and (%(before)s::bigint is null or k.id < %(before)s)
            order by k.id desc limit %(limit)s + 1""",
        {"user_id": user_id, "before": before, "limit": limit},
    )
    return page_of(await cursor.fetchall(), limit)


async def revoke_key(cursor: Cursor, key_id: int, user_id: int | None) -> str | None:
    """Revoke a key, if it is this user's or `user_id` is None; returns its name, or None if there is no such key."""
    await cursor.execute(
        """update api_key set revoked_at = now(), updated_at = now()
           where id = %(id)s and revoked_at is null and (%(user_id)s::bigint is null or user_id = %(user_id)s)
           returning name""",
        {"id": key_id, "user_id": user_id},
    )
    row = await cursor.fetchone()
    return row and str(row[0])


async def revoke_keys(cursor: Cursor, user_id: int) -> None:
    """Revoke all keys of a user."""
    await cursor.execute(
        "update api_key set revoked_at = now(), updated_at = now() where user_id = %s and revoked_at is null",
        (user_id,),
    )
