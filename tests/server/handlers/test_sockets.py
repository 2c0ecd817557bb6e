"""The socket's door and its commands: who is let in, what is understood, and what ends it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import aiohttp
import pytest
from aiohttp import WSMsgType, web

from server.auth.tokens import Tokens
from server.config import Config
from server.web.app_keys import HUB, TOKENS
from tests.support.factories import make_account, make_chat
from tests.support.fixtures_stack import Stack, run_stack
from tests.support.peers import Peer, Socket, eventually


@asynccontextmanager
async def running(config: Config, **realtime: Any) -> AsyncIterator[Stack]:
    """A web process with other limits for its sockets."""
    own = replace(config, realtime=replace(config.realtime, **realtime))
    async with run_stack(own, with_workers=False) as stack:
        yield stack


async def signed_in(peer: Peer) -> Socket:
    socket = await peer.open_socket()
    assert await socket.command("auth", token=peer.token) == {"ack": 1, "ok": True}
    return socket


# -- the door ------------------------------------------------------------------------------------------------


async def test_a_page_of_another_origin_is_not_let_in(config: Config) -> None:
    listed = replace(config, web=replace(config.web, allowed_origins=("https://inbox.example",)))
    async with run_stack(listed, with_workers=False) as stack:
        agent = await stack.sign_in()
        own = stack.config.web.public_url
        for origin in (own, "https://inbox.example", f"{own}/"):
            socket = await agent.open_socket(Origin=origin)
            assert (await socket.command("auth", token=agent.token))["ok"]
            await socket.close()
        for origin in (
            "https://evil.example",
            "null",
            "",
            own.replace("http:", "https:"),
            f"{own}.evil.example",
            "https://inbox.example.evil.example",
            "http://inbox.example",
        ):
            with pytest.raises(aiohttp.WSServerHandshakeError) as caught:
                await agent.open_socket(Origin=origin)
            assert caught.value.status == 403, origin


async def test_a_request_that_is_no_handshake_is_malformed(web_only: Stack) -> None:
    answer = await web_only.stranger.call("GET", "/ws")
    assert (answer.status, answer.body["error"]["code"]) == (400, "malformed")


async def test_who_is_gone_before_the_answer_is_no_failure_of_ours(
    web_only: Stack, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    agent = await web_only.sign_in()
    met = asyncio.Event()

    async def prepare_too_late(self: web.WebSocketResponse, request: web.BaseRequest) -> None:
        assert request.transport is not None
        request.transport.abort()
        met.set()
        raise aiohttp.ClientConnectionResetError("Cannot write to closing transport")

    monkeypatch.setattr(web.WebSocketResponse, "prepare", prepare_too_late)
    with pytest.raises(aiohttp.ClientConnectionError):
        await agent.open_socket()
    await met.wait()
    monkeypatch.undo()
    await agent.listen()
    assert "request_failed" not in capsys.readouterr().out


async def test_who_says_nothing_is_shown_the_door(config: Config) -> None:
    async with running(config, auth_seconds=0.05) as stack:
        agent = await stack.sign_in()
        silent = await agent.open_socket()
        assert await silent.wait_closed() == 4408
        signed = await signed_in(agent)
        another = await agent.open_socket()
        assert await another.wait_closed() == 4408
        assert (await signed.command("ping"))["ok"]  # the limit is for signing in only


async def test_a_wrong_token_ends_the_socket(web_only: Stack) -> None:
    wrong: list[object] = ["", "garbage", None, 17, ["x"], {"a": 1}]
    for token in wrong:
        socket = await web_only.stranger.open_socket()
        answer = await socket.command("auth", token=token)
        assert (answer["ok"], answer["error"]["code"]) == (False, "unauthenticated")
        assert await socket.wait_closed() == 4401


async def test_a_command_before_auth_ends_the_socket_unanswered(web_only: Stack) -> None:
    agent = await web_only.sign_in()
    for event in ("ping", "join-user", "nonsense"):
        socket = await agent.open_socket()
        await socket.socket.send_json({"event": event, "data": {"user_id": agent.user_id}, "id": 1})
        assert await socket.wait_closed() == 4401
        assert socket.frames == []


async def test_what_is_no_command_ends_the_socket(web_only: Stack) -> None:
    agent = await web_only.sign_in()
    bad: list[str | bytes] = [
        "",
        "ping",
        "[]",
        "17",
        "null",
        "{}",
        '{"event": 3}',
        '{"event": "ping", "data": []}',
        '{"event": "ping", "data": "x"}',
        '{"event": "ping", "id": {}}',
        '{"event": "ping", "id": []}',
        '{"event": "\\ud800"}',
        "[" * 5000,
        b'{"event": "ping"}',
    ]
    for frame in bad:
        for is_signed_in in (False, True):
            socket = await signed_in(agent) if is_signed_in else await agent.open_socket()
            send = socket.socket.send_bytes if isinstance(frame, bytes) else socket.socket.send_str
            await send(frame)  # type: ignore[arg-type]
            assert await socket.wait_closed() == 4400, frame[:40]


async def test_a_frame_that_is_too_big_ends_the_socket(config: Config) -> None:
    async with running(config, max_frame_bytes=2048) as stack:
        agent = await stack.sign_in()
        socket = await signed_in(agent)
        assert (await socket.command("ping", padding="x" * 1900))["ok"]
        await socket.socket.send_str("x" * 2100)
        assert await socket.wait_closed() == 1009


# -- commands ------------------------------------------------------------------------------------------------


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


async def test_an_unknown_command_is_refused_and_the_socket_stays(web_only: Stack) -> None:
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
    """It would cost each socket a window of 32 KiB and more, and each push a turn of its own."""
    url = f"{web_only.stranger.url}/ws"
    async with web_only.stranger.session.ws_connect(url, compress=15) as socket:
        assert socket.compress == 0
        assert "Sec-WebSocket-Extensions" not in socket._response.headers


async def test_rooms_that_are_not_the_callers_are_refused(web_only: Stack) -> None:
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
    """Also before anybody has signed in."""
    async with running(config, commands_per_second=5) as stack:
        socket = await stack.stranger.open_socket()
        for _ in range(60):
            await socket.socket.send_frame(b"", kind)
        assert await socket.wait_closed() == 4429


async def test_a_ping_is_answered_and_a_pong_is_no_command(web_only: Stack) -> None:
    async with web_only.stranger.session.ws_connect(web_only.stranger.url + "/ws", autoping=False) as socket:
        await socket.pong(b"unasked")
        await socket.ping(b"are you there")
        answer = await socket.receive(timeout=5)
        assert (answer.type, answer.data) == (WSMsgType.PONG, b"are you there")


async def test_a_packed_frame_ends_the_socket(web_only: Stack) -> None:
    """Nothing was agreed on: 50 kB could be 50 MB."""
    url = web_only.stranger.url + "/ws"
    async with web_only.stranger.session.ws_connect(url, compress=15) as socket:
        assert socket.compress == 0
        await socket.send_frame(b"\x00\x01\x02", WSMsgType.TEXT, compress=15)
        assert (await socket.receive(timeout=5)).data == 1002


# -- staying and leaving -------------------------------------------------------------------------------------


async def test_a_token_that_expires_ends_the_socket_unless_there_is_a_fresh_one(web_only: Stack) -> None:
    agent = await web_only.sign_in()
    short = Tokens(web_only.config.secrets.jwt_secret, 2)
    kept, lost = await agent.open_socket(), await agent.open_socket()
    for socket in (kept, lost):
        assert (await socket.command("auth", token=short.issue(agent.user_id, "a-session")[0]))["ok"]
    assert (await kept.command("auth", token=agent.token))["ok"]
    assert await lost.wait_closed() == 4401
    assert (await kept.command("ping"))["ok"]


async def test_a_socket_stays_its_users(web_only: Stack) -> None:
    agent, other = await web_only.sign_in(), await web_only.sign_in("other")
    socket = await signed_in(agent)
    answer = await socket.command("auth", token=other.token)
    assert (answer["ok"], answer["error"]["code"]) == (False, "unauthenticated")
    assert await socket.wait_closed() == 4401
    again = await signed_in(agent)
    expired = Tokens(web_only.config.secrets.jwt_secret, -1).issue(agent.user_id, "a-session")[0]
    assert not (await again.command("auth", token=expired))["ok"]
    assert await again.wait_closed() == 4401


async def test_a_stopping_server_tells_every_socket_to_come_back(config: Config) -> None:
    async with run_stack(config, with_workers=False) as stack:
        agent = await stack.sign_in()
        sockets = [await agent.listen(), await signed_in(agent)]
        await stack.app[HUB].close()
        assert [await socket.wait_closed() for socket in sockets] == [1012, 1012]


async def test_a_stopping_server_does_not_wait_for_who_has_not_signed_in(config: Config) -> None:
    async with run_stack(config, with_workers=False) as stack:
        silent = await stack.stranger.open_socket()
        assert stack.app[TOKENS]
        leaving = asyncio.create_task(silent.wait_closed())
    assert await leaving in (1001, 1006, 1012)


async def test_ended_sockets_leave_nothing_behind(web_only: Stack) -> None:
    agent = await web_only.sign_in()
    chat_id = await make_chat(web_only, await make_account(web_only, agent))
    hub = web_only.app[HUB]
    for _ in range(3):
        socket = await agent.listen()
        assert (await socket.command("join-chat", chat_id=chat_id))["ok"]
        await socket.close()

    async def is_empty() -> bool:
        return not hub.connections

    await eventually(is_empty)
    assert (hub._accounts, dict(hub._users)) == ({}, {})
