"""A worker that is killed at any moment alerts of each target once, and skips none; nor do two at once."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from tests.support.fixtures_stack import Stack
from tests.support.timed import PASS_MINUTES, Timed, timing
from tests.workers.automation.test_rules_killed import MAX_STATEMENTS, Killed, dying
from workers.automation.targets import alert_at_risk

ALERTED = """
    select (select count(*) from notification where kind = 'target') as lines,
        (select count(*) from target_alert) as alerts,
        (select count(*) from channels_chat where target_alert_at is null) as settled"""


@pytest.fixture
async def timed(web_only: Stack) -> AsyncIterator[Timed]:
    async with timing(web_only) as timed:
        await timed.target()
        await timed.harness.execute(PASS_MINUTES, passed=timedelta(minutes=31))
        yield timed


async def alerted(timed: Timed) -> tuple[int, ...]:
    (row,) = await timed.harness.fetch(ALERTED)
    return tuple(row.values())


async def test_whenever_it_is_killed_users_are_alerted_once(
    timed: Timed, monkeypatch: pytest.MonkeyPatch
) -> None:
    for statements in range(MAX_STATEMENTS):
        async with dying(monkeypatch, statements) as lives:
            try:
                await alert_at_risk(timed.harness.parts)
            except Killed:
                # All or nothing, whichever statement was the last.
                assert await alerted(timed) in ((0, 0, 0), (1, 1, 1)), statements
                continue
        assert lives[0] >= 0
        break
    assert statements > 3
    assert await alerted(timed) == (1, 1, 1)
    await alert_at_risk(timed.harness.parts)
    assert await alerted(timed) == (1, 1, 1)


async def test_workers_at_once_alert_once(timed: Timed) -> None:
    await asyncio.gather(*(alert_at_risk(timed.harness.parts) for _ in range(4)))
    assert await alerted(timed) == (1, 1, 1)


async def test_whenever_it_is_killed_the_clock_is_computed(
    timed: Timed, monkeypatch: pytest.MonkeyPatch
) -> None:
    await timed.answer()
    for statements in range(MAX_STATEMENTS):
        async with dying(monkeypatch, statements):
            try:
                await timed.follow()
            except Killed:
                continue
        break
    assert statements > 3
    assert (await timed.ruled.chat())["target"] is None
