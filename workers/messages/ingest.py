"""The job that stores webhook events: reads the bodies and hands them to the group commit."""

from collections.abc import Sequence
from typing import Any

from server.queue import QueuedEvent
from server.unipile.events.parse import parse_event
from server.unipile.fields.texts import UnusableEventError
from workers.context import Parts, parts_of
from workers.messages.republish import republish
from workers.messages.webhook_batch import ReceivedEvent
from workers.messages.webhook_commits import COMMITTER
from workers.storing.dead_letters import put_aside


async def store_events(ctx: dict[Any, Any], events: Sequence[QueuedEvent]) -> None:
    """Store a batch of events. Idempotent: rows that exist are found, nothing is inserted or counted twice, and what is
    published again has the same seqs.
    """
    parts = parts_of(ctx)
    received = [found for event in events if (found := await _parse(parts, event)) is not None]
    await ctx[COMMITTER].submit(received)
    if ctx["job_try"] > 1:
        # The previous run may have committed and died before it published; now every event is a repetition.
        await republish(parts, [event for event, _ in received])


async def _parse(parts: Parts, queued: QueuedEvent) -> ReceivedEvent | None:
    """None for an event without usable ids, which becomes a dead letter."""
    try:
        return ReceivedEvent(parse_event(queued["body"], queued["received_at"]), queued)
    except UnusableEventError as error:
        await put_aside(parts, queued["source"], str(error), queued["body"])
        return None
