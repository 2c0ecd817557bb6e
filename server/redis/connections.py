"""Opens connections to Redis with keepalive, and checks an idle one without waiting before each command."""

import socket
from collections.abc import Mapping
from typing import Any

from redis.asyncio import Connection, ConnectionPool, SSLConnection, UnixDomainSocketConnection

from server.config.urls.redis_options import RedisOptions
from server.config.urls.redis_url import RedisAddress
from server.redis.sentinel import Primary

# After 15 s of silence the kernel probes the peer, and closes the connection after another 15 s.
KEEPALIVE = {"TCP_KEEPIDLE": 15, "TCP_KEEPINTVL": 5, "TCP_KEEPCNT": 3}
# The kernel closes the connection if sent data is not acknowledged for this long.
USER_TIMEOUT_MILLISECONDS = 15_000


class IdleCheck:
    """Replaces redis-py's check of an idle connection before each command.

    The library's tries to read with a timeout of zero, which costs a timer and two turns of the event loop. The loop
    reads every connection by itself, so what has arrived is in the buffers of stream and parser, which it has no
    public way to ask about.
    """

    _reader: Any
    _parser: Any

    async def can_read_destructive(self) -> bool:
        """Whether the server has closed the connection, or sent something that is no reply to a command; then the pool
        opens it again.
        """
        stream = self._reader
        has_ended = stream.at_eof() or stream.exception() is not None
        return has_ended or bool(stream._buffer) or self._parser._reader.has_data()


class TcpConnection(IdleCheck, Connection):
    """A connection over TCP."""


class TlsConnection(IdleCheck, SSLConnection):
    """A connection over TLS."""


class UnixConnection(IdleCheck, UnixDomainSocketConnection):
    """A connection over a Unix socket."""


class FollowsPrimary:
    """Asks where the primary is, each time that the connection is opened."""

    host: str
    port: int

    def __init__(self, *, primary: Primary, **options: Any) -> None:
        super().__init__(**options)
        self._primary = primary

    async def _connect(self) -> None:
        self.host, self.port = await self._primary.find()
        await super()._connect()  # type: ignore[misc]


class TcpToPrimary(FollowsPrimary, TcpConnection):
    """A connection over TCP to the primary that Sentinel names."""


class TlsToPrimary(FollowsPrimary, TlsConnection):
    """A connection over TLS to the primary that Sentinel names."""


def make_pool(address: RedisAddress, connect_timeout_seconds: float) -> ConnectionPool:
    """A pool that opens its connections when they are needed."""
    options: RedisOptions = {"socket_connect_timeout": connect_timeout_seconds, **address.options}
    # The client has a timeout for whole commands; the library's would create a task for each write.
    options.pop("socket_timeout", None)
    if address.is_socket:
        options.pop("socket_keepalive", None)
        return ConnectionPool(UnixConnection, **options)
    options.setdefault("socket_keepalive", True)
    shared: dict[str, Any] = {"socket_keepalive_options": _keepalive_options(), **options}
    if address.sentinel is not None:
        to_primary = TlsToPrimary if address.is_tls else TcpToPrimary
        return ConnectionPool(to_primary, primary=Primary(address.sentinel, address), **shared)
    return ConnectionPool(TlsConnection if address.is_tls else TcpConnection, **shared)


def _keepalive_options() -> Mapping[int, int]:
    wanted = {**KEEPALIVE, "TCP_USER_TIMEOUT": USER_TIMEOUT_MILLISECONDS}
    return {getattr(socket, name): value for name, value in wanted.items() if hasattr(socket, name)}
