"""Targets over REST: who sees and changes them, what they may promise, and their order."""

from typing import Any

from server.automation import targets as editing
from tests.support.factories import (
    add_member,
    audit_lines,
    make_account,
    make_label,
    make_target,
    set_role,
    sign_in_as,
)
from tests.support.fixtures_stack import Stack
from tests.support.peers import Answer, Peer

TARGETS, MONTH = "/api/targets", 43_200


async def names(peer: Peer) -> list[str]:
    return [target["name"] for target in (await peer.ok("GET", TARGETS))["items"]]


async def create(peer: Peer, account_id: int, **more: Any) -> Answer:
    body = {"name": "Target", "account_ids": [account_id], "first_reply_minutes": 60} | more
    return await peer.call("POST", TARGETS, body)


async def test_a_target_is_stored_whole_and_audited(web_only: Stack) -> None:
    agent = await web_only.sign_in()
    account_id = await make_account(web_only, agent)
    label = {"kind": "label", "test": "any", "ids": [await make_label(agent, "VIP")], "texts": []}
    answer = await create(agent, account_id, name=" Fast \n lane ", conditions=[label], office_hours=True)
    target = answer.body["target"]
    assert (answer.status, target["name"], target["is_on"], target["position"]) == (
        201,
        "Fast lane",
        False,
        0,
    )
    assert (target["first_reply_minutes"], target["next_reply_minutes"], target["close_minutes"]) == (
        60,
        None,
        None,
    )
    assert (target["conditions"], target["office_hours"], target["may_change"]) == ([label], True, True)
    assert (target["account_ids"], target["created_by"]["id"]) == ([account_id], agent.user_id)
    path = f"{TARGETS}/{target['id']}"
    changes = {"is_on": True, "first_reply_minutes": None, "close_minutes": MONTH}
    changed = (await agent.ok("PATCH", path, changes))["target"]
    assert {name: changed[name] for name in changes} == changes
    assert changed["conditions"] == [label]
    assert (await agent.call("DELETE", path)).status == 204
    assert (await agent.call("DELETE", path)).status == 404
    assert await names(agent) == []
    lines = [line for line in await audit_lines(web_only) if line.action.startswith("target.")]
    assert {line.action for line in lines} == {"target.created", "target.changed", "target.deleted"}


async def test_only_owners_of_all_accounts_change_a_target(web_only: Stack) -> None:
    agent, ana = await web_only.sign_in(), await web_only.sign_in("ana")
    first, second = [await make_account(web_only, agent, name) for name in ("acc-1", "acc-2")]
    await add_member(web_only, first, ana, "owner")
    await add_member(web_only, second, ana, "agent")
    both = await make_target(agent, first, name="Both", account_ids=[second, first])
    others = await make_target(agent, second, name="Second")
    # Accounts that a user does not own are not named to them.
    (seen,) = (await ana.ok("GET", TARGETS))["items"]
    assert (seen["name"], seen["account_ids"], seen["may_change"]) == ("Both", [first], False)
    for method, body in (("PATCH", {"name": "Mine"}), ("DELETE", None)):
        assert (await ana.call(method, f"{TARGETS}/{both}", body)).status == 403
        assert (await ana.call(method, f"{TARGETS}/{others}", body)).status == 404
    answer = await create(ana, second)
    assert (answer.status, list(answer.body["error"]["fields"])) == (422, ["account_ids"])
    # Nor can a target be extended to them, also not by admins of the team, or put after one that they do not see.
    own = await make_target(ana, first)
    await set_role(web_only, ana, "admin")
    for changes in ({"account_ids": [first, second]}, {"after_id": others}):
        assert (await ana.call("PATCH", f"{TARGETS}/{own}", changes)).status == 422
    assert await names(await sign_in_as(web_only, "owner")) == []


async def test_what_a_target_cannot_promise_is_rejected(web_only: Stack) -> None:
    agent = await web_only.sign_in()
    account_id = await make_account(web_only, agent)
    private = await make_label(agent, "Mine", shared=False)
    cases: list[tuple[dict[str, Any], str]] = [
        ({"first_reply_minutes": None}, "first_reply_minutes"),
        ({"first_reply_minutes": 0}, "first_reply_minutes"),
        ({"next_reply_minutes": MONTH + 1}, "next_reply_minutes"),
        ({"close_minutes": 1.5}, "close_minutes"),
        ({"name": " "}, "name"),
        ({"account_ids": []}, "account_ids"),
        ({"account_ids": [10**15]}, "account_ids"),
        # What a chat alone does not decide.
        ({"conditions": [{"kind": "text", "test": "words", "texts": ["oi"]}]}, "conditions"),
        ({"conditions": [{"kind": "hours", "test": "open"}]}, "conditions"),
        ({"conditions": [{"kind": "label", "test": "any", "ids": [private]}]}, "conditions"),
        ({"conditions": [{"kind": "team", "test": "one_of", "ids": [10**15]}]}, "conditions"),
        ({"conditions": [{"kind": "chat_kind", "test": "channel"}]}, "conditions"),
        ({"conditions": [{"kind": "new_contact", "test": "yes"}] * 11}, "conditions"),
    ]
    for more, field in cases:
        answer = await create(agent, account_id, **more)
        assert (answer.status, list(answer.body["error"]["fields"])) == (422, [field]), more
    # Also what promises nothing after a change of something else.
    own = await make_target(agent, account_id)
    for body in ({"first_reply_minutes": None}, {"after_id": own}, {"after_id": 10**15}, {}):
        assert (await agent.call("PATCH", f"{TARGETS}/{own}", body)).status == 422, body


async def test_targets_have_an_order_and_a_limit(web_only: Stack, monkeypatch: Any) -> None:
    agent = await web_only.sign_in()
    account_id = await make_account(web_only, agent)
    ids = {name: await make_target(agent, account_id, name=name) for name in "ABCD"}
    for name, after, order in (("D", "A", "ADBC"), ("A", "C", "DBCA"), ("B", None, "BDCA")):
        await agent.ok("PATCH", f"{TARGETS}/{ids[name]}", {"after_id": after and ids[after]})
        assert "".join(await names(agent)) == order
    monkeypatch.setattr(editing, "MAX_TARGETS", 4)
    answer = await create(agent, account_id)
    assert (answer.status, answer.body["error"]["code"]) == (409, "conflict")
