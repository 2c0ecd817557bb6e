"""Automatic assignment as it is set, shown and heard: modes, limits, loads, and a chat that finds its owner."""

import asyncio
from typing import Any

import pytest

from tests.server.handlers.test_conversations import chat_path
from tests.server.handlers.test_owners import make_pair
from tests.support.factories import CHANNELS, add_member, audit_lines, make_account, make_chat, sign_in_as
from tests.support.fixtures_stack import Stack
from tests.support.peers import Peer, message_received
from tests.support.restricted import make_restricted


async def set_mode(owner: Peer, account_id: int, mode: str, **more: Any) -> dict[str, Any]:
    body = {"assignment_mode": mode, **more}
    changed: dict[str, Any] = (await owner.ok("PATCH", f"{CHANNELS}/{account_id}", body))["account"]
    return changed


async def loads_of(peer: Peer, account_id: int) -> dict[int, tuple[int, int, int | None]]:
    """(open here, open in all accounts, own limit) by user."""
    items = (await peer.ok("GET", f"{CHANNELS}/{account_id}/loads"))["items"]
    return {
        load["user_id"]: (load["open_chats"], load["all_open_chats"], load["chat_limit"]) for load in items
    }


async def test_a_chat_that_opens_finds_its_owner_who_hears_of_it(stack: Stack) -> None:
    agent = await stack.sign_in("ana")
    bia = await stack.sign_in("bia")
    account_id = await make_account(stack, agent)
    await agent.ok("PUT", f"{CHANNELS}/{account_id}/members/{bia.user_id}", {"role": "agent"})
    await agent.ok("PUT", "/api/availability", {"away": True})
    await set_mode(agent, account_id, "balanced")
    socket = await bia.listen()
    await bia.deliver(message_received("acc-1"))
    (activity,) = await socket.wait_for_event("activity:new", kind="assigned")
    assert activity["data"]["actor"] == {"kind": "system", "id": None, "name": None}
    assert activity["data"]["details"]["assignee_id"] == bia.user_id
    chat_id = activity["data"]["chat_id"]
    (notified,) = [
        line for line in (await bia.ok("GET", "/api/me/notifications"))["items"] if line["kind"] == "assigned"
    ]
    assert (notified["chat_id"], notified["actor"]) == (chat_id, None)
    shown = (await agent.ok("GET", chat_path(account_id, chat_id)))["chat"]
    assert (shown["assignee"]["id"], shown["unread_count"]) == (bia.user_id, 1)
    # A user who goes away gives it back, and no other user can get it.
    await bia.ok("PUT", "/api/availability", {"away": True})
    await socket.wait_for_event("chat:updated", id=chat_id, assignee=None)
    await agent.ok("PUT", "/api/availability", {"away": False})
    (again,) = (await socket.wait_for_event("activity:new", 3, kind="assigned"))[2:]
    assert again["data"]["details"]["assignee_id"] == agent.user_id
    await socket.close()


async def test_owners_set_mode_and_limit_and_nobody_else(web_only: Stack) -> None:
    owner, ana, account_id, _, _ = await make_pair(web_only)
    stranger, path = await web_only.sign_in("eva"), f"{CHANNELS}/{account_id}"
    shown = (await ana.ok("GET", path))["account"]
    assert (shown["assignment_mode"], shown["chat_limit"]) == ("manual", None)
    assert (await ana.call("PATCH", path, {"assignment_mode": "balanced"})).status == 403
    assert (await stranger.call("PATCH", path, {"assignment_mode": "balanced"})).status == 404
    socket = await ana.listen()
    changed = await set_mode(owner, account_id, "round_robin", chat_limit=5)
    assert (changed["assignment_mode"], changed["chat_limit"]) == ("round_robin", 5)
    (pushed,) = await socket.wait_for_event("account:updated", chat_limit=5)
    assert pushed["data"]["assignment_mode"] == "round_robin"
    # What is not given stays; null lifts the limit.
    assert (await set_mode(owner, account_id, "balanced"))["chat_limit"] == 5
    lifted = await owner.ok("PATCH", path, {"chat_limit": None})
    assert (lifted["account"]["assignment_mode"], lifted["account"]["chat_limit"]) == ("balanced", None)
    assert [line.details for line in await audit_lines(web_only) if line.action == "account.changed"] == [
        {"assignment_mode": "round_robin", "chat_limit": 5},
        {"assignment_mode": "balanced"},
        {"chat_limit": None},
    ]
    await socket.close()


@pytest.mark.parametrize(
    "body",
    [
        {"assignment_mode": "random"},
        {"assignment_mode": None},
        {"chat_limit": 0},
        {"chat_limit": 1001},
        {"chat_limit": "5"},
    ],
)
async def test_other_modes_and_limits_are_invalid(web_only: Stack, body: dict[str, Any]) -> None:
    owner = await web_only.sign_in("ana")
    answer = await owner.call("PATCH", f"{CHANNELS}/{await make_account(web_only, owner)}", body)
    assert (answer.status, list(answer.body["error"]["fields"])) == (422, list(body))


async def test_admins_set_the_limit_of_a_user(web_only: Stack) -> None:
    admin, ana = await sign_in_as(web_only, "admin"), await web_only.sign_in("ana")
    path = f"/api/users/{ana.user_id}"
    assert (await ana.call("PATCH", path, {"chat_limit": 20})).status == 403
    for limit in (20, 20, None):
        assert (await admin.ok("PATCH", path, {"chat_limit": limit}))["user"]["chat_limit"] == limit
    assert (await admin.call("PATCH", path, {"chat_limit": 0})).status == 422
    lines = [line for line in await audit_lines(web_only) if line.action != "access.refused"]
    assert [(line.action, line.target, line.details) for line in lines] == [
        ("user.limit_changed", ("user", str(ana.user_id)), {"chat_limit": 20}),
        ("user.limit_changed", ("user", str(ana.user_id)), {"chat_limit": None}),
    ]


async def test_a_team_has_the_mode_of_the_account_or_its_own(web_only: Stack) -> None:
    owner, ana = await sign_in_as(web_only, "owner"), await web_only.sign_in("ana")
    made = (await owner.ok("POST", "/api/teams", {"name": "Sales"}))["team"]
    path = f"/api/teams/{made['id']}"
    assert made["assignment_mode"] is None
    for mode in ("round_robin", None):
        changed = (await owner.ok("PATCH", path, {"assignment_mode": mode}))["team"]
        assert (changed["name"], changed["assignment_mode"]) == ("Sales", mode)
    assert (await owner.call("PATCH", path, {"assignment_mode": "random"})).status == 422
    assert (await ana.call("PATCH", path, {"assignment_mode": "balanced"})).status == 403
    body = {"name": "Support", "assignment_mode": "balanced"}
    assert (await owner.ok("POST", "/api/teams", body))["team"]["assignment_mode"] == "balanced"
    details = [line.details for line in await audit_lines(web_only) if line.action.startswith("team.")]
    assert details[1:3] == [{"assignment_mode": "round_robin"}, {"assignment_mode": None}]
    assert details[3] == {"name": "Support", "user_ids": [], "assignment_mode": "balanced"}


async def test_loads_are_open_chats_here_and_everywhere(web_only: Stack) -> None:
    owner, ana, account_id, chat_id, _ = await make_pair(web_only)
    admin, viewer = await sign_in_as(web_only, "admin"), await web_only.sign_in("vera")
    await add_member(web_only, account_id, viewer, "viewer")
    other_id = await make_account(web_only, owner, "acc-2")
    await add_member(web_only, other_id, ana, "agent")
    await admin.ok("PATCH", f"/api/users/{ana.user_id}", {"chat_limit": 20})
    path = chat_path(account_id, chat_id)
    elsewhere = chat_path(other_id, await make_chat(web_only, other_id, "chat-2"))
    for each in (path, elsewhere):
        await owner.ok("PUT", each + "/status", {"status": "open"})
        await owner.ok("PUT", each + "/assignee", {"user_id": ana.user_id})
    # Viewers read them, and have none.
    assert await loads_of(viewer, account_id) == {owner.user_id: (0, 0, None), ana.user_id: (1, 2, 20)}
    await owner.ok("PUT", path + "/status", {"status": "closed"})
    assert (await loads_of(ana, account_id))[ana.user_id] == (0, 1, 20)
    first = await owner.ok("GET", f"{CHANNELS}/{account_id}/loads?limit=1")
    second = await owner.ok("GET", f"{CHANNELS}/{account_id}/loads?limit=1&cursor={first['next_cursor']}")
    assert [load["user_id"] for load in first["items"] + second["items"]] == [owner.user_id, ana.user_id]
    assert second["next_cursor"] is None
    stranger = await web_only.sign_in("eva")
    assert (await stranger.call("GET", f"{CHANNELS}/{account_id}/loads")).status == 404


async def test_a_restricted_agent_gets_their_own_load(web_only: Stack) -> None:
    case = await make_restricted(web_only)
    assert list(await loads_of(case.agent, case.target.account_id)) == [case.agent.user_id]
    await case.set_restricted(False)
    assert len(await loads_of(case.agent, case.target.account_id)) > 1


async def test_restricted_agents_see_what_they_are_given_and_lose_what_another_gets(stack: Stack) -> None:
    """A chat of their team is theirs to see until a colleague of the team gets it."""
    owner = await stack.sign_in("ana")
    rita, bia = await stack.sign_in("rita"), await stack.sign_in("bia")
    account_id = await make_account(stack, owner)
    for user, restricted in ((rita, True), (bia, False)):
        body = {"role": "agent", "restricted": restricted}
        await owner.ok("PUT", f"{CHANNELS}/{account_id}/members/{user.user_id}", body)
    await asyncio.gather(*(peer.ok("PUT", "/api/availability", {"away": True}) for peer in (owner, rita)))
    admin = await sign_in_as(stack, "admin")
    team = {"name": "Field", "user_ids": [rita.user_id, bia.user_id]}
    team_id = (await admin.ok("POST", "/api/teams", team))["team"]["id"]
    socket = await rita.listen()
    heard = await owner.listen()
    await owner.deliver(message_received("acc-1"))
    (new,) = await heard.wait_for_event("chat:updated")
    chat = chat_path(account_id, new["data"]["id"])
    await owner.ok("PUT", chat + "/assignee", {"user_id": None, "team_id": team_id})
    await socket.wait_for_event("chat:updated", id=new["data"]["id"])
    await set_mode(owner, account_id, "balanced")
    await socket.wait_for_event("chat:hidden", id=new["data"]["id"])
    assert (await rita.call("GET", chat)).status == 404
    assert (await bia.ok("GET", chat))["chat"]["assignee"]["id"] == bia.user_id
    await rita.ok("PUT", "/api/availability", {"away": False})
    await bia.ok("PUT", "/api/availability", {"away": True})
    await socket.wait_for(
        lambda frame: (
            frame.get("event") == "chat:updated"
            and (frame["data"]["assignee"] or {}).get("id") == rita.user_id
        )
    )
    assert (await rita.ok("GET", chat))["chat"]["assignee"]["id"] == rita.user_id
    await asyncio.gather(socket.close(), heard.close())
