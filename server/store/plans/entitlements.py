"""Entitlements: a user's grants, one row per provider and source; server/rules/plans.py merges them."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from aiopg import Cursor

from server.store.db.prepared import Prepared

# (source, plan, is active, expiry as Unix seconds): what server/rules/plans.py merges.
GRANT = "source, plan, is_active, extract(epoch from expires_at)::float8"
Row = tuple[str, str | None, bool, float | None]

LIST_GRANTS = Prepared(
    "list_grants",
    f"select {GRANT} from channels_entitlement where user_id = %(user_id)s and provider = %(provider)s",
)


async def list_grants(cursor: Cursor, user_id: int, provider: str) -> list[Row]:
    """Every grant of the user for this provider, also inactive and expired ones."""
    await LIST_GRANTS.execute(cursor, {"user_id": user_id, "provider": provider})
    return [tuple(row) for row in await cursor.fetchall()]


async def list_grants_of(cursor: Cursor, user_ids: Sequence[int]) -> list[tuple[int, str, Row]]:
    """(user id, provider, grant) of these users."""
    await cursor.execute(
        f"select user_id, provider, {GRANT} from channels_entitlement where user_id = any(%s)",
        (list(user_ids),),
    )
    return [(row[0], row[1], tuple(row[2:])) for row in await cursor.fetchall()]


async def list_team_grants(cursor: Cursor) -> list[tuple[str, Row]]:
    """(provider, grant) of all valid grants of the team's users, each distinct one once."""
    await cursor.execute(
        f"""select distinct provider, {GRANT} from channels_entitlement
            where is_active and (expires_at is null or expires_at > now())"""
    )
    return [(row[0], tuple(row[1:])) for row in await cursor.fetchall()]


async def grant(
    cursor: Cursor,
    user_id: int,
    provider: str,
    source: str,
    *,
    plan: str | None = None,
    expires_at: datetime | str | None = None,
) -> None:
    """Give or renew this source's grant. Safe to run twice."""
    await cursor.execute(
        """insert into channels_entitlement (user_id, provider, source, plan, expires_at) values (%s, %s, %s, %s, %s)
           on conflict (user_id, provider, source) do update set
               is_active = true, plan = excluded.plan, expires_at = excluded.expires_at, updated_at = now()""",
        (user_id, provider, source, plan, expires_at),
    )


async def ensure_grant(
    cursor: Cursor, user_id: int, provider: str, source: str, plan: str | None = None
) -> None:
    """Give a grant to a user who never had it; one that an operator has changed since stays."""
    await cursor.execute(
        """insert into channels_entitlement (user_id, provider, source, plan) values (%s, %s, %s, %s)
           on conflict (user_id, provider, source) do nothing""",
        (user_id, provider, source, plan),
    )


async def revoke(
    cursor: Cursor, user_id: int, provider: str, source: str | None = None
) -> list[tuple[str, str | None]]:
    """Revoke this source's grant, or (None) every grant; returns (source, plan) of those that ended."""
    await cursor.execute(
        """update channels_entitlement set is_active = false, updated_at = now()
           where user_id = %s and provider = %s and source = coalesce(%s, source)
               and is_active and (expires_at is null or expires_at > now())
           returning source, plan""",
        (user_id, provider, source),
    )
    return [tuple(row) for row in await cursor.fetchall()]


class BillingChange(NamedTuple):
    """An event of the billing system: the plan that a user pays for, or that they pay for none."""

    user_id: int
    provider: str
    is_active: bool
    plan: str | None
    expires_at: datetime | None
    reported_at: datetime


async def apply_billing_event(cursor: Cursor, event: BillingChange) -> bool:
    """Apply a billing event unless a newer one was already applied; returns whether it was."""
    await cursor.execute(
        """insert into channels_entitlement as stored
               (user_id, provider, source, is_active, plan, expires_at, told_at)
           values (%(user_id)s, %(provider)s, 'billing', %(is_active)s, %(plan)s, %(expires_at)s, %(reported_at)s)
           on conflict (user_id, provider, source) do update set
               is_active = excluded.is_active, plan = excluded.plan, expires_at = excluded.expires_at,
               told_at = excluded.told_at, updated_at = now()
           where stored.told_at is null or stored.told_at < excluded.told_at""",
        event._asdict(),
    )
    return bool(cursor.rowcount)


async def note_event(cursor: Cursor, webhook_id: str, body_hash: bytes) -> bytes | None:
    """Store a signed event's id for 90 days; returns the body hash of an earlier event with this id, or None if it is
    new.
    """
    await cursor.execute("delete from billing_event where received_at < now() - interval '90 days'")
    await cursor.execute(
        """with fresh as (
               insert into billing_event (webhook_id, body_hash) values (%(id)s, %(hash)s)
               on conflict do nothing returning webhook_id)
           select body_hash from billing_event where webhook_id = %(id)s and not exists (select from fresh)""",
        {"id": webhook_id, "hash": body_hash},
    )
    row = await cursor.fetchone()
    return bytes(row[0]) if row else None


async def fetch_owner(cursor: Cursor, provider: str, account_id: int) -> int | None:
    """The payer of an account; None if it does not exist."""
    await cursor.execute(
        "select user_id from channels_account where id = %s and provider = %s", (account_id, provider)
    )
    row = await cursor.fetchone()
    return row and int(row[0])


async def lock_user(cursor: Cursor, user_id: int) -> None:
    """Lock the user, so that no other transaction takes one of their account slots until the commit."""
    await cursor.execute("select from users where id = %s for no key update", (user_id,))


async def count_accounts(
    cursor: Cursor, user_id: int, provider: str, besides: str = "", *, with_pairings: bool = True
) -> int:
    """How many accounts the user has that are not disconnected, without `besides` (an external id), with or without
    those whose first pairing code was not scanned yet.
    """
    await cursor.execute(
        """select count(*) from channels_account
           where user_id = %s and provider = %s and status <> 'disconnected' and external_account_id <> %s
               and (%s or connected_at is not null or status <> 'connecting' or next_step <> 'scan')""",
        (user_id, provider, besides, with_pairings),
    )
    return int((await cursor.fetchone())[0])
