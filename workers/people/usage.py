"""The rounds of usage: tells users what their numbers have used, and holds the counters against the rows."""

from typing import Any

import structlog

from server import metrics
from server.plans.usage_push import push_usage
from server.store.plans import usage, usage_checks
from workers.context import Parts, parts_of

log = structlog.get_logger()

PUSH_SECONDS = 1.0
CHECK_SECONDS = 600.0
# What a worker that was killed may not have told any more.
RECENT_SECONDS = 60.0


class UsagePushes:
    """Gathers whose counters have moved, and tells each of them at most every few seconds."""

    def __init__(self) -> None:
        self._waiting: set[int] = set()
        self._has_begun = False

    async def tell(self, parts: Parts) -> None:
        """Tell everybody who is due; the others wait for the next round."""
        if not self._has_begun:
            self._waiting |= set(await parts.database.read(usage.list_recent_users, RECENT_SECONDS))
            self._has_begun = True
        if parts.counted:
            accounts = set(parts.counted)
            self._waiting |= set(await parts.database.read(usage.list_owners, sorted(accounts)))
            parts.counted.difference_update(accounts)
        if self._waiting:
            self._waiting = await push_usage(
                parts.database, parts.redis, parts.config.plans, sorted(self._waiting)
            )


async def note_usage(ctx: dict[Any, Any], account_id: int) -> None:
    """Something of this number was counted elsewhere: its owner is told with the next round."""
    parts_of(ctx).counted.add(account_id)


async def check_usage(parts: Parts) -> None:
    """Report every month whose counters are not what the rows say. Nothing is mended here: who finds a difference
    has found a defect, and the numbers are its trace.
    """
    drift = await parts.database.write(usage_checks.list_drift)
    metrics.USAGE_DRIFT.set(len(drift))
    for row in drift:
        told: dict[str, Any] = row._asdict()
        log.error("usage_drift", **told)
