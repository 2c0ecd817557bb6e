"""Grants are cached in Redis for seconds, invalidated at once, and read from Postgres when Redis is away."""

import asyncio
import time
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from aiopg import Cursor

from server.store.plans import entitlements
from server.web.app_keys import DATABASE, ENTITLEMENTS, REDIS
from tests.server.handlers.test_entitlements import assert_limit, make_thread
from tests.support.fixtures_stack import Stack
from tests.support.fixtures_tiny import give_plan


async def _end_grants(stack: Stack, user_id: int) -> None:
    """Delete the grants without Confab noticing, so that only the cache is left."""

    async def work(cursor: Cursor) -> None:
        await cursor.execute(
            "update channels_entitlement set is_active = false where user_id = %s", (user_id,)
        )

    await stack.app[DATABASE].write(work)


async def test_grants_are_cached_for_seconds_and_deleted_at_once(
    tiny: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "server.plans.entitlement_cache.REDIS_TIMEOUT_SECONDS", 20.0
    )  # a busy machine is no slow Redis
    agent = await tiny.sign_in()
    known = tiny.app[ENTITLEMENTS]
    assert (await known.rights_of(agent.user_id, "whatsapp")).plan == "tiny"
    assert 0 < await tiny.app[REDIS].pttl(f"confab:grants:{{{agent.user_id}}}:whatsapp") <= 5000
    await _end_grants(tiny, agent.user_id)
    assert (await known.rights_of(agent.user_id, "whatsapp")).plan == "tiny", "from Redis"
    await known.forget(agent.user_id, "whatsapp")
    assert not (await known.rights_of(agent.user_id, "whatsapp")).is_entitled


async def test_a_cached_grant_expires_on_time(tiny: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    agent = await tiny.sign_in()
    ends = datetime.now(UTC) + timedelta(hours=1)
    await give_plan(tiny, agent, "tiny", expires_at=ends)
    known = tiny.app[ENTITLEMENTS]
    assert (await known.rights_of(agent.user_id, "whatsapp")).is_entitled
    later = SimpleNamespace(time=lambda: ends.timestamp() + 0.01, monotonic=time.monotonic)
    monkeypatch.setattr("server.plans.entitlement_cache.time", later)
    assert not (await known.rights_of(agent.user_id, "whatsapp")).is_entitled


async def test_with_redis_away_postgres_decides_and_redis_is_paused(tiny: Stack) -> None:
    agent, _, path = await make_thread(tiny)
    redis = tiny.app[REDIS]
    await redis.connection_pool.disconnect()
    # A connection that ended would go back to where it was made for.
    redis.connection_pool.reset()  # type: ignore[no-untyped-call]
    redis.connection_pool.connection_kwargs["port"] = 1
    for n in range(5):
        await agent.ok("POST", path, {"text": str(n)})
    assert_limit(await agent.call("POST", path, {"text": "one more"}))
    await tiny.app[DATABASE].write(entitlements.revoke, agent.user_id, "whatsapp")
    answer = await agent.call("POST", path, {"text": "Oi"})
    assert (answer.status, answer.body["error"]["code"]) == (403, "not_entitled")


async def test_a_redis_that_hangs_is_left_alone(tiny: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = 0

    async def hang(*_: object, **__: object) -> None:
        nonlocal asked
        asked += 1
        await asyncio.Event().wait()

    known = tiny.app[ENTITLEMENTS]
    monkeypatch.setattr(known._redis, "get", hang)
    monkeypatch.setattr(known._redis, "set", hang)
    agent = await tiny.sign_in()
    for _ in range(10):
        assert (await known.rights_of(agent.user_id, "whatsapp")).plan == "tiny"
    assert asked == 1
