"""Early events of messages that never arrived are deleted by age, in batches."""

import pytest

from server.store.messages.early_events import prune_early_events
from tests.support.peers import message_received
from tests.support.worker_harness import WorkerHarness, receipt
from workers import periodic

DAYS = 30


async def store_early_event(harness: WorkerHarness, index: int, days_ago: float) -> None:
    """A tick, an edit and a reaction about a message that is not stored."""
    message_id = f"never-{index}"
    change = message_received("acc-1", "Olá", message_id=message_id)
    await harness.store(
        receipt("message_read", message_id),
        change | {"event": "message_edited"},
        change | {"event": "message_reaction", "reaction": "👍", "reaction_sender": change["sender"]},
    )
    await harness.execute(
        """update channels_receipt set created_at = now() - make_interval(hours => %(hours)s)
           where provider_msg_id = %(id)s""",
        id=message_id,
        hours=int(days_ago * 24),
    )
    await harness.execute(
        """update channels_amendment set told_at = now() - make_interval(hours => %(hours)s)
           where provider_msg_id = %(id)s""",
        id=message_id,
        hours=int(days_ago * 24),
    )


async def remaining(harness: WorkerHarness) -> set[tuple[str, str]]:
    rows = await harness.fetch(
        """select 'tick' as what, provider_msg_id as id from channels_receipt
           union all select kind, provider_msg_id from channels_amendment"""
    )
    return {(row["what"], row["id"]) for row in rows}


async def test_only_old_early_events_are_deleted(harness: WorkerHarness) -> None:
    await store_early_event(harness, 1, DAYS + 0.5)
    await store_early_event(harness, 2, DAYS - 0.5)
    await periodic.prune_early_events(harness.parts)
    assert await remaining(harness) == {("tick", "never-2"), ("edited", "never-2"), ("reaction", "never-2")}


async def test_a_transaction_takes_a_bounded_batch(harness: WorkerHarness) -> None:
    for index in range(4):
        await store_early_event(harness, index, DAYS + 1)
    assert await harness.parts.database.write(prune_early_events, DAYS, 3) == 6
    assert len(await remaining(harness)) == 12 - 6


async def test_a_backlog_is_deleted_in_batches(
    harness: WorkerHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(periodic, "PRUNE_BATCH", 2)
    for index in range(5):
        await store_early_event(harness, index, DAYS + 1)
    await periodic.prune_early_events(harness.parts)
    assert await remaining(harness) == set()


async def test_pruned_early_events_do_not_return_with_their_message(harness: WorkerHarness) -> None:
    await store_early_event(harness, 1, DAYS + 1)
    await periodic.prune_early_events(harness.parts)
    await harness.store(message_received("acc-1", "Oi", message_id="never-1", is_sender=True))
    assert (await harness.message())["status"] == "sent"
