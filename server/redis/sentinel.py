"""Asks Redis Sentinel which server is the primary now; each new connection asks, so a failover needs no notice."""

import asyncio
from typing import cast

from redis.asyncio import Redis
from redis.exceptions import ConnectionError as LibraryConnectionError

from server.config.urls.redis_url import RedisAddress, SentinelAddress
from server.redis.reasons import NO_SENTINEL, NOT_MONITORED, UNREACHABLE

# Opening the connection and the answer: one that is away must not use up the time of the command that waits.
ANSWER_SECONDS = 1.0


class Primary:
    """The primary of one Sentinel service. What it says changes with each failover, so it is not kept."""

    def __init__(self, sentinel: SentinelAddress, address: RedisAddress) -> None:
        self._service = sentinel.service
        self._hosts = list(sentinel.hosts)
        tls = {name: value for name, value in address.options.items() if name.startswith("ssl_")}
        self._options = {**sentinel.options, **tls, "ssl": address.is_tls, "decode_responses": True}

    async def find(self) -> tuple[str, int]:
        """Host and port; raises redis-py's ConnectionError when no Sentinel answers, or none knows the service."""
        problem = NO_SENTINEL
        for host in list(self._hosts):
            try:
                async with asyncio.timeout(ANSWER_SECONDS):
                    found = await self._ask(*host)
            except UNREACHABLE:
                continue
            if found is not None:
                # The first that answers is asked first the next time.
                self._hosts.remove(host)
                self._hosts.insert(0, host)
                return found
            problem = NOT_MONITORED
        raise LibraryConnectionError(problem)

    async def _ask(self, host: str, port: int) -> tuple[str, int] | None:
        async with Redis(host=host, port=port, **self._options) as client:  # type: ignore[arg-type]
            found = await client.sentinel_get_master_addr_by_name(self._service)  # type: ignore[no-untyped-call]
            return cast("tuple[str, int] | None", found)
