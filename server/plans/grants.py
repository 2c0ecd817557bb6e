"""Grants and revokes plans, with the audit record in the same transaction."""

from collections.abc import Sequence
from typing import NamedTuple

from aiopg import Cursor

from server.store.people import audit
from server.store.people.audit import Actor
from server.store.plans import entitlements


async def grant(
    cursor: Cursor,
    actor: Actor,
    user_id: int,
    provider: str,
    source: str,
    *,
    plan: str | None = None,
    expires_at: str | None = None,
) -> None:
    """Give a plan, change it or renew it."""
    before = await fetch_granted_plan(cursor, user_id, provider, source)
    await entitlements.grant(cursor, user_id, provider, source, plan=plan, expires_at=expires_at)
    await record_grant(cursor, actor, user_id, provider, source, before, plan=plan, until=expires_at)


async def revoke(
    cursor: Cursor, actor: Actor, user_id: int, provider: str, source: str | None = None
) -> Sequence[str]:
    """Take back what this source gave, or every one; the sources whose grants ended."""
    ended = await entitlements.revoke(cursor, user_id, provider, source)
    for name, plan in ended:
        details = without_nulls(provider=provider, source=name, plan=plan)
        await audit.record(cursor, "entitlement.revoked", actor, ("user", user_id), details)
    return [name for name, _ in ended]


class GrantedPlan(NamedTuple):
    plan: str | None


async def fetch_granted_plan(cursor: Cursor, user_id: int, provider: str, source: str) -> GrantedPlan | None:
    """What the source gives until now; None when it is nothing."""
    rows = await entitlements.list_grants(cursor, user_id, provider)
    return next(
        (GrantedPlan(plan) for name, plan, is_active, _ in rows if name == source and is_active), None
    )


async def record_grant(
    cursor: Cursor,
    actor: Actor,
    user_id: int,
    provider: str,
    source: str,
    before: GrantedPlan | None,
    *,
    plan: str | None,
    until: str | None,
) -> None:
    changed = without_nulls(plan_before=before.plan or "default") if before and before.plan != plan else {}
    details = without_nulls(provider=provider, source=source, plan=plan, until=until) | changed
    await audit.record(cursor, "entitlement.granted", actor, ("user", user_id), details)


def without_nulls(**details: str | None) -> dict[str, str]:
    return {name: value for name, value in details.items() if value is not None}
