"""Owners of chats: assigned, taken by answering, given back; sends that wait for what colleagues did; teams."""

import asyncio
from typing import Any

from tests.server.handlers.test_conversations import chat_of, chat_path
from tests.server.handlers.test_messages import make_thread
from tests.server.handlers.test_send_batcher import send_all
from tests.support.factories import CHANNELS, add_member, make_chat, sign_in_as
from tests.support.fixtures_stack import Stack
from tests.support.peers import Peer


async def make_pair(stack: Stack) -> tuple[Peer, Peer, int, int, str]:
    """Two agents of one account, a chat, and the path to send to."""
    agent, account_id, chat_id, send = await make_thread(stack)
    ana = await stack.sign_in("ana")
    await add_member(stack, account_id, ana, "agent")
    return agent, ana, account_id, chat_id, send


async def set_role(owner: Peer, account_id: int, user: Peer, role: str) -> None:
    await owner.ok("PUT", f"{CHANNELS}/{account_id}/members/{user.user_id}", {"role": role})


async def owner_of(peer: Peer, account_id: int, chat_id: int) -> int | None:
    assignee = (await chat_of(peer, account_id, chat_id))["assignee"]
    return None if assignee is None else int(assignee["id"])


async def test_an_answer_takes_a_free_chat_and_leaves_an_owned_one(web_only: Stack) -> None:
    agent, ana, account_id, chat_id, send = await make_pair(web_only)
    await agent.ok("POST", send, {"text": "Oi"})
    await ana.ok("POST", send, {"text": "Oi"})
    assert await owner_of(agent, account_id, chat_id) == agent.user_id


async def test_an_answer_takes_nothing_where_that_is_switched_off(web_only: Stack) -> None:
    agent, _, account_id, chat_id, send = await make_pair(web_only)
    owner = await sign_in_as(web_only, "owner")
    assert (await agent.call("PATCH", "/api/team-settings", {"answer_assigns": False})).status == 403
    changed = await owner.ok("PATCH", "/api/team-settings", {"answer_assigns": False})
    assert changed["settings"] == (await agent.ok("GET", "/api/team-settings"))["settings"]
    await agent.ok("POST", send, {"text": "Oi"})
    assert await owner_of(agent, account_id, chat_id) is None


async def test_only_who_can_answer_owns_a_chat(web_only: Stack) -> None:
    agent, _, account_id, chat_id, _ = await make_pair(web_only)
    stranger, viewer = await web_only.sign_in("eva"), await web_only.sign_in("vera")
    await add_member(web_only, account_id, viewer, "viewer")
    path = chat_path(account_id, chat_id, "/assignee")
    for user_id in (stranger.user_id, viewer.user_id, 2**40):
        answer = await agent.call("PUT", path, {"user_id": user_id})
        assert (answer.status, list(answer.body["error"]["fields"])) == (422, ["user_id"])
    assert (await agent.call("PUT", path, {"user_id": None, "team_id": 17})).status == 422
    assert (await viewer.call("PUT", path, {"user_id": None})).status == 403
    assert (await stranger.call("PUT", path, {"user_id": None})).status == 404


async def test_who_goes_away_gives_back_open_chats_and_keeps_closed_ones(web_only: Stack) -> None:
    agent, ana, account_id, chat_id, _ = await make_pair(web_only)
    await agent.ok("PUT", chat_path(account_id, chat_id, "/assignee"), {"user_id": agent.user_id})
    socket = await ana.listen()
    assert (await agent.ok("PUT", "/api/availability", {"away": True}))["away_since"] is not None
    (pushed,) = await socket.wait_for_event("chat:updated", id=chat_id)
    assert pushed["data"]["assignee"] is None
    (activity,) = await socket.wait_for_event("activity:new", kind="assigned")
    assert activity["data"]["details"]["before_id"] == agent.user_id
    assert (await agent.ok("PUT", "/api/availability", {"away": False}))["away_since"] is None
    path = chat_path(account_id, chat_id)
    await agent.ok("PUT", path + "/assignee", {"user_id": agent.user_id})
    await agent.ok("PUT", path + "/status", {"status": "closed"})
    await agent.ok("PUT", "/api/availability", {"away": True})
    assert await owner_of(agent, account_id, chat_id) == agent.user_id


async def test_a_removed_member_owns_nothing(web_only: Stack) -> None:
    agent, ana, account_id, chat_id, _ = await make_pair(web_only)
    owner = await sign_in_as(web_only, "owner")
    await add_member(web_only, account_id, owner, "owner")
    for take_away in (
        ("PUT", {"role": "viewer"}),
        ("DELETE", None),
    ):
        await set_role(owner, account_id, ana, "agent")
        await agent.ok("PUT", chat_path(account_id, chat_id, "/assignee"), {"user_id": ana.user_id})
        method, body = take_away
        path = f"{CHANNELS}/{account_id}/members/{ana.user_id}"
        assert (await owner.call(method, path, body)).status in (200, 204)
        assert await owner_of(agent, account_id, chat_id) is None
    await set_role(owner, account_id, ana, "agent")
    await agent.ok("PUT", chat_path(account_id, chat_id, "/assignee"), {"user_id": ana.user_id})
    await owner.ok("PATCH", f"/api/users/{ana.user_id}", {"is_active": False})
    assert await owner_of(agent, account_id, chat_id) is None


async def test_a_send_waits_for_what_a_colleague_did(web_only: Stack) -> None:
    agent, ana, account_id, chat_id, send = await make_pair(web_only)
    seen = (await chat_of(agent, account_id, chat_id))["seq"]
    theirs = (await ana.ok("POST", send, {"text": "I am on it"}))["message"]
    mine = {"text": "Me too", "client_id": "c-1", "seen_seq": seen, "hold": True}
    answer = await agent.call("POST", send, mine)
    assert (answer.status, answer.body["error"]["code"]) == (409, "newer_messages")
    (shown,) = answer.body["error"]["details"]["messages"]
    assert (shown["id"], shown["author"]["id"]) == (theirs["id"], ana.user_id)
    # A user who has seen it sends; so does one who insists, and one who did not ask for the check.
    seen = (await chat_of(agent, account_id, chat_id))["seq"]
    for body in (mine | {"seen_seq": seen}, mine | {"client_id": "c-2", "hold": False}):
        assert (await agent.call("POST", send, body)).status == 201
    # A repeated request gets its message, whatever came later.
    await ana.ok("POST", send, {"text": "And again"})
    again = await agent.ok("POST", send, mine | {"seen_seq": seen})
    assert again["message"]["client_id"] == "c-1"


async def test_a_send_waits_when_the_chat_was_given_to_another(web_only: Stack) -> None:
    agent, ana, account_id, chat_id, send = await make_pair(web_only)
    seen = (await chat_of(agent, account_id, chat_id))["seq"]
    await ana.ok("PUT", chat_path(account_id, chat_id, "/assignee"), {"user_id": ana.user_id})
    body = {"text": "Oi", "seen_seq": seen, "hold": True}
    answer = await agent.call("POST", send, body)
    assert answer.body["error"]["details"]["activities"][0]["details"]["assignee_id"] == ana.user_id
    await ana.ok("PUT", chat_path(account_id, chat_id, "/assignee"), {"user_id": agent.user_id})
    seen = (await chat_of(agent, account_id, chat_id))["seq"]
    assert (await agent.call("POST", send, body | {"seen_seq": seen})).status == 201


async def test_of_many_who_answer_at_once_one_is_first(web_only: Stack) -> None:
    """Each saw the chat without an answer, so exactly one is sent, also when they share a transaction."""
    agent, ana, account_id, chat_id, send = await make_pair(web_only)
    others = [await web_only.sign_in(name) for name in ("eva", "bia")]
    for other in others:
        await add_member(web_only, account_id, other, "agent")
    seen = (await chat_of(agent, account_id, chat_id))["seq"]
    body: dict[str, Any] = {"text": "Oi", "seen_seq": seen, "hold": True}
    answers = await asyncio.gather(
        *(
            peer.call("POST", send, body | {"client_id": f"{peer.user_id}-{n}"})
            for peer in (agent, ana, *others)
            for n in range(3)
        )
    )
    sent = [answer.body["message"]["author"]["id"] for answer in answers if answer.status == 201]
    assert len(set(sent)) == 1
    assert {answer.status for answer in answers} == {201, 409}


async def test_sends_that_share_a_transaction_hold_each_other_back(web_only: Stack) -> None:
    """Neither has seen the other, whichever was stored first."""
    agent, ana, account_id, chat_id, send = await make_pair(web_only)
    other = chat_path(account_id, await make_chat(web_only, account_id, "chat-2"), "/send")
    seen = (await chat_of(agent, account_id, chat_id))["seq"]
    body: dict[str, Any] = {"text": "Oi", "seen_seq": seen, "hold": True}
    requests: list[Any] = [(agent, other, {"text": "First"}), (agent, send, body), (ana, send, body)]
    answers = await send_all(web_only, requests)
    assert sorted(answer.status for answer in answers[1:]) == [201, 409]


async def test_teams_are_made_by_admins_and_own_chats(web_only: Stack) -> None:
    agent, ana, account_id, chat_id, _ = await make_pair(web_only)
    owner = await sign_in_as(web_only, "owner")
    assert (await agent.call("POST", "/api/teams", {"name": "Sales"})).status == 403
    made = (await owner.ok("POST", "/api/teams", {"name": "Sales", "user_ids": [ana.user_id]}))["team"]
    assert [user["id"] for user in made["users"]] == [ana.user_id]
    assert (await owner.call("POST", "/api/teams", {"name": "sales"})).status == 409
    path = f"/api/teams/{made['id']}"
    renamed = await owner.ok("PATCH", path, {"name": "Support", "user_ids": [agent.user_id]})
    assert (renamed["team"]["name"], renamed["team"]["users"][0]["id"]) == ("Support", agent.user_id)
    assert (await agent.ok("GET", "/api/teams"))["items"] == [renamed["team"]]
    body = {"user_id": None, "team_id": made["id"]}
    chat = (await agent.ok("PUT", chat_path(account_id, chat_id, "/assignee"), body))["chat"]
    assert (chat["team"]["name"], chat["assignee"]) == ("Support", None)
    listed = await agent.ok("GET", f"{CHANNELS}/{account_id}/chats?team_id={made['id']}")
    assert [item["id"] for item in listed["items"]] == [chat_id]
    assert (await owner.call("DELETE", path)).status == 204
    assert (await chat_of(agent, account_id, chat_id))["team"] is None
    assert (
        (await owner.call("DELETE", path)).status
        == (await owner.call("PATCH", path, {"name": "x"})).status
        == 404
    )
