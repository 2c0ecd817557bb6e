"""Entitlements: which provider a user's plan includes."""

from typing import Any

from aiopg import Cursor


async def is_entitled(cursor: Cursor, user_id: int, provider: str) -> bool:
    """Whether an active, unexpired entitlement stands for this user."""
    await cursor.execute(
        """select exists (select from channels_entitlement where user_id = %s and provider = %s
                          and is_active and (expires_at is null or expires_at > now()))""",
        (user_id, provider),
    )
    return bool((await cursor.fetchone())[0])


async def grant(
    cursor: Cursor, user_id: int, provider: str, source: str, expires_at: str | None = None
) -> None:
    """Give or renew an entitlement. Safe to run twice."""
    await cursor.execute(
        """insert into channels_entitlement (user_id, provider, source, expires_at) values (%s, %s, %s, %s)
           on conflict (user_id, provider) do update set
               is_active = true, source = excluded.source, expires_at = excluded.expires_at, updated_at = now()""",
        (user_id, provider, source, expires_at),
    )


async def revoke(cursor: Cursor, user_id: int, provider: str) -> bool:
    """Take an entitlement back; False when there was none."""
    await cursor.execute(
        """update channels_entitlement set is_active = false, updated_at = now()
           where user_id = %s and provider = %s and is_active""",
        (user_id, provider),
    )
    return bool(cursor.rowcount)


async def list_entitlements(cursor: Cursor, user_id: int) -> list[dict[str, Any]]:
    await cursor.execute(
        """select provider, is_active and (expires_at is null or expires_at > now()), source, plan, rfc3339(expires_at)
           from channels_entitlement where user_id = %s order by provider""",
        (user_id,),
    )
    names = ("provider", "is_active", "source", "plan", "expires_at")
    return [dict(zip(names, row, strict=True)) for row in await cursor.fetchall()]
