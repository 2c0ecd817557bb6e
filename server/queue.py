"""Enqueues jobs for the workers by name: job and queue names, and the JSON of a job.

The Redis names of the queues are here and nowhere else; the pub/sub names are in `redis/channels.py`.
"""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, NotRequired, TypedDict
from uuid import uuid4

import orjson
from arq.constants import in_progress_key_prefix, job_key_prefix, result_key_prefix, retry_key_prefix
from arq.jobs import serialize_job
from redis.asyncio import Redis

from server.errors import Unavailable
from server.local_jobs import JobCall
from server.redis.client import Script
from server.redis.reasons import UNREACHABLE

INGEST_QUEUE = "confab:queue:ingest"
OUTBOX_QUEUE = "confab:queue:outbox"
# Imports and sweeps run for minutes: in the outbox queue they would occupy every worker slot when several accounts
# connect at once. Here they have a few slots of their own.
SYNC_QUEUE = "confab:queue:sync"
# Separate from the outbox: a reaction is shown at once, even while a burst of sends occupies all its slots.
AMENDMENT_QUEUE = "confab:queue:amendments"
# Separate from the outbox: no send waits for a video to be copied.
MEDIA_QUEUE = "confab:queue:media"
# Separate, so that a slow mail server delays no other job.
MAIL_QUEUE = "confab:queue:mail"
# Separate, so that a slow push service delays no other job either.
WEBPUSH_QUEUE = "confab:queue:webpush"
# How each queue is called in metrics and health checks.
QUEUE_NAMES = {
    INGEST_QUEUE: "ingest",
    OUTBOX_QUEUE: "outbox",
    AMENDMENT_QUEUE: "amendments",
    SYNC_QUEUE: "sync",
    MEDIA_QUEUE: "media",
    MAIL_QUEUE: "mail",
    WEBPUSH_QUEUE: "webpush",
}
HEARTBEAT_KEY = "confab:worker:heartbeat"
WORKER_HEARTBEAT_SECONDS = 5
# A worker is considered dead after this many missed heartbeats.
MISSED_HEARTBEATS = 4
# Written to check that Redis accepts writes.
PROBE_KEY, PROBE_SECONDS = "confab:probe", 10

STORE_EVENTS = "store_events"
SEND_CHAT = "send_chat"
REFRESH_ACCOUNT = "refresh_account"
RESTART_ACCOUNT = "restart_account"
DROP_PAIRING = "drop_attempt"
REFRESH_CHAT = "refresh_chat"
NOTE_USAGE = "note_usage"
MIRROR_CHAT = "mirror_chat"
AMEND_MESSAGE = "amend_message"
REGISTER_WEBHOOKS = "register_webhooks"
IMPORT_HISTORY = "import_history"
SWEEP_ACCOUNT = "sweep_account"
VERIFY_SEND = "look_up_send"
COPY_MEDIA = "copy_media"
COPY_PICTURE = "copy_picture"
SEND_LINK = "send_link"
ASK_RESET = "ask_reset"
SEND_DIGEST = "send_digest"
SEND_TEST_MAIL = "send_test_mail"
SEND_WEBPUSH = "send_webpush"
SEND_TEST_WEBPUSH = "send_test_webpush"
ASSIGN_CHATS = "assign_chats"
# The queue of every job; workers/jobs.py registers exactly these.
QUEUES = {
    STORE_EVENTS: INGEST_QUEUE,
    SEND_CHAT: OUTBOX_QUEUE,
    REFRESH_ACCOUNT: OUTBOX_QUEUE,
    RESTART_ACCOUNT: OUTBOX_QUEUE,
    DROP_PAIRING: OUTBOX_QUEUE,
    REFRESH_CHAT: OUTBOX_QUEUE,
    NOTE_USAGE: OUTBOX_QUEUE,
    MIRROR_CHAT: OUTBOX_QUEUE,
    AMEND_MESSAGE: AMENDMENT_QUEUE,
    REGISTER_WEBHOOKS: OUTBOX_QUEUE,
    IMPORT_HISTORY: SYNC_QUEUE,
    SWEEP_ACCOUNT: SYNC_QUEUE,
    VERIFY_SEND: OUTBOX_QUEUE,
    COPY_MEDIA: MEDIA_QUEUE,
    COPY_PICTURE: MEDIA_QUEUE,
    SEND_LINK: MAIL_QUEUE,
    ASK_RESET: MAIL_QUEUE,
    SEND_DIGEST: MAIL_QUEUE,
    SEND_TEST_MAIL: MAIL_QUEUE,
    SEND_WEBPUSH: WEBPUSH_QUEUE,
    SEND_TEST_WEBPUSH: WEBPUSH_QUEUE,
    # It waits for Postgres only, as what queues it.
    ASSIGN_CHATS: INGEST_QUEUE,
}

# arq would drop a job after a day; an event must survive a long weekend with a broken database.
EXPIRY_SECONDS = 7 * 24 * 3600
JOB_PREFIXES = (job_key_prefix, in_progress_key_prefix, retry_key_prefix, result_key_prefix)
CLEARED_AT_ONCE = 500
# Scheduled by Redis's clock, since the clocks of its clients may be wrong. A job that a worker of the process takes is
# leased and counted as started; for any other one a worker is woken.
ENQUEUE = Script("""
local now = redis.call('TIME')
redis.call('PSETEX', KEYS[1], ARGV[1], ARGV[2])
redis.call('ZADD', KEYS[2], now[1] * 1000 + math.floor(now[2] / 1000) + ARGV[3], ARGV[4])
if ARGV[6] == '0' then
    redis.call('PUBLISH', ARGV[5], '')
else
    redis.call('SET', KEYS[3], '1', 'PX', ARGV[6])
    redis.call('PSETEX', KEYS[4], ARGV[1], '1')
end
""")


class QueuedEvent(TypedDict):
    """A webhook body as it waits in the ingest queue; `waits` counts how often it was delayed for its echo."""

    source: str
    received_at: str
    body: Mapping[str, object]
    waits: NotRequired[int]
    traces: NotRequired[list[str]]  # only while it is traced (server/tracing.py)


class Events(list[QueuedEvent]):
    """The events of one job. arq logs and compares arguments by their repr, which must not contain messages."""

    def __repr__(self) -> str:
        return f"<{len(self)} events>"


def serialize(job: dict[str, Any]) -> bytes:
    """Encode arq's job dictionary as JSON instead of pickle: readable, and safe to decode."""
    return orjson.dumps(job, default=str)


def deserialize(data: bytes) -> dict[str, Any]:
    job: dict[str, Any] = orjson.loads(data)
    if job.get("f") == STORE_EVENTS:
        job["a"] = [Events(job["a"][0])]
    return job


def call_of(entry: bytes) -> JobCall | None:
    """What a job's entry calls; None if it is not one of ours."""
    try:
        job = deserialize(entry)
        return JobCall(job["f"], job["a"])
    except (ValueError, TypeError, LookupError, AttributeError):
        return None


def fault_key(job_id: str) -> str:
    """The key that counts a job's own faults."""
    return f"confab:faults:{job_id}"


def wake_channel(queue: str) -> str:
    """The pub/sub channel that wakes a queue's workers."""
    return f"{queue}:wake"


async def enqueue(redis: Redis, job: str, *args: object, delay_seconds: float = 0) -> None:
    """Queue a job and wake its worker in one round trip; raises Unavailable when Redis cannot store it.

    `delay_seconds` counts by Redis's clock, as everything about a queue does.
    """
    await store_job(redis, new_job_id(), job, args, delay_seconds=delay_seconds)


def new_job_id() -> str:
    return uuid4().hex


async def store_job(
    redis: Redis,
    job_id: str,
    job: str,
    args: Sequence[object],
    *,
    delay_seconds: float = 0,
    lease_ms: int = 0,
    replicas: int = 0,
) -> None:
    """Store a job as `enqueue` does. With a lease no worker is woken: the caller has one that begins at once.
    Raises Unavailable also when so many `replicas` do not have it within a second; it may run nevertheless.

    The entry is built by arq's serializer; the time in it is only informative.
    """
    queue = QUEUES[job]
    entry = serialize_job(job, tuple(args), {}, None, int(time.time() * 1000), serializer=serialize)
    keys = [job_key_prefix + job_id, queue, in_progress_key_prefix + job_id, retry_key_prefix + job_id]
    delay_ms = int(delay_seconds * 1000)
    given = EXPIRY_SECONDS * 1000, entry, delay_ms, job_id, wake_channel(queue), lease_ms
    try:
        if not replicas:
            await ENQUEUE(redis, keys, *given)
        elif await ENQUEUE.replicated(redis, replicas, keys, *given) < replicas:
            raise Unavailable("The queue has too few replicas.")
    except UNREACHABLE as error:
        raise Unavailable("The queue is not reachable.") from error


@dataclass(frozen=True, slots=True)
class QueueState:
    """The state of the queues at one moment of Redis's clock."""

    ages: Mapping[str, float]  # how long each queue's oldest due job has been waiting
    lengths: Mapping[str, int]  # jobs that wait, are due later, or run
    is_worker_alive: bool
    clock_seconds: float


async def read_queues(redis: Redis, *queues: str, must_write: bool = False) -> QueueState:
    """Read the state of these queues and the workers in one round trip; `must_write`: fail if Redis rejects writes."""
    async with redis.pipeline(transaction=False) as pipe:
        pipe.time()
        pipe.exists(HEARTBEAT_KEY)
        for queue in queues:
            pipe.zrange(queue, 0, 0, withscores=True)
            pipe.zcard(queue)
        if must_write:
            pipe.set(PROBE_KEY, b"1", ex=PROBE_SECONDS)
        (seconds, micros), is_alive, *found = await pipe.execute()
    now = seconds + micros / 1e6
    ages = {
        queue: max(0.0, now - row[0][1] / 1000) if row else 0.0
        for queue, row in zip(queues, found[::2], strict=False)
    }
    lengths = dict(zip(queues, found[1::2], strict=False))
    return QueueState(ages, lengths, bool(is_alive), now)


async def queue_age_seconds(redis: Redis, queue: str) -> float:
    """How long the oldest due job of a queue has been waiting; 0 when there is none."""
    return (await read_queues(redis, queue)).ages[queue]


async def heartbeat(redis: Redis) -> None:
    """Record that a worker is alive. The key expires by Redis's clock, so no other clock is involved."""
    await redis.set(HEARTBEAT_KEY, b"1", ex=WORKER_HEARTBEAT_SECONDS * MISSED_HEARTBEATS)


async def is_worker_alive(redis: Redis) -> bool:
    """Whether any worker has sent a heartbeat recently."""
    return (await read_queues(redis)).is_worker_alive


class JobTries(NamedTuple):
    """A job that waits, and how often it was started."""

    job: str
    tries: int


async def read_tries(redis: Redis, queue: str, limit: int) -> list[JobTries]:
    """Those of a queue's first jobs that have been tried and are neither done nor running."""
    job_ids = [job_id.decode() for job_id in await redis.zrange(queue, 0, limit - 1)]
    if not job_ids:
        return []
    tries = await redis.mget([retry_key_prefix + job_id for job_id in job_ids])
    running = await redis.mget([in_progress_key_prefix + job_id for job_id in job_ids])
    tried = [
        (job_id, int(count))
        for job_id, count, lease in zip(job_ids, tries, running, strict=True)
        if count is not None and lease is None
    ]
    jobs = await redis.mget([job_key_prefix + job_id for job_id, _ in tried]) if tried else []
    return [
        JobTries(deserialize(job)["f"], count)
        for job, (_, count) in zip(jobs, tried, strict=True)
        if job is not None
    ]


async def clear_queues(redis: Redis) -> int:
    """Delete all jobs, and all other keys of ours: they name rows of a database that was replaced. Keys of others in
    the same Redis stay. Returns how many jobs there were.
    """
    jobs = 0
    for queue in sorted(set(QUEUES.values())):
        job_ids = [job_id.decode() for job_id in await redis.zrange(queue, 0, -1)]
        jobs += len(job_ids)
        for begin in range(0, len(job_ids), CLEARED_AT_ONCE):
            batch = job_ids[begin : begin + CLEARED_AT_ONCE]
            await redis.delete(*(prefix + job_id for job_id in batch for prefix in JOB_PREFIXES))
    found: list[bytes] = [key async for key in redis.scan_iter(match="confab:*", count=CLEARED_AT_ONCE)]
    for begin in range(0, len(found), CLEARED_AT_ONCE):
        await redis.delete(*found[begin : begin + CLEARED_AT_ONCE])
    return jobs
