"""The Redis client of web, workers, commands and `doctor`: every command and subscription has a timeout.

If a command fails because Redis is unavailable, or because its connection leads to a server that no longer accepts
writes, the pool drops its idle connections, so that the next command resolves the address again.
"""

import asyncio
import time
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import aclosing, asynccontextmanager, suppress
from dataclasses import dataclass
from functools import partial
from hashlib import sha1
from typing import Any, Literal, TypedDict, TypeVar
from uuid import uuid4

import structlog
from arq.connections import ArqRedis
from redis.asyncio import ConnectionPool, Redis
from redis.asyncio.client import Pipeline, PubSub
from redis.exceptions import NoScriptError

from server.cancellation import end_tasks
from server.config import Redis as RedisConfig
from server.config.urls.redis_url import RedisAddress, read_redis_url
from server.redis.channels import probe_channel
from server.redis.connections import make_pool
from server.redis.reasons import UNREACHABLE, is_away, reason_of

log = structlog.get_logger()

T = TypeVar("T")
# The end of a job must survive a short outage, so workers retry for this long; requests fail at once.
RETRY_SECONDS = 60.0
FIRST_PAUSE_SECONDS, LAST_PAUSE_SECONDS = 0.05, 1.0
# After this long without messages a subscription must receive a probe of ours within the same time.
SILENCE_SECONDS = 5.0
LOG_INTERVAL_SECONDS = 10.0
REPLICATION_MS = 1000


class Delivery(TypedDict):
    """A published message, as redis-py returns it."""

    type: Literal["message"]
    channel: bytes
    data: bytes


class Confirmation(TypedDict):
    """The confirmation of a subscription; `data` is the number of subscriptions."""

    type: Literal["subscribe", "unsubscribe"]
    channel: bytes
    data: int


Message = Delivery | Confirmation


class Client(ArqRedis):
    """redis-py's client with one timeout per command, including opening the connection."""

    def __init__(
        self, pool: ConnectionPool, *, limit_seconds: float, retry_seconds: float, wait_replicas: int = 0
    ) -> None:
        super().__init__(pool)
        self.limit_seconds = limit_seconds
        # How many replicas must have an event before it is acknowledged.
        self.wait_replicas = wait_replicas
        # False where the caller reports errors itself.
        self.logs_failures = True
        self._retry_seconds = retry_seconds
        self._renewals = 0
        self._is_closed = False
        self._last_logged: dict[str, float] = {}

    async def execute_command(self, *args: Any, **options: Any) -> Any:
        return await self.limited(partial(super().execute_command, *args, **options))

    def pipeline(self, transaction: bool = True, shard_hint: str | None = None) -> "LimitedPipeline":
        return LimitedPipeline(self, transaction=transaction)

    async def limited(self, run: Callable[[], Awaitable[T]]) -> T:
        """Run once; if Redis is unavailable and this client retries, retry until its retry time is over."""
        give_up_at: float | None = None
        pause, renewals = FIRST_PAUSE_SECONDS, self._renewals
        while True:
            try:
                async with asyncio.timeout(self.limit_seconds):
                    return await run()
            except UNREACHABLE as error:
                if isinstance(error, NoScriptError):
                    raise
                self._log_failure(error)
                if not is_away(error):
                    raise
                await self._drop(idle_only=True)
                give_up_at = give_up_at or time.monotonic() + self._retry_seconds
                if time.monotonic() + pause > give_up_at or renewals != self._renewals:
                    raise
            finally:
                # A connection that a command opened meanwhile would stay open: the pool has just got it back.
                if self._is_closed:
                    await self._drop(idle_only=True)
            await asyncio.sleep(pause)
            pause = min(2 * pause, LAST_PAUSE_SECONDS)

    async def renew(self) -> None:
        """Drop all connections, including those in use, and stop retrying."""
        self._renewals += 1
        await self._drop(idle_only=False)

    async def aclose(self, close_connection_pool: bool | None = None) -> None:
        """Close all connections; those that commands are still opening are closed after these commands."""
        self._is_closed = True
        await self.renew()

    async def _drop(self, *, idle_only: bool) -> None:
        # The pool's own disconnect waits for the peer, which may not respond.
        pool = self.connection_pool
        connections = list(pool._available_connections)
        if not idle_only:
            connections += pool._in_use_connections
        for connection in connections:
            await connection.disconnect(nowait=True)

    def _log_failure(self, error: BaseException) -> None:
        """Log at most once per interval and reason: during an outage every request fails."""
        reason, now = reason_of(error).sentence, time.monotonic()
        if (
            self.logs_failures
            and now - self._last_logged.get(reason, -LOG_INTERVAL_SECONDS) >= LOG_INTERVAL_SECONDS
        ):
            self._last_logged[reason] = now
            log.warning("redis_failed", reason=f"Redis {reason}.", error=type(error).__name__)


class LimitedPipeline(Pipeline):
    """Several commands in one round trip, with one timeout for all of them."""

    def __init__(self, client: Client, *, transaction: bool) -> None:
        super().__init__(client.connection_pool, client.response_callbacks, transaction, None)
        self._client = client

    async def execute(self, raise_on_error: bool = True) -> list[Any]:
        commands, run = list(self.command_stack), super().execute

        async def run_again() -> list[Any]:
            self.command_stack = list(commands)
            return await run(raise_on_error)

        return await self._client.limited(run_again)

    async def immediate_execute_command(self, *args: Any, **options: Any) -> Any:
        return await self._client.limited(partial(super().immediate_execute_command, *args, **options))


class Script:
    """A Lua script that is loaded once per server and called by its hash."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._hash = sha1(text.encode(), usedforsecurity=False).hexdigest()

    async def __call__(self, redis: Any, keys: list[str], *args: Any) -> Any:
        try:
            return await redis.evalsha(self._hash, len(keys), *keys, *args)
        except NoScriptError:
            return await redis.eval(self._text, len(keys), *keys, *args)

    async def replicated(self, redis: Redis, replicas: int, keys: list[str], *args: Any) -> int:
        """The same, and wait for up to a second until so many replicas have what it wrote; returns how many have it."""
        # WAIT counts what its own connection has written, which a pipeline has for both.
        async with redis.pipeline(transaction=False) as pipe:
            pipe.eval(self._text, len(keys), *keys, *args)
            pipe.execute_command("WAIT", replicas, REPLICATION_MS)
            return int((await pipe.execute())[-1])


def connect(config: RedisConfig, *, retries: bool = False) -> Client:
    """A client of the configured Redis, which connects on the first command. `retries`: for workers."""
    address = address_of(config)
    limit = address.options.get("socket_timeout", config.command_timeout_seconds)
    return Client(
        make_pool(address, config.connect_timeout_seconds),
        limit_seconds=limit,
        retry_seconds=RETRY_SECONDS if retries else 0.0,
        wait_replicas=address.wait_replicas,
    )


def address_of(config: RedisConfig) -> RedisAddress:
    """The parsed REDIS_URL."""
    if config.url is None:
        raise RuntimeError("the embedded Redis has not been started")
    return read_redis_url(config.url, config.ssl_cert_reqs)


@asynccontextmanager
async def subscribed(redis: Client, *channels: str) -> AsyncIterator[tuple[PubSub, AsyncIterator[Message]]]:
    """A subscription to these channels, and an iterator of its subscription confirmations and messages."""
    pubsub = redis.pubsub()
    try:
        async with asyncio.timeout(redis.limit_seconds):
            await pubsub.subscribe(*channels)
        messages = _receive(redis, pubsub)
        async with aclosing(messages):
            yield pubsub, messages
    finally:
        if pubsub.connection is not None:
            await pubsub.connection.disconnect(nowait=True)
        await pubsub.aclose()  # type: ignore[no-untyped-call]


async def _receive(redis: Client, pubsub: PubSub) -> AsyncGenerator[Message, None]:
    """The messages of a subscription; raises one of UNREACHABLE when the connection is lost or silent.

    A separate task detects silence, so that receiving a message costs no timer.
    """
    probe = probe_channel(uuid4().hex)
    async with asyncio.timeout(redis.limit_seconds):
        await pubsub.subscribe(probe)
    received = Received()
    watch = asyncio.create_task(_disconnect_when_silent(redis, pubsub, probe, received))
    try:
        while True:
            message = await pubsub.get_message(timeout=None)
            received.messages += 1
            if message is not None and message["channel"] != probe.encode():
                yield message
    finally:
        await end_tasks([watch])


@dataclass(slots=True)
class Received:
    """How many messages a subscription has received."""

    messages: int = 0


async def _disconnect_when_silent(redis: Client, pubsub: PubSub, probe: str, received: Received) -> None:
    """Disconnect a subscription that does not deliver our probe.

    The probe goes through Redis, so this also detects a subscription that leads to another server than our commands,
    as after a failover.
    """
    is_probing, before = False, -1
    while True:
        await asyncio.sleep(SILENCE_SECONDS)
        if received.messages != before:
            is_probing, before = False, received.messages
        elif is_probing:
            log.warning("pubsub_silent")
            if pubsub.connection is not None:
                await pubsub.connection.disconnect(nowait=True)
            return
        else:
            is_probing = True
            with suppress(*UNREACHABLE):
                await redis.publish(probe, b"")
