"""Locations, contact cards, stickers and messages without content, from the phone to the agent."""

import base64
from typing import Any

import pytest

from tests.support.fixtures_stack import Stack
from tests.support.media_files import enclosed, png
from tests.support.peers import Peer, Socket

LOCATION = {"latitude": -23.561414, "longitude": -46.655881, "name": "MASP", "address": "Av. Paulista, 1578"}
NINA = {"name": "Nina; Rocha", "phone_numbers": ["+55 11 97777-0001", "5511977770002"]}


@pytest.fixture
async def agent(stack: Stack) -> Peer:
    agent = await stack.sign_in()
    await stack.make_account(agent)
    return agent


async def receive(stack: Stack, socket: Socket, **content: Any) -> tuple[dict[str, Any], str]:
    """(received message, preview of its chat)."""
    written = await stack.write("acc-1", "", **content)
    (new,) = await socket.wait_for_event("message:new", provider_msg_id=written["message_id"])
    (chat,) = await socket.wait_for_event("chat:updated", last_message_id=new["data"]["id"])
    return new["data"], chat["data"]["last_message_preview"]


async def test_a_location_arrives_with_all_its_fields(stack: Stack, agent: Peer) -> None:
    message, preview = await receive(stack, await agent.listen(), location=LOCATION)
    (attachment,) = message["attachments"]
    assert (attachment["type"], attachment["state"], attachment["location"]) == ("location", "none", LOCATION)
    assert preview == "Location: MASP"
    path = f"/api/channels/whatsapp/{message['account_id']}/messages/{message['id']}"
    address = f"{path}/attachments/{attachment['id']}"
    assert (await agent.call("GET", address)).status == 404  # there are no bytes
    assert (await agent.call("POST", f"{address}/retry")).status == 409
    listed = await agent.messages(message["account_id"], message["chat_id"])
    assert listed[0]["attachments"] == message["attachments"]


async def test_a_contact_card_is_parsed_once_its_file_is_stored(stack: Stack, agent: Peer) -> None:
    socket = await agent.listen()
    message, preview = await receive(stack, socket, contacts=[NINA])
    assert (message["attachments"][0]["type"], preview) == ("contact", "Contact")
    (frame,) = await socket.wait_for(
        lambda f: f.get("event") == "message:updated" and "contacts" in f["data"]["attachments"][0]
    )
    (attachment,) = frame["data"]["attachments"]
    assert attachment["contacts"] == [
        {"name": "Nina; Rocha", "numbers": ["+5511977770001", "+5511977770002"]}
    ]
    assert (attachment["state"], attachment["mimetype"]) == ("stored", "text/vcard")


async def test_a_card_in_latin_1_is_decoded(stack: Stack, agent: Peer) -> None:
    socket = await agent.listen()
    card = "BEGIN:VCARD\rVERSION:2.1\rFN:João\rTEL:tel:+55-11-97777-0001;ext=12\rEND:VCARD\r".encode(
        "latin-1"
    )
    await receive(stack, socket, attachments=[{"data": base64.b64encode(card).decode(), "name": "joao.vcf"}])
    (frame,) = await socket.wait_for(
        lambda f: f.get("event") == "message:updated" and "contacts" in f["data"]["attachments"][0]
    )
    assert frame["data"]["attachments"][0]["contacts"] == [{"name": "João", "numbers": ["+5511977770001"]}]


async def test_a_file_that_only_claims_to_be_a_card_stays_a_download(stack: Stack, agent: Peer) -> None:
    socket = await agent.listen()
    item = {"data": base64.b64encode(b"not a card").decode(), "name": "nina.vcf"}
    await receive(stack, socket, attachments=[item])
    (frame,) = await socket.wait_for(
        lambda f: f.get("event") == "message:updated" and f["data"]["attachments"][0]["state"] == "stored"
    )
    assert frame["data"]["attachments"][0]["contacts"] == []


@pytest.mark.parametrize(
    ("more", "preview"),
    [({"sticker": True}, "Sticker"), ({}, "Photo")],
)
async def test_a_sticker_is_distinguished_from_a_photo(
    stack: Stack, agent: Peer, more: dict[str, Any], preview: str
) -> None:
    picture = enclosed("praia.png", png(), "image/png", **more)
    message, shown = await receive(stack, await agent.listen(), attachments=[picture])
    assert (message["attachments"][0]["sticker"], shown) == (bool(more), preview)


async def test_a_message_without_content_from_unipile_is_stored(stack: Stack, agent: Peer) -> None:
    """A poll or an order: an empty message, counted as unread like any other."""
    message, preview = await receive(stack, await agent.listen(), unsupported=True)
    assert (message["body"] or None, message["attachments"], preview) == (None, [], "Unsupported message")
    (chat,) = await agent.chats(message["account_id"])
    assert chat["unread_count"] == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"location": {"latitude": 91, "longitude": 0}},
        {"location": {"latitude": "1", "longitude": 0}},
        {"location": [1, 2]},
        {"contacts": [{"name": "Nina"}]},
        {"contacts": [{"name": "Nina", "phone_numbers": ["1"]}]},
        {},
    ],
)
async def test_the_sandbox_rejects_what_no_phone_can_send(
    stack: Stack, agent: Peer, wrong: dict[str, Any]
) -> None:
    body = {"account_id": "acc-1", "from": {"phone_number": "5511988880000"}, **wrong}
    assert (await stack.sandbox.call("POST", "/sandbox/messages", body)).status == 400
