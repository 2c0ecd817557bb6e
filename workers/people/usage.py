"""Periodic usage tasks: push users their usage, and compare the counters with the rows."""

from typing import Any

import structlog

from server import metrics
from server.plans.usage_push import push_usage
from server.plans.used_up import match_used_up
from server.store.plans import usage, usage_checks, used_up
from workers.context import Parts, parts_of

log = structlog.get_logger()

PUSH_SECONDS = 1.0
CHECK_SECONDS = 600.0
MATCH_SECONDS = 60.0
# Changes that a killed worker may not have pushed.
RECENT_SECONDS = 60.0


class UsagePushes:
    """Collects users whose counters changed, and pushes to each at most every few seconds."""

    def __init__(self) -> None:
        self._waiting: set[int] = set()
        self._has_begun = False

    async def push(self, parts: Parts) -> None:
        """Push to all users who are due; the others wait for the next round."""
        if not self._has_begun:
            self._waiting |= set(await parts.database.read(usage.list_recent_users, RECENT_SECONDS))
            self._has_begun = True
        if parts.counted:
            accounts = set(parts.counted)
            self._waiting |= set(await parts.database.read(usage.list_owners, sorted(accounts)))
            parts.counted.difference_update(accounts)
        if self._waiting:
            await match_used_up(parts.database, parts.redis, parts.config.plans, sorted(self._waiting))
            self._waiting = await push_usage(
                parts.database, parts.redis, parts.config.plans, sorted(self._waiting)
            )


async def match_plans(parts: Parts) -> None:
    """Show what only time changes: a plan that has ended, or an account that was connected when nothing was left."""
    payers = await parts.database.read(used_up.list_payers)
    await match_used_up(parts.database, parts.redis, parts.config.plans, payers)


async def note_usage(ctx: dict[Any, Any], account_id: int) -> None:
    """Usage of this account was counted by a web process: push it in the next round."""
    parts_of(ctx).counted.add(account_id)


async def check_usage(parts: Parts) -> None:
    """Report every month whose counters differ from the rows. Nothing is corrected: a difference is a defect, and the
    counters are its evidence.
    """
    drift = await parts.database.write(usage_checks.list_drift)
    metrics.USAGE_DRIFT.set(len(drift))
    for row in drift:
        log.error("usage_drift", **row._asdict())
