"""Files sent by agents: in order, with their dimensions, recordings as voice notes, one bubble each."""

from typing import Any

import pytest

from tests.flows.chats import open_chat
from tests.support.fixtures_stack import Stack
from tests.support.media_files import OPUS, PDF, file_path, form, png, post
from tests.support.peers import Peer

pytestmark = pytest.mark.usefixtures("no_avatars")


async def on_the_phone(stack: Stack, chat: dict[str, Any]) -> list[dict[str, Any]]:
    """The messages sent to the customer, oldest first."""
    path = f"/sandbox/chats/{chat['provider_chat_id']}/messages"
    return [m for m in (await stack.sandbox.ok("GET", path))["items"] if m["sender"] == "self"]


async def test_several_files_are_sent_in_order_with_the_text_on_the_first(
    stack: Stack, agent: Peer, account: dict[str, Any]
) -> None:
    chat, path = await open_chat(stack, agent, account)
    socket = await agent.listen()
    files = [("uma.png", png(1), "image/png"), ("prévia nº 2.pdf", PDF, "application/pdf")]
    answer = await post(agent, path, form(*files, text="Olha só", client_id="c-1"))
    assert answer.status == 201, answer.raw
    first, second = answer.body["messages"]
    assert answer.body["message"] == first
    assert [(m["body"], m["client_id"], m["status"]) for m in (first, second)] == [
        ("Olha só", "c-1", "sending"),
        (None, "c-1#2", "sending"),
    ]
    for client_id in ("c-1", "c-1#2"):
        await socket.wait_for_event("message:updated", client_id=client_id, status="delivered")
    again = await post(agent, path, form(*files, text="Olha só", client_id="c-1"))
    assert [m["id"] for m in again.body["messages"]] == [first["id"], second["id"]]

    seen = await on_the_phone(stack, chat)
    assert [m["text"] for m in seen] == ["Olha só", None]
    kinds = [(a["type"], a["mimetype"], a.get("file_name")) for m in seen for a in m["attachments"]]
    assert kinds == [("img", "image/png", None), ("file", "application/pdf", "prévia nº 2.pdf")]
    ours = [m for m in await agent.messages(account["id"], chat["id"]) if m["direction"] == "out"]
    assert [m["id"] for m in ours] == [second["id"], first["id"]]  # no echo is stored beside its row
    assert (await agent.call("GET", file_path(ours[0]))).raw == PDF
    assert (await agent.chats(account["id"]))[0]["last_message_preview"] == "File"


async def test_sent_pictures_and_recordings_have_dimensions_at_once(
    stack: Stack, agent: Peer, account: dict[str, Any]
) -> None:
    _, path = await open_chat(stack, agent, account)
    files = [
        ("a.png", png(), "image/png"),
        ("voz.ogg", OPUS, "audio/ogg"),
        ("nota.pdf", PDF, "application/pdf"),
    ]
    properties = '[{"width": 7, "height": 7}, {"duration": 65.4}, {"duration": 3}]'
    answer = await post(agent, path, form(*files, media_info=properties))
    assert answer.status == 201, answer.raw
    shapes = [
        (shown["width"], shown["height"], shown["duration"])
        for message in answer.body["messages"]
        for shown in message["attachments"]
    ]
    assert shapes == [(1, 1, None), (None, None, 65), (None, None, None)]
    for wrong in ("[]", '[{"width": -1}, {}, {}]', "x"):
        rejected = await post(agent, path, form(*files, media_info=wrong))
        assert (rejected.status, list(rejected.body["error"]["fields"])) == (422, ["media_info"])


@pytest.mark.parametrize("as_file", [True, False])
async def test_a_recording_is_sent_as_a_voice_note(
    stack: Stack, agent: Peer, account: dict[str, Any], as_file: bool
) -> None:
    chat, path = await open_chat(stack, agent, account)
    socket = await agent.listen()
    recording = ("voz.ogg", OPUS, "audio/ogg")
    data = form(recording, field="voice_message") if as_file else form(recording, voice_message="true")
    message = (await post(agent, path, data)).body["message"]
    assert message["attachments"][0]["voice_note"] is True
    await socket.wait_for_event("message:updated", client_id=message["client_id"], status="delivered")
    ((sent,),) = [m["attachments"] for m in await on_the_phone(stack, chat)]
    assert (sent["type"], sent["voice_note"]) == ("audio", True)
    (listed,) = await agent.chats(account["id"])
    assert listed["last_message_preview"] == "Voice message"


async def test_a_recording_without_the_voice_flag_is_an_audio_file(
    stack: Stack, agent: Peer, account: dict[str, Any]
) -> None:
    _, path = await open_chat(stack, agent, account)
    message = (await post(agent, path, form(("voz.ogg", OPUS, "audio/ogg")))).body["message"]
    assert (message["attachments"][0]["type"], message["attachments"][0]["voice_note"]) == ("audio", False)


@pytest.mark.parametrize("faults", [{"echo_before_response": True}, {"null_message_id": True}])
async def test_a_sent_picture_and_its_echo_are_one_bubble(
    stack: Stack, agent: Peer, account: dict[str, Any], faults: dict[str, Any]
) -> None:
    chat, path = await open_chat(stack, agent, account)
    await stack.sandbox.ok("PUT", "/sandbox/faults", faults)
    socket = await agent.listen()
    await post(agent, path, form(("a.png", png(), "image/png"), client_id="c-1"))
    await socket.wait_for_event("message:updated", client_id="c-1", status="delivered")
    ours = [m for m in await agent.messages(account["id"], chat["id"]) if m["direction"] == "out"]
    assert [(m["client_id"], len(m["attachments"])) for m in ours] == [("c-1", 1)]
