"""The one way to open Redis, for web, workers, commands and `doctor`: every command and subscription has a time limit.

A command that fails because Redis is away, or because its connection leads to a server that no longer takes writes,
makes the pool drop its idle connections: the next one goes where the address leads now.
"""

import asyncio
import socket
import time
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import aclosing, asynccontextmanager, suppress
from dataclasses import dataclass
from functools import partial
from hashlib import sha1
from typing import Any, TypeVar
from uuid import uuid4

import structlog
from arq.connections import ArqRedis
from redis.asyncio import Connection, ConnectionPool, SSLConnection, UnixDomainSocketConnection
from redis.asyncio.client import Pipeline, PubSub
from redis.exceptions import NoScriptError

from server.cancellation import end_tasks
from server.config import Redis as RedisConfig
from server.config.urls.redis_url import RedisAddress, read_redis_url
from server.redis.channels import probe_channel
from server.redis.reasons import UNREACHABLE, is_away, reason_of

log = structlog.get_logger()

T = TypeVar("T")
Message = dict[str, Any]
# What a worker does at the end of a job must outlive a blip; a request is told at once.
PATIENCE_SECONDS = 60.0
FIRST_PAUSE_SECONDS, LAST_PAUSE_SECONDS = 0.05, 1.0
# A subscription that has heard nothing for so long is asked to hear a message of our own, within the same time again.
SILENCE_SECONDS = 5.0
LOG_INTERVAL_SECONDS = 10.0
# After 15 s of silence the system asks whether the other end is still there, and gives it up after 15 s more.
KEEPALIVE = {"TCP_KEEPIDLE": 15, "TCP_KEEPINTVL": 5, "TCP_KEEPCNT": 3}
# Data that nobody has acknowledged for so long ends the connection.
UNACKNOWLEDGED_MILLISECONDS = 15_000


class Client(ArqRedis):
    """redis-py's client in which each command, the opening of its connection included, has one time limit."""

    def __init__(self, pool: ConnectionPool, *, limit_seconds: float, patience_seconds: float) -> None:
        super().__init__(pool)
        self.limit_seconds = limit_seconds
        # False where the caller says itself why Redis cannot be used.
        self.logs_failures = True
        self._patience_seconds = patience_seconds
        self._renewals = 0
        self._told: dict[str, float] = {}

    async def execute_command(self, *args: Any, **options: Any) -> Any:
        return await self.limited(partial(super().execute_command, *args, **options))

    def pipeline(self, transaction: bool = True, shard_hint: str | None = None) -> "LimitedPipeline":
        return LimitedPipeline(self, transaction=transaction)

    async def limited(self, attempt: Callable[[], Awaitable[T]]) -> T:
        """Try once; when Redis is away and this client is patient, again until its patience is used up."""
        give_up_at: float | None = None
        pause, renewals = FIRST_PAUSE_SECONDS, self._renewals
        while True:
            try:
                async with asyncio.timeout(self.limit_seconds):
                    return await attempt()
            except UNREACHABLE as error:
                if isinstance(error, NoScriptError):
                    raise
                self._tell(error)
                if not is_away(error):
                    raise
                await self._drop(idle_only=True)
                give_up_at = give_up_at or time.monotonic() + self._patience_seconds
                if time.monotonic() + pause > give_up_at or renewals != self._renewals:
                    raise
            await asyncio.sleep(pause)
            pause = min(2 * pause, LAST_PAUSE_SECONDS)

    async def renew(self) -> None:
        """Drop all connections, also those in use, and end what is waiting patiently."""
        self._renewals += 1
        await self._drop(idle_only=False)

    async def aclose(self, close_connection_pool: bool | None = None) -> None:
        await self.renew()

    async def _drop(self, *, idle_only: bool) -> None:
        # The pool's own disconnect waits for the other end, which may be silent.
        pool = self.connection_pool
        connections = list(pool._available_connections)
        if not idle_only:
            connections += pool._in_use_connections
        for connection in connections:
            await connection.disconnect(nowait=True)

    def _tell(self, error: BaseException) -> None:
        """Once in a while per reason: while Redis is away every request fails."""
        reason, now = reason_of(error).sentence, time.monotonic()
        if self.logs_failures and now - self._told.get(reason, -LOG_INTERVAL_SECONDS) >= LOG_INTERVAL_SECONDS:
            self._told[reason] = now
            log.warning("redis_failed", reason=f"Redis {reason}.", error=type(error).__name__)


class LimitedPipeline(Pipeline):
    """Several commands in one round trip, with the client's limit for all of them together."""

    def __init__(self, client: Client, *, transaction: bool) -> None:
        super().__init__(client.connection_pool, client.response_callbacks, transaction, None)
        self._client = client

    async def execute(self, raise_on_error: bool = True) -> list[Any]:
        commands, run = list(self.command_stack), super().execute

        async def attempt() -> list[Any]:
            self.command_stack = list(commands)
            return await run(raise_on_error)

        return await self._client.limited(attempt)

    async def immediate_execute_command(self, *args: Any, **options: Any) -> Any:
        return await self._client.limited(partial(super().immediate_execute_command, *args, **options))


class Script:
    """A Lua script that is sent once a server and called by its hash."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._hash = sha1(text.encode(), usedforsecurity=False).hexdigest()

    async def __call__(self, redis: Any, keys: list[str], *args: Any) -> Any:
        try:
            return await redis.evalsha(self._hash, len(keys), *keys, *args)
        except NoScriptError:
            return await redis.eval(self._text, len(keys), *keys, *args)


def connect(config: RedisConfig, *, patient: bool = False) -> Client:
    """A client of the Redis of the configuration. Opens nothing by itself: the first command connects."""
    address = address_of(config)
    limit = address.options.get("socket_timeout", config.command_timeout_seconds)
    return Client(
        _make_pool(address, config),
        limit_seconds=limit,
        patience_seconds=PATIENCE_SECONDS if patient else 0.0,
    )


def address_of(config: RedisConfig) -> RedisAddress:
    if config.url is None:
        raise RuntimeError("the embedded Redis has not been started")
    return read_redis_url(config.url, config.ssl_cert_reqs)


def _make_pool(address: RedisAddress, config: RedisConfig) -> ConnectionPool:
    options = {"socket_connect_timeout": config.connect_timeout_seconds, **address.options}
    # The client's limit holds for a whole command; the library's would make a task of each write.
    options.pop("socket_timeout", None)
    if address.is_socket:
        options.pop("socket_keepalive", None)
        return ConnectionPool(UnixDomainSocketConnection, **options)
    kind = SSLConnection if address.is_tls else Connection
    keepalive = {"socket_keepalive": True, "socket_keepalive_options": _keepalive_options()}
    return ConnectionPool(kind, **{**keepalive, **options})


def _keepalive_options() -> dict[int, int]:
    wanted = {**KEEPALIVE, "TCP_USER_TIMEOUT": UNACKNOWLEDGED_MILLISECONDS}
    return {getattr(socket, name): value for name, value in wanted.items() if hasattr(socket, name)}


@asynccontextmanager
async def subscribed(redis: Client, *channels: str) -> AsyncIterator[tuple[PubSub, AsyncIterator[Message]]]:
    """A connection that hears these channels, and what arrives on it: confirmations of subscriptions and messages."""
    pubsub = redis.pubsub()
    try:
        async with asyncio.timeout(redis.limit_seconds):
            await pubsub.subscribe(*channels)
        messages = _hear(redis, pubsub)
        async with aclosing(messages):
            yield pubsub, messages
    finally:
        if pubsub.connection is not None:
            await pubsub.connection.disconnect(nowait=True)
        await pubsub.aclose()  # type: ignore[no-untyped-call]


async def _hear(redis: Client, pubsub: PubSub) -> AsyncGenerator[Message, None]:
    """Raises one of UNREACHABLE when the connection is lost or has fallen silent.

    A watch beside the reader notices silence, so that a message costs no timer of its own.
    """
    probe = probe_channel(uuid4().hex)
    async with asyncio.timeout(redis.limit_seconds):
        await pubsub.subscribe(probe)
    heard = Heard()
    watch = asyncio.create_task(_end_when_silent(redis, pubsub, probe, heard))
    try:
        while True:
            message = await pubsub.get_message(timeout=None)
            heard.messages += 1
            if message is not None and message["channel"] != probe.encode():
                yield message
    finally:
        await end_tasks([watch])


@dataclass(slots=True)
class Heard:
    """How many messages a subscription has brought."""

    messages: int = 0


async def _end_when_silent(redis: Client, pubsub: PubSub, probe: str, heard: Heard) -> None:
    """Break the connection of a subscription that does not bring our own probe.

    The probe goes through Redis, so that it is also noticed when the subscription leads to another server than our
    commands, as after a failover.
    """
    is_asked, before = False, -1
    while True:
        await asyncio.sleep(SILENCE_SECONDS)
        if heard.messages != before:
            is_asked, before = False, heard.messages
        elif is_asked:
            log.warning("pubsub_silent")
            if pubsub.connection is not None:
                await pubsub.connection.disconnect(nowait=True)
            return
        else:
            is_asked = True
            with suppress(*UNREACHABLE):
                await redis.publish(probe, b"")
