"""Rate limits: the generic cell rate algorithm in Redis, for all instances together; each alone when Redis is away.

Every instance keeps a copy of what it knows of a caller and decides by it. Redis is asked each `stride` requests, is
told of those it has not heard of, and puts the copy right: one instance is exact, several let through less than a
stride more each. What is asked each time (`stride` 1) is exact everywhere, what is never asked (0) is counted by each
alone.
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
# A Redis that did not answer is left alone for so long, so that not every request waits for it.
PAUSE_SECONDS = 1.0
# Callers that are remembered here: whoever has been quiet for longest is forgotten first.
LOCAL_KEYS = 20_000
EPSILON = 1e-6

# The theoretical arrival time of the next cell, by Redis's clock: one for all instances. Of several cells all but the
# last have been let through already. Answers (seconds to wait, seconds until all is free again).
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
    """How a caller stands: seconds to wait, 0.0 for none, and seconds until they have all of it again."""

    wait: float
    ahead: float

    def header(self, rate: Rate) -> str:
        """The RateLimit header: how many are left, and when the next one (none left) or all of them will be there."""
        left = max(0, math.floor(rate.burst - self.ahead / rate.seconds + EPSILON))
        return f'"{rate.name}";r={left};t={math.ceil(self.ahead if left else self.wait or rate.seconds)}'


@dataclass(slots=True)
class _Copy:
    """What this instance knows of one caller: when all is free again (monotonic), and what Redis has not heard of."""

    free_at: float = 0.0
    untold: int = 0


class Limiter:
    """Counts by any key; keys are hashed, so that Redis holds no address and no e-mail."""

    def __init__(self, redis: Redis) -> None:
        self._take = redis.register_script(TAKE)
        self._copies: OrderedDict[tuple[str, str], _Copy] = OrderedDict()
        self._away_until = 0.0

    async def require(self, rate: Rate, key: str) -> Count:
        """Take one, or raise ConfabError("too_many_requests") with the seconds to wait."""
        count = await self.count(rate, key)
        if count.wait > 0:
            raise ConfabError("too_many_requests", retry_after=math.ceil(count.wait))
        return count

    async def take(self, rate: Rate, key: str) -> float:
        """Take one; returns 0.0, or how many seconds to wait for it when there is none."""
        return (await self.count(rate, key)).wait

    async def give_back(self, rate: Rate, key: str) -> None:
        """Undo one `take`: it was no attempt of the kind that is limited."""
        await self._count(rate, key, -1)

    async def count(self, rate: Rate, key: str) -> Count:
        """Take one, and say how the caller stands."""
        return await self._count(rate, key, 1)

    async def _count(self, rate: Rate, key: str, cells: int) -> Count:
        copy = self._copy_of(rate, key)
        now = time.monotonic()
        if rate.stride == 0 or now < self._away_until or (cells > 0 and copy.untold + cells < rate.stride):
            return _count_here(copy, rate, cells, now)
        told = copy.untold + cells
        copy.untold = 0  # whoever comes while Redis is being asked begins anew
        try:
            async with asyncio.timeout(REDIS_TIMEOUT_SECONDS):
                wait, ahead = await self._take([_name(rate, key)], [rate.seconds, rate.burst, told])
        except UNREACHABLE as error:
            log.warning("limits_counted_locally", error=type(error).__name__)
            self._away_until = time.monotonic() + PAUSE_SECONDS
            copy.untold += told - cells
            return _count_here(copy, rate, cells, now)
        count = Count(float(wait), float(ahead))
        copy.free_at = time.monotonic() + count.ahead + rate.seconds * copy.untold
        return count

    def _copy_of(self, rate: Rate, key: str) -> _Copy:
        name = (rate.name, key)
        copy = self._copies.get(name)
        if copy is None:
            copy = self._copies[name] = _Copy()
            if len(self._copies) > LOCAL_KEYS:
                self._copies.popitem(last=False)
        else:
            self._copies.move_to_end(name)
        return copy


def _name(rate: Rate, key: str) -> str:
    return f"{KEY_PREFIX}{rate.name}:{sha256(key.encode('utf-8', 'surrogatepass')).hexdigest()[:32]}"


def _count_here(copy: _Copy, rate: Rate, cells: int, now: float) -> Count:
    """The same algorithm on this instance's copy."""
    free_at = max(copy.free_at, now)
    reached = max(free_at + rate.seconds * cells, now)
    wait = reached - rate.seconds * rate.burst - now
    if cells > 0 and wait > EPSILON:
        return Count(wait, free_at - now)
    copy.free_at = reached
    copy.untold += cells if rate.stride else 0
    return Count(0.0, reached - now)
