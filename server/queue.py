"""Hands work to the workers by name: job and queue names, the JSON they travel in, and the batch of webhook events.

Redis names of the queue stand here and nowhere else (the pub/sub names are in `realtime/channels.py`).
"""

import asyncio
import time
from collections.abc import Sequence
from typing import Any
from uuid import uuid4

import orjson
from arq.connections import ArqRedis, RedisSettings
from arq.constants import job_key_prefix
from arq.jobs import serialize_job
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import ExponentialBackoff
from redis.exceptions import BusyLoadingError, RedisError
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import TimeoutError as RedisTimeoutError

from server.config import Redis as RedisConfig
from server.errors import Unavailable

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
HEARTBEAT_SECONDS = 5
# A worker that has not said anything for this many beats is counted as gone.
MISSED_BEATS = 4

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
LOOK_UP_SEND = "look_up_send"
COPY_MEDIA = "copy_media"
COPY_PICTURE = "copy_picture"
SEND_LINK = "send_link"
ASK_RESET = "ask_reset"
# Every job with the queue it waits in; workers/settings.py registers exactly these.
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
    LOOK_UP_SEND: OUTBOX_QUEUE,
    COPY_MEDIA: MEDIA_QUEUE,
    COPY_PICTURE: MEDIA_QUEUE,
    SEND_LINK: MAIL_QUEUE,
    ASK_RESET: MAIL_QUEUE,
}

BATCH_DISTANCE_SECONDS = 0.004
# arq drops a job that waited a day; an event must survive a long week-end of a broken database.
EXPIRY_SECONDS = 7 * 24 * 3600
UNREACHABLE = (RedisError, OSError, asyncio.TimeoutError)


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


def settings_from(config: RedisConfig, *, patient: bool) -> RedisSettings:
    """arq's settings for our Redis; a patient pool outlives a blip, an impatient one fails at once."""
    settings = RedisSettings.from_dsn(config.url or "")
    if patient:
        settings.retry = Retry(ExponentialBackoff(cap=1, base=0.05), 60)
        settings.retry_on_error = [RedisConnectionError, RedisTimeoutError, BusyLoadingError, OSError]
    return settings


def connect(config: RedisConfig, *, patient: bool = False) -> ArqRedis:
    """A client for queues and pub/sub. Opens nothing by itself: the first command connects."""
    settings = settings_from(config, patient=patient)
    return ArqRedis(
        host=settings.host,
        port=settings.port,
        unix_socket_path=settings.unix_socket_path,
        db=settings.database,
        username=settings.username,
        password=settings.password,
        ssl=settings.ssl,
        socket_connect_timeout=config.connect_timeout_seconds,
        retry=settings.retry,
        retry_on_error=settings.retry_on_error,
        job_serializer=serialize,
        job_deserializer=deserialize,
        expires_extra_ms=EXPIRY_SECONDS * 1000,
    )


async def enqueue(redis: ArqRedis, job: str, *args: object, delay_seconds: float = 0) -> None:
    """Queue a job and wake its worker in one round trip; raises Unavailable when Redis cannot take it.

    arq's own enqueue_job watches for a job of the same id first; ours are all new, so two of its three
    round trips can go. The entry is arq's, made by arq's serializer.
    """
    queue, job_id, now = QUEUES[job], uuid4().hex, int(time.time() * 1000)
    payload = serialize_job(job, args, {}, None, now, serializer=serialize)
    try:
        async with redis.pipeline(transaction=True) as pipe:
            pipe.psetex(job_key_prefix + job_id, EXPIRY_SECONDS * 1000, payload)
            pipe.zadd(queue, {job_id: now + int(delay_seconds * 1000)})
            pipe.publish(wake_channel(queue), b"")
            await pipe.execute()
    except UNREACHABLE as error:
        raise Unavailable("The queue is not reachable.") from error


class EventBatch:
    """Gathers webhook events while an enqueue is in flight, so that cost per event falls as load rises.

    Idle: an event goes out at once, alone. Busy: all that arrived meanwhile goes out together as one job, and jobs
    keep a small distance: each costs a worker half a millisecond, however little is in it.
    """

    def __init__(self, redis: ArqRedis, *, limit: int, timeout_seconds: float) -> None:
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


async def queue_age_seconds(redis: ArqRedis, queue: str) -> float:
    """How long the oldest due job of a queue has been waiting; 0 when there is none."""
    now = time.time() * 1000
    rows = await redis.zrange(queue, 0, 0, withscores=True)
    return max(0.0, (now - rows[0][1]) / 1000) if rows else 0.0


async def is_worker_alive(redis: Redis) -> bool:
    """Whether any worker has given a sign of life just now."""
    beat = await redis.get(HEARTBEAT_KEY)
    return beat is not None and time.time() - float(beat) < HEARTBEAT_SECONDS * MISSED_BEATS
