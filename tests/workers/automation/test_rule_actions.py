"""The actions of rules: done in the rule's name, or left out with the reason."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.support.factories import add_member, make_label, revoke_entitlement
from tests.support.fixtures_stack import Stack
from tests.support.route_cases import one_file
from tests.support.ruled import Ruled, ruling


@pytest.fixture
async def ruled(web_only: Stack) -> AsyncIterator[Ruled]:
    async with ruling(web_only) as opened:
        yield opened


async def drop(ruled: Ruled, rule: dict[str, Any]) -> None:
    assert (await ruled.agent.call("DELETE", f"/api/rules/{rule['id']}")).status == 204


async def test_each_action_is_done_in_the_name_of_the_rule(ruled: Ruled) -> None:
    label_id = await make_label(ruled.agent, "VIP")
    reply = {
        "name": "Hello",
        "text": "Oi {{contact.first_name}}, {{agent.name | default: 'nós'}}",
        "shared": True,
    }
    reply_id = (await ruled.agent.ok("POST", "/api/replies", reply))["reply"]["id"]
    ana = await ruled.stack.sign_in("ana")
    await add_member(ruled.stack, ruled.account_id, ana, "agent")
    before = await ruled.chat()
    rule = await ruled.make_rule(
        name="Night",
        actions=[
            {"kind": "label", "label_id": label_id},
            {"kind": "note", "text": "Calls back at 9"},
            {"kind": "reply", "reply_id": reply_id},
            {"kind": "notify", "user_ids": [ana.user_id]},
            {"kind": "assign", "user_id": ana.user_id},
            {"kind": "snooze", "minutes": 60, "wake_on_message": False},
        ],
    )
    socket = await ana.listen()
    await ruled.write()
    await ruled.follow()
    by_rule = {"kind": "rule", "id": rule["id"], "name": "Night"}
    chat = await ruled.chat()
    assert chat["labels"] == [label_id]
    assert (chat["assignee"]["id"], chat["status"]) == (ana.user_id, "snoozed")
    # It neither answered nor read.
    assert chat["waiting_since"] == before["waiting_since"]
    assert (chat["unread_count"], chat["read_seq"]) == (2, before["read_seq"])
    (note,) = await ruled.items("notes")
    assert (note["body"], note["author"]) == ("Calls back at 9", by_rule)
    sent = (await ruled.items("messages"))[0]
    assert (sent["body"], sent["author"], sent["status"]) == ("Oi Bia, nós", by_rule, "sending")
    activities = await ruled.items("activities")
    assert [one["kind"] for one in activities] == ["ran", "snoozed", "assigned", "labelled"]
    assert {one["actor"]["name"] for one in activities} == {"Night"}
    told = await ana.ok("GET", "/api/me/notifications")
    assert sorted(line["kind"] for line in told["items"]) == ["assigned", "rule"]
    (run,) = await ruled.runs(rule)
    assert (run["outcome"], run["chat_id"], run["title"]) == ("done", ruled.chat_id, "Bia Lima")
    assert {result["error"] for result in run["actions"]} == {None}
    (line,) = await socket.wait_for_event("activity:new", kind="ran")
    assert line["data"] == activities[0]
    assert line["data"]["details"]["outcome"] == "done"
    # Once more: closing, and without a label and an owner.
    await drop(ruled, rule)
    await ruled.make_rule(
        actions=[
            {"kind": "unlabel", "label_id": label_id},
            {"kind": "assign"},
            {"kind": "close", "category": "Night"},
        ]
    )
    await ruled.write()
    await ruled.follow()
    chat = await ruled.chat()
    assert (chat["labels"], chat["assignee"], chat["status"]) == ([], None, "closed")
    assert (await ruled.items("conversations"))[0]["category"] == "Night"
    # A deleted rule keeps its name.
    assert (await ruled.items("notes"))[0]["author"] == by_rule


async def test_a_reply_has_its_files_and_no_variable_without_a_value(ruled: Ruled) -> None:
    made = await ruled.agent.ok("POST", "/api/replies", {"name": "Menu", "text": "", "shared": True})
    files = f"/api/replies/{made['reply']['id']}/files"
    await ruled.agent.ok("POST", files, data=one_file())
    text = {"name": "Me", "text": "I am {{agent.name}}", "shared": True}
    incomplete = (await ruled.agent.ok("POST", "/api/replies", text))["reply"]["id"]
    rule = await ruled.make_rule(
        actions=[
            {"kind": "reply", "reply_id": incomplete},
            {"kind": "reply", "reply_id": made["reply"]["id"]},
        ]
    )
    await ruled.write()
    await ruled.follow()
    (run,) = await ruled.runs(rule)
    assert [result["error"] and result["error"]["code"] for result in run["actions"]] == ["invalid", None]
    assert run["outcome"] == "partly"
    (sent, *_) = await ruled.items("messages")
    assert [file["state"] for file in sent["attachments"]] == ["stored"]


async def test_what_cannot_be_done_is_left_out_with_its_reason(ruled: Ruled) -> None:
    label_id = await make_label(ruled.agent, "VIP")
    ana = await ruled.stack.sign_in("ana")
    await add_member(ruled.stack, ruled.account_id, ana, "agent")
    reply = (await ruled.agent.ok("POST", "/api/replies", {"name": "Hi", "text": "Oi", "shared": True}))[
        "reply"
    ]
    actions = [
        {"kind": "label", "label_id": label_id},
        {"kind": "assign", "user_id": ana.user_id},
        {"kind": "close"},
        {"kind": "reply", "reply_id": reply["id"]},
    ]
    rule = await ruled.make_rule(actions=actions)
    assert (await ruled.agent.call("DELETE", f"/api/labels/{label_id}")).status == 204
    assert (await ruled.agent.call("DELETE", f"/api/replies/{reply['id']}")).status == 204
    await ana.ok("PUT", "/api/availability", {"away": True})
    await ruled.agent.ok("PATCH", f"/api/channels/whatsapp/{ruled.account_id}", {"category_required": True})
    await ruled.write()
    await ruled.follow()
    (run,) = await ruled.runs(rule)
    assert run["outcome"] == "failed"
    assert [result["error"]["code"] for result in run["actions"]] == [
        *("not_found", "conflict", "category_required", "not_found")
    ]
    assert (await ruled.items("activities"))[0]["details"]["outcome"] == "failed"


async def test_what_an_action_has_begun_is_undone_with_it(ruled: Ruled) -> None:
    """Whether the plan allows a message is known once it is counted."""
    reply = (await ruled.agent.ok("POST", "/api/replies", {"name": "Hi", "text": "Oi", "shared": True}))[
        "reply"
    ]
    rule = await ruled.make_rule(
        actions=[{"kind": "reply", "reply_id": reply["id"]}, {"kind": "note", "text": "Oi"}]
    )
    await revoke_entitlement(ruled.stack, ruled.agent)
    await ruled.write()
    await ruled.follow()
    (run,) = await ruled.runs(rule)
    assert [result["error"] and result["error"]["code"] for result in run["actions"]] == [
        "not_entitled",
        None,
    ]
    assert [message["direction"] for message in await ruled.items("messages")] == ["in", "in"]
    assert len(await ruled.items("notes")) == 1
