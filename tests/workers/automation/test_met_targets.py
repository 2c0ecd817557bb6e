"""What was promised in a conversation is met with it: a target that is changed later changes no figure of the past."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.support.fixtures_stack import Stack
from tests.support.timed import Timed, timing
from workers.automation.follow import follow_feeds
from workers.automation.report_facts import ReportFacts, recount_reports

FACTS = """
    select measure, is_met, promised_minutes from report_fact
    where measure in ('first_reply', 'reply', 'resolution')
        and conversation_id = (select max(id) from channels_conversation)
    order by at, measure"""
PROMISED = "select first_reply_minutes, next_reply_minutes, close_minutes from report_promise order by id"


@pytest.fixture
async def timed(web_only: Stack) -> AsyncIterator[Timed]:
    async with timing(web_only) as opened:
        await recount_reports(opened.harness.parts)
        yield opened


async def judged(timed: Timed) -> list[tuple[Any, ...]]:
    await timed.follow()
    await follow_feeds(timed.harness.parts, ReportFacts())
    return [
        (row["measure"], row["is_met"], row["promised_minutes"]) for row in await timed.harness.fetch(FACTS)
    ]


async def promised(timed: Timed) -> list[tuple[Any, ...]]:
    return [tuple(row.values()) for row in await timed.harness.fetch(PROMISED)]


async def test_a_reply_and_a_closing_are_judged_by_what_was_promised(timed: Timed) -> None:
    await timed.target(first_reply_minutes=60, next_reply_minutes=30, close_minutes=600)
    await timed.write()
    await timed.answer()
    assert await judged(timed) == [("first_reply", True, 60), ("reply", None, None)]
    await timed.write()
    await timed.answer()
    await timed.ruled.set_status("closed")
    expected = [("reply", True, 30), ("resolution", True, 600)]
    assert (await judged(timed))[2:] == expected


async def test_what_came_before_the_target_has_none(timed: Timed) -> None:
    await timed.answer()
    await timed.target(first_reply_minutes=60, close_minutes=600)
    assert await judged(timed) == [("first_reply", None, None), ("reply", None, None)]
    await timed.ruled.set_status("closed")
    assert (await judged(timed))[-1] == ("resolution", True, 600)


async def test_a_target_that_is_changed_leaves_the_past_as_it_was(timed: Timed) -> None:
    target_id = await timed.target(first_reply_minutes=60, next_reply_minutes=None, close_minutes=600)
    await timed.follow()
    await timed.answer()
    before = await judged(timed)
    await timed.agent.ok(
        "PATCH", f"/api/targets/{target_id}", {"first_reply_minutes": 1, "close_minutes": 20}
    )
    assert await judged(timed) == before == [("first_reply", True, 60), ("reply", None, None)]
    # The conversation is still open: its closing is measured by what is promised now.
    await timed.ruled.set_status("closed")
    closed = await judged(timed)
    assert closed[-1] == ("resolution", True, 20)
    await timed.agent.ok("PATCH", f"/api/targets/{target_id}", {"close_minutes": 5})
    assert (await timed.agent.call("DELETE", f"/api/targets/{target_id}")).status == 204
    assert await judged(timed) == closed
    await timed.harness.execute("delete from report_fact")
    await timed.harness.execute("delete from report_recount")
    await recount_reports(timed.harness.parts)
    assert await judged(timed) == closed


async def test_a_target_that_is_off_ends_what_it_promised(timed: Timed) -> None:
    target_id = await timed.target(first_reply_minutes=60, next_reply_minutes=None)
    await timed.agent.ok("PATCH", f"/api/targets/{target_id}", {"is_on": False})
    await timed.follow()
    await timed.answer()
    assert await judged(timed) == [("first_reply", None, None), ("reply", None, None)]
    assert await promised(timed) == [(60, None, None), (None, None, None)]


async def test_what_was_opened_and_closed_before_a_worker_looked_is_judged_too(timed: Timed) -> None:
    await timed.ruled.set_status("closed")
    await timed.target(first_reply_minutes=60, close_minutes=600)
    assert await promised(timed) == []
    await timed.write()
    await timed.answer()
    await timed.ruled.set_status("closed")
    # The facts may be counted before the promises are known.
    await follow_feeds(timed.harness.parts, ReportFacts())
    expected = [("first_reply", True, 60), ("reply", None, None), ("resolution", True, 600)]
    assert (await judged(timed))[-3:] == expected
    assert len(await promised(timed)) == 1


async def test_without_a_change_nothing_is_stored_again(timed: Timed) -> None:
    await timed.target(first_reply_minutes=60, next_reply_minutes=30)
    await timed.follow()
    for _ in range(3):
        await timed.write()
        await timed.answer()
        await timed.follow()
    assert await promised(timed) == [(60, 30, None)]
