"""The consumers of the feeds of accounts, in the order in which they run."""

import time
from collections.abc import Sequence
from dataclasses import dataclass

from aiopg import Cursor

from server.config import Config
from server.queue import INGEST_QUEUE, queue_age_seconds
from server.store.accounts.accounts import FoundAccount, LockedAccount, lock_account
from server.store.automation.feed_events import FeedEvent
from server.store.backups import runs
from workers.automation.auto_replies import AutoReplies
from workers.automation.consumer import Consumer, Effects
from workers.automation.follow import follow_feeds
from workers.automation.report_facts import ReportFacts
from workers.automation.rules import Rules
from workers.automation.surveys import Surveys
from workers.context import Parts


@dataclass(frozen=True, slots=True)
class SinceRestored:
    """Leaves out what happened before a backup was restored: it was acted on then, by the system that is lost."""

    consumer: Consumer[LockedAccount]
    find = staticmethod(lock_account)

    @property
    def name(self) -> str:
        return self.consumer.name

    @property
    def page_size(self) -> int:
        return self.consumer.page_size

    async def process(
        self, cursor: Cursor, config: Config, account: LockedAccount, events: Sequence[FeedEvent]
    ) -> Effects:
        restored_at = await runs.fetch_restored_at(cursor)
        left = [event for event in events if restored_at is None or event.at >= restored_at]
        return await self.consumer.process(cursor, config, account, left) if left else Effects()


# These act, so they follow at once.
ACTING: Sequence[Consumer[LockedAccount]] = tuple(
    SinceRestored(each) for each in (AutoReplies(), Rules(), Surveys())
)
# Facts are those of whole conversations: followed less often, they are computed once for several messages of a chat.
# At the pace of the others they took an eighth of what a busy worker can store.
COUNTING: Sequence[Consumer[FoundAccount]] = (ReportFacts(),)
# How long an event has waited to be stored, and how long counting waits for that at most.
BACKLOG_SECONDS, LATEST_SECONDS = 0.2, 60.0


async def follow_acting(parts: Parts) -> None:
    """Let each consumer that acts process what it has not processed."""
    for consumer in ACTING:
        await follow_feeds(parts, consumer)


class Counting:
    """Lets each consumer that counts process what it has not processed. While messages wait to be stored it does so
    once a minute: a page takes the processor that a batch of messages needs.
    """

    def __init__(self) -> None:
        self._counted_at = time.monotonic()

    async def follow(self, parts: Parts) -> None:
        """Process all, unless messages wait and it was done lately."""
        is_late = time.monotonic() - self._counted_at >= LATEST_SECONDS
        if not is_late and await queue_age_seconds(parts.redis, INGEST_QUEUE) >= BACKLOG_SECONDS:
            return
        for consumer in COUNTING:
            await follow_feeds(parts, consumer)
        self._counted_at = time.monotonic()
