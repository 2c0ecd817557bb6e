"""Hands work to the workers by name: job and queue names, the JSON they travel in, and the batch of webhook events.

Redis names of the queue stand here and nowhere else (the pub/sub names are in `realtime/channels.py`).
"""

import asyncio
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import orjson
from arq.constants import job_key_prefix
from arq.jobs import serialize_job
from redis.asyncio import Redis

from server.errors import Unavailable
from server.redis.client import Script
from server.redis.reasons import UNREACHABLE

INGEST_QUEUE = "confab:queue:ingest"
OUTBOX_QUEUE = "confab:queue:outbox"
# Imports and sweeps read for minutes on end. Between the sends they would take all places of the outbox's workers when
# several numbers are connected at once; here they have a few of their own.
SYNC_QUEUE = "confab:queue:sync"
# Apart from the outbox too: a reaction is shown at once, also while a burst of sends has all of its places.
AMENDMENT_QUEUE = "confab:queue:amendments"
# Apart from the outbox: no send waits behind a film that is being copied.
MEDIA_QUEUE = "confab:queue:media"
# A mail server that is slow holds nobody up.
MAIL_QUEUE = "confab:queue:mail"
HEARTBEAT_KEY = "confab:worker:heartbeat"
WORKER_HEARTBEAT_SECONDS = 5
# A worker that has not said anything for this many beats is counted as gone.
MISSED_BEATS = 4
# Written to see whether Redis takes writes.
PROBE_KEY, PROBE_SECONDS = "confab:probe", 10

STORE_EVENTS = "store_events"
SEND_CHAT = "send_chat"
REFRESH_ACCOUNT = "refresh_account"
RESTART_ACCOUNT = "restart_account"
DROP_ATTEMPT = "drop_attempt"
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
# Every job with the queue it waits in; workers/jobs.py registers exactly these.
QUEUES = {
    STORE_EVENTS: INGEST_QUEUE,
    SEND_CHAT: OUTBOX_QUEUE,
    REFRESH_ACCOUNT: OUTBOX_QUEUE,
    RESTART_ACCOUNT: OUTBOX_QUEUE,
    DROP_ATTEMPT: OUTBOX_QUEUE,
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
}

BATCH_DISTANCE_SECONDS = 0.004
# arq drops a job that waited a day; an event must survive a long week-end of a broken database.
EXPIRY_SECONDS = 7 * 24 * 3600
# By Redis's own clock: those of the machines around it may be wrong.
ENQUEUE = Script("""
local now = redis.call('TIME')
redis.call('PSETEX', KEYS[1], ARGV[1], ARGV[2])
redis.call('ZADD', KEYS[2], now[1] * 1000 + math.floor(now[2] / 1000) + ARGV[3], ARGV[4])
redis.call('PUBLISH', ARGV[5], '')
""")


class Events(list[dict[str, Any]]):
    """The events of one job. arq logs and compares arguments by their repr, which must not spell out messages."""

    def __repr__(self) -> str:
        return f"<{len(self)} events>"


def serialize(job: dict[str, Any]) -> bytes:
    """arq's job dictionary as JSON instead of pickle: readable, and harmless to whoever reads it."""
    return orjson.dumps(job, default=str)


def deserialize(data: bytes) -> dict[str, Any]:
    job: dict[str, Any] = orjson.loads(data)
    if job.get("f") == STORE_EVENTS:
        job["a"] = [Events(job["a"][0])]
    return job


def fault_key(job_id: str) -> str:
    """Where a job's own faults are counted."""
    return f"confab:faults:{job_id}"


def wake_channel(queue: str) -> str:
    """The pub/sub channel that tells a queue's workers to look now."""
    return f"{queue}:wake"


async def enqueue(redis: Redis, job: str, *args: object, delay_seconds: float = 0) -> None:
    """Queue a job and wake its worker in one round trip; raises Unavailable when Redis cannot take it.

    When it is due is reckoned by Redis's clock, as everything about a queue is. The entry is arq's, made by arq's
    serializer; the time in it is only a label.
    """
    queue, job_id = QUEUES[job], uuid4().hex
    payload = serialize_job(job, args, {}, None, int(time.time() * 1000), serializer=serialize)
    try:
        await ENQUEUE(
            redis,
            [job_key_prefix + job_id, queue],
            *(EXPIRY_SECONDS * 1000, payload, int(delay_seconds * 1000), job_id, wake_channel(queue)),
        )
    except UNREACHABLE as error:
        raise Unavailable("The queue is not reachable.") from error


class EventBatch:
    """Gathers webhook events while an enqueue is in flight, so that cost per event falls as load rises.

    Idle: an event goes out at once, alone. Busy: all that arrived meanwhile goes out together as one job, and jobs
    keep a small distance: each costs a worker half a millisecond, however little is in it.
    """

    def __init__(self, redis: Redis, *, limit: int, timeout_seconds: float) -> None:
        self._redis = redis
        self._limit = limit
        self._timeout = timeout_seconds
        self._waiting: list[tuple[dict[str, Any], asyncio.Future[None]]] = []
        self._sender: asyncio.Task[None] | None = None

    async def add(self, event: dict[str, Any]) -> None:
        """Return when Redis has the event; raises Unavailable when it has not within the time limit."""
        future = asyncio.get_running_loop().create_future()
        self._waiting.append((event, future))
        if self._sender is None:
            self._sender = asyncio.create_task(self._send_all())
        try:
            async with asyncio.timeout(self._timeout):
                await future
        except TimeoutError as error:
            raise Unavailable("The queue is too slow.") from error

    async def _send_all(self) -> None:
        try:
            while self._waiting:
                batch, self._waiting = self._waiting[: self._limit], self._waiting[self._limit :]
                # Whoever stopped waiting was told 503 and will send its event again.
                if batch := [entry for entry in batch if not entry[1].done()]:
                    await self._send(batch)
                if self._waiting:
                    await asyncio.sleep(BATCH_DISTANCE_SECONDS)
        finally:
            self._sender = None

    async def _send(self, batch: Sequence[tuple[dict[str, Any], asyncio.Future[None]]]) -> None:
        failure: Exception | None = None
        try:
            async with asyncio.timeout(self._timeout):
                await enqueue(self._redis, STORE_EVENTS, Events(event for event, _ in batch))
        except (Unavailable, TimeoutError) as error:
            failure = error if isinstance(error, Unavailable) else Unavailable("The queue is too slow.")
        except Exception as error:  # a defect must not leave the requests waiting
            failure = error
        for _, future in batch:
            if not future.done():
                future.set_exception(failure) if failure else future.set_result(None)


@dataclass(frozen=True, slots=True)
class QueueState:
    """What Redis says of the queues at one moment of its clock."""

    ages: Mapping[str, float]  # how long each queue's oldest due job has been waiting
    is_worker_alive: bool
    clock_seconds: float


async def read_queues(redis: Redis, *queues: str, must_write: bool = False) -> QueueState:
    """Look at these queues and the workers in one round trip; `must_write`: fail if Redis takes no writes."""
    async with redis.pipeline(transaction=False) as pipe:
        pipe.time()
        pipe.exists(HEARTBEAT_KEY)
        for queue in queues:
            pipe.zrange(queue, 0, 0, withscores=True)
        if must_write:
            pipe.set(PROBE_KEY, b"1", ex=PROBE_SECONDS)
        (seconds, micros), is_alive, *rows = await pipe.execute()
    now = seconds + micros / 1e6
    ages = {
        queue: max(0.0, now - row[0][1] / 1000) if row else 0.0
        for queue, row in zip(queues, rows, strict=False)
    }
    return QueueState(ages, bool(is_alive), now)


async def queue_age_seconds(redis: Redis, queue: str) -> float:
    """How long the oldest due job of a queue has been waiting; 0 when there is none."""
    return (await read_queues(redis, queue)).ages[queue]


async def heartbeat(redis: Redis) -> None:
    """A worker's sign of life. It expires by Redis's clock, so no other clock is asked."""
    await redis.set(HEARTBEAT_KEY, b"1", ex=WORKER_HEARTBEAT_SECONDS * MISSED_BEATS)


async def is_worker_alive(redis: Redis) -> bool:
    """Whether any worker has given a sign of life just now."""
    return (await read_queues(redis)).is_worker_alive
