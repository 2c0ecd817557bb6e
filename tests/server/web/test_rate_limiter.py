"""How much anybody may ask for: exact on one instance, together over several, and each alone without Redis."""

import asyncio
import math
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import replace

import aiohttp
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from redis.asyncio import Redis
from redis.exceptions import ConnectionError as RedisConnectionError

from server.app import create_app
from server.config import Config
from server.config.limits import ALWAYS, STRIDES, Allowance, Limits, Rate, rates_of
from server.errors import ConfabError
from server.routes import ROUTES
from server.web import rate_limiter
from server.web.app_keys import LIMITER
from server.web.rate_limiter import Count, Limiter
from tests.support.fixtures_stack import Stack, run_stack, serving
from tests.support.peers import Answer, Peer, message_received
from tests.support.ports import free_port

ACCOUNTS = "/api/channels/whatsapp/accounts"
SLOW = 3600.0  # between two: whatever a test takes, none comes back


REDIS_TIMEOUT_SECONDS = rate_limiter.REDIS_TIMEOUT_SECONDS


@pytest.fixture(autouse=True)
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A busy machine is no Redis that is away."""
    monkeypatch.setattr(rate_limiter, "REDIS_TIMEOUT_SECONDS", 20.0)


@pytest.fixture
async def redis(redis_url: str) -> AsyncIterator[Redis]:
    async with Redis.from_url(redis_url) as client:
        yield client


@pytest.mark.parametrize("stride", [0, 1, 2, 5, 7, 100])
async def test_one_instance_lets_through_the_burst_and_not_one_more(redis: Redis, stride: int) -> None:
    limiter, rate = Limiter(redis), Rate("test", 10, SLOW, stride)
    assert [await limiter.take(rate, "ana") for _ in range(10)] == [0.0] * 10
    for _ in range(3):
        assert SLOW - 60 < await limiter.take(rate, "ana") <= SLOW
    assert await limiter.take(rate, "bia") == 0.0
    assert await limiter.take(replace(rate, name="other"), "ana") == 0.0


@pytest.mark.parametrize("stride", [1, 5])
async def test_several_instances_count_together(redis: Redis, stride: int) -> None:
    """Exactly with a stride of one, else less than a stride more each."""
    fleet, rate = [Limiter(redis) for _ in range(3)], Rate("test", 60, SLOW, stride)
    taken = 0
    for turn in range(150):
        taken += await fleet[turn % 3].take(rate, "ana") == 0.0
    assert 60 <= taken <= 60 + 3 * (stride - 1)
    assert all([await limiter.take(rate, "ana") > 0 for limiter in fleet])


async def test_many_at_once_are_not_let_through_together(redis: Redis) -> None:
    for stride in (1, 5):
        limiter, rate = Limiter(redis), Rate(f"test-{stride}", 10, SLOW, stride)
        waits = await asyncio.gather(*(limiter.take(rate, "ana") for _ in range(50)))
        assert 10 <= sum(wait == 0.0 for wait in waits) <= 10 + stride - 1


async def test_what_is_given_back_can_be_taken_again(redis: Redis) -> None:
    limiter, rate = Limiter(redis), Rate("test", 2, SLOW)
    for _ in range(5):
        assert await limiter.take(rate, "ana") == 0.0
        await limiter.give_back(rate, "ana")
    assert [await limiter.take(rate, "ana") == 0.0 for _ in range(3)] == [True, True, False]
    for _ in range(9):  # more than was taken gives nobody more than the burst
        await limiter.give_back(rate, "ana")
    assert [await limiter.take(rate, "ana") == 0.0 for _ in range(3)] == [True, True, False]


async def test_redis_holds_no_address_and_forgets_who_is_quiet(redis: Redis) -> None:
    await Limiter(redis).take(Rate("test", 10, 60.0), "ana@example.com")
    (name,) = await redis.keys("*")
    assert b"ana" not in name
    assert 59_000 < await redis.pttl(name) <= 60_001


async def test_without_redis_each_counts_by_itself(redis: Redis, monkeypatch: pytest.MonkeyPatch) -> None:
    limiter, rate, asked = Limiter(redis), Rate("test", 10, SLOW), 0

    async def fail(*_: object, **__: object) -> object:
        nonlocal asked
        asked += 1
        raise RedisConnectionError

    assert await limiter.take(rate, "ana") == 0.0
    with monkeypatch.context() as away:
        away.setattr(limiter, "_take", fail)
        # What was known of Redis's count still counts.
        assert [await limiter.take(rate, "ana") == 0.0 for _ in range(10)] == [True] * 9 + [False]
        assert asked == 1, "a Redis that is away is asked once a while, not by every request"
    monkeypatch.setattr(limiter, "_away_until", 0.0)
    # Redis is told of what it missed.
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
    async with asyncio.timeout(5):
        for _ in range(20):
            await limiter.take(Rate("test", 100, SLOW), "ana")
    assert cancelled == 1


async def test_whoever_was_quiet_for_longest_is_forgotten(
    redis: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rate_limiter, "LOCAL_KEYS", 3)
    limiter, rate = Limiter(redis), Rate("test", 1, SLOW, 0)
    for name in ("a", "b", "a", "c", "d"):
        await limiter.take(rate, name)
    assert [key for _, key in limiter._copies] == ["a", "c", "d"]


@settings(max_examples=60)
@given(st.lists(st.floats(0, 3), max_size=60), st.integers(1, 8), st.floats(0.1, 2))
def test_never_more_than_the_rate_in_any_window(pauses: list[float], burst: int, seconds: float) -> None:
    """Over any stretch of time: the burst, and what came back meanwhile."""
    copy, rate, now, taken = rate_limiter._Copy(), Rate("test", burst, seconds, 0), 1000.0, list[float]()
    for pause in pauses:
        now += pause
        count = rate_limiter._count_here(copy, rate, 1, now)
        if count.wait == 0.0:
            taken.append(now)
        else:  # exactly after the wait it is let through
            assert rate_limiter._count_here(replace(copy), rate, 1, now + count.wait).wait == 0.0
            assert rate_limiter._count_here(replace(copy), rate, 1, now + count.wait * 0.99 - 1e-3).wait > 0.0
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
def test_the_header_says_what_is_left_and_when_there_is_more(count: Count, header: str) -> None:
    rate = Rate("read", 10, 2.0)
    assert rate.policy == '"read";q=10;w=20'
    assert count.header(rate) == header


# -- over the front door ------------------------------------------------------------------------------------


def limited(config: Config, **classes: int) -> Config:
    """So many at once and next to nothing after that; other classes are generous."""
    allowances = {name: Allowance(burst=classes.get(name, 10_000), per_minute=1) for name in STRIDES}
    return replace(config, limits=Limits(enabled=True, classes=allowances))


def assert_limited(answer: Answer, name: str, burst: int) -> None:
    assert (answer.status, answer.body["error"]["code"]) == (429, "too_many_requests")
    assert 55 <= int(answer.headers["Retry-After"]) <= 60
    assert answer.headers["RateLimit-Policy"] == f'"{name}";q={burst};w={burst * 60}'
    assert answer.headers["RateLimit"] == f'"{name}";r=0;t={answer.headers["Retry-After"]}'


async def test_reads_are_counted_by_person_and_told(config: Config) -> None:
    async with run_stack(limited(config, read=3), with_workers=False) as stack:
        ana, bia = await stack.sign_in("ana"), await stack.sign_in("bia")
        for left in (2, 1, 0):
            answer = await ana.call("GET", ACCOUNTS)
            assert answer.status == 200
            assert answer.headers["RateLimit-Policy"] == '"read";q=3;w=180'
            assert answer.headers["RateLimit"].startswith(f'"read";r={left};t=')
        assert_limited(await ana.call("GET", ACCOUNTS), "read", 3)
        assert (await bia.call("GET", ACCOUNTS)).status == 200
        # Another class is counted apart, and what is refused for another reason counts as well.
        answer = await ana.call("PATCH", "/api/channels/whatsapp/77", {"read_receipts": True})
        assert (answer.status, answer.headers["RateLimit"].split(";")[:2]) == (404, ['"write"', "r=9999"])


async def test_two_instances_count_together(config: Config) -> None:
    own = limited(config, connect=4)
    async with AsyncExitStack() as stack:
        urls = [await stack.enter_async_context(serving(create_app(own), free_port())) for _ in range(2)]
        session = await stack.enter_async_context(aiohttp.ClientSession())
        ana = await Peer(session, urls[0]).sign_in("ana")
        answers = []
        for turn in range(6):
            path = urls[turn % 2] + "/api/channels/whatsapp/connect"
            headers = {"Authorization": f"Bearer {ana.token}"}
            async with session.post(path, json={"unknown": 1}, headers=headers) as answer:
                answers.append(answer.status)
        assert answers == [422] * 4 + [429] * 2


async def test_an_address_is_stopped_before_anything_is_looked_up(config: Config) -> None:
    async with run_stack(limited(config, address=5), with_workers=False) as stack:
        for _ in range(5):
            answer = await stack.stranger.call("GET", ACCOUNTS, headers={"Authorization": "Bearer guessed"})
            assert answer.status == 401
        for path in (ACCOUNTS, "/", "/api/config", "/api/nothing"):
            assert_limited(await stack.stranger.call("GET", path), "address", 5)
        # Webhooks have their own, generous count: what UniPile sends is never lost to a flood of others.
        assert (await stack.stranger.deliver(message_received("acc-1"))).status == 200


async def test_behind_a_listed_proxy_each_client_counts_apart(config: Config) -> None:
    own = limited(config, address=2)
    own = replace(own, web=replace(own.web, trusted_proxies=("127.0.0.1",)))
    async with run_stack(own, with_workers=False) as stack:
        for client, statuses in (("203.0.113.1", [200, 200, 429]), ("203.0.113.2", [200, 200, 429])):
            asked = [
                await stack.stranger.call("GET", "/api/config", headers={"X-Forwarded-For": client})
                for _ in "123"
            ]
            assert [answer.status for answer in asked] == statuses


async def test_inventing_addresses_does_not_help(config: Config) -> None:
    async with run_stack(limited(config, address=2), with_workers=False) as stack:
        headers = [{"X-Forwarded-For": f"203.0.113.{n}"} for n in range(4)]
        asked = [await stack.stranger.call("GET", "/api/config", headers=sent) for sent in headers]
        assert [answer.status for answer in asked] == [200, 200, 429, 429]


async def test_webhooks_and_reads_do_not_wait_for_redis(
    config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A webhook never asks it; of reads one in twenty does."""
    async with run_stack(limited(config), with_workers=False) as stack:
        ana, asked = await stack.sign_in("ana"), 0
        take = stack.app[LIMITER]._take

        async def count(*given: object) -> object:
            nonlocal asked
            asked += 1
            return await take(*given)  # type: ignore[arg-type]

        monkeypatch.setattr(stack.app[LIMITER], "_take", count)
        for _ in range(40):
            assert (await stack.stranger.deliver(message_received("acc-1"))).status == 200
        assert asked == 0
        for _ in range(40):
            assert (await ana.call("GET", ACCOUNTS)).status == 200
        assert asked == 2


async def test_off_means_off(web_only: Stack) -> None:
    """The tests' UniPile is on this machine."""
    assert not web_only.config.limits.enabled
    ana = await web_only.sign_in("ana")
    answer = await ana.call("GET", ACCOUNTS)
    assert not [name for name in answer.headers if name.startswith("RateLimit")]


def test_every_route_has_a_class() -> None:
    assert {route.limit for route in ROUTES} <= STRIDES.keys()
    assert {r.name for r in ROUTES if r.limit == "webhook"} == {"receive_messages", "receive_account_status"}
    assert {r.name for r in ROUTES if r.limit == "send"} == {"send_message", "start_chat", "retry_message"}
    assert all(r.limit != "read" or r.method == "GET" for r in ROUTES)


def test_the_shipped_limits_are_more_than_any_person_needs(config: Config) -> None:
    rates = rates_of(replace(config.limits, enabled=True))
    assert rates.keys() == STRIDES.keys()
    assert all(rate.burst >= 20 for name, rate in rates.items() if name not in ALWAYS)
    # Guessing is slowed down also where nothing else is.
    assert rates_of(replace(config.limits, enabled=False)).keys() == ALWAYS
    guarded = {name: (rates[name].burst, rates[name].seconds) for name in ALWAYS}
    assert guarded == {
        "login_user": (10, 30.0),
        "login_address": (60, 5.0),
        "link_address": (30, 10.0),
        "old_password": (5, 60.0),
        "forgot_user": (3, 60.0),
    }
    assert rates["webhook"].seconds <= 60 / 600_000
    assert math.isclose(rates["read"].seconds, 0.01)


async def test_require_names_the_seconds(redis: Redis) -> None:
    limiter, rate = Limiter(redis), Rate("test", 1, 90.0)
    await limiter.require(rate, "ana")
    with pytest.raises(ConfabError) as caught:
        await limiter.require(rate, "ana")
    assert caught.value.retry_after in (89, 90)
