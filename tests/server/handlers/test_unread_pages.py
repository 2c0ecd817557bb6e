"""A chat read at its first unread message, and the late messages above it."""

from datetime import timedelta
from typing import Any

from tests.support.factories import CHANNELS, START, make_account, make_chat, make_messages
from tests.support.fixtures_stack import Stack
from tests.support.peers import Peer


async def read_up_to(peer: Peer, path: str, message: dict[str, Any]) -> dict[str, Any]:
    body = {"read": True, "read_seq": message["arrived_seq"]}
    chat: dict[str, Any] = (await peer.ok("PATCH", path, body))["chat"]
    return chat


def ids_of(page: dict[str, Any]) -> list[int]:
    return [row["id"] for row in page["items"]]


async def test_reading_goes_on_at_the_first_unread_message(web_only: Stack) -> None:
    agent = await web_only.sign_in()
    account_id = await make_account(web_only, agent)
    chat_id = await make_chat(web_only, account_id)
    await make_messages(web_only, account_id, chat_id, [START + timedelta(minutes=n) for n in range(1, 30)])
    path = f"{CHANNELS}/{account_id}/chats/{chat_id}"
    everything = await agent.messages(account_id, chat_id)

    page = await agent.ok("GET", f"{path}/messages?at=unread&limit=10")  # all are unread
    assert everything[-1]["id"] in ids_of(page)
    assert page["next_cursor"] is None
    chat = await read_up_to(agent, path, everything[20])
    assert (chat["read_seq"], chat["unread_count"]) == (everything[20]["arrived_seq"], 20)
    page = await agent.ok("GET", f"{path}/messages?at=unread&limit=10")
    assert ids_of(page) == [row["id"] for row in everything[14:24]]
    assert page["late"] == []
    newer = await agent.ok("GET", f"{path}/messages?newer={page['previous_cursor']}&limit=10")
    assert ids_of(newer) == [row["id"] for row in everything[4:14]]

    await read_up_to(agent, path, everything[5])
    newest = await agent.ok("GET", f"{path}/messages?limit=10")
    assert await agent.ok("GET", f"{path}/messages?at=unread&limit=10") == newest | {
        "previous_cursor": None,
        "late": [],
    }
    await read_up_to(agent, path, everything[0])
    assert ids_of(await agent.ok("GET", f"{path}/messages?at=unread&limit=10")) == ids_of(newest)


async def test_late_messages_are_listed_and_do_not_move_the_first_unread_one(web_only: Stack) -> None:
    agent = await web_only.sign_in()
    account_id = await make_account(web_only, agent)
    chat_id = await make_chat(web_only, account_id)
    path = f"{CHANNELS}/{account_id}/chats/{chat_id}"
    await make_messages(web_only, account_id, chat_id, [START + timedelta(hours=n) for n in range(1, 20)])
    await read_up_to(agent, path, (await agent.messages(account_id, chat_id))[0])
    late = await make_messages(
        web_only, account_id, chat_id, [START + timedelta(minutes=90), START + timedelta(minutes=30)]
    )
    (new,) = await make_messages(web_only, account_id, chat_id, [START + timedelta(days=1)])

    page = await agent.ok("GET", f"{path}/messages?at=unread&limit=5")
    assert ids_of(page)[0] == new
    by_id = {row["id"]: row["arrived_seq"] for row in await agent.messages(account_id, chat_id)}
    assert page["late"] == [{"id": one, "arrived_seq": by_id[one]} for one in late]
    assert (await agent.ok("GET", path))["chat"]["unread_count"] == 3
    older = await agent.ok("GET", f"{path}/messages?cursor={page['next_cursor']}&limit=5")
    back = await agent.ok("GET", f"{path}/messages?newer={older['previous_cursor']}&limit=5")
    assert ids_of(back) == ids_of(page)


async def test_a_chat_of_others_and_other_values_are_rejected(web_only: Stack) -> None:
    agent = await web_only.sign_in()
    account_id = await make_account(web_only, agent)
    chat_id = await make_chat(web_only, account_id)
    path = f"{CHANNELS}/{account_id}/chats/{chat_id}/messages"
    (message,) = await agent.messages(account_id, chat_id)
    assert message["is_history"] is False
    page = await agent.ok("GET", f"{path}?at=unread")
    assert (ids_of(page), page["late"]) == ([message["id"]], [])
    other = await web_only.sign_in("other")
    assert (await other.call("GET", f"{path}?at=unread")).status == 404
    for query, field in {"at=x": "at", "at=": "at", "at=unread&around=1": "at"}.items():
        answer = await agent.call("GET", f"{path}?{query}")
        assert (answer.status, list(answer.body["error"]["fields"])) == (422, [field]), query
