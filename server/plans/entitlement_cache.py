"""Caches the grants of users in Redis for a few seconds, and the payers of accounts in this process.

Only this module names the Redis keys. Redis is used only while it answers quickly. A revoked grant is deleted from the
cache at once, and expires after `CACHE_SECONDS` if the delete fails. Limits are decided elsewhere, in the transaction
that counts (server/plans/quotas.py).
"""

import asyncio
import time

import orjson
from redis.asyncio import Redis

from server.config.plans import Plans
from server.plans.ttl_cache import TTLCache
from server.redis.reasons import UNREACHABLE
from server.rules.plans import Grant, Rights, merge_grants
from server.store.db.database import Database
from server.store.plans import entitlements

CACHE_SECONDS = 5
# Postgres answers in about a millisecond: if Redis is slower than this, it is not used for REDIS_PAUSE_SECONDS.
REDIS_TIMEOUT_SECONDS = 0.02
REDIS_PAUSE_SECONDS = 2.0
# A transfer is broadcast to every instance; an instance that misses the broadcast sees the new payer after this TTL.
PAYER_CACHE_SECONDS = 2.0
MAX_PAYERS = 20_000


def grants_key(user_id: int, provider: str) -> str:
    return f"confab:grants:{{{user_id}}}:{provider}"


async def forget_grants(redis: Redis, user_id: int, provider: str) -> None:
    """Delete the user's cached grants after a change. With Redis away, they are used for CACHE_SECONDS at most."""
    try:
        async with asyncio.timeout(1.0):
            await redis.delete(grants_key(user_id, provider))
    except UNREACHABLE:
        return


class Entitlements:
    """Reads rights and payers, from the caches where possible."""

    def __init__(self, database: Database, redis: Redis, plans: Plans) -> None:
        self._database = database
        self._redis = redis
        self.plans = plans
        self._payers = TTLCache[int | None](PAYER_CACHE_SECONDS, MAX_PAYERS)
        self._paused_until = 0.0

    async def rights_of(self, user_id: int, provider: str) -> Rights:
        """What the user's plan allows for this provider, at most CACHE_SECONDS old."""
        rows = await self._read_cached(user_id, provider)
        if rows is None:
            rows = await self._database.read(entitlements.list_grants, user_id, provider)
            await self._write_cached(user_id, provider, rows)
        return merge_grants(self.plans, provider, (Grant(*row) for row in rows), time.time())

    async def owner_of(self, provider: str, account_id: int) -> int | None:
        """The payer of an account; None for an absent one. At most PAYER_CACHE_SECONDS old."""

        async def read() -> int | None:
            return await self._database.read(entitlements.fetch_owner, provider, account_id)

        return await self._payers.ask((provider, account_id), read)

    def forget_owners(self) -> None:
        """Clear the cached payers after a transfer."""
        self._payers.forget()

    async def forget(self, user_id: int, provider: str) -> None:
        await forget_grants(self._redis, user_id, provider)

    async def _read_cached(self, user_id: int, provider: str) -> list[entitlements.Row] | None:
        if time.monotonic() < self._paused_until:
            return None
        try:
            async with asyncio.timeout(REDIS_TIMEOUT_SECONDS):
                text = await self._redis.get(grants_key(user_id, provider))
        except UNREACHABLE:
            self._pause_redis()
            return None
        return [tuple(row) for row in orjson.loads(text)] if text else None

    async def _write_cached(self, user_id: int, provider: str, rows: list[entitlements.Row]) -> None:
        if time.monotonic() < self._paused_until:
            return
        try:
            async with asyncio.timeout(REDIS_TIMEOUT_SECONDS):
                await self._redis.set(grants_key(user_id, provider), orjson.dumps(rows), ex=CACHE_SECONDS)
        except UNREACHABLE:
            self._pause_redis()

    def _pause_redis(self) -> None:
        self._paused_until = time.monotonic() + REDIS_PAUSE_SECONDS
