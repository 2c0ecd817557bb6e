"""Runs the rules of accounts: on the events of their feeds, and on chats that have waited for a time."""

from collections.abc import Sequence

import structlog
from aiopg import Cursor

from server.automation.actions import Done
from server.automation.rules import CONSUMER
from server.automation.running import run_on_events
from server.automation.waiting import run_due
from server.config import Config
from server.errors import Unavailable
from server.messages.send_batcher import announce_sends
from server.realtime.broker import publish_or_log
from server.store.accounts.accounts import LockedAccount, lock_account
from server.store.automation.feed_events import FeedEvent
from server.store.rules import active_rules, rule_runs
from workers.automation.consumer import Effects
from workers.context import Parts

log = structlog.get_logger()

OF_EACH, PRUNED = 50, 1000


class Rules:
    """The consumer that runs rules on events."""

    name = CONSUMER
    page_size = 200
    find = staticmethod(lock_account)

    async def process(
        self, cursor: Cursor, config: Config, account: LockedAccount, events: Sequence[FeedEvent]
    ) -> Effects:
        return _effects_of(await run_on_events(cursor, config.plans, account, events))


async def run_time_rules(parts: Parts) -> None:
    """Run the time rules that are due. An account in which that fails holds up no other."""
    for account_id in await parts.database.read(active_rules.list_due_accounts):
        try:
            while await _run_batch(parts, account_id) >= OF_EACH:
                pass
        except Unavailable:
            raise
        except Exception:
            log.exception("time_rules_failed", account_id=account_id)


async def _run_batch(parts: Parts, account_id: int) -> int:
    done, count = await parts.database.write(run_due, parts.config.plans, account_id, OF_EACH)
    effects = _effects_of(done)
    await publish_or_log(parts.redis, account_id, effects.pushes, "automation_not_published")
    await announce_sends(parts.redis, effects.sends)
    return count


def _effects_of(done: Done) -> Effects:
    return Effects(sorted(done.pushes, key=lambda push: push.seq), done.sends)


async def prune_rule_runs(parts: Parts) -> None:
    """Delete old runs, one batch a transaction."""
    while await parts.database.write(rule_runs.prune_runs, PRUNED):
        pass
