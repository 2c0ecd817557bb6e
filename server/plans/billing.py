"""Applies events of the billing system, with the audit record in the same transaction."""

from aiopg import Cursor

from server.plans.grants import fetch_granted_plan, record_grant, without_nulls
from server.store.people import audit
from server.store.people.audit import Actor
from server.store.plans import entitlements
from server.store.plans.entitlements import BillingChange


async def apply_billing_event(cursor: Cursor, actor: Actor, word: BillingChange) -> bool:
    """Believe the billing system, unless it has said something newer."""
    before = await fetch_granted_plan(cursor, word.user_id, word.provider, "billing")
    if not await entitlements.apply_billing_event(cursor, word):
        return False
    until = None if word.expires_at is None else str(word.expires_at)
    place = (word.user_id, word.provider, "billing")
    if word.is_active:
        await record_grant(cursor, actor, *place, before, plan=word.plan, until=until)
    else:
        details = without_nulls(provider=word.provider, source="billing", plan=before and before.plan)
        await audit.record(cursor, "entitlement.revoked", actor, ("user", word.user_id), details)
    return True
