"""Messages over REST: the history, sending, idempotency, and sends that are rejected."""

import asyncio
from datetime import timedelta
from typing import Any

from server.queue import OUTBOX_QUEUE
from server.rules.account_states import Seen
from server.store.plans import usage
from server.web.app_keys import DATABASE, REDIS
from tests.support.factories import (
    CHANNELS,
    START,
    add_member,
    make_account,
    make_chat,
    make_messages,
    observe,
    revoke_entitlement,
    walk,
)
from tests.support.fixtures_stack import Stack
from tests.support.peers import Peer


async def make_thread(stack: Stack) -> tuple[Peer, int, int, str]:
    """An agent, their account, a chat in it, and the path to send to."""
    agent = await stack.sign_in()
    account_id = await make_account(stack, agent)
    chat_id = await make_chat(stack, account_id)
    return agent, account_id, chat_id, f"{CHANNELS}/{account_id}/chats/{chat_id}/send"


async def sent_count(stack: Stack, user: Peer) -> int:
    period = f"{(await accounts_now(stack)):%Y-%m}"
    return (await stack.app[DATABASE].read(usage.fetch_month, user.user_id, "whatsapp", period)).sent


async def accounts_now(stack: Stack) -> Any:
    async def read(cursor: Any) -> Any:
        await cursor.execute("select now()")
        return (await cursor.fetchone())[0]

    return await stack.app[DATABASE].read(read)


async def test_the_history_comes_newest_first_and_is_walked_whole(web_only: Stack) -> None:
    """Also if many messages have the same time and are ordered by id."""
    agent, account_id, chat_id, _ = await make_thread(web_only)
    same = await make_messages(web_only, account_id, chat_id, [START + timedelta(days=1)] * 9)
    later = await make_messages(
        web_only, account_id, chat_id, [START + timedelta(days=2, milliseconds=n) for n in range(8)]
    )
    path = f"{CHANNELS}/{account_id}/chats/{chat_id}/messages"
    first = await walk(agent, path, 100)
    assert [m["id"] for m in first[:17]] == [*reversed(later), *sorted(same, reverse=True)]
    for limit in (1, 4, 9, 17, 18):
        assert await walk(agent, path, limit) == first


async def test_a_history_without_messages_is_empty(web_only: Stack) -> None:
    agent, account_id, chat_id, _ = await make_thread(web_only)

    async def forget(cursor: Any) -> None:
        await cursor.execute("delete from channels_message")

    await web_only.app[DATABASE].write(forget)
    page = await agent.ok("GET", f"{CHANNELS}/{account_id}/chats/{chat_id}/messages")
    assert page == {"items": [], "next_cursor": None}


async def test_a_send_is_a_row_before_it_is_anything_else(web_only: Stack) -> None:
    agent, account_id, chat_id, path = await make_thread(web_only)
    socket = await agent.listen()
    answer = await agent.call("POST", path, {"text": " Chega hoje 🎉\n", "client_id": "client-1"})
    assert answer.status == 201
    message = answer.body["message"]
    assert (message["body"], message["client_id"]) == (" Chega hoje 🎉\n", "client-1")
    assert (message["direction"], message["status"], message["provider_msg_id"]) == ("out", "sending", None)
    assert (await agent.messages(account_id, chat_id))[0] == message
    (chat,) = await agent.chats(account_id)
    assert (chat["last_message_id"], chat["last_message_status"]) == (message["id"], "sending")
    assert chat["unread_count"] == 0  # who answers has read
    (push,) = await socket.wait_for_event("message:updated", client_id="client-1")
    assert (push["seq"], push["data"]) == (message["seq"], message)
    assert await web_only.app[REDIS].zcard(OUTBOX_QUEUE) == 1
    assert await sent_count(web_only, agent) == 1


async def test_without_a_client_id_every_send_is_another(web_only: Stack) -> None:
    agent, _, _, path = await make_thread(web_only)
    bodies: list[Any] = [{"text": "Oi"}, {"text": "Oi"}]
    found = [(await agent.ok("POST", path, body))["message"] for body in bodies]
    assert len({message["id"] for message in found}) == len({m["client_id"] for m in found}) == 2


async def test_the_same_client_id_gives_the_same_message_and_sends_nothing(web_only: Stack) -> None:
    agent, account_id, chat_id, path = await make_thread(web_only)
    body = {"text": "Oi", "client_id": "client-1"}
    answers = await asyncio.gather(*(agent.call("POST", path, body) for _ in range(5)))
    assert {answer.status for answer in answers} == {201}
    assert len({answer.body["message"]["id"] for answer in answers}) == 1
    other_text = await agent.ok("POST", path, {"text": "Outro", "client_id": "client-1"})
    assert other_text["message"]["body"] == "Oi"
    assert len(await agent.messages(account_id, chat_id)) == 2
    assert await web_only.app[REDIS].zcard(OUTBOX_QUEUE) == 1
    assert await sent_count(web_only, agent) == 1


async def test_a_retry_is_answered_after_sending_was_disabled(web_only: Stack) -> None:
    """An error would be wrong about a message that is being sent."""
    agent, account_id, _, path = await make_thread(web_only)
    body = {"text": "Oi", "client_id": "client-1"}
    first = await agent.ok("POST", path, body)
    await observe(web_only, account_id, Seen.SIGNED_OUT)
    assert await agent.ok("POST", path, body) == first
    await observe(web_only, account_id, Seen.WORKS)
    await revoke_entitlement(web_only, agent)
    assert await agent.ok("POST", path, body) == first
    assert (await agent.call("POST", path, {"text": "Oi", "client_id": "client-2"})).status == 403


async def test_a_client_id_of_another_chat_is_a_conflict(web_only: Stack) -> None:
    agent, account_id, chat_id, path = await make_thread(web_only)
    other_chat = await make_chat(web_only, account_id, "chat-2")
    await agent.ok("POST", path, {"text": "Oi", "client_id": "client-1"})
    other_path = path.replace(f"/chats/{chat_id}/", f"/chats/{other_chat}/")
    for _ in range(2):
        answer = await agent.call("POST", other_path, {"text": "Oi", "client_id": "client-1"})
        assert (answer.status, answer.body["error"]["code"]) == (409, "conflict")
        await observe(web_only, account_id, Seen.SIGNED_OUT)
    assert len(await agent.messages(account_id, other_chat)) == 1
    # Client ids are separate per account.
    second = await make_account(web_only, agent, "acc-2")
    third_chat = await make_chat(web_only, second)
    await agent.ok(
        "POST", f"{CHANNELS}/{second}/chats/{third_chat}/send", {"text": "Oi", "client_id": "client-1"}
    )


BAD_SENDS: list[Any] = [
    {},
    {"text": None},
    {"text": ""},
    {"text": " \n\t\u00a0"},
    {"text": "a\x00b"},
    {"text": "x" * 65_537},
    {"text": 17},
    {"text": ["Oi"]},
    {"text": {"a": 1}},
    {"text": "Oi", "client_id": ""},
    {"text": "Oi", "client_id": "x" * 101},
    {"text": "Oi", "client_id": 17},
    {"text": "Oi", "client_id": "a\x00"},
    {"text": "Oi", "chat_id": 3},
    {"body": "Oi"},
]


async def test_an_invalid_message_is_not_stored(web_only: Stack) -> None:
    agent, account_id, chat_id, path = await make_thread(web_only)
    for body in BAD_SENDS:
        answer = await agent.call("POST", path, body)
        assert (answer.status, answer.body["error"]["code"]) == (422, "invalid"), str(body)[:80]
        assert answer.body["error"]["fields"]
    for raw in (b'{"text": "\\ud800"}', b'{"text": "\xff"}', b'{"text": ', b"[]", b'"Oi"'):
        answer = await agent.call("POST", path, raw)
        assert (answer.status, answer.body["error"]["code"]) == (400, "malformed"), raw
    assert len(await agent.messages(account_id, chat_id)) == 1


async def test_the_longest_text_is_sent_whole(web_only: Stack) -> None:
    agent, _, _, path = await make_thread(web_only)
    text = "ç" * 65_536
    assert (await agent.ok("POST", path, {"text": text}))["message"]["body"] == text


async def test_a_channel_is_read_and_not_answered(web_only: Stack) -> None:
    agent = await web_only.sign_in()
    account_id = await make_account(web_only, agent)
    chat_id = await make_chat(web_only, account_id, "news", kind="channel")
    path = f"{CHANNELS}/{account_id}/chats/{chat_id}"
    for body in ({"text": "Oi"}, {"text": "Oi", "client_id": "client-1"}):
        rejected = await agent.call("POST", f"{path}/send", body)
        assert (rejected.status, rejected.body["error"]["code"]) == (409, "conflict")
        assert rejected.body["error"]["message"] == "Channels are read-only."
    unread = await agent.ok("PATCH", path, {"read": False})
    assert (unread["chat"]["kind"], unread["chat"]["unread_count"]) == ("channel", 0)
    assert await sent_count(web_only, agent) == 0


async def test_a_signed_out_account_sends_nothing(web_only: Stack) -> None:
    agent, account_id, chat_id, path = await make_thread(web_only)
    answers = {
        Seen.SIGNED_OUT: 409,
        Seen.MENDING: 201,
        Seen.BROKEN: 201,
        Seen.RESTARTS_EXHAUSTED: 409,
        Seen.WORKS: 201,
        Seen.UNLINKED: 409,
    }
    for seen, wanted in answers.items():
        await observe(web_only, account_id, seen)
        answer = await agent.call("POST", path, {"text": seen.value})
        assert answer.status == wanted, seen
        if wanted == 409:
            assert answer.body["error"]["code"] == "conflict"
    bodies = [message["body"] for message in await agent.messages(account_id, chat_id)]
    assert bodies == ["works", "broken", "mending", "Oi"]


async def test_the_payers_entitlement_counts_for_all_members(web_only: Stack) -> None:
    owner, account_id, _, path = await make_thread(web_only)
    agent = await web_only.sign_in("colleague")
    await add_member(web_only, account_id, agent, "agent")
    await revoke_entitlement(web_only, agent)
    await agent.ok("POST", path, {"text": "Oi"})
    assert (await sent_count(web_only, owner), await sent_count(web_only, agent)) == (1, 0)
    await revoke_entitlement(web_only, owner)
    for peer in (owner, agent):
        answer = await peer.call("POST", path, {"text": "Oi"})
        assert (answer.status, answer.body["error"]["code"]) == (403, "not_entitled")
    assert await sent_count(web_only, owner) == 1


async def test_a_stored_send_is_accepted_though_redis_is_away(web_only: Stack) -> None:
    """An error would make the caller send it a second time; the periodic job queues it later."""
    agent, account_id, chat_id, path = await make_thread(web_only)
    redis = web_only.app[REDIS]
    await redis.connection_pool.disconnect()
    redis.connection_pool.connection_kwargs["port"] = 1
    answer = await agent.call("POST", path, {"text": "Oi"})
    assert answer.status == 201
    assert (await agent.messages(account_id, chat_id))[0]["id"] == answer.body["message"]["id"]
