"""What a message is: as the last one of its chat in a list, and where it is quoted."""

from typing import Any

import pytest

from tests.flows.chats import open_chat
from tests.flows.test_cards import LOCATION, NINA
from tests.support.fixtures_stack import Stack
from tests.support.media_files import OPUS, PDF, enclosed, form, png, post
from tests.support.peers import Peer, message_received

pytestmark = pytest.mark.usefixtures("no_avatars")

TEXT = {"kind": "text", "has_text": True, "name": None, "duration": None, "sender": None}
PHOTO, VOICE = enclosed("a.png", png(), "image/png"), enclosed("v.ogg", OPUS, "audio/ogg")
CASES: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "text": ({"text": "Oi"}, {}),
    "photo": ({"attachments": [PHOTO]}, {"kind": "photo", "has_text": False}),
    "caption": ({"text": "Olha", "attachments": [PHOTO]}, {"kind": "photo"}),
    "voice": ({"attachments": [VOICE | {"voice_note": True}]}, {"kind": "voice", "has_text": False}),
    "file": (
        {"attachments": [enclosed("preço.pdf", PDF, "application/pdf")]},
        {"kind": "file", "has_text": False, "name": "preço.pdf"},
    ),
    "location": ({"location": LOCATION}, {"kind": "location", "has_text": False, "name": "MASP"}),
    "contact": ({"contacts": [NINA]}, {"kind": "contact", "has_text": False}),
}


@pytest.fixture
async def agent(stack: Stack) -> Peer:
    return await stack.sign_in()


@pytest.fixture
async def account(stack: Stack, agent: Peer) -> dict[str, Any]:
    return await stack.make_account(agent)


@pytest.mark.usefixtures("account")
@pytest.mark.parametrize("case", CASES)
async def test_a_chat_tells_the_parts_of_its_last_message(stack: Stack, agent: Peer, case: str) -> None:
    written, expected = CASES[case]
    socket = await agent.listen()
    await stack.write("acc-1", written.get("text", ""), **{k: v for k, v in written.items() if k != "text"})
    (frame,) = await socket.wait_for(lambda f: f.get("event") == "chat:updated" and _has_content(f))
    content = frame["data"]["last_message_content"]
    names = {"contact": content["name"]} if case == "contact" else {}
    assert content == TEXT | expected | {"name": names.get(case, (TEXT | expected)["name"])}
    (listed,) = await agent.chats(frame["account_id"])
    assert listed["last_message_content"]["kind"] == content["kind"]


def _has_content(frame: dict[str, Any]) -> bool:
    return frame["data"]["last_message_content"] is not None


async def test_a_recording_tells_its_length(stack: Stack, agent: Peer, account: dict[str, Any]) -> None:
    _, path = await open_chat(stack, agent, account)
    recording = form(("v.ogg", OPUS, "audio/ogg"), voice_message="true", media_info='[{"duration": 12}]')
    assert (await post(agent, path, recording)).status == 201
    (listed,) = await agent.chats(account["id"])
    assert listed["last_message_content"] == TEXT | {
        "kind": "voice",
        "has_text": False,
        "name": "v.ogg",
        "duration": 12,
    }


@pytest.mark.usefixtures("account")
async def test_a_group_tells_who_wrote_last(stack: Stack, agent: Peer) -> None:
    socket = await agent.listen()
    group = {"is_group": True, "chat_id": "g-1", "provider_chat_id": "9@g.us"}
    await stack.stranger.deliver(message_received("acc-1", "Bom dia", **group))
    (frame,) = await socket.wait_for(lambda f: f.get("event") == "chat:updated" and _has_content(f))
    assert frame["data"]["last_message_content"] == TEXT | {"sender": "Bia Lima"}


@pytest.mark.usefixtures("account")
async def test_a_deleted_message_tells_nothing_of_its_content(stack: Stack, agent: Peer) -> None:
    socket = await agent.listen()
    written = await stack.write("acc-1", "Segredo")
    await socket.wait_for(lambda f: f.get("event") == "chat:updated" and _has_content(f))
    await stack.sandbox.ok("DELETE", f"/sandbox/messages/{written['message_id']}")
    (frame,) = await socket.wait_for(
        lambda f: f.get("event") == "chat:updated" and f["data"]["last_message_content"]["kind"] == "deleted"
    )
    assert frame["data"]["last_message_content"] == TEXT | {"kind": "deleted", "has_text": False}


@pytest.mark.usefixtures("account")
@pytest.mark.parametrize("case", CASES)
async def test_a_quote_tells_what_is_quoted(stack: Stack, agent: Peer, case: str) -> None:
    written, expected = CASES[case]
    socket = await agent.listen()
    first = await stack.write(
        "acc-1", written.get("text", ""), **{k: v for k, v in written.items() if k != "text"}
    )
    await stack.write("acc-1", "Viu?", quote=first["message_id"])
    (frame,) = await socket.wait_for(
        lambda f: f.get("event") == "message:new" and f["data"]["body"] == "Viu?"
    )
    content = frame["data"]["quoted"]["content"]
    assert content.keys() == {"kind", "name", "duration"}
    # The name on a contact card is known once its file has been read.
    assert (TEXT | expected).items() >= (content | ({"name": None} if case == "contact" else {})).items()


@pytest.mark.usefixtures("account")
async def test_a_quote_changes_when_the_quoted_message_is_deleted(stack: Stack, agent: Peer) -> None:
    socket = await agent.listen()
    first = await stack.write("acc-1", "", attachments=[PHOTO])
    await stack.write("acc-1", "Viu?", quote=first["message_id"])
    await stack.sandbox.ok("DELETE", f"/sandbox/messages/{first['message_id']}")
    (frame,) = await socket.wait_for(
        lambda f: f.get("event") == "message:updated" and f["data"]["body"] == "Viu?"
    )
    assert frame["data"]["quoted"]["content"] == {"kind": "deleted", "name": None, "duration": None}
