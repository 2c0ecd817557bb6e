"""What a user's plan allows and how much of it is used, as the API shows it."""

import time
from datetime import UTC, datetime

from aiopg import Cursor

from server.config.plans import PROVIDERS, Plans
from server.plans.payer import read_rights
from server.plans.quotas import fetch_seats
from server.rules.plans import (
    Grant,
    current_period,
    describe_month,
    level_of,
    merge_grants,
    month_bounds,
    rfc3339,
)
from server.store.people import team
from server.store.plans import entitlements, usage


async def describe_entitlements(cursor: Cursor, plans: Plans, user_id: int) -> dict[str, object]:
    """The user's plan for each provider, as a list of the API."""
    items = [await _describe_entitlement(cursor, plans, user_id, provider) for provider in PROVIDERS]
    return {"items": items, "next_cursor": None}


async def _describe_entitlement(
    cursor: Cursor, plans: Plans, user_id: int, provider: str
) -> dict[str, object]:
    """The user's plan for a provider, its grants, and what is used of its accounts, messages and seats."""
    grants = [Grant(*row) for row in await entitlements.list_grants(cursor, user_id, provider)]
    rights = merge_grants(plans, provider, grants, time.time())
    used = await usage.fetch_used(cursor, user_id, provider)
    return {
        "provider": provider,
        "is_active": rights.is_entitled,
        "plan": rights.plan,
        "source": rights.source,
        "expires_at": _time_text(rights.expires_at),
        "accounts": {
            "allowed": rights.accounts,
            "used": await entitlements.count_accounts(cursor, user_id, provider),
        },
        "messages": {
            "allowed": rights.messages_per_month,
            "used": used,
            "level": level_of(used, rights.messages_per_month) if rights.is_entitled else "ok",
            "until": rfc3339(month_bounds(current_period())[1]),
        },
        "seats": {
            "allowed": (await fetch_seats(cursor, plans)).allowed,
            "used": await team.count_seats(cursor),
        },
        "features": rights.features,
        "grants": [_grant_json(plans, grant) for grant in sorted(grants)],
    }


def _grant_json(plans: Plans, grant: Grant) -> dict[str, object]:
    return {
        "source": grant.source,
        "plan": plans.find(grant.plan)[0],
        "is_active": grant.holds_at(time.time()),
        "expires_at": _time_text(grant.expires_at),
    }


def _time_text(seconds: float | None) -> str | None:
    return None if seconds is None else rfc3339(datetime.fromtimestamp(seconds, UTC))


async def describe_usage(
    cursor: Cursor, plans: Plans, user_id: int, provider: str, period: str
) -> dict[str, object]:
    """The user's counters of a month and of each of its days."""
    rights = await read_rights(cursor, plans, user_id, provider)
    month = await usage.fetch_month(cursor, user_id, provider, period)
    days = await usage.list_days(cursor, user_id, provider, period)
    shown = [{"day": day, "sent": sent, "received": received} for day, sent, received in days]
    return describe_month(rights, period, *month) | {"days": shown}
