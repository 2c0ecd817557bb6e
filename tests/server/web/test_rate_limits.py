"""Rate limits over HTTP: counted by user, by address and across instances."""

import math
from contextlib import AsyncExitStack
from dataclasses import replace

import aiohttp
import pytest

from server.app import create_app
from server.config import Config
from server.config.limits import ALWAYS, STRIDES, Allowance, Limits, rates_of
from server.redis import rate_limiter
from server.routes import ROUTES
from server.web.app_keys import LIMITER
from tests.support.fixtures_stack import Stack, run_stack, serving
from tests.support.peers import Answer, Peer, message_received
from tests.support.ports import free_port

ACCOUNTS = "/api/channels/whatsapp/accounts"


@pytest.fixture(autouse=True)
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a busy machine a slow Redis must not count as unavailable."""
    monkeypatch.setattr(rate_limiter, "REDIS_TIMEOUT_SECONDS", 20.0)


def limited(config: Config, **classes: int) -> Config:
    """Limits these classes to a burst with hardly any refill; other classes are generous."""
    allowances = {name: Allowance(burst=classes.get(name, 10_000), per_minute=1) for name in STRIDES}
    return replace(config, limits=Limits(enabled=True, classes=allowances))


def assert_limited(answer: Answer, name: str, burst: int) -> None:
    assert (answer.status, answer.body["error"]["code"]) == (429, "too_many_requests")
    assert 55 <= int(answer.headers["Retry-After"]) <= 60
    assert answer.headers["RateLimit-Policy"] == f'"{name}";q={burst};w={burst * 60}'
    assert answer.headers["RateLimit"] == f'"{name}";r=0;t={answer.headers["Retry-After"]}'


async def test_reads_are_counted_per_user_and_reported(config: Config) -> None:
    async with run_stack(limited(config, read=3), with_workers=False) as stack:
        ana, bia = await stack.sign_in("ana"), await stack.sign_in("bia")
        for left in (2, 1, 0):
            answer = await ana.call("GET", ACCOUNTS)
            assert answer.status == 200
            assert answer.headers["RateLimit-Policy"] == '"read";q=3;w=180'
            assert answer.headers["RateLimit"].startswith(f'"read";r={left};t=')
        assert_limited(await ana.call("GET", ACCOUNTS), "read", 3)
        assert (await bia.call("GET", ACCOUNTS)).status == 200
        # Another class is counted separately, and requests rejected for other reasons count too.
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


async def test_an_address_is_limited_before_any_lookup(config: Config) -> None:
    async with run_stack(limited(config, address=5), with_workers=False) as stack:
        for _ in range(5):
            answer = await stack.stranger.call("GET", ACCOUNTS, headers={"Authorization": "Bearer guessed"})
            assert answer.status == 401
        for path in (ACCOUNTS, "/", "/api/config", "/api/nothing"):
            assert_limited(await stack.stranger.call("GET", path), "address", 5)
        # Webhooks have a separate, generous limit: a flood of other requests never costs a webhook.
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


async def test_forged_addresses_do_not_help(config: Config) -> None:
    async with run_stack(limited(config, address=2), with_workers=False) as stack:
        headers = [{"X-Forwarded-For": f"203.0.113.{n}"} for n in range(4)]
        asked = [await stack.stranger.call("GET", "/api/config", headers=sent) for sent in headers]
        assert [answer.status for answer in asked] == [200, 200, 429, 429]


async def test_webhooks_and_reads_do_not_wait_for_redis(
    config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Webhooks never ask Redis, one read in twenty does."""
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


async def test_limits_can_be_switched_off(web_only: Stack) -> None:
    """The tests' UniPile is on this machine."""
    assert not web_only.config.limits.enabled
    ana = await web_only.sign_in("ana")
    answer = await ana.call("GET", ACCOUNTS)
    assert not [name for name in answer.headers if name.startswith("RateLimit")]


def test_every_route_has_a_class() -> None:
    assert {route.limit for route in ROUTES} <= STRIDES.keys()
    assert {r.name for r in ROUTES if r.limit == "webhook"} == {"receive_messages", "receive_account_status"}
    sends = {"send_message", "start_chat", "retry_message", "send_planned_now"}
    assert {r.name for r in ROUTES if r.limit == "send"} == sends
    assert all(r.limit != "read" or r.method == "GET" for r in ROUTES)


def test_the_default_limits_exceed_human_use(config: Config) -> None:
    rates = rates_of(replace(config.limits, enabled=True))
    assert rates.keys() == STRIDES.keys()
    assert all(rate.burst >= 20 for name, rate in rates.items() if name not in ALWAYS)
    # Guessing is limited even where nothing else is.
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
