"""A rerun of a job publishes everything again with the same seqs, since its first run may not have."""

from typing import Any

import pytest

from tests.support.peers import message_received
from tests.support.worker_harness import Listener, WorkerHarness, receipt, written_by_us

STATUS = {"AccountStatus": {"account_id": "acc-1", "account_type": "WHATSAPP", "message": "CREDENTIALS"}}


def published(heard: list[tuple[int, dict[str, Any]]]) -> set[tuple[str, int]]:
    return {(frame["event"], seq) for seq, frame in heard}


@pytest.mark.parametrize("job_try", [2, 5])
async def test_a_rerun_publishes_messages_and_chats(
    harness: WorkerHarness, listener: Listener, job_try: int
) -> None:
    messages = [message_received("acc-1", "Oi"), message_received("acc-1", "Oi", phone="5511977770000")]
    await harness.store(*messages)
    first = published(await listener.heard())
    assert {event for event, _ in first} == {"message:new", "chat:updated"}
    await harness.store(*messages, job_try=job_try)
    assert published(await listener.heard()) == first


async def test_a_rerun_publishes_ticks_and_states(harness: WorkerHarness, listener: Listener) -> None:
    message = written_by_us("Tem.")
    await harness.store(message)
    tick = receipt("message_read", message["message_id"])
    await listener.heard()
    await harness.store(tick, STATUS)
    first = published(await listener.heard())
    assert {event for event, _ in first} == {"message:updated", "account:updated"}
    await harness.store(tick, STATUS, job_try=2)
    assert first <= published(await listener.heard())


async def test_a_duplicate_is_no_rerun(harness: WorkerHarness, listener: Listener) -> None:
    """A mere duplicate causes no further read of the chats."""
    message = message_received("acc-1")
    await harness.store(message)
    await listener.heard()
    await harness.store(message)
    assert {event for event, _ in published(await listener.heard())} == {"message:new"}


async def test_a_rerun_without_rows_publishes_nothing(harness: WorkerHarness, listener: Listener) -> None:
    await harness.store(message_received("nobodys"), receipt("message_read", "m-9"), job_try=2)
    assert await listener.heard() == []
