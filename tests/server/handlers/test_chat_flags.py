"""Archived, pinned, muted, read: set here and mirrored to UniPile, and the account's setting of read receipts."""

from typing import Any

import pytest

from tests.support.factories import CHANNELS, add_member, make_account, make_chat, sign_in_as
from tests.support.fixtures_stack import Stack
from tests.support.peers import Peer, eventually

FOR_GOOD = "9999-12-31T23:59:59.000Z"


class LinkedChat:
    """An agent with one chat at UniPile."""

    def __init__(self, stack: Stack, agent: Peer, account_id: int, chat: dict[str, Any]) -> None:
        self.stack = stack
        self.agent = agent
        self.account_id = account_id
        self.chat = chat
        self.path = f"{CHANNELS}/{account_id}/chats/{chat['id']}"

    async def patch(self, **marks: Any) -> dict[str, Any]:
        chat: dict[str, Any] = (await self.agent.ok("PATCH", self.path, marks))["chat"]
        return chat

    async def at_unipile(self, path: str = "") -> dict[str, Any]:
        headers = {"X-API-KEY": self.stack.config.unipile.api_key}
        path = f"/api/v1/chats/{self.chat['provider_chat_id']}{path}"
        found: dict[str, Any] = await self.stack.sandbox.ok("GET", path, headers=headers)
        return found

    async def wait_at_unipile(self, **wanted: Any) -> None:
        async def is_so() -> bool:
            there = await self.at_unipile()
            return all(there[name] == value for name, value in wanted.items())

        await eventually(is_so)

    async def list(self, chosen: str | None = None) -> list[int]:
        query = f"?filter={chosen}" if chosen else ""
        page = await self.agent.ok("GET", f"{CHANNELS}/{self.account_id}/chats{query}")
        return [chat["id"] for chat in page["items"]]


@pytest.fixture
async def linked(stack: Stack) -> LinkedChat:
    agent = await stack.sign_in()
    account = await stack.make_account(agent)
    await stack.write("acc-1", "Tem azul?")
    (chat,) = await eventually(lambda: agent.chats(account["id"]))
    return LinkedChat(stack, agent, account["id"], chat)


async def test_an_archived_chat_is_out_of_sight_and_stays_so(linked: LinkedChat) -> None:
    """As on the phone: it is listed with its filter only, also after a new message."""
    socket = await linked.agent.listen()
    assert (await linked.patch(archived=True))["archived"] is True
    await socket.wait_for_event("chat:updated", archived=True)
    await linked.wait_at_unipile(archived=1)
    here = linked.chat["id"]
    assert (await linked.list(), await linked.list("unread"), await linked.list("archived")) == (
        [],
        [],
        [here],
    )
    await linked.stack.write("acc-1", "Alô?")
    await socket.wait_for_event("chat:updated", unread_count=2, archived=True)
    assert (await linked.list(), await linked.list("archived")) == ([], [here])
    await linked.patch(archived=False)
    await linked.wait_at_unipile(archived=0)
    assert (await linked.list(), await linked.list("archived")) == ([here], [])


async def test_a_message_unarchives_a_chat_where_the_team_has_chosen_so(linked: LinkedChat) -> None:
    owner = await sign_in_as(linked.stack, "owner")
    settings = await owner.ok("PATCH", "/api/team-settings", {"keep_archived": False})
    assert settings["settings"] == {"answer_assigns": True, "keep_archived": False}
    socket = await linked.agent.listen()
    await linked.patch(archived=True)
    await linked.wait_at_unipile(archived=1)
    await linked.agent.ok("POST", f"{linked.path}/send", {"text": "Tem."})
    await socket.wait_for_event("chat:updated", last_message_status="delivered", archived=True)
    await linked.stack.write("acc-1", "Alô?")
    await socket.wait_for_event("chat:updated", archived=False)
    await linked.wait_at_unipile(archived=0)
    assert await linked.list() == [linked.chat["id"]]
    assert (await owner.call("PATCH", "/api/team-settings", {})).status == 422


async def test_a_chat_is_pinned_and_muted_here_and_there(linked: LinkedChat) -> None:
    chat = await linked.patch(pinned=True, muted_until="2050-03-02T06:14:05-03:00")
    assert (chat["pinned"], chat["muted_until"]) == (True, "2050-03-02T09:14:05.000Z")
    await linked.wait_at_unipile(pinned=1, muted_until="2050-03-02T09:14:05.000Z")
    await linked.patch(muted_until=FOR_GOOD)
    await linked.wait_at_unipile(muted_until=-1)
    chat = await linked.patch(pinned=False, muted_until=None)
    assert (chat["pinned"], chat["muted_until"]) == (False, None)
    await linked.wait_at_unipile(pinned=0, muted_until=None)


async def test_read_receipts_are_sent_unless_the_account_turns_them_off(linked: LinkedChat) -> None:
    account = f"{CHANNELS}/{linked.account_id}"
    assert (await linked.agent.ok("GET", account))["account"]["read_receipts"] is True
    socket = await linked.agent.listen()
    changed = (await linked.agent.ok("PATCH", account, {"read_receipts": False}))["account"]
    assert changed["read_receipts"] is False
    await socket.wait_for_event("account:updated", read_receipts=False)
    assert (await linked.patch(read=True, pinned=True))["unread_count"] == 0
    await linked.wait_at_unipile(pinned=1)  # the same job sets both, the read flag first
    assert (await linked.at_unipile())["unread_count"] == 1
    await linked.agent.ok("PATCH", account, {"read_receipts": True})
    await linked.patch(read=True)
    await linked.wait_at_unipile(unread_count=0)
    (seen,) = (await linked.at_unipile("/messages"))["items"]
    assert seen["seen"] == 1
    await linked.patch(read=False)
    await linked.wait_at_unipile(unread_count=1)


async def test_a_flag_that_unipile_rejects_does_not_stop_the_others(linked: LinkedChat) -> None:
    fault = {"method": "PATCH", "path": "/chats/*", "status": 501, "times": 1}
    await linked.stack.sandbox.ok("PATCH", "/sandbox/faults", {"routes": [fault]})
    chat = await linked.patch(archived=True, pinned=True)
    assert (chat["archived"], chat["pinned"]) == (True, True)
    await linked.wait_at_unipile(archived=0, pinned=1)


async def test_a_busy_unipile_hears_of_it_later(linked: LinkedChat) -> None:
    fault = {"method": "PATCH", "path": "/chats/*", "status": 503, "times": 2}
    await linked.stack.sandbox.ok("PATCH", "/sandbox/faults", {"routes": [fault]})
    await linked.patch(archived=True)
    await linked.wait_at_unipile(archived=1)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "read"),
        ({"archived": 1}, "archived"),
        ({"archived": None}, "archived"),
        ({"pinned": "yes"}, "pinned"),
        ({"muted_until": "tomorrow"}, "muted_until"),
        ({"muted_until": "2050-03-02T09:14:05"}, "muted_until"),
        ({"muted_until": "0001-01-01T00:00:00+14:00"}, "muted_until"),
        ({"muted_until": True}, "muted_until"),
        ({"title": "x"}, "title"),
    ],
)
async def test_impossible_marks_are_invalid(web_only: Stack, body: Any, field: str) -> None:
    agent = await web_only.sign_in()
    account_id = await make_account(web_only, agent)
    chat_id = await make_chat(web_only, account_id)
    answer = await agent.call("PATCH", f"{CHANNELS}/{account_id}/chats/{chat_id}", body)
    assert (answer.status, list(answer.body["error"]["fields"])) == (422, [field])


async def test_only_the_owner_decides_about_read_marks(web_only: Stack) -> None:
    owner, agent, stranger = [await web_only.sign_in(name) for name in ("owner", "agent", "stranger")]
    account_id = await make_account(web_only, owner)
    await add_member(web_only, account_id, agent, "agent")
    path, body = f"{CHANNELS}/{account_id}", {"read_receipts": False}
    assert (await agent.call("PATCH", path, body)).status == 403
    assert (await stranger.call("PATCH", path, body)).status == 404
    assert (await web_only.stranger.call("PATCH", path, body)).status == 401
    for wrong in ({}, {"read_receipts": None}, {"read_receipts": "no"}, {"name": "x"}):
        assert (await owner.call("PATCH", path, wrong)).status == 422
    first = (await owner.ok("PATCH", path, body))["account"]
    assert (await owner.ok("PATCH", path, body))["account"]["seq"] == first["seq"]


async def test_a_chat_with_unread_messages_is_not_marked_as_read_at_unipile(linked: LinkedChat) -> None:
    """UniPile marks whole chats only: the contact would see unread messages as read."""
    assert (await linked.patch(read=True, read_seq=0))["unread_count"] == 1
    await linked.patch(pinned=True)
    await linked.wait_at_unipile(pinned=1)
    assert (await linked.at_unipile())["unread_count"] == 1
    (message,) = await linked.agent.messages(linked.account_id, linked.chat["id"])
    assert (await linked.patch(read=True, read_seq=message["arrived_seq"]))["unread_count"] == 0
    await linked.wait_at_unipile(unread_count=0)
