"""Whom a target at risk alerts, once of each clock."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from tests.support.factories import add_member
from tests.support.fixtures_stack import Stack
from tests.support.timed import BELL, PASS_MINUTES, Timed, timing


@pytest.fixture
async def timed(web_only: Stack) -> AsyncIterator[Timed]:
    async with timing(web_only) as opened:
        yield opened


async def test_users_are_alerted_once_of_each_clock(timed: Timed) -> None:
    await timed.target(first_reply_minutes=60, next_reply_minutes=40)
    await timed.alert(minutes=29)
    assert await timed.lines() == []
    await timed.alert(minutes=2)
    await timed.alert(minutes=40)
    assert await timed.lines() == ["first_reply"]
    (line,) = [line for line in (await timed.agent.ok("GET", BELL))["items"] if line["kind"] == "target"]
    assert (line["chat_id"], line["account_id"]) == (timed.ruled.chat_id, timed.ruled.account_id)
    assert line["target"]["due_at"] is not None
    # Answered, it is nothing to be done any longer; waiting again is another clock.
    await timed.answer()
    await timed.follow()
    assert await timed.lines() == []
    await timed.write()
    await timed.follow()
    await timed.alert()
    assert await timed.lines() == []
    await timed.alert(minutes=21)
    await timed.alert()
    assert await timed.lines() == ["next_reply"]


async def test_a_clock_that_comes_back_alerts_no_second_time(timed: Timed) -> None:
    await timed.target(first_reply_minutes=None, next_reply_minutes=20, close_minutes=60)
    await timed.answer()
    await timed.follow()
    await timed.alert(minutes=35)
    assert await timed.lines() == ["close"]
    # A reply is due before it, for a while.
    await timed.write()
    assert await timed.kind() == "next_reply"
    await timed.answer()
    assert await timed.kind() == "close"
    await timed.alert()
    alerts = await timed.harness.fetch("select id from notification where kind = 'target'")
    assert len(alerts) == 1


async def test_what_was_at_risk_before_the_target_alerts_of_nothing(timed: Timed) -> None:
    await timed.harness.execute(PASS_MINUTES, passed=timedelta(minutes=55))
    own = await timed.target(first_reply_minutes=60)
    await timed.alert()
    assert (await timed.kind(), await timed.lines()) == ("first_reply", [])
    # An alert that is still to come does, whatever else of the target has changed.
    await timed.answer()
    await timed.ruled.set_status("closed")
    await timed.write()
    await timed.follow()
    await timed.harness.execute(PASS_MINUTES, passed=timedelta(minutes=31))
    await timed.agent.ok("PATCH", f"/api/targets/{own}", {"first_reply_minutes": 59})
    await timed.follow()
    await timed.alert()
    assert await timed.lines() == ["first_reply"]


async def test_an_answer_of_this_moment_alerts_of_nothing(timed: Timed) -> None:
    await timed.target()
    await timed.harness.execute(PASS_MINUTES, passed=timedelta(minutes=31))
    await timed.answer()
    await timed.alert()
    assert await timed.lines() == []
    assert (await timed.ruled.chat())["target"] is None


async def test_the_assignee_is_alerted_else_who_could_take_the_chat(web_only: Stack, timed: Timed) -> None:
    ana, viewer, away = [await web_only.sign_in(name) for name in ("ana", "viewer", "away")]
    for peer, role in ((ana, "agent"), (viewer, "viewer"), (away, "agent")):
        await add_member(web_only, timed.ruled.account_id, peer, role)
    await away.ok("PUT", "/api/availability", {"away": True})
    await timed.target(first_reply_minutes=60, close_minutes=100)
    await timed.alert(minutes=31)
    everyone = (timed.agent, ana, viewer, away)
    assert [len(await timed.lines(peer)) for peer in everyone] == [1, 1, 0, 0]
    await timed.ruled.assign(ana.user_id)
    await timed.answer(ana)
    await timed.follow()
    await timed.alert(minutes=40)
    assert [await timed.lines(peer) for peer in everyone] == [[], ["close"], [], []]


@pytest.mark.parametrize("flags", [{"archived": True}, {"muted_until": "9999-01-01T00:00:00Z"}])
async def test_archived_and_muted_chats_alert_of_nothing(timed: Timed, flags: dict[str, Any]) -> None:
    await timed.target()
    await timed.agent.ok("PATCH", timed.ruled.path(), flags)
    await timed.follow()
    await timed.alert(minutes=31)
    assert await timed.lines() == []
    assert await timed.harness.fetch("select id from channels_chat where target_alert_at is not null") == []
