"""Pushes a user's usage of the month (`usage:updated`), and warns once when a level of the limit is crossed."""

import time
from collections.abc import Mapping, Sequence

import orjson
from redis.asyncio import Redis

from server.config.plans import Plans
from server.plans.payer import read_rights_of
from server.plans.used_up import match_used_up
from server.realtime.broker import publish_to_user
from server.rules.plans import (
    Grant,
    Rights,
    current_period,
    describe_month,
    level_of,
    merge_grants,
    percent_of,
)
from server.store.db.database import Database
from server.store.plans import entitlements, usage
from server.store.plans.usage import UsagePushTarget

# The minimum time between two pushes to a user, across all workers.
PUSH_INTERVAL_SECONDS = 3.0


async def push_usage(
    database: Database,
    redis: Redis,
    plans: Plans,
    user_ids: Sequence[int],
    *,
    pause: float = PUSH_INTERVAL_SECONDS,
) -> set[int]:
    """Push the current month of these users; returns those who must wait for the end of their interval."""
    targets = await database.write(usage.take_due_pushes, user_ids, pause)
    due = [row for row in targets if row.is_due]
    rights = await database.read(read_rights_of, plans, [(row.user_id, row.provider) for row in due])
    for row in due:
        own = rights[row.user_id, row.provider]
        crossed = await _record_crossing(database, row, own)
        shown = describe_month(own, current_period(), *row.month) | {"crossed": crossed}
        await publish_to_user(redis, row.user_id, _usage_frame(shown))
    return {row.user_id for row in targets if not row.is_due}


async def push_plan(database: Database, redis: Redis, plans: Plans, user_id: int, provider: str) -> None:
    """Push the month after a change of plan, even if nothing was sent yet, and what it changes for their accounts."""
    period = current_period()
    month = await database.read(usage.fetch_month, user_id, provider, period)
    grants = await database.read(entitlements.list_grants, user_id, provider)
    rights = merge_grants(plans, provider, (Grant(*row) for row in grants), time.time())
    shown = describe_month(rights, period, *month) | {"crossed": None}
    await publish_to_user(redis, user_id, _usage_frame(shown))
    await match_used_up(database, redis, plans, [user_id])


async def _record_crossing(database: Database, row: UsagePushTarget, rights: Rights) -> str | None:
    """The level that was just reached; None if it was pushed before or there is nothing to warn of."""
    limit = rights.messages_per_month
    level = level_of(row.month.here, limit)
    if limit is None or level == "ok":
        return None
    percent = percent_of(level)
    if row.warned_limit == limit and row.warned_level >= percent:
        return None
    is_new = await database.write(usage.note_warning, row.user_id, row.provider, percent, limit)
    return level if is_new else None


def _usage_frame(shown: Mapping[str, object]) -> bytes:
    return orjson.dumps({"event": "usage:updated", "data": shown})
