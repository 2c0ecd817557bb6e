"""Rejected accounts: those a hosted page delivered and we could not accept, for the user who requested the page."""

from hashlib import sha256

import orjson
from aiopg import Cursor

from server.store.db.keyset_pages import Page, page_of

# A user who has not come back by then has connected the account again or does not want it.
RETENTION_DAYS = 7

REJECTED_JSON = """
    row_to_json((select x from (select
        r.id, r.provider, r.phone, r.error, rfc3339(r.created_at) as created_at) x))::text"""


async def insert_rejected(
    cursor: Cursor,
    token: str,
    external_account_id: str,
    user_id: int,
    provider: str,
    phone: str | None,
    error: object,
) -> str | None:
    """Store a rejected account and return it as JSON; None if this account of this page was rejected before."""
    await cursor.execute(
        f"""with r as (
                insert into channels_refusal (user_id, provider, digest, phone, error)
                values (%(user_id)s, %(provider)s, %(digest)s, %(phone)s, %(error)s) on conflict do nothing
                returning *)
            select {REJECTED_JSON} from r""",
        {
            "user_id": user_id,
            "provider": provider,
            "digest": sha256(f"{token}\n{external_account_id}".encode()).digest(),
            "phone": phone,
            "error": orjson.dumps(error).decode(),
        },
    )
    row = await cursor.fetchone()
    return row and str(row[0])


async def list_rejected(cursor: Cursor, user_id: int, provider: str, limit: int, before: int | None) -> Page:
    """The rejected accounts that the user has not seen, newest first."""
    await cursor.execute(
        f"""select {REJECTED_JSON}, '', r.id from channels_refusal r
            where r.user_id = %(user_id)s and r.provider = %(provider)s and r.seen_at is null
                and r.created_at > now() - make_interval(days => %(days)s)
                and (%(before)s::bigint is null or r.id < %(before)s)
            order by r.id desc limit %(limit)s + 1""",
        {"user_id": user_id, "provider": provider, "days": RETENTION_DAYS, "before": before, "limit": limit},
    )
    return page_of(await cursor.fetchall(), limit)


async def note_rejected_seen(cursor: Cursor, user_id: int, provider: str, rejected_id: int) -> bool:
    """Mark a rejected account as seen and delete its phone number. The row stays, so that it is not reported again.
    False if it is not the user's.
    """
    await cursor.execute(
        """update channels_refusal set seen_at = coalesce(seen_at, now()), phone = null, error = '{}'
           where id = %s and user_id = %s and provider = %s
               and created_at > now() - make_interval(days => %s)""",
        (rejected_id, user_id, provider, RETENTION_DAYS),
    )
    return bool(cursor.rowcount)


async def prune_rejected(cursor: Cursor, limit: int) -> int:
    """Delete the oldest of those that are no longer shown; returns how many were deleted."""
    await cursor.execute(
        """delete from channels_refusal where id = any(array(
               select id from channels_refusal where created_at <= now() - make_interval(days => %s)
               order by created_at limit %s))""",
        (RETENTION_DAYS, limit),
    )
    return int(cursor.rowcount)
