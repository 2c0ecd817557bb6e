"""Starting a chat by phone number over REST: sent once, unknown outcomes reported, adopted from the echo."""

import asyncio
from typing import Any
from urllib.parse import quote

import pytest

from server.rules.account_states import Seen
from server.web.app_keys import DATABASE
from tests.support.factories import CHANNELS, add_member, make_account, revoke_entitlement
from tests.support.fixtures_stack import Stack
from tests.support.peers import Peer, eventually

TO = "+55 (11) 97777-0000"


class Door:
    """An agent with an account, and a customer's phone without a chat."""

    def __init__(self, stack: Stack, agent: Peer, account_id: int) -> None:
        self.stack = stack
        self.agent = agent
        self.account_id = account_id
        self.path = f"{CHANNELS}/{account_id}/chats"

    async def start(self, **changes: Any) -> Any:
        return await self.agent.call("POST", self.path, {"to": TO, "text": "Bom dia!"} | changes)

    async def faults(self, **switches: Any) -> None:
        await self.stack.sandbox.ok("PATCH", "/sandbox/faults", switches)

    async def on_the_phone(self) -> list[str]:
        """The messages sent to the customer, as UniPile has them."""
        headers = {"X-API-KEY": self.stack.config.unipile.api_key}
        page = await self.stack.sandbox.ok("GET", "/api/v1/messages", headers=headers)
        return [item["text"] for item in page["items"]]

    async def all_messages(self) -> list[dict[str, Any]]:
        chats = await self.agent.chats(self.account_id)
        return [m for chat in chats for m in await self.agent.messages(self.account_id, chat["id"])]

    async def usage(self) -> int:
        async def read(cursor: Any) -> int:
            await cursor.execute("select coalesce(sum(messages_sent), 0) from channels_usage")
            return int((await cursor.fetchone())[0])

        sent: int = await self.stack.app[DATABASE].read(read)
        return sent

    async def settled(self) -> list[dict[str, Any]]:
        """The messages, after the phone has ticked them: the echo has arrived by then too."""

        async def ticked() -> list[dict[str, Any]]:
            found = await self.all_messages()
            return found if found and all(m["status"] == "delivered" for m in found) else []

        messages: list[dict[str, Any]] = await eventually(ticked)
        return messages


async def open_door(stack: Stack) -> Door:
    agent = await stack.sign_in()
    account = await stack.make_account(agent)
    return Door(stack, agent, account["id"])


@pytest.fixture
async def door(stack: Stack) -> Door:
    return await open_door(stack)


@pytest.mark.parametrize("faults", [{}, {"echo_before_response": True}, {"null_message_id": True}])
async def test_a_chat_begins_with_one_message(door: Door, faults: dict[str, Any]) -> None:
    """The echo arrives before the answer, after it, or the answer has no id: one row, counted once."""
    await door.faults(**faults)
    socket = await door.agent.listen()
    answer = await door.start(client_id="client-1")
    assert answer.status == 201
    chat, message = answer.body["chat"], answer.body["message"]
    assert (message["body"], message["client_id"], message["direction"]) == ("Bom dia!", "client-1", "out")
    assert message["chat_id"] == chat["id"]
    assert (chat["kind"], chat["title"], chat["unread_count"]) == ("direct", "+5511977770000", 0)
    (ticked,) = await door.settled()
    assert (ticked["id"], ticked["client_id"]) == (message["id"], "client-1")
    await socket.wait_for_event("message:sent", client_id="client-1")
    assert await door.on_the_phone() == ["Bom dia!"]
    assert await door.usage() == 1


async def test_a_first_message_pushes_the_payers_usage(door: Door) -> None:
    """A message that UniPile certainly rejected is uncounted and the usage pushed, without any webhook."""
    fault = {"method": "POST", "path": "/chats", "status": 422, "kind": "invalid_recipient", "times": 1}
    await door.faults(webhooks_off=True, routes=[fault])
    socket = await door.agent.listen()
    assert (await door.start()).status == 422
    await socket.wait_for_event("usage:updated", sent_here=0)
    assert (await door.start()).status == 201
    await socket.wait_for_event("usage:updated", sent_here=1)


async def test_the_same_client_id_starts_nothing_again(door: Door) -> None:
    first = (await door.start(client_id="client-1")).body
    again = await door.start(client_id="client-1", text="Outra coisa")
    assert again.status == 201
    assert again.body["message"]["id"] == first["message"]["id"]
    assert again.body["chat"]["id"] == first["chat"]["id"]
    assert await door.on_the_phone() == ["Bom dia!"]


async def test_a_chat_that_is_there_is_used(door: Door) -> None:
    await door.stack.write("acc-1", "Oi", **{"from": {"phone_number": "5511977770000", "name": "Davi"}})
    (chat,) = await eventually(lambda: door.agent.chats(door.account_id))
    answer = await door.start()
    assert answer.body["chat"]["id"] == chat["id"]
    assert answer.body["chat"]["title"] == "Davi"
    assert answer.body["chat"]["unread_count"] == 1  # the sender of a first message has not read the chat


@pytest.mark.parametrize(
    "to",
    [
        "\u202a+55 11 97777\u20110000\u202c",
        "tel:+55-11-97777-0000;ext=12",
        "https://wa.me/5511977770000",
        "+\u0665\u0665 \u0661\u0661 \u0669\u0667\u0667\u0667\u0667 \u0660\u0660\u0660\u0660",
        "+55 (0)11 97777-0000",
        "+55 011 97777-0000",
    ],
)
async def test_a_chat_starts_with_a_pasted_phone_number(door: Door, to: str) -> None:
    answer = await door.start(to=to)
    assert (answer.status, answer.body["chat"]["title"]) == (201, "+5511977770000")


@pytest.mark.parametrize(
    ("known", "typed"),
    [
        ("551177770000", "+5511977770000"),
        ("5511977770000", "+551177770000"),
        ("5215512345678", "+525512345678"),
        ("541123456789", "+5491123456789"),
    ],
)
async def test_the_other_form_of_a_phone_number_finds_the_existing_chat(
    door: Door, known: str, typed: str
) -> None:
    await door.stack.write("acc-1", "Oi", **{"from": {"phone_number": known, "name": "Davi"}})
    (chat,) = await eventually(lambda: door.agent.chats(door.account_id))
    answer = await door.start(to=typed)
    assert answer.status == 201
    assert answer.body["chat"]["id"] == chat["id"]
    assert [row["id"] for row in await door.agent.chats(door.account_id)] == [chat["id"]]
    for words in (typed, f"+{known}", typed[3:]):
        found = await door.agent.ok("GET", f"/api/search?q={quote(words)}")
        assert [person["name"] for person in found["people"]] == ["Davi"], words
        assert [row["id"] for row in found["chats"]] == [chat["id"]], words


async def test_a_phone_number_without_whatsapp_is_rejected_and_can_be_retried(door: Door) -> None:
    rejected = await door.start(to="+999 1234 5678", client_id="client-1")
    assert (rejected.status, list(rejected.body["error"]["fields"])) == (422, ["to"])
    assert await door.all_messages() == []
    assert (await door.start(client_id="client-1")).status == 201
    assert await door.usage() == 1


@pytest.mark.parametrize(
    "to",
    [None, "", "123456", "+0511977770000", "1" * 16, "CALL-ME-NOW", "11 97777-0000", 5511977770000],
)
async def test_an_impossible_phone_number_is_invalid(web_only: Stack, to: object) -> None:
    agent = await web_only.sign_in()
    account_id = await make_account(web_only, agent)
    answer = await agent.call("POST", f"{CHANNELS}/{account_id}/chats", {"to": to, "text": "Oi"})
    assert (answer.status, list(answer.body["error"]["fields"])) == (422, ["to"])


async def test_a_first_message_needs_a_text(web_only: Stack) -> None:
    agent = await web_only.sign_in()
    account_id = await make_account(web_only, agent)
    for text in (None, "", " \n", "x" * 65_537):
        answer = await agent.call("POST", f"{CHANNELS}/{account_id}/chats", {"to": TO, "text": text})
        assert (answer.status, list(answer.body["error"]["fields"])) == (422, ["text"])


async def test_an_account_cannot_write_to_itself(door: Door) -> None:
    (account,) = (await door.agent.ok("GET", f"{CHANNELS}/accounts"))["items"]
    answer = await door.start(to=account["phone"])
    assert (answer.status, list(answer.body["error"]["fields"])) == (422, ["to"])


async def test_an_unknown_outcome_is_reported_and_never_sent_again(web_only: Stack) -> None:
    """UniPile accepts the message and fails to answer; neither a webhook nor a sweep brings it for now."""
    door = await open_door(web_only)
    fault = {"method": "POST", "path": "/chats", "status": 504, "accepted": True, "times": 1}
    await door.faults(routes=[fault], webhooks_off=True)
    for _ in range(2):
        answer = await door.start(client_id="client-1")
        assert (answer.status, answer.body["error"]["code"]) == (504, "provider_timeout")
    assert await door.on_the_phone() == ["Bom dia!"]
    assert await door.all_messages() == []


async def test_the_echo_of_an_unknown_outcome_is_that_message(door: Door) -> None:
    fault = {"method": "POST", "path": "/chats", "status": 504, "accepted": True, "times": 1}
    await door.faults(routes=[fault])
    assert (await door.start(client_id="client-1")).status == 504
    (echoed,) = await door.settled()
    answer = await door.start(client_id="client-1")
    assert answer.status == 201
    assert answer.body["message"]["id"] == echoed["id"]
    assert answer.body["message"]["client_id"] == "client-1"
    assert await door.on_the_phone() == ["Bom dia!"]
    assert await door.usage() == 1


@pytest.mark.parametrize(
    ("status", "kind", "wanted"),
    [
        (500, "unexpected_error", (502, "provider_failed")),
        (503, "no_client_session", (502, "provider_failed")),
        (429, "too_many_requests", (429, "too_many_requests")),
        (401, "disconnected_account", (409, "conflict")),
        (403, "account_restricted", (429, "new_chats_stopped")),
    ],
)
async def test_unipiles_rejections_become_api_errors(
    door: Door, status: int, kind: str, wanted: tuple[int, str]
) -> None:
    await door.faults(routes=[{"method": "POST", "path": "/chats", "status": status, "kind": kind}])
    answer = await door.start()
    assert (answer.status, answer.body["error"]["code"]) == wanted
    assert await door.on_the_phone() == []


async def test_two_requests_together_send_one_message(door: Door) -> None:
    await door.faults(answer_delay_ms=200)
    answers = await asyncio.gather(door.start(client_id="client-1"), door.start(client_id="client-1"))
    assert {answer.status for answer in answers} <= {201, 409, 504}
    assert [answer.status for answer in answers].count(201) == 1
    assert await door.on_the_phone() == ["Bom dia!"]


async def test_a_viewer_cannot_start_chats(door: Door) -> None:
    viewer, stranger = await door.stack.sign_in("viewer"), await door.stack.sign_in("stranger")
    await add_member(door.stack, door.account_id, viewer, "viewer")
    body = {"to": TO, "text": "Oi"}
    assert (await viewer.call("POST", door.path, body)).status == 403
    assert (await stranger.call("POST", door.path, body)).status == 404
    assert (await door.stack.stranger.call("POST", door.path, body)).status == 401
    await revoke_entitlement(door.stack, door.agent)
    answer = await door.start()
    assert (answer.status, answer.body["error"]["code"]) == (403, "not_entitled")


@pytest.mark.parametrize("seen", [Seen.SIGNED_OUT, Seen.UNLINKED])
async def test_a_disconnected_account_cannot_start_a_chat(web_only: Stack, seen: Seen) -> None:
    agent = await web_only.sign_in()
    account_id = await make_account(web_only, agent, seen=seen)
    answer = await agent.call("POST", f"{CHANNELS}/{account_id}/chats", {"to": TO, "text": "Oi"})
    assert (answer.status, answer.body["error"]["code"]) == (409, "conflict")
