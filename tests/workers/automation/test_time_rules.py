"""Rules that wait for a time: once for each conversation and time of waiting."""

from collections.abc import AsyncIterator

import pytest

from tests.support.factories import make_label
from tests.support.fixtures_stack import Stack
from tests.support.ruled import Ruled, ruling
from tests.workers.automation.test_rules import label_by_hand
from workers.automation.rules import prune_rule_runs


@pytest.fixture
async def ruled(web_only: Stack) -> AsyncIterator[Ruled]:
    async with ruling(web_only) as opened:
        yield opened


@pytest.mark.parametrize(
    ("event", "column"), [("unreplied", "waiting_since"), ("unassigned", "unassigned_since")]
)
async def test_a_time_rule_runs_once_for_each_time_of_waiting(ruled: Ruled, event: str, column: str) -> None:
    rule = await ruled.make_rule(event, minutes=30)
    assert await ruled.harness.fetch("select * from feed_cursor") == []
    await ruled.let_wait(column, 29)
    await ruled.follow()
    assert await ruled.runs(rule) == []
    await ruled.let_wait(column, 31)
    await ruled.follow()
    await ruled.follow()
    assert len(await ruled.runs(rule)) == 1
    # The same conversation, waiting again.
    if event == "unreplied":
        await ruled.agent.ok("POST", ruled.path("/send"), {"text": "Já vai"})
        await ruled.write()
    await ruled.assign(ruled.agent.user_id)
    await ruled.follow()
    assert len(await ruled.runs(rule)) == 1
    await ruled.assign(None)
    await ruled.let_wait(column, 35)
    await ruled.follow()
    assert len(await ruled.runs(rule)) == 2


async def test_time_rules_leave_alone_what_does_not_wait(ruled: Ruled) -> None:
    rule = await ruled.make_rule("unreplied", minutes=30)
    # It waited as long before the rule was switched on.
    await ruled.let_wait("waiting_since", 45, on_for=10)
    await ruled.follow()
    await ruled.let_wait("waiting_since", 45)
    await ruled.set_status("snoozed", until="2100-01-01T00:00:00Z")
    await ruled.follow()
    await ruled.set_status("closed")
    await ruled.follow()
    assert await ruled.runs(rule) == []


async def test_a_time_rule_asks_its_conditions_once(ruled: Ruled) -> None:
    label_id = await make_label(ruled.agent, "VIP")
    asks = [{"kind": "label", "test": "any", "ids": [label_id]}]
    rule = await ruled.make_rule("unreplied", minutes=30, conditions=asks)
    stopping = await ruled.make_rule("unreplied", minutes=30, stops=True)
    stopped = await ruled.make_rule("unreplied", minutes=30)
    await ruled.let_wait("waiting_since", 31)
    await ruled.follow()
    await label_by_hand(ruled, label_id)
    await ruled.follow()
    assert [len(await ruled.runs(one)) for one in (rule, stopping, stopped)] == [0, 1, 0]


async def test_old_runs_are_deleted_but_none_that_could_happen_again(ruled: Ruled) -> None:
    waiting = await ruled.make_rule("unreplied", minutes=30)
    by_event = await ruled.make_rule()
    await ruled.write()
    await ruled.let_wait("waiting_since", 31)
    await ruled.follow()
    await ruled.harness.execute("update rule_run set at = at - interval '91 days'")
    await prune_rule_runs(ruled.harness.parts)
    assert [len(await ruled.runs(rule)) for rule in (waiting, by_event)] == [1, 0]
    await ruled.follow()
    assert len(await ruled.runs(waiting)) == 1
    await ruled.set_status("closed")
    await prune_rule_runs(ruled.harness.parts)
    assert await ruled.runs(waiting) == []
