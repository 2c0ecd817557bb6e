"""Redis pub/sub: publishes pushes, and maintains one connection for all subscriptions of this process."""

import asyncio
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Protocol

import structlog
from redis.asyncio import Redis
from redis.asyncio.client import PubSub

from server.errors import Unavailable
from server.realtime.events import Push, encode_pushes
from server.redis.channels import CONTROL, Topic, account_topic, topic_channel, user_topic
from server.redis.client import Client, Message, subscribed
from server.redis.reasons import UNREACHABLE, reason_of

log = structlog.get_logger()

RECONNECT_SECONDS = (0.05, 0.1, 0.2, 0.5, 1.0)
SUBSCRIBE_TIMEOUT_SECONDS = 5.0
ANNOUNCE_TIMEOUT_SECONDS = 1.0
RIGHTS_CHANGED = b'{"event":"rights:changed","data":{}}'


async def publish(redis: Redis, account_id: int, pushes: Sequence[Push]) -> None:
    """Publish to every web instance that listens to this account; raises Unavailable when Redis is away."""
    await publish_topic(redis, account_topic(account_id), pushes)


async def publish_topic(redis: Redis, topic: Topic, pushes: Sequence[Push]) -> None:
    """The same for what belongs to an account or to a user."""
    if not pushes:
        return
    try:
        await redis.publish(topic_channel(topic), encode_pushes(pushes))
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


async def publish_all(redis: Redis, pushes: Mapping[int, Sequence[Push]], event: str) -> None:
    """Publish to several accounts, or log `event` for each that could not be."""
    for account_id, found in pushes.items():
        await publish_or_log(redis, account_id, found, event)


async def publish_to_feeds(redis: Redis, pushes: Mapping[int, Sequence[Push]], event: str) -> None:
    """Publish to the feeds of several users, or log `event` for each that could not be."""
    for user_id, found in pushes.items():
        with log_if_unavailable(event, user_id=user_id):
            await publish_topic(redis, user_topic(user_id), found)


async def list_connected(redis: Redis, user_ids: Collection[int]) -> set[int]:
    """Those of these users who have the app open: an instance listens to a user's feed while one of their sockets does,
    so nothing has to be stored, and what a killed instance listened to ends with its connection.
    """
    channels = {topic_channel(user_topic(user_id)).encode(): user_id for user_id in user_ids}
    if not channels:
        return set()
    counts = await redis.pubsub_numsub(*channels)
    return {channels[channel] for channel, listeners in counts if listeners}


async def publish_signal(redis: Redis, account_id: int, payload: bytes) -> None:
    """Publish something without a seq, which may be lost, to the same instances."""
    try:
        await redis.publish(topic_channel(account_topic(account_id)), payload)
    except UNREACHABLE as error:
        raise Unavailable("Live updates are not reachable.") from error


async def announce_access_change(redis: Redis) -> None:
    """Ask every web instance, after the commit, to check now which sockets still have access.

    Each instance also checks by itself every few seconds, so nothing fails when Redis is away.
    """
    try:
        async with asyncio.timeout(ANNOUNCE_TIMEOUT_SECONDS):
            await redis.publish(CONTROL, b"")
    except UNREACHABLE as error:
        log.info("access_change_not_announced", error=type(error).__name__)


async def announce_rights(redis: Redis, user_id: int) -> None:
    """The same after a user got another role; their sockets are asked to reload their permissions."""
    await announce_access_change(redis)
    try:
        async with asyncio.timeout(ANNOUNCE_TIMEOUT_SECONDS):
            await publish_to_user(redis, user_id, RIGHTS_CHANGED)
    except (Unavailable, TimeoutError) as error:
        log.info("rights_not_announced", error=type(error).__name__)


async def publish_to_user(redis: Redis, user_id: int, frame: bytes) -> None:
    """Push a frame to this user's sockets at every instance."""
    try:
        await redis.publish(CONTROL, f"{user_id}\n".encode() + frame)
    except UNREACHABLE as error:
        raise Unavailable("Live updates are not reachable.") from error


class Subscriber(Protocol):
    """Handles what arrives (server/realtime/hub/receiver.py)."""

    def take_message(self, channel: str, payload: bytes) -> None: ...

    def note_reopened(self) -> None:
        """The subscription was interrupted: messages may have been missed."""


class Broker:
    """The subscriptions of this process."""

    def __init__(self, redis: Client) -> None:
        self._redis = redis
        self._wanted: set[str] = {CONTROL}
        self._confirmed: set[str] = set()
        self._waiters: dict[str, list[asyncio.Future[None]]] = defaultdict(list)
        self._pubsub: PubSub | None = None

    async def run(self, subscriber: Subscriber) -> None:
        """Listen until cancelled; a lost connection is reopened with all its subscriptions."""
        failures = 0
        while True:
            try:
                await self._listen(subscriber)
                failures = 0
            except UNREACHABLE as error:
                log.warning(
                    "pubsub_lost", error=type(error).__name__, reason=f"Redis {reason_of(error).sentence}."
                )
            self._pubsub = None
            self._confirmed.clear()
            await asyncio.sleep(RECONNECT_SECONDS[min(failures, len(RECONNECT_SECONDS) - 1)])
            failures += 1

    async def _listen(self, subscriber: Subscriber) -> None:
        first = set(self._wanted)
        async with subscribed(self._redis, *first) as (pubsub, messages):
            self._pubsub = pubsub
            if late := self._wanted - first:  # subscribed to while the line above was waiting
                async with asyncio.timeout(SUBSCRIBE_TIMEOUT_SECONDS):
                    await pubsub.subscribe(*late)
            async for message in messages:
                self._take_message(subscriber, message)

    def _take_message(self, subscriber: Subscriber, message: Message) -> None:
        channel = message["channel"].decode()
        if message["type"] == "message":
            subscriber.take_message(channel, message["data"])
        elif message["type"] == "subscribe":
            # One command subscribes to all channels, ours or the client library's, which may reconnect by itself:
            # from this confirmation on everything arrives again, so it is not too early to read the rows.
            if channel == CONTROL:
                subscriber.note_reopened()
            self._confirmed.add(channel)
            for waiter in self._waiters.pop(channel, []):
                if not waiter.done():
                    waiter.set_result(None)

    async def subscribe(self, channel: str) -> None:
        """Wait until Redis has confirmed the subscription; raises Unavailable on timeout."""
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
