"""The life of a socket: which origins and tokens are accepted, and what closes it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import aiohttp
import pytest
from aiohttp import web

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


async def test_a_page_of_another_origin_is_rejected(config: Config) -> None:
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


async def test_a_client_that_disconnects_during_the_handshake_is_no_server_error(
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


async def test_a_socket_that_does_not_sign_in_is_closed(config: Config) -> None:
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


async def test_an_invalid_command_ends_the_socket(web_only: Stack) -> None:
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


# -- staying and leaving -------------------------------------------------------------------------------------


async def test_a_token_that_expires_ends_the_socket_unless_there_is_a_fresh_one(web_only: Stack) -> None:
    agent = await web_only.sign_in()
    short = Tokens(web_only.config.secrets.jwt_secret, 2)
    renewed, lost = await agent.open_socket(), await agent.open_socket()
    for socket in (renewed, lost):
        assert (await socket.command("auth", token=short.issue(agent.user_id, "a-session")[0]))["ok"]
    assert (await renewed.command("auth", token=agent.token))["ok"]
    assert await lost.wait_closed() == 4401
    assert (await renewed.command("ping"))["ok"]


async def test_a_socket_cannot_change_its_user(web_only: Stack) -> None:
    agent, other = await web_only.sign_in(), await web_only.sign_in("other")
    socket = await signed_in(agent)
    answer = await socket.command("auth", token=other.token)
    assert (answer["ok"], answer["error"]["code"]) == (False, "forbidden")
    assert await socket.wait_closed() == 4403
    again = await signed_in(agent)
    expired = Tokens(web_only.config.secrets.jwt_secret, -1).issue(agent.user_id, "a-session")[0]
    assert not (await again.command("auth", token=expired))["ok"]
    assert await again.wait_closed() == 4401


async def test_a_stopping_server_closes_every_socket_with_1012(config: Config) -> None:
    async with run_stack(config, with_workers=False) as stack:
        agent = await stack.sign_in()
        sockets = [await agent.listen(), await signed_in(agent)]
        await stack.app[HUB].close()
        assert [await socket.wait_closed() for socket in sockets] == [1012, 1012]


async def test_a_stopping_server_does_not_wait_for_sockets_that_have_not_signed_in(config: Config) -> None:
    async with run_stack(config, with_workers=False) as stack:
        silent = await stack.stranger.open_socket()
        assert stack.app[TOKENS]
        leaving = asyncio.create_task(silent.wait_closed())
    assert await leaving in (1001, 1006)


async def test_a_stopping_server_closes_sockets_that_have_not_signed_in(web_only: Stack) -> None:
    silent = await web_only.stranger.open_socket()
    hub = web_only.app[HUB]

    async def is_known() -> bool:
        return bool(hub._unauthenticated)

    await eventually(is_known)
    await hub.close()
    assert await silent.wait_closed() == 1001


async def test_ended_sockets_leave_nothing_behind(web_only: Stack) -> None:
    agent = await web_only.sign_in()
    chat_id = await make_chat(web_only, await make_account(web_only, agent))
    hub = web_only.app[HUB]
    for _ in range(3):
        socket = await agent.listen()
        assert (await socket.command("join-chat", chat_id=chat_id))["ok"]
        await socket.close()

    async def is_empty() -> bool:
        return not hub.membership.connections

    await eventually(is_empty)
    assert hub.membership.is_empty
