"""Macros over REST: who sees and changes them; run in a chat, all of it or nothing, in the name of who runs them."""

from typing import Any

from server.automation import macros as editing
from tests.server.handlers.test_conversations import chat_of, chat_path
from tests.server.handlers.test_owners import make_pair
from tests.support.factories import audit_lines, make_label, set_role, sign_in_as
from tests.support.fixtures_stack import Stack
from tests.support.peers import Peer
from tests.support.route_cases import MACRO

MACROS = "/api/macros"


async def make_macro(peer: Peer, *actions: dict[str, Any], **more: Any) -> int:
    body = MACRO | ({"actions": list(actions)} if actions else {}) | more
    return int((await peer.ok("POST", MACROS, body))["macro"]["id"])


async def names(peer: Peer) -> list[str]:
    return [macro["name"] for macro in (await peer.ok("GET", MACROS))["items"]]


async def test_macros_are_for_all_or_for_teams(web_only: Stack, monkeypatch: Any) -> None:
    agent, ana = await web_only.sign_in(), await web_only.sign_in("ana")
    owner = await sign_in_as(web_only, "owner")
    team = {"name": "Support", "user_ids": [ana.user_id]}
    team_id = (await owner.ok("POST", "/api/teams", team))["team"]["id"]
    await make_macro(agent, name="All")
    of_team = await make_macro(agent, name="Team", team_ids=[team_id])
    assert await names(agent) == await names(ana) == await names(owner) == ["All", "Team"]
    stranger = await web_only.sign_in("stranger")
    assert await names(stranger) == ["All"]
    path = f"{MACROS}/{of_team}"
    assert (await stranger.call("PATCH", path, {"name": "X"})).status == 404
    assert (await ana.call("PATCH", path, {"name": "X"})).status == 403
    assert (await ana.call("DELETE", path)).status == 403
    assert (await owner.ok("PATCH", path, {"team_ids": None}))["macro"]["is_for_all"] is True
    assert await names(stranger) == ["All", "Team"]
    # A macro whose teams are all deleted is for none, not for all.
    await agent.ok("PATCH", path, {"team_ids": [team_id]})
    assert (await owner.call("DELETE", f"/api/teams/{team_id}")).status == 204
    assert await names(ana) == ["All"]
    bodies: list[dict[str, Any]] = [
        *({"team_ids": [team_id]}, {"team_ids": []}, {"actions": []}, {"name": ""})
    ]
    for bad in bodies:
        assert (await agent.call("POST", MACROS, {**MACRO, **bad})).status == 422
    monkeypatch.setattr(editing, "MAX_MACROS", 2)
    assert (await agent.call("POST", MACROS, MACRO)).status == 409
    assert (await agent.call("DELETE", path)).status == 204
    actions = [line.action for line in await audit_lines(web_only) if line.action.startswith("macro.")]
    assert sorted(set(actions)) == ["macro.changed", "macro.created", "macro.deleted"]


async def test_a_macro_does_all_of_it_in_the_name_of_its_user(web_only: Stack) -> None:
    agent, ana, account_id, chat_id, _ = await make_pair(web_only)
    label_id = await make_label(agent, "VIP")
    reply = {"name": "Bye", "text": "Tchau, {{agent.first_name}}", "shared": True}
    reply_id = (await agent.ok("POST", "/api/replies", reply))["reply"]["id"]
    macro = await make_macro(
        agent,
        {"kind": "label", "label_id": label_id},
        {"kind": "note", "text": "Paid"},
        {"kind": "reply", "reply_id": reply_id},
        {"kind": "notify", "user_ids": [agent.user_id]},
        {"kind": "close", "category": "Sale"},
    )
    socket = await agent.listen()
    path = chat_path(account_id, chat_id, f"/macros/{macro}")
    for _ in range(2):
        chat = (await ana.ok("POST", path, {"client_id": "one"}))["chat"]
        assert (chat["labels"], chat["status"], chat["assignee"]["id"]) == ([label_id], "closed", ana.user_id)
    by_ana = {"kind": "user", "id": ana.user_id, "name": "ana"}
    (note,) = (await ana.ok("GET", chat_path(account_id, chat_id, "/notes")))["items"]
    assert (note["body"], note["author"]) == ("Paid", by_ana)
    sent = [message for message in await ana.messages(account_id, chat_id) if message["direction"] == "out"]
    assert [(message["body"], message["author"]) for message in sent] == [("Tchau, ana", by_ana)]
    await socket.wait_for_event("note:new", body="Paid")
    await socket.wait_for_event("activity:new", kind="closed", actor=by_ana)
    await socket.wait_for_event("message:updated", body="Tchau, ana")
    (line,) = (await agent.ok("GET", "/api/me/notifications"))["items"]
    assert (line["kind"], line["actor"]["id"]) == ("rule", ana.user_id)
    # It is a human's answer.
    (conversation, *_) = (await ana.ok("GET", chat_path(account_id, chat_id, "/conversations")))["items"]
    assert conversation["category"] == "Sale"


async def test_an_action_that_cannot_be_done_denies_the_whole(web_only: Stack) -> None:
    agent, ana, account_id, chat_id, _ = await make_pair(web_only)
    label_id, lost = await make_label(agent, "VIP"), await make_label(agent, "Lost")
    label = {"kind": "label", "label_id": label_id}
    note = {"kind": "note", "text": "Oi"}
    macros = {
        "not_found": await make_macro(agent, label, note, {"kind": "label", "label_id": lost}),
        "category_required": await make_macro(agent, label, note, {"kind": "close"}),
        "conflict": await make_macro(
            agent, label, note, {"kind": "close", "category": "X"}, {"kind": "snooze", "minutes": 5}
        ),
    }
    assert (await agent.call("DELETE", f"/api/labels/{lost}")).status == 204
    await agent.ok("PATCH", f"/api/channels/whatsapp/{account_id}", {"category_required": True})
    before = await chat_of(agent, account_id, chat_id)
    for code, macro in macros.items():
        answer = await ana.call("POST", chat_path(account_id, chat_id, f"/macros/{macro}"), {})
        assert answer.body["error"]["code"] == code
        action = answer.body["error"]["details"]["action"]
        assert action == {"position": 4 if code == "conflict" else 3, "kind": action["kind"]}
        assert await chat_of(agent, account_id, chat_id) == before
    assert (await ana.ok("GET", chat_path(account_id, chat_id, "/notes")))["items"] == []


async def test_a_macro_reaches_only_chats_of_who_runs_it(web_only: Stack) -> None:
    agent, ana, account_id, chat_id, _ = await make_pair(web_only)
    macro = await make_macro(agent)
    stranger = await web_only.sign_in("stranger")
    path = chat_path(account_id, chat_id, f"/macros/{macro}")
    assert (await stranger.call("POST", path, {})).status == 404
    await web_only.execute(
        "update channels_account_member set is_restricted = true where user_id = %s", ana.user_id
    )
    await agent.ok("PUT", chat_path(account_id, chat_id, "/assignee"), {"user_id": agent.user_id})
    assert (await ana.call("POST", path, {})).status == 404
    await set_role(web_only, agent, "viewer")
    assert (await agent.call("POST", path, {})).status == 403
    assert (await agent.call("GET", MACROS)).status == 403
