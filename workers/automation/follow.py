"""Follows the feeds of accounts for consumers: each event is processed once, in order, whenever a worker is killed.

A consumer's work on a page of events and the move of its cursor are one transaction, under the cursor's lock. One that
takes seqs holds the account's lock too. Pages have no holes without it: since seqs are taken under that lock, a
statement that sees an event sees all events with lower seqs.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Generic

import structlog
from aiopg import Cursor

from server.config import Config
from server.errors import Unavailable
from server.messages.send_batcher import announce_sends
from server.realtime.broker import publish_or_log
from server.store.automation import feed_cursors, feed_events
from server.store.automation.feed_events import FeedEvent
from workers.automation.consumer import A, Consumer, Effects
from workers.context import Parts

log = structlog.get_logger()

ACCOUNTS = 100


async def follow_feeds(parts: Parts, consumer: Consumer[A]) -> None:
    """Process all events that this consumer has not processed."""
    for account_id in await parts.database.read(feed_cursors.list_behind, consumer.name, ACCOUNTS):
        while await _follow_page(parts, consumer, account_id):
            pass


async def _follow_page(parts: Parts, consumer: Consumer[A], account_id: int) -> bool:
    """Process one page; True if there may be more. If it cannot be processed, its first event is processed alone, and
    left out if it is the cause: the events after it, and the other accounts, must not wait for it.
    """
    try:
        return await _commit_page(parts, consumer, account_id, consumer.page_size)
    except Unavailable:
        raise
    except Exception:
        log.exception("feed_page_failed", consumer=consumer.name, account_id=account_id)
    try:
        return await _commit_page(parts, consumer, account_id, 1)
    except Unavailable:
        raise
    except Exception:
        log.exception("feed_event_left_out", consumer=consumer.name, account_id=account_id)
    return await _commit_page(parts, _LeavesOut(consumer.name, consumer.find), account_id, 1)


async def _commit_page(parts: Parts, consumer: Consumer[A], account_id: int, limit: int) -> bool:
    page = await parts.database.write(_process_page, parts.config, consumer, account_id, limit)
    if page is None:
        return False
    effects, has_more = page
    await publish_or_log(parts.redis, account_id, effects.pushes, "automation_not_published")
    await announce_sends(parts.redis, effects.sends)
    return has_more


async def _process_page(
    cursor: Cursor, config: Config, consumer: Consumer[A], account_id: int, limit: int
) -> tuple[Effects, bool] | None:
    account = await consumer.find(cursor, account_id)
    if account is None:
        return None
    after = await feed_cursors.lock_cursor(cursor, consumer.name, account_id)
    if after is None:
        return None
    page = await feed_events.list_events(cursor, account_id, after, limit)
    effects = await consumer.process(cursor, config, account, page.events) if page.events else Effects()
    await feed_cursors.move_cursor(cursor, consumer.name, account_id, page.up_to)
    return effects, page.has_more


@dataclass(frozen=True, slots=True)
class _LeavesOut(Generic[A]):
    """Does nothing with an event that its consumer cannot process."""

    name: str
    find: Callable[[Cursor, int], Awaitable[A | None]]
    page_size = 1

    async def process(
        self, cursor: Cursor, config: Config, account: A, events: Sequence[FeedEvent]
    ) -> Effects:
        return Effects()
