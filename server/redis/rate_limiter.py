"""Rate limits shared by all instances: GCRA (the generic cell rate algorithm) in Redis, local while Redis is away.

Each instance decides by a local copy of a client's count. After every `stride` requests it reports them to Redis and
takes over the shared count. One instance is exact; of several, each lets through less than a stride too many. Stride 1
is exact everywhere, stride 0 never asks Redis. ADR 10 has the measurements.
"""

import asyncio
import math
import time
from collections import OrderedDict
from dataclasses import dataclass
from hashlib import sha256
from typing import NamedTuple

import structlog
from redis.asyncio import Redis

from server.config.limits import Rate
from server.errors import ConfabError
from server.redis.reasons import UNREACHABLE

__all__ = ["Count", "Limiter", "Rate"]

log = structlog.get_logger()

KEY_PREFIX = "confab:limit:"
REDIS_TIMEOUT_SECONDS = 0.05
# After a timeout Redis is not asked for this long, so that not every request waits for it.
PAUSE_SECONDS = 1.0
# Local counts in memory; the least recently used is evicted first.
LOCAL_KEYS = 20_000
EPSILON = 1e-6

# Stores the theoretical arrival time of the next request, by Redis's clock, which all instances share. Of several cells
# all but the last have been accepted already. Returns (seconds to wait, seconds until the whole burst is available).
TAKE = """
local now = redis.call('time')
now = now[1] + now[2] / 1e6
local distance, burst, cells = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local known = math.max(tonumber(redis.call('get', KEYS[1]) or 0), now) + distance * (cells - 1)
local wanted = math.max(known + distance, now)
local wait = math.max(wanted - distance * burst - now, 0)
if cells > 0 and wait > 1e-6 then wanted = known else wait = 0 end
if wanted <= now then redis.call('del', KEYS[1])
else redis.call('set', KEYS[1], string.format('%.6f', wanted), 'px', math.ceil((wanted - now) * 1000) + 1) end
return {tostring(wait), tostring(wanted - now)}
"""


class Count(NamedTuple):
    """A client's count: seconds to wait, 0.0 if accepted, and seconds until the whole burst is available again."""

    wait: float
    ahead: float

    def header(self, rate: Rate) -> str:
        """The RateLimit header: requests left, and seconds until the next (if none is left) or until all of them."""
        left = max(0, math.floor(rate.burst - self.ahead / rate.seconds + EPSILON))
        return f'"{rate.name}";r={left};t={math.ceil(self.ahead if left else self.wait or rate.seconds)}'


@dataclass(slots=True)
class _LocalCount:
    """One client's count here: when the whole burst is available (monotonic), and requests not reported to Redis."""

    free_at: float = 0.0
    unreported: int = 0


class Limiter:
    """Counts requests by any key. Keys are hashed, so that Redis holds no address and no e-mail."""

    def __init__(self, redis: Redis) -> None:
        self._take = redis.register_script(TAKE)
        self._local_counts: OrderedDict[tuple[str, str], _LocalCount] = OrderedDict()
        self._away_until = 0.0

    async def require(self, rate: Rate, key: str) -> Count:
        """Count one request, or raise ConfabError("too_many_requests") with the seconds to wait."""
        count = await self.count(rate, key)
        if count.wait > 0:
            raise ConfabError("too_many_requests", retry_after=math.ceil(count.wait))
        return count

    async def take(self, rate: Rate, key: str) -> float:
        """Count one request; returns 0.0 if it is accepted, else the seconds to wait."""
        return (await self.count(rate, key)).wait

    async def give_back(self, rate: Rate, key: str) -> None:
        """Undo one `take`, for a request that turned out not to be limited, such as a correct password."""
        await self._count(rate, key, -1)

    async def count(self, rate: Rate, key: str) -> Count:
        """Count one request and return the client's count."""
        return await self._count(rate, key, 1)

    async def _count(self, rate: Rate, key: str, cells: int) -> Count:
        local = self._local_count(rate, key)
        now = time.monotonic()
        if (
            rate.stride == 0
            or now < self._away_until
            or (cells > 0 and local.unreported + cells < rate.stride)
        ):
            return _count_locally(local, rate, cells, now)
        reported = local.unreported + cells
        local.unreported = 0  # requests that arrive while Redis is being asked are reported next time
        try:
            async with asyncio.timeout(REDIS_TIMEOUT_SECONDS):
                wait, ahead = await self._take([_redis_key(rate, key)], [rate.seconds, rate.burst, reported])
        except UNREACHABLE as error:
            log.warning("limits_counted_locally", error=type(error).__name__)
            self._away_until = time.monotonic() + PAUSE_SECONDS
            local.unreported += reported - cells
            return _count_locally(local, rate, cells, now)
        count = Count(float(wait), float(ahead))
        local.free_at = time.monotonic() + count.ahead + rate.seconds * local.unreported
        return count

    def _local_count(self, rate: Rate, key: str) -> _LocalCount:
        name = (rate.name, key)
        local = self._local_counts.get(name)
        if local is None:
            local = self._local_counts[name] = _LocalCount()
            if len(self._local_counts) > LOCAL_KEYS:
                self._local_counts.popitem(last=False)
        else:
            self._local_counts.move_to_end(name)
        return local


def _redis_key(rate: Rate, key: str) -> str:
    return f"{KEY_PREFIX}{rate.name}:{sha256(key.encode('utf-8', 'surrogatepass')).hexdigest()[:32]}"


def _count_locally(local: _LocalCount, rate: Rate, cells: int, now: float) -> Count:
    """The same algorithm on the local count."""
    free_at = max(local.free_at, now)
    reached = max(free_at + rate.seconds * cells, now)
    wait = reached - rate.seconds * rate.burst - now
    if cells > 0 and wait > EPSILON:
        return Count(wait, free_at - now)
    local.free_at = reached
    local.unreported += cells if rate.stride else 0
    return Count(0.0, reached - now)
