"""Applies events of the billing system, with the audit record in the same transaction."""

from datetime import datetime
from hashlib import sha256
from typing import NamedTuple

from aiopg import Cursor

from server.errors import ConfabError, NotFound
from server.plans.grants import GrantKey, fetch_granted_plan, record_grant, record_revocation
from server.store.people import users
from server.store.people.audit import Actor
from server.store.people.users import User
from server.store.plans import entitlements
from server.store.plans.entitlements import BillingChange

SOURCE = "billing"


class BillingNotice(NamedTuple):
    """A grant or revocation reported by the billing system, for a user named by id or by e-mail address."""

    is_granted: bool
    user_id: int | None
    email: str | None
    provider: str
    plan: str | None
    expires_at: datetime | None
    timestamp: datetime


async def receive_billing_event(
    cursor: Cursor, actor: Actor, webhook_id: str, body: bytes, notice: BillingNotice
) -> tuple[int, bool]:
    """Store the event's id, and apply the event if it is new and no newer one was applied: (user id, is applied).

    An event that raises is rolled back with its id, so it can be sent again.
    """
    digest = sha256(body).digest()
    known = await entitlements.note_event(cursor, webhook_id, digest)
    if known is not None and known != digest:
        raise ConfabError("conflict", "This webhook-id was used before with a different body.")
    user = await _fetch_user(cursor, notice)
    if user is None:
        raise NotFound("There is no such user.")
    return user.id, known is None and await _apply(cursor, actor, user.id, notice)


async def _fetch_user(cursor: Cursor, notice: BillingNotice) -> User | None:
    if notice.email is not None:
        return await users.fetch_user_by_email(cursor, notice.email)
    return None if notice.user_id is None else await users.fetch_user(cursor, notice.user_id)


async def _apply(cursor: Cursor, actor: Actor, user_id: int, notice: BillingNotice) -> bool:
    """Apply the event unless a newer one was already applied."""
    key = GrantKey(user_id, notice.provider, SOURCE)
    before = await fetch_granted_plan(cursor, key)
    plan, expires_at = (notice.plan, notice.expires_at) if notice.is_granted else (None, None)
    change = BillingChange(user_id, notice.provider, notice.is_granted, plan, expires_at, notice.timestamp)
    if not await entitlements.apply_billing_event(cursor, change):
        return False
    if notice.is_granted:
        until = None if expires_at is None else str(expires_at)
        await record_grant(cursor, actor, key, before, plan=plan, until=until)
    else:
        await record_revocation(cursor, actor, key, before and before.plan)
    return True
