"""Rules: what triggers them, what they ask, what they do; each run once, written into the thread, without loops."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
from structlog.testing import capture_logs

from tests.support.factories import add_member, make_label, sign_in_as
from tests.support.fixtures_stack import Stack
from tests.support.ruled import Ruled, ruling
from tests.support.worker_harness import written_by_us
from workers.snoozes import wake_snoozed

Happen = Callable[[], Awaitable[Any]]


@pytest.fixture
async def ruled(web_only: Stack) -> AsyncIterator[Ruled]:
    async with ruling(web_only) as opened:
        yield opened


async def label_by_hand(ruled: Ruled, label_id: int, method: str = "PUT") -> None:
    await ruled.agent.ok(method, ruled.path(f"/labels/{label_id}"))


async def fail_a_send(ruled: Ruled) -> None:
    await ruled.agent.ok("POST", ruled.path("/send"), {"text": "Não chega"})
    await ruled.harness.execute(
        """with a as (update channels_account set seq = seq + 1 returning seq)
           update channels_message set status = 'failed', seq = (select seq from a) where status = 'sending'"""
    )


async def wake(ruled: Ruled) -> None:
    await ruled.set_status("snoozed", until="2100-01-01T00:00:00Z")
    await ruled.harness.execute("update channels_chat set snoozed_until = now() - interval '1 second'")
    await wake_snoozed(ruled.harness.parts)


async def begin_again(ruled: Ruled) -> None:
    await ruled.set_status("closed")
    await ruled.write()


async def test_each_event_triggers_its_rules_and_no_others(ruled: Ruled) -> None:
    label_id = await make_label(ruled.agent, "VIP")
    cases: list[tuple[str, Happen]] = [
        ("message_in", ruled.write),
        ("message_out", lambda: ruled.harness.store(written_by_us("Claro"))),
        ("send_failed", lambda: fail_a_send(ruled)),
        ("assigned", lambda: ruled.assign(None)),
        ("labelled", lambda: label_by_hand(ruled, label_id)),
        ("unlabelled", lambda: label_by_hand(ruled, label_id, "DELETE")),
        ("woke", lambda: wake(ruled)),
        ("closed", lambda: ruled.set_status("closed")),
        ("opened", lambda: ruled.set_status("open")),
        ("opened", lambda: begin_again(ruled)),
    ]
    rules = {event: await ruled.make_rule(event) for event in dict(cases)}
    also = {"send_failed": {"message_out", "assigned"}, "woke": set(), "opened": {"message_in", "closed"}}
    for event, happen in cases:
        await ruled.follow()
        before = {name: len(await ruled.runs(rule)) for name, rule in rules.items()}
        await happen()
        await ruled.follow()
        after = {name: len(await ruled.runs(rule)) for name, rule in rules.items()}
        ran = {name for name in rules if after[name] > before[name]}
        assert event in ran, (event, ran)
        assert ran - {event} <= also.get(event, set()), (event, ran)
        assert after[event] == before[event] + 1


async def test_a_message_that_is_sent_again_triggers_none(ruled: Ruled) -> None:
    rules = [await ruled.make_rule(event) for event in ("message_out", "send_failed")]
    await fail_a_send(ruled)
    await ruled.follow()
    (failed,) = [item for item in await ruled.items("messages") if item["status"] == "failed"]
    await ruled.agent.ok("POST", ruled.path(f"/messages/{failed['id']}/retry"))
    with capture_logs() as logs:
        await ruled.follow()
    assert logs == []
    assert [len(await ruled.runs(rule)) for rule in rules] == [1, 1]


async def test_a_message_of_a_contact_opens_a_conversation_once(ruled: Ruled) -> None:
    rule = await ruled.make_rule("opened")
    await ruled.set_status("closed")
    await ruled.write("One")
    await ruled.write("Two")
    await ruled.follow()
    assert [run["outcome"] for run in await ruled.runs(rule)] == ["done"]
    # A user's message opens one, too; a closing does not.
    await ruled.set_status("closed")
    await ruled.agent.ok("POST", ruled.path("/send"), {"text": "Tudo bem?"})
    await ruled.agent.ok("POST", ruled.path("/send"), {"text": "Ainda aí?"})
    await ruled.follow()
    assert len(await ruled.runs(rule)) == 2


async def test_each_condition_holds_or_does_not(ruled: Ruled) -> None:
    ana = await ruled.stack.sign_in("ana")
    await add_member(ruled.stack, ruled.account_id, ana, "agent")
    label_id, other_id = await make_label(ruled.agent, "VIP"), await make_label(ruled.agent, "Late")
    owner = await sign_in_as(ruled.stack, "owner")
    team_id = (await owner.ok("POST", "/api/teams", {"name": "Support"}))["team"]["id"]
    await label_by_hand(ruled, label_id)
    await ruled.agent.ok("PUT", ruled.path("/assignee"), {"user_id": ana.user_id, "team_id": team_id})
    never = ["[[], [], [], [], [], [], []]", "Europe/Berlin"]
    conditions: list[tuple[dict[str, Any], bool]] = [
        ({"kind": "text", "test": "contains", "texts": ["nada", "REEMBOLSÓ"]}, True),
        ({"kind": "text", "test": "contains", "texts": ["devolver"]}, False),
        ({"kind": "text", "test": "contains_not", "texts": ["reembolso"]}, False),
        ({"kind": "text", "test": "contains_not", "texts": ["devolver"]}, True),
        ({"kind": "text", "test": "words", "texts": ["um reembolso"]}, True),
        ({"kind": "text", "test": "words", "texts": ["reembols"]}, False),
        ({"kind": "label", "test": "any", "ids": [label_id, other_id]}, True),
        ({"kind": "label", "test": "any", "ids": [other_id]}, False),
        ({"kind": "label", "test": "none", "ids": [label_id]}, False),
        ({"kind": "label", "test": "none", "ids": [other_id]}, True),
        ({"kind": "hours", "test": "closed"}, True),
        ({"kind": "hours", "test": "open"}, False),
        ({"kind": "assignee", "test": "any"}, True),
        ({"kind": "assignee", "test": "none"}, False),
        ({"kind": "assignee", "test": "one_of", "ids": [ana.user_id]}, True),
        ({"kind": "assignee", "test": "one_of", "ids": [ruled.agent.user_id]}, False),
        ({"kind": "team", "test": "any"}, True),
        ({"kind": "team", "test": "none"}, False),
        ({"kind": "team", "test": "one_of", "ids": [team_id]}, True),
        ({"kind": "new_contact", "test": "yes"}, True),
        ({"kind": "new_contact", "test": "no"}, False),
        ({"kind": "chat_kind", "test": "direct"}, True),
        ({"kind": "chat_kind", "test": "group"}, False),
    ]
    await ruled.harness.execute(
        "insert into account_hours (account_id, time_zone, week) values (%(id)s, %(zone)s, %(week)s::jsonb)",
        id=ruled.account_id,
        zone=never[1],
        week=never[0],
    )
    rules = [(await ruled.make_rule(conditions=[one]), expected) for one, expected in conditions]
    both = await ruled.make_rule(conditions=[conditions[0][0], conditions[1][0]])
    await ruled.write("Quero um Reembolso!")
    await ruled.follow()
    for (rule, expected), (condition, _) in zip(rules, conditions, strict=True):
        assert bool(await ruled.runs(rule)) == expected, condition
    assert await ruled.runs(both) == []  # all must hold
    # What is not about a message has no text: nothing is found in it.
    tried = {"account_id": ruled.account_id, "chat_id": ruled.chat_id, "event": "opened"}
    tried |= {"conditions": [conditions[3][0]], "actions": [{"kind": "close"}]}
    assert (await ruled.agent.ok("POST", "/api/rules/try", tried))["conditions"] == [True]


async def test_a_rule_about_labels_asks_for_the_label_of_the_event(ruled: Ruled) -> None:
    vip, late = await make_label(ruled.agent, "VIP"), await make_label(ruled.agent, "Late")
    rule = await ruled.make_rule("labelled", conditions=[{"kind": "label", "test": "any", "ids": [vip]}])
    await label_by_hand(ruled, vip)
    await label_by_hand(ruled, late)
    await ruled.follow()
    assert len(await ruled.runs(rule)) == 1


async def test_rules_run_in_their_order_see_each_other_and_stop_the_others(ruled: Ruled) -> None:
    label_id = await make_label(ruled.agent, "VIP")
    second = await ruled.make_rule(
        name="Second", stops=True, conditions=[{"kind": "label", "test": "any", "ids": [label_id]}]
    )
    third = await ruled.make_rule(name="Third")
    first = await ruled.make_rule(name="First", actions=[{"kind": "label", "label_id": label_id}])
    moved = {"after_id": None}
    await ruled.agent.ok("PATCH", f"/api/rules/{first['id']}", moved)
    await ruled.write()
    await ruled.follow()
    assert [len(await ruled.runs(rule)) for rule in (first, second, third)] == [1, 1, 0]


async def test_what_rules_do_triggers_none(ruled: Ruled) -> None:
    """Each does what another waits for: a circle, if there were any."""
    label_id = await make_label(ruled.agent, "VIP")
    reply = (await ruled.agent.ok("POST", "/api/replies", {"name": "Hi", "text": "Oi", "shared": True}))[
        "reply"
    ]
    await ruled.make_rule(
        actions=[{"kind": "label", "label_id": label_id}, {"kind": "reply", "reply_id": reply["id"]}]
    )
    others = [
        await ruled.make_rule("labelled", actions=[{"kind": "unlabel", "label_id": label_id}]),
        await ruled.make_rule("unlabelled", actions=[{"kind": "label", "label_id": label_id}]),
        await ruled.make_rule("message_out", actions=[{"kind": "close"}]),
        await ruled.make_rule("closed"),
    ]
    await ruled.write()
    for _ in range(3):
        await ruled.follow()
    for rule in others:
        assert await ruled.runs(rule) == []


async def test_the_end_of_a_snooze_of_a_rule_triggers_none(ruled: Ruled) -> None:
    rule = await ruled.make_rule("woke", actions=[{"kind": "snooze", "minutes": 5}])
    await ruled.set_status("snoozed", until="2100-01-01T00:00:00Z")
    for _ in range(3):
        await ruled.harness.execute(
            "update channels_chat set snoozed_until = now() - interval '1 second' where status = 'snoozed'"
        )
        await wake_snoozed(ruled.harness.parts)
        await ruled.follow()
    assert len(await ruled.runs(rule)) == 1
    assert (await ruled.chat())["status"] == "open"


async def test_a_rule_answers_a_contact_that_answers_by_itself_once_an_hour(ruled: Ruled) -> None:
    reply = (await ruled.agent.ok("POST", "/api/replies", {"name": "Hi", "text": "Oi", "shared": True}))[
        "reply"
    ]
    rule = await ruled.make_rule(actions=[{"kind": "reply", "reply_id": reply["id"]}])
    for _ in range(3):
        await ruled.write("I am away")
        await ruled.follow()
    assert [run["outcome"] for run in await ruled.runs(rule)] == ["failed", "failed", "done"]
    assert [message["body"] for message in await ruled.items("messages")].count("Oi") == 1
    await ruled.harness.execute("update channels_message set sent_at = sent_at - interval '61 minutes'")
    await ruled.write()
    await ruled.follow()
    assert (await ruled.runs(rule))[0]["outcome"] == "done"


async def test_a_rule_that_is_off_or_of_another_account_does_not_run(ruled: Ruled) -> None:
    rule = await ruled.make_rule(is_on=False)
    await ruled.write()
    await ruled.follow()
    # Switched on, it runs from now on.
    await ruled.agent.ok("PATCH", f"/api/rules/{rule['id']}", {"is_on": True})
    await ruled.follow()
    assert await ruled.runs(rule) == []
    await ruled.write()
    await ruled.follow()
    assert len(await ruled.runs(rule)) == 1
    await ruled.agent.ok("PATCH", f"/api/rules/{rule['id']}", {"is_on": False})
    assert await ruled.harness.fetch("select * from feed_cursor") == []
    await ruled.write()
    await ruled.follow()
    assert len(await ruled.runs(rule)) == 1
