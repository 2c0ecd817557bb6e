"""Applies events of the billing system, with the audit record in the same transaction."""

from datetime import datetime
from hashlib import sha256
from typing import NamedTuple

from aiopg import Cursor

from server.errors import ConfabError, NotFound
from server.plans.grants import fetch_granted_plan, record_grant, without_nulls
from server.store.people import audit, users
from server.store.people.audit import Actor
from server.store.people.users import User
from server.store.plans import entitlements
from server.store.plans.entitlements import BillingChange


class BillingNotice(NamedTuple):
    """What the billing system says of a user, who is named by id or by e-mail address."""

    is_granted: bool
    user_id: int | None
    email: str | None
    provider: str
    plan: str | None
    expires_at: datetime | None
    timestamp: datetime


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


async def receive_billing_event(
    cursor: Cursor, actor: Actor, webhook_id: str, body: bytes, event: BillingNotice
) -> tuple[int, bool]:
    """One transaction: remember the event, believe it if it is new and the newest. Nothing is remembered of one that
    is refused, so that it can be sent again.
    """
    digest = sha256(body).digest()
    known = await entitlements.note_event(cursor, webhook_id, digest)
    if known is not None and known != digest:
        raise ConfabError("conflict", "This webhook-id came with another body before.")
    user = await _fetch_user(cursor, event)
    if user is None:
        raise NotFound("There is no such user.")
    if known is not None:
        return user.id, False
    word = BillingChange(
        user.id,
        event.provider,
        event.is_granted,
        event.plan if event.is_granted else None,
        event.expires_at if event.is_granted else None,
        event.timestamp,
    )
    return user.id, await apply_billing_event(cursor, actor, word)


async def _fetch_user(cursor: Cursor, event: BillingNotice) -> User | None:
    if event.email is not None:
        return await users.fetch_user_by_email(cursor, event.email)
    return None if event.user_id is None else await users.fetch_user(cursor, event.user_id)
