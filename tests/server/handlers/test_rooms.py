"""What a joined socket is sent: each change once, the missed ones first; a slow reader does not delay others."""

import asyncio
import socket as sockets
from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import aiohttp
import pytest

from server.realtime import connection as connections
from server.realtime import joining
from server.realtime.broker import publish
from server.realtime.events import Push, make_push
from server.redis.channels import account_topic
from server.web.app_keys import DATABASE, HUB, REDIS
from tests.support.factories import CHANNELS, START, make_account, make_chat, make_messages
from tests.support.fixtures_stack import Stack
from tests.support.peers import Peer, Socket, eventually


def seqs_of(socket: Socket) -> list[int]:
    return [frame["seq"] for frame in socket.frames if "seq" in frame]


async def settled(socket: Socket) -> None:
    """All that was sent before this is here."""
    assert (await socket.command("ping"))["ok"]


async def publish_pushes(stack: Stack, account_id: int, pushes: Sequence[Push]) -> None:
    await publish(stack.app[REDIS], account_id, pushes)


def pushes_of(account_id: int, seqs: Sequence[int], chat_id: int | None = None, size: int = 2) -> list[Push]:
    data = '"' + "x" * (size - 2) + '"'
    return [make_push("message:new", account_topic(account_id), seq, chat_id, data) for seq in seqs]


async def make_thread(stack: Stack, name: str = "agent") -> tuple[Peer, int, int]:
    """A peer with an account and a chat, whose head seq is 2."""
    peer = await stack.sign_in(name)
    account_id = await make_account(stack, peer, f"acc-{name}")
    return peer, account_id, await make_chat(stack, account_id)


async def test_a_socket_in_both_rooms_gets_each_event_once(web_only: Stack) -> None:
    agent, account_id, chat_id = await make_thread(web_only)
    both = await agent.listen()
    assert (await both.command("join-chat", chat_id=chat_id))["data"] == {"seq": 2}
    assert (await both.command("join-chat", chat_id=chat_id))["ok"]
    await publish_pushes(web_only, account_id, pushes_of(account_id, [3], chat_id))
    await publish_pushes(web_only, account_id, pushes_of(account_id, [4]))
    await both.wait_for(lambda frame: frame.get("seq") == 4)
    await settled(both)
    assert seqs_of(both) == [3, 4]


async def test_a_chats_room_receives_that_chat_only(web_only: Stack) -> None:
    agent, account_id, chat_id = await make_thread(web_only)
    other_chat = await make_chat(web_only, account_id, "chat-2")
    socket = await agent.open_socket()
    await socket.command("auth", token=agent.token)
    assert (await socket.command("join-chat", chat_id=chat_id))["data"] == {"seq": 4}
    await publish_pushes(
        web_only, account_id, pushes_of(account_id, [5], other_chat) + pushes_of(account_id, [6])
    )
    await publish_pushes(web_only, account_id, pushes_of(account_id, [7], chat_id))
    await socket.wait_for(lambda frame: frame.get("seq") == 7)
    assert seqs_of(socket) == [7]
    for _ in range(2):  # leaving what one has left is fine
        assert (await socket.command("leave-chat", chat_id=chat_id))["ok"]
    witness = await agent.listen()
    # The room was dropped with its last listener; the next one starts at the rows' head seq.
    await publish_pushes(web_only, account_id, pushes_of(account_id, [5], chat_id))
    await witness.wait_for(lambda frame: frame.get("seq") == 5)
    await settled(socket)
    assert seqs_of(socket) == [7]


async def test_sockets_receive_nothing_of_accounts_without_access(web_only: Stack) -> None:
    agent, account_id, chat_id = await make_thread(web_only)
    other, _, _ = await make_thread(web_only, "other")
    mine, others = await agent.listen(), await other.listen()
    await publish_pushes(web_only, account_id, pushes_of(account_id, [3], chat_id))
    await mine.wait_for(lambda frame: frame.get("seq") == 3)
    await settled(others)
    assert seqs_of(others) == []


async def test_pushes_in_any_order_arrive_in_order_and_once(web_only: Stack) -> None:
    agent, account_id, chat_id = await make_thread(web_only)
    socket = await agent.listen()
    for seq in (4, 6, 3, 3, 5, 4, 8, 7):
        await publish_pushes(web_only, account_id, pushes_of(account_id, [seq], chat_id))
    await socket.wait_for(lambda frame: frame.get("seq") == 8)
    assert seqs_of(socket) == [3, 4, 5, 6, 7, 8]


async def test_cursors_deliver_exactly_the_missed_and_the_new_changes(web_only: Stack) -> None:
    agent, account_id, chat_id = await make_thread(web_only)
    ids = await make_messages(
        web_only, account_id, chat_id, [START + timedelta(days=1, minutes=n) for n in range(5)]
    )
    # Seqs 3 to 7 are messages, 8 the chat.
    socket = await agent.listen({str(account_id): 5})
    assert seqs_of(socket) == [6, 7, 8]
    assert [frame["data"]["id"] for frame in socket.events("message:new")] == ids[3:]
    await publish_pushes(web_only, account_id, pushes_of(account_id, [9], chat_id))
    await socket.wait_for(lambda frame: frame.get("seq") == 9)
    assert seqs_of(socket) == [6, 7, 8, 9]
    acked = next(n for n, frame in enumerate(socket.frames) if frame.get("ack") == 2)
    assert acked > max(n for n, frame in enumerate(socket.frames) if frame.get("seq") == 8)
    assert socket.frames[acked]["data"] == {"accounts": {str(account_id): 8}}


async def test_a_chats_since_brings_that_chats_changes_only(web_only: Stack) -> None:
    agent, account_id, chat_id = await make_thread(web_only)
    other_chat = await make_chat(web_only, account_id, "chat-2")
    await make_messages(web_only, account_id, chat_id, [START + timedelta(days=1)])
    socket = await agent.open_socket()
    await socket.command("auth", token=agent.token)
    assert (await socket.command("join-chat", chat_id=chat_id, since=2))["data"] == {"seq": 6}
    assert seqs_of(socket) == [5, 6]
    chats = {f["data"].get("chat_id", f["data"]["id"]) for f in socket.frames if "seq" in f}
    assert chats == {chat_id}
    assert other_chat != chat_id


async def test_a_reader_that_is_up_to_date_is_sent_nothing(web_only: Stack) -> None:
    agent, account_id, _ = await make_thread(web_only)
    socket = await agent.listen({str(account_id): 2})
    await settled(socket)
    assert (seqs_of(socket), socket.events("reset")) == ([], [])


@pytest.mark.parametrize("cursor", [3, 10**6, 2**63 - 1])
async def test_a_reader_that_is_beyond_a_restored_backup_reads_everything_again(
    web_only: Stack, cursor: int
) -> None:
    agent, account_id, chat_id = await make_thread(web_only)
    reset = [{"account_id": account_id}]
    socket = await agent.listen({str(account_id): cursor})
    assert [frame["data"] for frame in socket.events("reset")] == reset
    (joined,) = [f["data"] for f in socket.frames if f.get("ack") == 2]
    assert joined == {"accounts": {str(account_id): 2}}
    await publish_pushes(web_only, account_id, pushes_of(account_id, [3], chat_id))
    await socket.wait_for(lambda frame: frame.get("seq") == 3)
    narrow = await agent.open_socket()
    await narrow.command("auth", token=agent.token)
    assert (await narrow.command("join-chat", chat_id=chat_id, since=cursor))["data"] == {"seq": 2}
    assert [frame["data"] for frame in narrow.events("reset")] == reset
    page = await agent.ok("GET", f"{CHANNELS}/{account_id}/changes?since={cursor}")
    assert page == {"items": [], "seq": 2, "more": False, "reset": True}


@pytest.mark.parametrize("cursor", [-1, 2**63, 10**30, 1.5, "3", None, True, [1]])
async def test_an_invalid_cursor_is_rejected(web_only: Stack, cursor: object) -> None:
    agent, account_id, chat_id = await make_thread(web_only)
    socket = await agent.open_socket()
    await socket.command("auth", token=agent.token)
    join = {"user_id": agent.user_id, "cursors": {str(account_id): cursor}}
    assert (await socket.command("join-user", **join))["error"]["code"] == "invalid"
    if cursor is not None:
        narrow = await socket.command("join-chat", chat_id=chat_id, since=cursor)
        assert narrow["error"]["code"] == "invalid"


@pytest.mark.parametrize("since", ["-1", str(2**63), "1.5", "1e3", "", "+1", " 1", "1_0", "\uff11", "x"])
async def test_changes_since_an_invalid_seq_are_rejected(web_only: Stack, since: str) -> None:
    agent, account_id, _ = await make_thread(web_only)
    answer = await agent.call("GET", f"{CHANNELS}/{account_id}/changes?since={quote(since)}")
    assert (answer.status, list(answer.body["error"]["fields"])) == (422, ["since"])


async def test_a_database_that_went_back_under_a_running_server_resets_its_readers(web_only: Stack) -> None:
    """A lagging replica took over: its changes are sent, although their seqs were received before."""
    agent, account_id, chat_id = await make_thread(web_only)
    await make_messages(
        web_only, account_id, chat_id, [START + timedelta(days=1, minutes=n) for n in range(5)]
    )
    socket = await agent.listen()
    narrow = await agent.open_socket()
    await narrow.command("auth", token=agent.token)
    await narrow.command("join-chat", chat_id=chat_id)

    async def go_back(cursor: Any) -> None:
        await cursor.execute("update channels_account set seq = 4")

    await web_only.app[DATABASE].write(go_back)
    await web_only.app[HUB]._healing.compare_heads()
    for one in (socket, narrow):
        await one.wait_for(lambda frame: frame.get("event") == "reset")
    await publish_pushes(web_only, account_id, pushes_of(account_id, [5], chat_id))
    for one in (socket, narrow):
        await one.wait_for(lambda frame: frame.get("seq") == 5)


async def test_a_gap_that_is_too_large_is_a_reset_and_then_live(
    web_only: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(joining, "MAX_REPLAY", 4)
    monkeypatch.setattr(joining, "REPLAY_PAGE", 2)
    agent, account_id, chat_id = await make_thread(web_only)
    await make_messages(web_only, account_id, chat_id, [START + timedelta(days=n + 1) for n in range(6)])
    near = await agent.listen({str(account_id): 5})
    assert (seqs_of(near), near.events("reset")) == ([6, 7, 8, 9], [])
    far = await agent.listen({str(account_id): 0})
    assert [frame["data"] for frame in far.events("reset")] == [{"account_id": account_id}]
    await publish_pushes(web_only, account_id, pushes_of(account_id, [10], chat_id))
    await far.wait_for(lambda frame: frame.get("seq") == 10)


async def test_a_long_replay_does_not_disconnect_its_reader(web_only: Stack) -> None:
    """More than the write buffer may hold is replayed; a client that reads gets all of it."""
    agent, account_id, chat_id = await make_thread(web_only)
    moments = [START + timedelta(days=1, milliseconds=n) for n in range(900)]
    await make_messages(web_only, account_id, chat_id, moments, body="x" * 9000)
    connector = aiohttp.TCPConnector(socket_factory=small_socket)
    async with aiohttp.ClientSession(connector=connector) as session:
        socket = await Peer(session, agent.url, agent.token, agent.user_id).listen({str(account_id): 2})
        assert seqs_of(socket) == list(range(3, 904))
        await socket.close()


def small_socket(address: Any) -> sockets.socket:
    """A client's socket that takes little at a time, so that its pace reaches the server at once."""
    made = sockets.socket(*address[:3])
    made.setsockopt(sockets.SOL_SOCKET, sockets.SO_RCVBUF, 16384)
    made.setblocking(False)
    return made


async def test_a_new_account_joins_the_sockets_that_are_open(stack: Stack) -> None:
    agent = await stack.sign_in()
    socket = await agent.listen()
    bystander = await agent.open_socket()  # signed in, but in no room
    await bystander.command("auth", token=agent.token)
    account = await stack.make_account(agent)
    hub = stack.app[HUB]

    async def joined() -> bool:
        return bool((found := hub.membership.topics.get(account_topic(account["id"]))) and found.everything)

    await eventually(joined)
    await stack.write("acc-1", "Oi")
    (frame,) = await socket.wait_for_event("message:new", body="Oi")
    assert frame["account_id"] == account["id"]
    assert bystander.events("message:new") == []


async def test_a_slow_reader_is_disconnected_and_the_others_receive_everything(
    web_only: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "CLOSE_GRACE_SECONDS", 0.1)
    agent, account_id, chat_id = await make_thread(web_only)
    quick = await agent.listen()
    reader, writer = await raw_reader(web_only, agent)
    seq = 2
    hub = web_only.app[HUB]

    async def one_is_left() -> bool:
        nonlocal seq
        seq += 1
        await publish_pushes(web_only, account_id, pushes_of(account_id, [seq], chat_id, 60_000))
        await quick.wait_for(lambda frame: frame.get("seq") == seq)
        return len(hub.membership.connections) == 1

    assert len(hub.membership.connections) == 2
    await eventually(one_is_left)
    assert seqs_of(quick) == list(range(3, seq + 1))
    assert quick.socket.close_code is None
    writer.close()
    reader.feed_eof()


async def raw_reader(stack: Stack, peer: Peer) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """A socket in the user's room whose owner has stopped reading."""
    reader, writer = await asyncio.open_connection("127.0.0.1", stack.config.web.port, limit=1024)
    writer.write(
        b"GET /ws HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        b"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n\r\n"
    )
    await reader.readuntil(b"\r\n\r\n")
    for text in (
        f'{{"event":"auth","data":{{"token":"{peer.token}"}},"id":1}}',
        f'{{"event":"join-user","data":{{"user_id":{peer.user_id}}},"id":2}}',
    ):
        writer.write(masked(text.encode()))
    await reader.readuntil(b'"ack":2')
    return reader, writer


def masked(payload: bytes) -> bytes:
    """A client's frame, whose mask is zero (RFC 6455, section 5.3)."""
    size = len(payload)
    head = bytes((0x81, 0x80 | size)) if size < 126 else bytes((0x81, 0xFE)) + size.to_bytes(2, "big")
    return head + b"\0\0\0\0" + payload
