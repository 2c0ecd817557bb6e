"""Tells a user's sockets how much of the month is used (`usage:updated`), and warns once when it becomes little."""

import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

import orjson
from redis.asyncio import Redis

from server.config.plans import Plans
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

# A user is told at most so often, by all workers together.
PAUSE_SECONDS = 3.0


async def push_usage(
    database: Database, redis: Redis, plans: Plans, user_ids: Sequence[int], *, pause: float = PAUSE_SECONDS
) -> set[int]:
    """Push the current month of these users; returns those who were told a moment ago, and are to be told later."""
    claimed = await database.write(usage.take_due_pushes, user_ids, pause)
    due = [row for row in claimed if row.is_due]
    rights = await _rights_of(database, plans, due)
    for row in due:
        own = rights[row.user_id, row.provider]
        crossed = await _note_crossing(database, row, own)
        shown = describe_month(own, current_period(), *row.month) | {"crossed": crossed}
        await publish_to_user(redis, row.user_id, _frame(shown))
    return {row.user_id for row in claimed if not row.is_due}


async def push_plan(database: Database, redis: Redis, plans: Plans, user_id: int, provider: str) -> None:
    """Push the month after the plan has changed, also of somebody who has not sent anything yet."""
    period = current_period()
    month = await database.read(usage.fetch_month, user_id, provider, period)
    grants = await database.read(entitlements.list_grants, user_id, provider)
    rights = merge_grants(plans, provider, (Grant(*row) for row in grants), time.time())
    shown = describe_month(rights, period, *month) | {"crossed": None}
    await publish_to_user(redis, user_id, _frame(shown))


async def _rights_of(
    database: Database, plans: Plans, claimed: Sequence[UsagePushTarget]
) -> Mapping[tuple[int, str], Rights]:
    rows = await database.read(entitlements.list_grants_of, [row.user_id for row in claimed])
    grants: dict[tuple[int, str], list[Grant]] = defaultdict(list)
    for user_id, provider, row in rows:
        grants[user_id, provider].append(Grant(*row))
    keys = [(row.user_id, row.provider) for row in claimed]
    return {key: merge_grants(plans, key[1], grants[key], time.time()) for key in keys}


async def _note_crossing(database: Database, row: UsagePushTarget, rights: Rights) -> str | None:
    """The level that was reached just now; None when it was told before, or there is nothing to warn of."""
    limit = rights.messages_per_month
    level = level_of(row.month.here, limit)
    if limit is None or level == "ok":
        return None
    known = (row.warned_limit, row.warned_level)
    if known[0] == limit and known[1] >= percent_of(level):
        return None
    place = (row.user_id, row.provider, percent_of(level), limit)
    return level if await database.write(usage.note_warning, *place) else None


def _frame(shown: Mapping[str, Any]) -> bytes:
    return orjson.dumps({"event": "usage:updated", "data": shown})
