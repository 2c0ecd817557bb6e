"""Numbers that were refused when a hosted page handed them over, for whoever asked for the page and was away."""

from hashlib import sha256

import orjson
from aiopg import Cursor

from server.store.db.pages import Page, page_of

# Who has not come back by then has connected it anew, or does not want it.
KEEP_DAYS = 7

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
    """The refusal as JSON; None when this number of this page was refused before."""
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
    """Those that somebody has not seen, newest first."""
    await cursor.execute(
        f"""select {REJECTED_JSON}, '', r.id from channels_refusal r
            where r.user_id = %(user_id)s and r.provider = %(provider)s and r.seen_at is null
                and r.created_at > now() - make_interval(days => %(days)s)
                and (%(before)s::bigint is null or r.id < %(before)s)
            order by r.id desc limit %(limit)s + 1""",
        {"user_id": user_id, "provider": provider, "days": KEEP_DAYS, "before": before, "limit": limit},
    )
    return page_of(await cursor.fetchall(), limit)


async def note_rejected_seen(cursor: Cursor, user_id: int, provider: str, refusal_id: int) -> bool:
    """Shown no more, and its number forgotten; the row stays so that it is not told again. False: none of theirs."""
    await cursor.execute(
        """update channels_refusal set seen_at = coalesce(seen_at, now()), phone = null, error = '{}'
           where id = %s and user_id = %s and provider = %s
               and created_at > now() - make_interval(days => %s)""",
        (refusal_id, user_id, provider, KEEP_DAYS),
    )
    return bool(cursor.rowcount)


async def prune_rejected(cursor: Cursor, limit: int) -> int:
    """Forget the oldest of those that nobody is shown any more; returns how many."""
    await cursor.execute(
        """delete from channels_refusal where id = any(array(
               select id from channels_refusal where created_at <= now() - make_interval(days => %s)
               order by created_at limit %s))""",
        (KEEP_DAYS, limit),
    )
    return int(cursor.rowcount)
