"""The job table: which function runs which job, the workers of each queue, and their start."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from typing import Any, cast

import structlog
from arq import func
from arq.typing import WorkerCoroutine

from server import queue
from server.cancellation import end_tasks
from server.config import Config
from server.errors import Unavailable
from server.local_jobs import LocalJobs
from server.redis.client import Client, connect
from server.redis.reasons import UNREACHABLE
from workers import assigning, periodic
from workers.accounts import expired_pairings, restarts, states
from workers.context import PARTS, Parts, open_parts
from workers.liveness import monitored
from workers.media import avatars, copy
from workers.messages import amendments, ingest, outbox, verify_sends
from workers.messages.webhook_commits import COMMITTER, webhook_commits
from workers.people import digests, mail, usage, webpushes
from workers.plan_warmup import warmed
from workers.privacy.erasure_keys import check_erasure_keys
from workers.retries import Job, retried
from workers.runner import WokenWorker
from workers.supervisor import Supervisor, supervised
from workers.sync import chat_sync, import_history, sweeps

log = structlog.get_logger()

# Every job name of server/queue.py with its function.
JOBS: Mapping[str, Job] = {
    queue.STORE_EVENTS: ingest.store_events,
    queue.SEND_CHAT: outbox.send_chat,
    queue.REFRESH_ACCOUNT: states.refresh_account,
    queue.RESTART_ACCOUNT: restarts.restart_account,
    queue.DROP_PAIRING: expired_pairings.drop_attempt,
    queue.REFRESH_CHAT: chat_sync.refresh_chat,
    queue.NOTE_USAGE: usage.note_usage,
    queue.MIRROR_CHAT: chat_sync.mirror_chat,
    queue.AMEND_MESSAGE: amendments.amend_message,
    queue.REGISTER_WEBHOOKS: chat_sync.register_webhooks,
    queue.IMPORT_HISTORY: import_history.import_history,
    queue.SWEEP_ACCOUNT: sweeps.sweep_account,
    queue.VERIFY_SEND: verify_sends.verify_send,
    queue.COPY_MEDIA: copy.copy_media,
    queue.COPY_PICTURE: avatars.copy_picture,
    queue.SEND_LINK: mail.send_link,
    queue.ASK_RESET: mail.ask_reset,
    queue.SEND_DIGEST: digests.send_digest,
    queue.SEND_TEST_MAIL: digests.send_test_mail,
    queue.SEND_WEBPUSH: webpushes.send_webpush,
    queue.SEND_TEST_WEBPUSH: webpushes.send_test_webpush,
    queue.ASSIGN_CHATS: assigning.assign_chats,
}
# Longer than any job's own limit, so that arq's timeout, which deletes the job, never comes first.
ARQ_MARGIN_SECONDS = 60
# arq counts starts; `retried` counts faults and decides.
UNLIMITED_TRIES = 1_000_000
DRAIN_SECONDS = 5.0
MAIL_JOBS, WEBPUSH_JOBS = 4, 8
STARTUP_SECONDS, STARTUP_RETRY_SECONDS = 5.0, 1.0


@asynccontextmanager
async def run_workers(config: Config, local: LocalJobs | None = None) -> AsyncIterator[Parts]:
    """Run the workers of all queues in this process, supervised, and drain them when the block ends. They take webhook
    events from `local`, the web server of this process.
    """
    async with open_parts(config) as parts, AsyncExitStack() as stack:
        limits = {
            queue.INGEST_QUEUE: config.worker.ingest_jobs,
            queue.OUTBOX_QUEUE: config.worker.outbox_jobs,
            queue.AMENDMENT_QUEUE: config.worker.amendment_jobs,
            queue.SYNC_QUEUE: config.sync.jobs,
            queue.MEDIA_QUEUE: config.media.copies,
            # Without a mail server or key nothing is queued there.
            **({queue.MAIL_QUEUE: MAIL_JOBS} if config.mail.is_on else {}),
            **({queue.WEBPUSH_QUEUE: WEBPUSH_JOBS} if config.webpush.is_on else {}),
        }
        supervisors: list[Supervisor] = []
        for name, max_jobs in limits.items():
            # Retrying commands: a brief outage of Redis must not end the worker.
            redis = connect(config.redis, retries=True)
            stack.push_async_callback(redis.aclose)
            make = partial(make_worker, parts, name, redis, max_jobs)
            supervisor = await stack.enter_async_context(supervised(make, drain_seconds=DRAIN_SECONDS))
            supervisors.append(supervisor)
            if local is not None:
                stack.enter_context(local.taken_by(name, supervisor))
        await stack.enter_async_context(monitored(parts.redis, supervisors))
        await stack.enter_async_context(periodic.periodic_tasks(parts))
        await stack.enter_async_context(startup_jobs(parts))
        yield parts


@asynccontextmanager
async def startup_jobs(parts: Parts) -> AsyncIterator[None]:
    """Queue the jobs of a start at once, or as soon as Redis and Postgres are available."""
    task = asyncio.create_task(_queue_startup_jobs(parts))
    try:
        await asyncio.wait([task], timeout=STARTUP_SECONDS)
        if task.done():
            task.result()  # raises the error of a bug
        yield
    finally:
        await end_tasks([task])


async def _queue_startup_jobs(parts: Parts) -> None:
    while True:
        try:
            await queue.enqueue(parts.redis, queue.REGISTER_WEBHOOKS)
            await sweeps.sweep_unswept(parts)
            await check_erasure_keys(parts)
        except (Unavailable, *UNREACHABLE) as error:
            log.warning("start_postponed", error=type(error).__name__)
            await asyncio.sleep(STARTUP_RETRY_SECONDS)
        else:
            return


@asynccontextmanager
async def run_warm_workers(config: Config, local: LocalJobs | None = None) -> AsyncIterator[Parts]:
    """The same with warmed plans: the first messages after the start are stored as fast as all others."""
    async with run_workers(config, local) as parts, warmed(parts):
        yield parts


def make_worker(parts: Parts, queue_name: str, redis: Client, max_jobs: int, **options: Any) -> WokenWorker:
    """A worker of one queue."""
    config = parts.config.worker
    names = [name for name, job_queue in queue.QUEUES.items() if job_queue == queue_name]
    functions = [
        func(
            cast(
                WorkerCoroutine,
                retried(JOBS[name], timeout_seconds=config.job_timeout_seconds, tries=config.tries),
            ),
            name=name,
            timeout=config.job_timeout_seconds + ARQ_MARGIN_SECONDS,
            keep_result=0,
            max_tries=UNLIMITED_TRIES,
        )
        for name in names
    ]
    return WokenWorker(
        functions,
        queue_name=queue_name,
        redis_pool=redis,
        max_jobs=max_jobs,
        handle_signals=False,
        ctx={PARTS: parts, COMMITTER: webhook_commits(parts)},
        job_serializer=queue.serialize,
        job_deserializer=queue.deserialize,
        expires_extra_ms=queue.EXPIRY_SECONDS * 1000,
        lease_seconds=config.lease_seconds,
        **options,
    )
