"""Amendments made on customers' phones: reactions, edits, deletions, quotes, groups."""

from typing import Any

import pytest

from tests.support.fixtures_stack import Stack
from tests.support.peers import Peer, Socket, eventually


class Thread:
    """A chat with one message from the customer, and a listening socket."""

    def __init__(self, stack: Stack, agent: Peer, account_id: int, socket: Socket) -> None:
        self.stack = stack
        self.agent = agent
        self.account_id = account_id
        self.socket = socket
        self.written: dict[str, Any] = {}
        self.message: dict[str, Any] = {}

    async def receive(self, text: str, **more: Any) -> dict[str, Any]:
        """A message from the customer, as pushed to the socket."""
        self.written = await self.stack.write("acc-1", text, **more)
        (frame,) = await self.socket.wait_for_event("message:new", provider_msg_id=self.written["message_id"])
        self.message = frame["data"]
        return self.message

    async def sandbox(self, method: str, path: str, body: Any = None) -> Any:
        path = f"/sandbox/messages/{self.written['message_id']}{path}"
        return await self.stack.sandbox.ok(method, path, body)

    async def updated(self, **wanted: Any) -> dict[str, Any]:
        (frame,) = await self.socket.wait_for_event("message:updated", id=self.message["id"], **wanted)
        data: dict[str, Any] = frame["data"]
        return data

    async def reactions(self, *values: str) -> list[dict[str, Any]]:
        """Waits until the reactions are these, and returns them."""

        def is_pushed(frame: dict[str, Any]) -> bool:
            if frame.get("event") != "message:updated" or frame["data"]["id"] != self.message["id"]:
                return False
            return [reaction["value"] for reaction in frame["data"]["reactions"]] == list(values)

        (frame,) = await self.socket.wait_for(is_pushed)
        found: list[dict[str, Any]] = frame["data"]["reactions"]
        return found

    async def chat(self) -> dict[str, Any]:
        (chat,) = await self.agent.chats(self.account_id)
        return chat


@pytest.fixture
async def thread(stack: Stack) -> Thread:
    agent = await stack.sign_in()
    account = await stack.make_account(agent)
    opened = Thread(stack, agent, account["id"], await agent.listen())
    await opened.receive("Tem azul?")
    return opened


async def test_a_reaction_is_added_replaced_and_removed(thread: Thread) -> None:
    before = thread.message
    await thread.sandbox("PUT", "/reaction", {"value": "👍"})
    (reaction,) = await thread.reactions("👍")
    sender = {"provider_id": before["sender"]["provider_id"], "name": "Bia Lima"}
    assert reaction == {"value": "👍", "sender": sender, "is_own": False}
    await thread.sandbox("PUT", "/reaction", {"value": "❤️"})
    await thread.reactions("❤️")
    await thread.sandbox("PUT", "/reaction", {"value": ""})
    await thread.reactions()
    (message,) = await thread.agent.messages(thread.account_id, before["chat_id"])
    assert (message["reactions"], message["seq"] > before["seq"]) == ([], True)
    assert (message["body"], message["edited_at"]) == ("Tem azul?", None)


async def test_an_edit_changes_the_text_and_the_preview(thread: Thread) -> None:
    await thread.sandbox("PATCH", "", {"text": "Tem verde?"})
    edited = await thread.updated(body="Tem verde?")
    assert edited["edited_at"] is not None
    (pushed,) = await thread.socket.wait_for_event("chat:updated", last_message_preview="Tem verde?")
    assert pushed["data"] == await thread.chat()
    assert pushed["data"]["unread_count"] == 1


async def test_an_edit_of_an_older_message_leaves_the_preview(thread: Thread) -> None:
    first = thread.written
    await thread.receive("Alô?")
    thread.written = first
    await thread.sandbox("PATCH", "", {"text": "Tem verde?"})
    await thread.socket.wait_for_event("message:updated", provider_msg_id=first["message_id"])
    assert (await thread.chat())["last_message_preview"] == "Alô?"


async def test_a_deleted_message_leaves_a_placeholder(thread: Thread) -> None:
    attachment = {"data": "aGVsbG8=", "name": "lista.txt", "mimetype": "text/plain"}
    await thread.receive("A lista", attachments=[attachment])
    assert thread.message["attachments"]
    await thread.sandbox("PUT", "/reaction", {"value": "👍"})
    await thread.reactions("👍")
    await thread.sandbox("DELETE", "")
    deleted = await thread.updated(body=None)
    assert deleted["deleted_at"] is not None
    assert (deleted["attachments"], deleted["reactions"]) == ([], [])
    await thread.socket.wait_for_event("chat:updated", last_message_preview="This message was deleted")
    assert len(await thread.agent.messages(thread.account_id, deleted["chat_id"])) == 2


async def test_a_client_that_was_offline_receives_changes(thread: Thread) -> None:
    since = thread.message["seq"]
    await thread.sandbox("PATCH", "", {"text": "Tem verde?"})
    await thread.updated(body="Tem verde?")
    path = f"/api/channels/whatsapp/{thread.account_id}/changes?since={since}"
    changes = await thread.agent.ok("GET", path)
    (edited,) = [item for item in changes["items"] if item["event"] == "message:updated"]
    assert edited["data"]["body"] == "Tem verde?"


async def test_a_quote_refers_to_our_message_and_a_forward_is_marked(thread: Thread) -> None:
    first = thread.message
    assert (first["quoted"], first["is_forwarded"]) == (None, False)
    answer = await thread.receive("Esse aqui", quote=thread.written["message_id"], forwarded=True)
    assert answer["is_forwarded"] is True
    assert answer["quoted"] == {
        "message_id": first["id"],
        "provider_msg_id": first["provider_msg_id"],
        "sender_id": first["sender"]["provider_id"],
        "name": "Bia Lima",
        "direction": "in",
        "body": "Tem azul?",
        "content": {"kind": "text", "name": None, "duration": None},
    }


async def test_a_group_shows_the_actor_and_counts_only_messages(thread: Thread) -> None:
    bia = {"phone_number": "5511988880000", "name": "Bia Lima"}
    caio = {"phone_number": "5511988880001", "name": "Caio"}
    body = {"account_id": "acc-1", "name": "Família", "members": [bia, caio]}
    group = await thread.stack.sandbox.ok("POST", "/sandbox/groups", body)
    (created,) = await thread.socket.wait_for_event("message:new", event_type=3)
    assert created["data"]["is_event"]
    assert created["data"]["body"].endswith("created the group")
    chat_id = group.get("chat_id") or group["id"]
    await thread.receive("Oi, gente", chat_id=chat_id, **{"from": caio})
    assert thread.message["sender"]["name"] == "Caio"
    dona = {"phone_number": "5511988880002", "name": "Dona Eva"}
    change = {"name": "Família Lima", "add": [dona]}
    await thread.stack.sandbox.ok("PATCH", f"/sandbox/groups/{chat_id}", change)
    (joined,) = await thread.socket.wait_for_event("message:new", event_type=5)
    assert joined["data"]["body"] == "Dona Eva joined the group"
    (pushed,) = await thread.socket.wait_for_event("chat:updated", title="Família Lima")
    assert (pushed["data"]["kind"], pushed["data"]["unread_count"]) == ("group", 1)
    assert pushed["data"]["last_message_preview"] == "Oi, gente"


async def test_a_late_name_replaces_the_phone_number(thread: Thread) -> None:
    """A direct chat is titled with the phone number until an event contains the name."""
    stranger = {"phone_number": "5511977770000"}
    await thread.stack.write("acc-1", "Bom dia", **{"from": stranger})
    await thread.socket.wait_for_event("chat:updated", title="+5511977770000")
    await thread.stack.write("acc-1", "Sou o Davi", **{"from": stranger | {"name": "Davi"}})
    await thread.socket.wait_for_event("chat:updated", title="Davi")


async def test_an_unreadable_message_is_stored_from_its_webhook(thread: Thread) -> None:
    """UniPile does not return it: then its webhooks are used as they are."""
    fault = {"method": "GET", "path": "/messages/*", "status": 404}
    await thread.stack.sandbox.ok("PATCH", "/sandbox/faults", {"routes": [fault]})
    await thread.sandbox("PUT", "/reaction", {"value": "👍"})
    (reaction,) = await thread.reactions("👍")
    assert (reaction["sender"]["name"], reaction["is_own"]) == ("Bia Lima", False)
    await thread.sandbox("PATCH", "", {"text": "Tem verde?"})
    assert (await thread.updated(body="Tem verde?"))["edited_at"] is not None
    await thread.sandbox("PUT", "/reaction", {"value": ""})
    await thread.reactions()
    await thread.sandbox("DELETE", "")
    assert (await thread.updated(body=None))["deleted_at"] is not None


@pytest.mark.parametrize("status", [500, 503, 504])
async def test_a_failed_read_is_retried(thread: Thread, status: int) -> None:
    fault = {"method": "GET", "path": "/messages/*", "status": status, "times": 2}
    await thread.stack.sandbox.ok("PATCH", "/sandbox/faults", {"routes": [fault]})
    await thread.sandbox("PATCH", "", {"text": "Tem verde?"})
    await thread.updated(body="Tem verde?")

    async def is_forgotten() -> bool:
        faults = await thread.stack.sandbox.ok("GET", "/sandbox/faults")
        return all(rule["times"] == 0 for rule in faults["routes"])

    await eventually(is_forgotten)
