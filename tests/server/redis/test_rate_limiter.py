"""Rate limits: exact on one instance, shared by several, local without Redis."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from redis.asyncio import Redis
from redis.exceptions import ConnectionError as RedisConnectionError

from server.config.limits import Rate
from server.errors import ConfabError
from server.redis import rate_limiter
from server.redis.rate_limiter import Count, Limiter

SLOW = 3600.0  # between two refills: no token is refilled during a test


REDIS_TIMEOUT_SECONDS = rate_limiter.REDIS_TIMEOUT_SECONDS


@pytest.fixture(autouse=True)
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a busy machine a slow Redis must not count as unavailable."""
    monkeypatch.setattr(rate_limiter, "REDIS_TIMEOUT_SECONDS", 20.0)


@pytest.fixture
async def redis(redis_url: str) -> AsyncIterator[Redis]:
    async with Redis.from_url(redis_url) as client:
        yield client


@pytest.mark.parametrize("stride", [0, 1, 2, 5, 7, 100])
async def test_one_instance_allows_exactly_the_burst(redis: Redis, stride: int) -> None:
    limiter, rate = Limiter(redis), Rate("test", 10, SLOW, stride)
    assert [await limiter.take(rate, "ana") for _ in range(10)] == [0.0] * 10
    for _ in range(3):
        assert SLOW - 60 < await limiter.take(rate, "ana") <= SLOW
    assert await limiter.take(rate, "bia") == 0.0
    assert await limiter.take(replace(rate, name="other"), "ana") == 0.0


@pytest.mark.parametrize("stride", [1, 5])
async def test_several_instances_count_together(redis: Redis, stride: int) -> None:
    """Exact with stride 1, otherwise less than a stride too many per instance."""
    fleet, rate = [Limiter(redis) for _ in range(3)], Rate("test", 60, SLOW, stride)
    taken = 0
    for turn in range(150):
        taken += await fleet[turn % 3].take(rate, "ana") == 0.0
    assert 60 <= taken <= 60 + 3 * (stride - 1)
    assert all([await limiter.take(rate, "ana") > 0 for limiter in fleet])


async def test_concurrent_requests_do_not_exceed_the_burst(redis: Redis) -> None:
    for stride in (1, 5):
        limiter, rate = Limiter(redis), Rate(f"test-{stride}", 10, SLOW, stride)
        waits = await asyncio.gather(*(limiter.take(rate, "ana") for _ in range(50)))
        assert 10 <= sum(wait == 0.0 for wait in waits) <= 10 + stride - 1


async def test_returned_tokens_can_be_taken_again(redis: Redis) -> None:
    limiter, rate = Limiter(redis), Rate("test", 2, SLOW)
    for _ in range(5):
        assert await limiter.take(rate, "ana") == 0.0
        await limiter.give_back(rate, "ana")
    assert [await limiter.take(rate, "ana") == 0.0 for _ in range(3)] == [True, True, False]
    for _ in range(9):  # returning more than was taken does not exceed the burst
        await limiter.give_back(rate, "ana")
    assert [await limiter.take(rate, "ana") == 0.0 for _ in range(3)] == [True, True, False]


async def test_redis_stores_no_address_and_expires_idle_callers(redis: Redis) -> None:
    await Limiter(redis).take(Rate("test", 10, 60.0), "ana@example.com")
    (name,) = await redis.keys("*")
    assert b"ana" not in name
    assert 59_000 < await redis.pttl(name) <= 60_001


async def test_without_redis_each_instance_counts_alone(
    redis: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    limiter, rate, asked = Limiter(redis), Rate("test", 10, SLOW), 0

    async def fail(*_: object, **__: object) -> object:
        nonlocal asked
        asked += 1
        raise RedisConnectionError

    assert await limiter.take(rate, "ana") == 0.0
    with monkeypatch.context() as away:
        away.setattr(limiter, "_take", fail)
        # The last known count of Redis still applies.
        assert [await limiter.take(rate, "ana") == 0.0 for _ in range(10)] == [True] * 9 + [False]
        assert asked == 1, "a Redis that is away is asked once a while, not by every request"
    monkeypatch.setattr(limiter, "_away_until", 0.0)
    # Redis receives the missed counts.
    assert await limiter.take(rate, "ana") > 0
    assert await Limiter(redis).take(rate, "ana") > 0


async def test_a_slow_redis_costs_fifty_milliseconds_once(
    redis: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    limiter, cancelled = Limiter(redis), 0

    async def hang(*_: object, **__: object) -> object:
        nonlocal cancelled
        try:
            return await asyncio.Event().wait()
        finally:
            cancelled += 1

    monkeypatch.setattr(limiter, "_take", hang)
    assert REDIS_TIMEOUT_SECONDS == 0.05
    monkeypatch.setattr(rate_limiter, "REDIS_TIMEOUT_SECONDS", REDIS_TIMEOUT_SECONDS)
    async with asyncio.timeout(20):
        for _ in range(20):
            await limiter.take(Rate("test", 100, SLOW), "ana")
    assert cancelled == 1


async def test_the_longest_idle_caller_is_evicted(redis: Redis, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rate_limiter, "LOCAL_KEYS", 3)
    limiter, rate = Limiter(redis), Rate("test", 1, SLOW, 0)
    for name in ("a", "b", "a", "c", "d"):
        await limiter.take(rate, name)
    assert [key for _, key in limiter._local_counts] == ["a", "c", "d"]


@settings(max_examples=60)
@given(st.lists(st.floats(0, 3), max_size=60), st.integers(1, 8), st.floats(0.1, 2))
def test_never_more_than_the_rate_in_any_window(pauses: list[float], burst: int, seconds: float) -> None:
    """In any period: the burst, plus what is refilled meanwhile."""
    local, rate, now, taken = (
        rate_limiter._LocalCount(),
        Rate("test", burst, seconds, 0),
        1000.0,
        list[float](),
    )
    for pause in pauses:
        now += pause
        count = rate_limiter._count_locally(local, rate, 1, now)
        if count.wait == 0.0:
            taken.append(now)
        else:  # exactly after the wait it is allowed
            assert rate_limiter._count_locally(replace(local), rate, 1, now + count.wait).wait == 0.0
            assert (
                rate_limiter._count_locally(replace(local), rate, 1, now + count.wait * 0.99 - 1e-3).wait
                > 0.0
            )
    for i, begin in enumerate(taken):
        for j in range(i, len(taken)):
            assert j - i + 1 <= burst + (taken[j] - begin) / seconds + 1e-3


@pytest.mark.parametrize(
    ("count", "header"),
    [
        (Count(0.0, 2.0), '"read";r=9;t=2'),
        (Count(0.0, 2.1), '"read";r=8;t=3'),
        (Count(0.0, 0.0), '"read";r=10;t=0'),
        (Count(0.0, 20.0), '"read";r=0;t=2'),
        (Count(1.2, 20.0), '"read";r=0;t=2'),
        (Count(0.2, 19.9), '"read";r=0;t=1'),
    ],
)
def test_the_header_states_remaining_tokens_and_refill(count: Count, header: str) -> None:
    rate = Rate("read", 10, 2.0)
    assert rate.policy == '"read";q=10;w=20'
    assert count.header(rate) == header


# -- over HTTP -----------------------------------------------------------------------------------------------


async def test_require_names_the_seconds(redis: Redis) -> None:
    limiter, rate = Limiter(redis), Rate("test", 1, 90.0)
    await limiter.require(rate, "ana")
    with pytest.raises(ConfabError) as caught:
        await limiter.require(rate, "ana")
    assert caught.value.retry_after in (89, 90)
