"""Decides whether a failed job is retried or becomes a dead letter; arq itself would delete it."""

import asyncio
import functools
import random
import traceback
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import structlog
from arq import Retry

from server.config import ROOT
from server.errors import Unavailable
from server.metrics import JOB_FAILURES, JOB_RETRIES, JOB_SECONDS
from server.queue import EXPIRY_SECONDS, fault_key
from server.redis.reasons import UNREACHABLE
from server.unipile.errors import NotTaken
from workers.context import parts_of
from workers.storing.dead_letters import dead_letter_job

log = structlog.get_logger()

Job = Callable[..., Awaitable[None]]

RETRY_DELAYS_SECONDS = (0.2, 0.5, 1, 2, 5, 10, 20, 30)
# A dependency is unavailable and the job is fine: it is retried until it succeeds, or expires after a week.
TEMPORARY = (Unavailable, NotTaken, TimeoutError)


def delay_seconds(attempt: int) -> float:
    """The backoff after the given failed attempt (1, 2, …), with jitter so that retries do not come all at once."""
    delay = RETRY_DELAYS_SECONDS[min(attempt, len(RETRY_DELAYS_SECONDS)) - 1]
    return delay * random.uniform(0.7, 1.3)  # noqa: S311 - jitter, not a secret


def retried(job: Job, *, timeout_seconds: float, tries: int) -> Job:
    """Wrap a job: temporary errors and its own time limit become arq's Retry. So do other errors until `tries` are used
    up; then its arguments are stored as a dead letter.
    """

    @functools.wraps(job)
    async def run(ctx: dict[Any, Any], *args: Any) -> None:
        try:
            # arq's own limit would delete the job; ours is shorter and retries it.
            with JOB_SECONDS.labels(job.__name__).time():
                async with asyncio.timeout(timeout_seconds):
                    await job(ctx, *args)
        except TEMPORARY as error:
            raise _retry(job, ctx, error) from error
        except Retry:
            raise
        except Exception as error:
            JOB_FAILURES.labels(job.__name__).inc()
            faults = await _count_fault(ctx)
            if faults < tries:
                log.exception("job_failed", job=job.__name__, job_id=ctx["job_id"], faults=faults)
                raise _retry(job, ctx, error) from error
            await _store_dead_letter(job, ctx, args, error)

    return run


async def _count_fault(ctx: dict[Any, Any]) -> int:
    """The job's faults so far. arq counts starts, so outages, deploys and killed workers would use up the tries."""
    key, redis = fault_key(ctx["job_id"]), parts_of(ctx).redis
    try:
        async with redis.pipeline(transaction=True) as pipe:
            pipe.incr(key)
            pipe.expire(key, EXPIRY_SECONDS)
            return int((await pipe.execute())[0])
    except UNREACHABLE:
        return 0  # not counted, so retried


def _retry(job: Job, ctx: dict[Any, Any], error: BaseException) -> Retry:
    delay = delay_seconds(ctx["job_try"])
    if isinstance(error, NotTaken) and error.retry_after is not None:
        delay = max(delay, error.retry_after)  # as UniPile requested
    JOB_RETRIES.labels(job.__name__).inc()
    log.info(
        "job_retried",
        job=job.__name__,
        job_id=ctx["job_id"],
        error=type(error).__name__,
        seconds=round(delay, 2),
    )
    ctx["wake_in"](delay)
    return Retry(defer=delay)


async def _store_dead_letter(job: Job, ctx: dict[Any, Any], args: tuple[Any, ...], error: Exception) -> None:
    """Store the job's arguments. If that fails, the job is retried, since arq would delete it."""
    log.error("job_dead_lettered", job=job.__name__, job_id=ctx["job_id"], error=type(error).__name__)
    parts = parts_of(ctx)
    try:
        await parts.database.write(
            dead_letter_job, parts.name_hasher, parts.unipile.provider, job.__name__, _reason(error), args
        )
    except Exception as failure:
        raise _retry(job, ctx, failure) from failure


def _reason(error: Exception) -> str:
    """The error's type and line. Its message is left out, since it may quote a contact's message."""
    lines = [
        f"{Path(frame.filename).name}:{frame.lineno}"
        for frame in traceback.extract_tb(error.__traceback__)
        if frame.filename.startswith(f"{ROOT}/") and "site-packages" not in frame.filename
    ]
    return " at ".join((type(error).__name__, *lines[-1:]))
