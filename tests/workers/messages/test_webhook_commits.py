"""The group commit of webhook events: what shares a transaction, and what is remembered of unknown accounts."""

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest
import structlog
from structlog.testing import capture_logs

from tests.support.peers import message_received
from tests.support.worker_harness import WorkerHarness, delivery
from workers.context import Parts
from workers.messages import ingest, webhook_batch, webhook_commits
from workers.messages.webhook_batch import ReceivedEvent
from workers.storing.commit import commit


async def test_jobs_share_a_transaction_up_to_the_limit(
    harness: WorkerHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes: list[int] = []

    async def noted(parts: Parts, received: Sequence[ReceivedEvent], *callbacks: Any) -> None:
        sizes.append(len(received))
        await commit(parts, received, *callbacks)

    monkeypatch.setattr(webhook_commits, "commit", noted)
    monkeypatch.setattr(webhook_commits, "COMMIT_LIMIT", 5)
    jobs = [[delivery(message_received("acc-1")) for _ in range(size)] for size in (1, 2, 3, 2, 7)]
    await asyncio.gather(*(ingest.store_events(harness.context(), job) for job in jobs))
    assert sizes == [3, 5, 7]
    assert len(await harness.messages()) == 15


async def test_only_so_many_unknown_accounts_are_remembered(
    harness: WorkerHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webhook_batch, "MAX_LOGGED", 2)
    monkeypatch.setattr(webhook_batch, "log", structlog.get_logger())
    with capture_logs() as lines:
        for account in ("a", "b", "a", "c", "c", "a"):
            await harness.store(message_received(account))
    assert [line["external_account_id"] for line in lines] == ["a", "b", "c", "a"]
