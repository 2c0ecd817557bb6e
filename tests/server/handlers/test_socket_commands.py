"""Commands on a socket: acknowledged, rejected, limited in number."""

from typing import Any

import pytest
from aiohttp import WSMsgType

from server.config import Config
from tests.server.handlers.test_sockets import running, signed_in
from tests.support.factories import make_account, make_chat
from tests.support.fixtures_stack import Stack


async def test_commands_are_acknowledged_where_they_carry_an_id(web_only: Stack) -> None:
    agent = await web_only.sign_in()
    socket = await signed_in(agent)
    for command_id in (0, "abc", 1.5):
        await socket.socket.send_json({"event": "ping", "id": command_id})
        (answer,) = await socket.wait_for(lambda frame, wanted=command_id: frame.get("ack") == wanted)  # type: ignore[misc]
        assert answer == {"ack": command_id, "ok": True}
    await socket.socket.send_json({"event": "ping"})
    await socket.socket.send_json({"event": "nonsense"})
    assert (await socket.command("ping"))["ok"]
    assert len(socket.frames) == 5  # nothing for the two without an id


async def test_an_unknown_command_is_rejected_and_the_socket_stays_open(web_only: Stack) -> None:
    socket = await signed_in(await web_only.sign_in())
    for event in ("", "AUTH", "join", "x" * 1000, "__init__"):
        answer = await socket.command(event)
        assert (answer["ok"], answer["error"]["code"]) == (False, "invalid")
    assert (await socket.command("ping"))["ok"]


async def test_a_client_cannot_push_what_the_server_pushes(web_only: Stack) -> None:
    agent = await web_only.sign_in()
    account_id = await make_account(web_only, agent)
    chat_id = await make_chat(web_only, account_id)
    witness, forger = await agent.listen(), await agent.listen()
    before = len(witness.frames)
    events = (
        "message:new",
        "message:updated",
        "chat:updated",
        "account:updated",
        "head",
        "reset",
        "presence",
    )
    for event in events:
        answer = await forger.command(event, account_id=account_id, chat_id=chat_id, seq=9, body="forged")
        assert (answer["ok"], answer["error"]["code"]) == (False, "invalid"), event
    assert (await witness.command("ping"))["ok"]
    assert len(witness.frames) == before + 1


async def test_compression_is_never_agreed_on(web_only: Stack) -> None:
    """It would cost each socket a window of 32 KiB or more, and each push a separate compression."""
    url = f"{web_only.stranger.url}/ws"
    async with web_only.stranger.session.ws_connect(url, compress=15) as socket:
        assert socket.compress == 0
        assert "Sec-WebSocket-Extensions" not in socket._response.headers


async def test_rooms_of_others_are_rejected(web_only: Stack) -> None:
    owner, other = await web_only.sign_in("owner"), await web_only.sign_in("other")
    account_id = await make_account(web_only, owner)
    chat_id = await make_chat(web_only, account_id)
    socket = await signed_in(other)
    for user_id in (owner.user_id, str(other.user_id), None, 0, -1, [other.user_id], 2**70):
        answer = await socket.command("join-user", user_id=user_id)
        assert (answer["ok"], answer["error"]["code"]) == (False, "forbidden"), user_id
    messages = set()
    for absent in (chat_id, chat_id + 1000, 0, 2**63 - 1):
        answer = await socket.command("join-chat", chat_id=absent)
        assert (answer["ok"], answer["error"]["code"]) == (False, "not_found")
        messages.add(answer["error"]["message"])
    assert len(messages) == 1
    for absurd in (-1, 2**63, str(chat_id), True, None, [chat_id], 1.0):
        for command in ("join-chat", "leave-chat"):
            answer = await socket.command(command, chat_id=absurd)
            assert (answer["ok"], answer["error"]["code"]) == (False, "not_found"), (command, absurd)
    assert (await socket.command("join-user", user_id=other.user_id)) == {
        "ack": socket.frames[-1]["ack"],
        "ok": True,
        "data": {"accounts": {}},
    }


async def test_cursors_and_since_must_be_numbers(config: Config) -> None:
    async with running(config, commands_per_second=1000) as stack:
        agent = await stack.sign_in()
        chat_id = await make_chat(stack, await make_account(stack, agent))
        socket = await signed_in(agent)
        bad: list[Any] = [
            [],
            "x",
            3,
            {"x": 1},
            {"1": "1"},
            {"1": None},
            {"1": -1},
            {"1": 2**63},
            {"1": True},
            {"-1": 1},
            {"1.0": 1},
            {"٣": 1},
            {"1" * 20: 1},
        ]
        for cursors in bad:
            answer = await socket.command("join-user", user_id=agent.user_id, cursors=cursors)
            assert (answer["ok"], answer["error"]["code"]) == (False, "invalid"), cursors
        for since in ("1", -1, 2**63, True, [1], 1.5):
            answer = await socket.command("join-chat", chat_id=chat_id, since=since)
            assert (answer["ok"], answer["error"]["code"]) == (False, "invalid"), since
        foreign = {"999": 5, "1" * 19: 0}
        assert (await socket.command("join-user", user_id=agent.user_id, cursors=foreign))["ok"]


async def test_too_many_commands_end_the_socket(config: Config) -> None:
    async with running(config, commands_per_second=5) as stack:
        socket = await signed_in(await stack.sign_in())
        for _ in range(60):
            await socket.socket.send_json({"event": "ping"})
        assert await socket.wait_closed() == 4429


@pytest.mark.parametrize("kind", [WSMsgType.PING, WSMsgType.PONG])
async def test_too_many_frames_without_a_command_end_the_socket_too(config: Config, kind: WSMsgType) -> None:
    """Also before signing in."""
    async with running(config, commands_per_second=5) as stack:
        socket = await stack.stranger.open_socket()
        for _ in range(60):
            await socket.socket.send_frame(b"", kind)
        assert await socket.wait_closed() == 4429


async def test_a_ping_is_answered_and_a_pong_is_no_command(web_only: Stack) -> None:
    async with web_only.stranger.session.ws_connect(web_only.stranger.url + "/ws", autoping=False) as socket:
        await socket.pong(b"unasked")
        await socket.ping(b"are you there")
        answer = await socket.receive(timeout=20)
        assert (answer.type, answer.data) == (WSMsgType.PONG, b"are you there")


async def test_a_compressed_frame_ends_the_socket(web_only: Stack) -> None:
    """Compression was not negotiated: 50 kB could be 50 MB."""
    url = web_only.stranger.url + "/ws"
    async with web_only.stranger.session.ws_connect(url, compress=15) as socket:
        assert socket.compress == 0
        await socket.send_frame(b"\x00\x01\x02", WSMsgType.TEXT, compress=15)
        assert (await socket.receive(timeout=20)).data == 1002
