"""Passwords: changed with the old one, and guessing them is rate-limited."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from server.config import Config
from server.config.limits import Allowance, Limits, Rate
from server.web.app_keys import LIMITER
from tests.server.handlers.test_registration import (
    EMAIL,
    PASSWORD,
    PUSH_SECONDS,
    as_peer,
    closed,
    invite,
    log_in,
)
from tests.support.factories import sign_in_as
from tests.support.fixtures_stack import Stack, run_stack
from tests.support.peers import eventually


async def test_a_new_password_needs_the_old_one_and_ends_the_other_sessions(web_only: Stack) -> None:
    eva = await invite(web_only, await sign_in_as(web_only, "owner"))
    other = as_peer(web_only, await log_in(web_only))
    socket = await other.listen()
    path, new = "/api/auth/password", "another horse battery"
    wrong = await eva.call("POST", path, {"old_password": "x", "new_password": new})
    assert (wrong.status, list(wrong.body["error"]["fields"])) == (422, ["old_password"])
    assert (await eva.call("POST", path, {"old_password": PASSWORD, "new_password": new})).status == 204
    assert await socket.wait_closed() == 4401
    await eventually(lambda: closed(other), PUSH_SECONDS)
    assert not await closed(eva)
    assert [(await log_in(web_only, p)).status for p in (PASSWORD, new)] == [401, 200]


@pytest.fixture
async def guarded(config: Config) -> AsyncIterator[Stack]:
    """A Confab with lower `[limits]` against guessing than the defaults, and no others."""
    strict = {"login_user": 3, "login_address": 12, "link_address": 2, "old_password": 2}
    classes = {name: Allowance(burst=burst, per_minute=1) for name, burst in strict.items()}
    limits = Limits(enabled=False, classes={**config.limits.classes, **classes})
    async with run_stack(replace(config, limits=limits), with_workers=False) as running:
        yield running


async def test_links_and_old_passwords_are_not_guessed(guarded: Stack) -> None:
    owner = await sign_in_as(guarded, "owner")
    answers = [await guarded.stranger.call("POST", "/api/auth/link", {"token": "x" * 40}) for _ in range(3)]
    assert [one.status for one in answers] == [404, 404, 429]
    guess = {"old_password": "wrong password", "new_password": PASSWORD}
    guesses = [await owner.call("POST", "/api/auth/password", guess) for _ in range(3)]
    assert [answer.status for answer in guesses] == [422, 422, 429]


async def test_guessing_is_slowed_down_by_name_and_by_address(guarded: Stack) -> None:
    web_only = guarded
    await invite(web_only, await sign_in_as(web_only, "owner"))
    for _ in range(5):  # a right one is not counted against its owner
        assert (await log_in(web_only)).status == 200
    for email in (EMAIL, "nobody@example.com"):
        guesses = [await log_in(web_only, "wrong password", email) for _ in range(3)]
        assert {guess.status for guess in guesses} == {401}
        if email == EMAIL:
            rejected = await log_in(web_only, email=email.upper())
            assert (rejected.status, rejected.body["error"]["code"]) == (429, "too_many_requests")
            assert 0 < int(rejected.headers["Retry-After"]) <= 60
    assert (await log_in(web_only, email="somebody@example.com")).status == 429


async def test_without_redis_limits_count_here(web_only: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    limiter, rate = web_only.app[LIMITER], Rate("tried", 2, 60.0)

    async def away(*_: object) -> None:
        raise OSError("away")

    monkeypatch.setattr(limiter, "_take", away)
    assert [await limiter.take(rate, "x") > 0 for _ in range(3)] == [False, False, True]
    await limiter.give_back(rate, "x")
    assert [await limiter.take(rate, "x") > 0 for _ in range(2)] == [False, True]
    assert await limiter.take(rate, "y") == 0
