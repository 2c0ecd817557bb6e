"""A failed job is retried with a backoff or becomes a dead letter; it is never lost."""

import asyncio
import re
from typing import Any

import orjson
import pytest
from arq import Retry

from server.errors import Unavailable
from server.unipile.errors import NotTaken
from tests.support.worker_harness import WorkerHarness
from workers import retries
from workers.retries import RETRY_DELAYS_SECONDS, Job, delay_seconds, retried

TRIES = 3


def failing(error: Exception) -> Job:
    async def job(_ctx: dict[Any, Any], *_: Any) -> None:
        raise error

    return retried(job, timeout_seconds=5, tries=TRIES)


def seconds(retry: Retry) -> float:
    assert retry.defer_score is not None
    return retry.defer_score / 1000


def test_the_backoff_grows_and_has_jitter() -> None:
    for attempt, base in enumerate((*RETRY_DELAYS_SECONDS, RETRY_DELAYS_SECONDS[-1]), 1):
        pauses = {delay_seconds(attempt) for _ in range(50)}
        assert len(pauses) > 1
        assert all(base * 0.7 <= pause <= base * 1.3 for pause in pauses)
    assert delay_seconds(1_000) <= RETRY_DELAYS_SECONDS[-1] * 1.3


@pytest.mark.parametrize("error", [Unavailable("away"), NotTaken("busy", "Busy."), TimeoutError()])
async def test_temporary_errors_are_retried_without_limit(harness: WorkerHarness, error: Exception) -> None:
    for job_try in (1, TRIES, 500):
        woken: list[float] = []
        context = harness.context(job_try) | {"wake_in": woken.append}
        with pytest.raises(Retry) as caught:
            await failing(error)(context, [])
        assert woken
        assert seconds(caught.value) == pytest.approx(woken[0], abs=0.01)
    assert await harness.dead_letters() == []


async def test_a_job_that_exceeds_its_own_limit_is_retried(harness: WorkerHarness) -> None:
    """arq's own limit would delete it."""

    async def endless(_ctx: dict[Any, Any]) -> None:
        await asyncio.Event().wait()

    with pytest.raises(Retry):
        await retried(endless, timeout_seconds=0.01, tries=TRIES)(harness.context())


async def test_a_cancelled_job_is_left_to_arq(harness: WorkerHarness) -> None:
    """Only a shutdown cancels jobs: arq queues the job again without a backoff."""

    async def endless(_ctx: dict[Any, Any]) -> None:
        await asyncio.Event().wait()

    task: asyncio.Future[None] = asyncio.ensure_future(
        retried(endless, timeout_seconds=5, tries=TRIES)(harness.context())
    )
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def fail_until_the_last_try(run: Job, harness: WorkerHarness, argument: object) -> None:
    for _ in range(1, TRIES):
        with pytest.raises(Retry):
            await run(harness.context(), argument)
    assert await harness.dead_letters() == []


async def test_a_bug_is_retried_and_then_becomes_a_dead_letter(harness: WorkerHarness) -> None:
    run, arguments = failing(RuntimeError("a defect")), [{"body": {"text": "Oi \x00"}}]
    await fail_until_the_last_try(run, harness, arguments)
    await run(harness.context(), arguments)
    (dead_letter,) = await harness.dead_letters()
    assert dead_letter["source"] == "job:job"
    # Type and location only; the error's text may quote a message.
    assert re.fullmatch(r"RuntimeError at test_retries\.py:\d+", dead_letter["reason"])
    assert orjson.loads(dead_letter["body"]) == [arguments]


async def test_starts_are_not_counted_as_faults(harness: WorkerHarness) -> None:
    """An outage of an hour starts a job a hundred times; its first fault afterwards still counts as the first."""
    with pytest.raises(Retry):
        await failing(RuntimeError("a defect"))(harness.context(job_try=500), [1])
    assert await harness.dead_letters() == []


async def test_the_same_failure_twice_is_one_dead_letter(harness: WorkerHarness) -> None:
    run = failing(RuntimeError("a defect"))
    await fail_until_the_last_try(run, harness, [1])
    await run(harness.context(), [1])
    await run(harness.context(), [1])
    assert len(await harness.dead_letters()) == 1


async def test_a_dead_letter_waits_for_the_database(
    harness: WorkerHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*_: object) -> None:
        raise Unavailable("away")

    run = failing(RuntimeError("a defect"))
    await fail_until_the_last_try(run, harness, [1])
    with monkeypatch.context() as patch, pytest.raises(Retry):
        patch.setattr(retries, "dead_letter_job", away)
        await run(harness.context(), [1])
    await run(harness.context(), [1])
    assert len(await harness.dead_letters()) == 1


async def test_a_reason_that_postgres_cannot_store_is_cleaned_and_stored(harness: WorkerHarness) -> None:
    run = failing(ValueError("a \x00 in somebody's words \ud800"))
    await fail_until_the_last_try(run, harness, [1])
    await run(harness.context(), [1])
    assert len(await harness.dead_letters()) == 1


async def test_a_retry_that_a_job_raises_itself_passes_through(harness: WorkerHarness) -> None:
    with pytest.raises(Retry) as caught:
        await failing(Retry(defer=7))(harness.context(), [])
    assert seconds(caught.value) == 7
