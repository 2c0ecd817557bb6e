"""Closes gaps in the feeds with what the rows say, and notices when the database has become an older copy."""

import asyncio

import structlog

from server.errors import ConfabError
from server.realtime.events import reset_frame
from server.realtime.hub.background import Background
from server.realtime.hub.delivery import Delivery
from server.realtime.hub.room_members import Membership
from server.realtime.rooms import Listeners
from server.realtime.rows import Rows
from server.redis.channels import Topic

log = structlog.get_logger()

# A publish that was overtaken by the next one arrives within this time; a gap that stays open is read from the rows.
GAP_SECONDS = 0.25


class Healing:
    """Reads the rows of the topics that sockets of this process listen to."""

    def __init__(
        self, membership: Membership, delivery: Delivery, rows: Rows, background: Background
    ) -> None:
        self._membership = membership
        self._delivery = delivery
        self._rows = rows
        self._background = background

    def close_gap(self, topic: Topic, listeners: Listeners) -> None:
        """Read the rows soon if the feed has a gap that no publish has closed by then."""
        if listeners.feed.has_gap and listeners.feed.head is not None:
            self._heal_soon(topic, listeners)

    def compare_heads_soon(self) -> None:
        self._background.spawn(self.compare_heads())

    async def compare_heads(self) -> None:
        """Compare every feed with its topic's head seq: one query, and one more for each topic that is behind.

        A head below what was received before the query means that the rows are an older copy: a backup was restored,
        or a lagging replica took over.
        """
        received = {topic: known.feed.head or 0 for topic, known in self._membership.topics.items()}
        try:
            heads = await self._rows.read_heads(list(received))
        except ConfabError as error:
            log.warning("heads_failed", error=error.code)
            return
        for topic, head in heads.items():
            if (listeners := self._membership.topics.get(topic)) is None:
                continue
            if head < received[topic]:
                self._go_back(topic, listeners, head)
            elif listeners.feed.is_behind(head):
                self._heal_soon(topic, listeners, head)

    def _go_back(self, topic: Topic, listeners: Listeners, head: int) -> None:
        log.warning("feed_went_back", **topic._asdict(), heard=listeners.feed.head, head=head)
        listeners.feed.restart(head)
        self._delivery.send(listeners.everyone, reset_frame(topic))

    def _heal_soon(self, topic: Topic, listeners: Listeners, head: int = 0) -> None:
        if listeners.healing is None:
            listeners.healing = self._background.spawn(self._heal_after_delay(topic, listeners, head))

    async def _heal_after_delay(self, topic: Topic, listeners: Listeners, head: int) -> None:
        try:
            await asyncio.sleep(GAP_SECONDS)
            if listeners.feed.has_gap or listeners.feed.is_behind(head):
                await self._heal(topic, listeners)
        finally:
            listeners.healing = None

    async def _heal(self, topic: Topic, listeners: Listeners) -> None:
        try:
            pushes, head = await self._rows.read_changes(topic, listeners.feed.head or 0)
        except ConfabError as error:
            log.warning("heal_failed", **topic._asdict(), error=error.code)
            return  # the next comparison of heads finds the same gap
        self._delivery.send_pushes(listeners, listeners.feed.heal(pushes, head))
