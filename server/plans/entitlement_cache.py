"""Whose plan a request uses and what it allows: grants from Postgres, the hot ones kept in Redis for a moment.

The name of their Redis keys stands here and nowhere else. Redis is asked only while it is quick; a grant that was taken
back is forgotten there at once, and after `KEPT_SECONDS` even if Redis was not told. Limits are not decided here: the
transaction that counts decides them (server/plans/quotas.py).
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
# Postgres answers in about a millisecond: a Redis that is slower than this is left alone for a while.
PATIENCE_SECONDS = 0.02
REST_SECONDS = 2.0
# Every instance is told at once whose plan a number uses now; one that did not hear it knows so soon.
PAYER_CACHE_SECONDS = 2.0
MAX_PAYERS = 20_000


def grants_key(user_id: int, provider: str) -> str:
    return f"confab:grants:{{{user_id}}}:{provider}"


async def forget_grants(redis: Redis, user_id: int, provider: str) -> None:
    """After a change; with Redis away the old grants are believed for KEPT_SECONDS at most."""
    try:
        async with asyncio.timeout(1.0):
            await redis.delete(grants_key(user_id, provider))
    except UNREACHABLE:
        return


class Entitlements:
    """What this process knows of plans."""

    def __init__(self, database: Database, redis: Redis, plans: Plans) -> None:
        self._database = database
        self._redis = redis
        self.plans = plans
        self._payers = TTLCache[int | None](PAYER_CACHE_SECONDS, MAX_PAYERS)
        self._resting_until = 0.0

    async def rights_of(self, user_id: int, provider: str) -> Rights:
        """What the user may do with this provider, as of now or a few seconds ago."""
        rows = await self._kept(user_id, provider)
        if rows is None:
            rows = await self._database.read(entitlements.list_grants, user_id, provider)
            await self._keep(user_id, provider, rows)
        return merge_grants(self.plans, provider, (Grant(*row) for row in rows), time.time())

    async def owner_of(self, provider: str, account_id: int) -> int | None:
        """Whose plan an account uses; None for an absent one. Kept for a moment: numbers are handed over."""

        async def read() -> int | None:
            return await self._database.read(entitlements.fetch_owner, provider, account_id)

        return await self._payers.ask((provider, account_id), read)

    def forget_owners(self) -> None:
        """A number may have been handed over."""
        self._payers.forget()

    async def forget(self, user_id: int, provider: str) -> None:
        await forget_grants(self._redis, user_id, provider)

    async def _kept(self, user_id: int, provider: str) -> list[entitlements.Row] | None:
        if time.monotonic() < self._resting_until:
            return None
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                text = await self._redis.get(grants_key(user_id, provider))
        except UNREACHABLE:
            self._rest()
            return None
        return [tuple(row) for row in orjson.loads(text)] if text else None

    async def _keep(self, user_id: int, provider: str, rows: list[entitlements.Row]) -> None:
        if time.monotonic() < self._resting_until:
            return
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                await self._redis.set(grants_key(user_id, provider), orjson.dumps(rows), ex=CACHE_SECONDS)
        except UNREACHABLE:
            self._rest()

    def _rest(self) -> None:
        self._resting_until = time.monotonic() + REST_SECONDS
