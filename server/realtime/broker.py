"""Redis pub/sub: publishes pushes, and keeps one supervised connection for all subscriptions of this process."""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import structlog
from redis.asyncio import Redis
from redis.asyncio.client import PubSub

from server.errors import Unavailable
from server.realtime.events import Push, encode_pushes
from server.redis.channels import CONTROL, account_channel
from server.redis.client import Client, subscribed
from server.redis.reasons import UNREACHABLE, reason_of

log = structlog.get_logger()

RECONNECT_SECONDS = (0.05, 0.1, 0.2, 0.5, 1.0)
SUBSCRIBE_TIMEOUT_SECONDS = 5.0
ANNOUNCE_TIMEOUT_SECONDS = 1.0
RIGHTS_CHANGED = b'{"event":"rights:changed","data":{}}'


async def publish(redis: Redis, account_id: int, pushes: Sequence[Push]) -> None:
    """Tell every web instance that listens to this account; raises Unavailable when Redis is away."""
    if not pushes:
        return
    try:
        await redis.publish(account_channel(account_id), encode_pushes(pushes))
    except UNREACHABLE as error:
        raise Unavailable("Live updates are not reachable.") from error


@contextmanager
def log_if_unavailable(event: str, **details: object) -> Iterator[None]:
    """Log `event` if Redis is away in this block, which runs after a commit: raising would make the caller repeat what
    is done. Clients find what was not published in `changes`; what was not queued is found by the periodic jobs.
    """
    try:
        yield
    except Unavailable as error:
        log.warning(event, error=error.message, **details)


async def publish_or_log(
    redis: Redis, account_id: int, pushes: Sequence[Push], event: str, **details: object
) -> None:
    """Publish to the account, or log `event` if Redis is away."""
    with log_if_unavailable(event, account_id=account_id, **details):
        await publish(redis, account_id, pushes)


async def publish_signal(redis: Redis, account_id: int, payload: bytes) -> None:
    """Tell the same instances something that has no number and need not arrive."""
    try:
        await redis.publish(account_channel(account_id), payload)
    except UNREACHABLE as error:
        raise Unavailable("Live updates are not reachable.") from error


async def announce_access_change(redis: Redis) -> None:
    """Tell every web instance, after the commit, to look now at who may still hear what.

    Only a hint: each looks by itself every few seconds, so nothing fails when Redis is away.
    """
    try:
        async with asyncio.timeout(ANNOUNCE_TIMEOUT_SECONDS):
            await redis.publish(CONTROL, b"")
    except UNREACHABLE as error:
        log.info("access_change_not_announced", error=type(error).__name__)


async def announce_rights(redis: Redis, user_id: int) -> None:
    """The same after somebody got another role, whose own sockets are told to ask what they may do now."""
    await announce_access_change(redis)
    try:
        async with asyncio.timeout(ANNOUNCE_TIMEOUT_SECONDS):
            await publish_to_user(redis, user_id, RIGHTS_CHANGED)
    except (Unavailable, TimeoutError) as error:
        log.info("rights_not_announced", error=type(error).__name__)


async def publish_to_user(redis: Redis, user_id: int, frame: bytes) -> None:
    """Push a frame to this user's sockets, wherever they are."""
    try:
        await redis.publish(CONTROL, f"{user_id}\n".encode() + frame)
    except UNREACHABLE as error:
        raise Unavailable("Live updates are not reachable.") from error


class Broker:
    """This process's ear: `on_message(channel, payload)` for what arrives, `on_reopen()` after every blind moment."""

    def __init__(
        self, redis: Client, on_message: Callable[[str, bytes], None], on_reopen: Callable[[], None]
    ) -> None:
        self._redis = redis
        self._on_message = on_message
        self._on_reopen = on_reopen
        self._wanted: set[str] = {CONTROL}
        self._confirmed: set[str] = set()
        self._waiters: dict[str, list[asyncio.Future[None]]] = defaultdict(list)
        self._pubsub: PubSub | None = None

    async def run(self) -> None:
        """Listen until cancelled; a lost connection is made anew and everything subscribed again."""
        failures = 0
        while True:
            try:
                await self._listen()
                failures = 0
            except UNREACHABLE as error:
                log.warning(
                    "pubsub_lost", error=type(error).__name__, reason=f"Redis {reason_of(error).sentence}."
                )
            self._pubsub = None
            self._confirmed.clear()
            await asyncio.sleep(RECONNECT_SECONDS[min(failures, len(RECONNECT_SECONDS) - 1)])
            failures += 1

    async def _listen(self) -> None:
        first = set(self._wanted)
        async with subscribed(self._redis, *first) as (pubsub, messages):
            self._pubsub = pubsub
            if late := self._wanted - first:  # wanted while the line above was waiting
                async with asyncio.timeout(SUBSCRIBE_TIMEOUT_SECONDS):
                    await pubsub.subscribe(*late)
            async for message in messages:
                self._take(message["type"], message["channel"].decode(), message["data"])

    def _take(self, kind: str, channel: str, data: bytes) -> None:
        if kind == "message":
            self._on_message(channel, data)
        elif kind == "subscribe":
            # One command subscribes all channels, ours or that of the client library, which may reconnect by itself:
            # from this confirmation on we hear everything again, so what the rows say now is not too early.
            if channel == CONTROL:
                self._on_reopen()
            self._confirmed.add(channel)
            for waiter in self._waiters.pop(channel, []):
                if not waiter.done():
                    waiter.set_result(None)

    async def subscribe(self, channel: str) -> None:
        """Return when Redis has confirmed the subscription; raises Unavailable when it does not in time."""
        self._wanted.add(channel)
        if channel in self._confirmed:
            return
        waiter = asyncio.get_running_loop().create_future()
        self._waiters[channel].append(waiter)
        try:
            async with asyncio.timeout(SUBSCRIBE_TIMEOUT_SECONDS):
                if self._pubsub is not None:
                    await self._pubsub.subscribe(channel)
                await waiter
        except UNREACHABLE as error:
            raise Unavailable("Live updates are not reachable.") from error

    async def unsubscribe(self, channel: str) -> None:
        self._wanted.discard(channel)
        self._confirmed.discard(channel)
        if self._pubsub is not None:
            try:
                async with asyncio.timeout(SUBSCRIBE_TIMEOUT_SECONDS):
                    await self._pubsub.unsubscribe(channel)
            except UNREACHABLE:
                log.debug("unsubscribe_while_away", channel=channel)
