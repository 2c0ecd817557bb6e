"""Changes since a seq: in order and complete, also during concurrent writes."""

import asyncio
from datetime import timedelta
from typing import Any

from server.rules.account_states import Seen
from tests.support.factories import CHANNELS, START, make_account, make_chat, make_messages, observe
from tests.support.fixtures_stack import Stack
from tests.support.peers import Peer, message_received


async def read(peer: Peer, account_id: int, since: int, limit: int = 500) -> dict[str, Any]:
    path = f"{CHANNELS}/{account_id}/changes?since={since}&limit={limit}"
    page: dict[str, Any] = await peer.ok("GET", path)
    return page


async def read_on(peer: Peer, account_id: int, since: int, limit: int) -> tuple[list[dict[str, Any]], int]:
    """A client's state after following `more` to the end, and its seq."""
    items: list[dict[str, Any]] = []
    while True:
        page = await read(peer, account_id, since, limit)
        items += page["items"]
        assert page["seq"] >= since
        since = page["seq"]
        if not page["more"]:
            return items, since


async def test_every_kind_of_change_comes_in_order_under_its_name(web_only: Stack) -> None:
    agent = await web_only.sign_in()
    account_id = await make_account(web_only, agent)
    assert await read(agent, account_id, 0) == {"items": [], "seq": 0, "more": False}
    chat_id = await make_chat(web_only, account_id)
    await observe(web_only, account_id, Seen.BROKEN)
    page = await read(agent, account_id, 0)
    assert [(item["seq"], item["event"]) for item in page["items"]] == [
        (1, "message:new"),
        (2, "chat:updated"),
        (3, "account:updated"),
    ]
    assert (page["seq"], page["more"]) == (3, False)
    message, chat, account = (item["data"] for item in page["items"])
    assert (message["chat_id"], chat["id"], account["id"]) == (chat_id, chat_id, account_id)
    assert message == (await agent.messages(account_id, chat_id))[0]
    assert chat == (await agent.chats(account_id))[0]
    shown = (await agent.ok("GET", f"{CHANNELS}/{account_id}"))["account"]
    assert account == {key: value for key, value in shown.items() if key not in ("role", "restricted")}


async def test_changes_hold_only_the_newest_state_of_a_row(web_only: Stack) -> None:
    agent = await web_only.sign_in()
    account_id = await make_account(web_only, agent)
    chat_id = await make_chat(web_only, account_id)
    for n in range(3):
        await make_messages(web_only, account_id, chat_id, [START + timedelta(days=n + 1)])
    items = (await read(agent, account_id, 0))["items"]
    assert [item["event"] for item in items] == ["message:new"] * 4 + ["chat:updated"]
    assert items[-1]["data"]["unread_count"] == 4
    assert (await read(agent, account_id, items[-1]["seq"]))["items"] == []
    assert (await read(agent, account_id, 10**9)) == {
        "items": [],
        "seq": items[-1]["seq"],
        "more": False,
        "reset": True,
    }


async def test_the_event_of_a_sent_message_depends_on_the_readers_seq(stack: Stack) -> None:
    agent = await stack.sign_in()
    account = await stack.make_account(agent)
    socket = await agent.listen()
    await stack.write("acc-1", "Oi")
    (new,) = await socket.wait_for_event("message:new")
    before = max(frame.get("seq", 0) for frame in socket.frames)
    path = f"{CHANNELS}/{account['id']}/chats/{new['data']['chat_id']}/send"
    sending = (await agent.ok("POST", path, {"text": "Olá", "client_id": "client-1"}))["message"]
    await socket.wait_for_event("message:updated", client_id="client-1", status="delivered")
    changes = {
        since: [item["event"] for item in (await read(agent, account["id"], since))["items"]]
        for since in (before, sending["seq"])
    }
    assert "message:updated" in changes[before]
    assert "message:new" not in changes[before]
    assert "message:updated" in changes[sending["seq"]]


async def test_limit_and_more_lead_through_all_of_it(web_only: Stack) -> None:
    agent = await web_only.sign_in()
    account_id = await make_account(web_only, agent)
    chat_id = await make_chat(web_only, account_id)
    await make_messages(
        web_only, account_id, chat_id, [START + timedelta(days=1, minutes=n) for n in range(20)]
    )
    everything, head = await read_on(agent, account_id, 0, 500)
    assert len(everything) == 22
    for limit in (1, 7, 11, 21, 22, 23):
        assert await read_on(agent, account_id, 0, limit) == (everything, head)
    page = await read(agent, account_id, 0, 22)
    assert (page["more"], page["seq"]) == (False, head)
    page = await read(agent, account_id, 0, 21)
    assert (page["more"], page["seq"]) == (True, everything[20]["seq"])


async def test_a_query_that_is_not_understood_is_invalid(web_only: Stack) -> None:
    agent = await web_only.sign_in()
    account_id = await make_account(web_only, agent)
    for query in (
        "",
        "since=",
        "since=-1",
        "since=abc",
        f"since={2**63}",
        "since=0&limit=0",
        "since=0&limit=501",
        "since=0&limit=x",
        "since=0&cursor=abc",
    ):
        answer = await agent.call("GET", f"{CHANNELS}/{account_id}/changes?{query}")
        assert (answer.status, answer.body["error"]["code"]) == (422, "invalid"), query
        assert len(answer.body["error"]["fields"]) == 1
    assert (await read(agent, account_id, 2**63 - 1))["items"] == []


async def test_a_reader_misses_nothing_while_many_write(stack: Stack) -> None:
    """A seq is visible only with its commit, and the commits of an account are in the order of their seqs."""
    agent = await stack.sign_in()
    account = await stack.make_account(agent)
    wanted = {f"m-{n}" for n in range(60)}
    bodies = [message_received("acc-1", name, phone=f"55119000{n % 7}") for n, name in enumerate(wanted)]
    found: list[dict[str, Any]] = []

    async def follow() -> None:
        since = 0
        while not wanted <= {item["data"].get("body") for item in found}:
            page = await read(agent, account["id"], since, 5)
            assert [item["seq"] for item in page["items"]] == sorted(item["seq"] for item in page["items"])
            assert all(item["seq"] > since for item in page["items"])
            found.extend(page["items"])
            since = page["seq"]

    async with asyncio.timeout(20), asyncio.TaskGroup() as tasks:
        tasks.create_task(follow())
        for body in bodies:
            tasks.create_task(agent.deliver(body))
    changes = [item["data"]["body"] for item in found if item["event"] == "message:new"]
    assert sorted(changes) == sorted(wanted)
