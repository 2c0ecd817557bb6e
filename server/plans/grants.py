"""Grants and revokes plans, with the audit record in the same transaction."""

from collections.abc import Sequence
from typing import NamedTuple

from aiopg import Cursor

from server.store.people import audit
from server.store.people.audit import Actor
from server.store.plans import entitlements


class GrantKey(NamedTuple):
    """What identifies a grant: a user has one per provider and source."""

    user_id: int
    provider: str
    source: str


class GrantedPlan(NamedTuple):
    """The plan of a grant that is active; None is the default plan."""

    plan: str | None


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
    """Grant a plan, or change or renew the one that this source granted."""
    key = GrantKey(user_id, provider, source)
    before = await fetch_granted_plan(cursor, key)
    await entitlements.grant(cursor, *key, plan=plan, expires_at=expires_at)
    await record_grant(cursor, actor, key, before, plan=plan, until=expires_at)


async def revoke(
    cursor: Cursor, actor: Actor, user_id: int, provider: str, source: str | None = None
) -> Sequence[str]:
    """Revoke what this source granted, or every grant; returns the sources of the grants that ended."""
    ended = await entitlements.revoke(cursor, user_id, provider, source)
    for ended_source, plan in ended:
        await record_revocation(cursor, actor, GrantKey(user_id, provider, ended_source), plan)
    return [ended_source for ended_source, _ in ended]


async def fetch_granted_plan(cursor: Cursor, key: GrantKey) -> GrantedPlan | None:
    """The plan of the grant; None if there is none or it is revoked."""
    rows = await entitlements.list_grants(cursor, key.user_id, key.provider)
    return next(
        (GrantedPlan(plan) for source, plan, is_active, _ in rows if source == key.source and is_active),
        None,
    )


async def record_grant(
    cursor: Cursor,
    actor: Actor,
    key: GrantKey,
    before: GrantedPlan | None,
    *,
    plan: str | None,
    until: str | None,
) -> None:
    """Write the audit record of a grant, with the plan that it replaced."""
    is_changed = before is not None and before.plan != plan
    details = {
        "provider": key.provider,
        "source": key.source,
        "plan": plan,
        "until": until,
        "plan_before": (before.plan or "default") if before is not None and is_changed else None,
    }
    await audit.record(cursor, "entitlement.granted", actor, ("user", key.user_id), _without_nulls(details))


async def record_revocation(cursor: Cursor, actor: Actor, key: GrantKey, plan: str | None) -> None:
    """Write the audit record of a grant that ended."""
    details = {"provider": key.provider, "source": key.source, "plan": plan}
    await audit.record(cursor, "entitlement.revoked", actor, ("user", key.user_id), _without_nulls(details))


def _without_nulls(details: dict[str, str | None]) -> dict[str, str]:
    return {name: value for name, value in details.items() if value is not None}
