"""Planned messages: planned, changed by their author, cancelled by colleagues and contacts, sent before their time."""

from typing import Any

import pytest

from tests.server.handlers.test_owners import make_pair, set_role
from tests.support.factories import CHANNELS, add_member, sign_in_as
from tests.support.fixtures_stack import Stack
from tests.support.peers import Peer
from tests.support.route_cases import in_a_week


def planned_path(account_id: int, chat_id: int, rest: object = "") -> str:
    return f"{CHANNELS}/{account_id}/chats/{chat_id}/planned{rest}"


async def plan(
    peer: Peer, account_id: int, chat_id: int, text: str = "Amanhã", **more: object
) -> dict[str, Any]:
    body = {"text": text, "send_at": in_a_week(), **more}
    planned: dict[str, Any] = (await peer.ok("POST", planned_path(account_id, chat_id), body))["planned"]
    return planned


async def texts_of(peer: Peer, account_id: int, chat_id: int) -> list[str | None]:
    return [item["text"] for item in (await peer.ok("GET", planned_path(account_id, chat_id)))["items"]]


async def of_state(peer: Peer, account_id: int, state: str) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = (await peer.ok("GET", f"{CHANNELS}/{account_id}/planned?state={state}"))[
        "items"
    ]
    return items


async def test_a_message_is_planned_once_and_pushed(web_only: Stack) -> None:
    agent, ana, account_id, chat_id, _ = await make_pair(web_only)
    socket = await ana.listen()
    first = await plan(agent, account_id, chat_id, client_id="c-1")
    assert await plan(agent, account_id, chat_id, "Other", client_id="c-1") == first
    (pushed,) = await socket.wait_for_event("planned:updated", id=first["id"])
    assert (pushed["data"], pushed["seq"]) == (first, first["seq"])
    assert (first["state"], first["cancel_if_contact_writes"]) == ("planned", True)
    assert (first["author"]["kind"], first["author"]["id"]) == ("user", agent.user_id)
    changes = await ana.ok("GET", f"{CHANNELS}/{account_id}/changes?since=0")
    assert [item["data"] for item in changes["items"] if item["event"] == "planned:updated"] == [first]
    assert (await ana.ok("GET", planned_path(account_id, chat_id)))["items"] == [first]
    assert await agent.messages(account_id, chat_id) == await ana.messages(account_id, chat_id)


@pytest.mark.parametrize(
    "body", [{"send_at": "2020-01-01T00:00:00Z"}, {"send_at": "2090-01-01T00:00:00Z"}, {"text": " "}]
)
async def test_what_cannot_be_planned_is_rejected(web_only: Stack, body: dict[str, object]) -> None:
    agent, _, account_id, chat_id, _ = await make_pair(web_only)
    given = {"text": "Oi", "send_at": in_a_week()} | body
    answer = await agent.call("POST", planned_path(account_id, chat_id), given)
    assert (answer.status, list(answer.body["error"]["fields"])) == (422, list(body))
    quoting = {"text": "Oi", "send_at": in_a_week(), "quote_id": 2**40}
    assert (await agent.call("POST", planned_path(account_id, chat_id), quoting)).status == 422


async def test_the_client_id_of_a_sent_message_is_taken(web_only: Stack) -> None:
    agent, _, account_id, chat_id, send = await make_pair(web_only)
    await agent.ok("POST", send, {"text": "Oi", "client_id": "c-1"})
    body = {"text": "Oi", "send_at": in_a_week(), "client_id": "c-1"}
    assert (await agent.call("POST", planned_path(account_id, chat_id), body)).status == 409


async def test_its_author_changes_it_and_each_agent_cancels_it(web_only: Stack) -> None:
    agent, ana, account_id, chat_id, _ = await make_pair(web_only)
    planned = await plan(agent, account_id, chat_id)
    path = planned_path(account_id, chat_id, f"/{planned['id']}")
    assert (await ana.call("PATCH", path, {"text": "Hers"})).status == 403
    changed = (await agent.ok("PATCH", path, {"text": "Depois", "cancel_if_contact_writes": False}))[
        "planned"
    ]
    assert (changed["text"], changed["cancel_if_contact_writes"]) == ("Depois", False)
    assert changed["seq"] > planned["seq"]
    cancelled = (await ana.ok("DELETE", path))["planned"]
    assert (cancelled["state"], cancelled["cancelled_by"]["id"]) == ("cancelled", ana.user_id)
    assert (await ana.ok("DELETE", path))["planned"] == cancelled
    assert await texts_of(agent, account_id, chat_id) == []
    assert (await agent.call("PATCH", path, {"text": "x"})).status == 422
    again = (await agent.ok("PATCH", path, {"send_at": in_a_week()}))["planned"]
    assert (again["state"], again["cancelled_by"], again["text"]) == ("planned", None, "Depois")


async def test_it_is_sent_before_its_time_once(web_only: Stack) -> None:
    agent, ana, account_id, chat_id, _ = await make_pair(web_only)
    planned = await plan(agent, account_id, chat_id)
    path = planned_path(account_id, chat_id, f"/{planned['id']}")
    sent = [(await ana.ok("POST", path + "/send-now"))["planned"] for _ in range(2)]
    assert sent[0] == sent[1]
    assert (sent[0]["state"], sent[0]["text"]) == ("sent", None)
    messages = [
        message for message in await agent.messages(account_id, chat_id) if message["direction"] == "out"
    ]
    assert [(m["id"], m["body"], m["client_id"]) for m in messages] == [
        (sent[0]["message_id"], "Amanhã", planned["client_id"])
    ]
    assert messages[0]["author"]["id"] == agent.user_id
    for method, rest in (("PATCH", ""), ("DELETE", "")):
        assert (
            await agent.call(method, path + rest, {"text": "x"} if method == "PATCH" else None)
        ).status == 409


async def test_a_cancelled_one_is_not_sent(web_only: Stack) -> None:
    agent, _, account_id, chat_id, _ = await make_pair(web_only)
    planned = await plan(agent, account_id, chat_id)
    path = planned_path(account_id, chat_id, f"/{planned['id']}")
    await agent.ok("DELETE", path)
    assert (await agent.call("POST", path + "/send-now")).status == 409
    assert [message["direction"] for message in await agent.messages(account_id, chat_id)] == ["in"]


async def test_what_a_removed_member_planned_is_cancelled(web_only: Stack) -> None:
    agent, ana, account_id, chat_id, _ = await make_pair(web_only)
    owner = await sign_in_as(web_only, "owner")
    await add_member(web_only, account_id, owner, "owner")
    hers = await plan(ana, account_id, chat_id, "Hers")
    await plan(agent, account_id, chat_id, "Mine")
    socket = await agent.listen()
    await set_role(owner, account_id, ana, "viewer")
    (pushed,) = await socket.wait_for_event("planned:updated", id=hers["id"])
    assert pushed["data"]["cancelled_by"]["id"] == owner.user_id
    assert await texts_of(agent, account_id, chat_id) == ["Mine"]
    await set_role(owner, account_id, ana, "agent")
    await plan(ana, account_id, chat_id, "Again")
    await owner.call("DELETE", f"{CHANNELS}/{account_id}/members/{ana.user_id}")
    assert await texts_of(agent, account_id, chat_id) == ["Mine"]
    await owner.ok("PATCH", f"/api/users/{agent.user_id}", {"is_active": False})
    assert [item["text"] for item in await of_state(owner, account_id, "planned")] == []


async def test_the_list_of_an_account_is_paged_by_time(web_only: Stack) -> None:
    agent, _, account_id, chat_id, _ = await make_pair(web_only)
    for text in ("1", "2", "3"):
        await plan(agent, account_id, chat_id, text)
    path, cursor, found = f"{CHANNELS}/{account_id}/planned?limit=2", "", []
    while cursor is not None:
        page = await agent.ok("GET", path + (f"&cursor={cursor}" if cursor else ""))
        found += [item["text"] for item in page["items"]]
        cursor = page["next_cursor"]
    assert found == ["1", "2", "3"]
    assert await of_state(agent, account_id, "sent") == []


async def test_at_most_fifty_wait_in_a_chat(web_only: Stack) -> None:
    agent, _, account_id, chat_id, _ = await make_pair(web_only)
    for _ in range(50):
        await plan(agent, account_id, chat_id)
    body = {"text": "Oi", "send_at": in_a_week()}
    assert (await agent.call("POST", planned_path(account_id, chat_id), body)).status == 409
