"""Planned messages at their time: sent once by however many workers, or failed with a reason and sent after all."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any

import pytest
from aiopg import Cursor

from server.messages.sending import store_send
from server.store.people import api_keys
from server.store.plans import entitlements
from server.web.app_keys import DATABASE, ENTITLEMENTS
from tests.server.handlers.test_messages import make_thread
from tests.server.handlers.test_planned import of_state, plan, planned_path, texts_of
from tests.server.handlers.test_planned_lists import listed
from tests.support.factories import revoke_entitlement
from tests.support.fixtures_stack import Stack
from tests.support.peers import Peer, message_received
from tests.support.worker_harness import Listener, WorkerHarness
from workers import planned as work
from workers.context import Parts, open_parts

MAKE_DUE = "update channels_planned_message set send_at = now() - interval '1 second' where state = 'planned'"


async def run(stack: Stack, statement: str) -> None:
    async def execute(cursor: Cursor) -> None:
        await cursor.execute(statement)

    await stack.app[DATABASE].write(execute)


@pytest.fixture
async def workers(web_only: Stack) -> AsyncIterator[list[Parts]]:
    """The connections of three workers."""
    async with AsyncExitStack() as opened:
        yield [await opened.enter_async_context(open_parts(web_only.config)) for _ in range(3)]


async def sent(peer: Peer, account_id: int, chat_id: int) -> list[str]:
    found = await peer.messages(account_id, chat_id)
    return [str(message["body"]) for message in found if message["direction"] == "out"]


async def test_three_workers_send_each_once_and_not_before_its_time(
    web_only: Stack, workers: list[Parts]
) -> None:
    agent, account_id, chat_id, _ = await make_thread(web_only)
    for n in range(8):
        await plan(agent, account_id, chat_id, f"text {n}")
    await work.send_planned(workers[0])
    assert await sent(agent, account_id, chat_id) == []
    await run(web_only, MAKE_DUE)
    socket = await agent.listen()
    await asyncio.gather(*(work.send_planned(parts) for parts in workers))
    assert sorted(await sent(agent, account_id, chat_id)) == [f"text {n}" for n in range(8)]
    done = await of_state(agent, account_id, "sent")
    assert len({item["message_id"] for item in done}) == 8
    for item in done:
        await socket.wait_for_event("message:updated", id=item["message_id"], status="sending")
        await socket.wait_for_event("planned:updated", id=item["id"], state="sent")


async def test_what_the_plan_does_not_allow_fails_and_is_sent_later(
    web_only: Stack, workers: list[Parts]
) -> None:
    agent, account_id, chat_id, _ = await make_thread(web_only)
    planned = await plan(agent, account_id, chat_id)
    await revoke_entitlement(web_only, agent)
    await run(web_only, MAKE_DUE)
    socket = await agent.listen()
    await work.send_planned(workers[0])
    (pushed,) = await socket.wait_for_event("planned:updated", id=planned["id"])
    assert (pushed["data"]["state"], pushed["data"]["error"]["code"]) == ("failed", "not_entitled")
    assert await sent(agent, account_id, chat_id) == []
    assert await texts_of(agent, account_id, chat_id) == ["Amanhã"]
    (failed,) = await listed(agent, "?state=failed&author=me")
    assert (failed["id"], failed["error"]["code"], await listed(agent)) == (planned["id"], "not_entitled", [])
    path = planned_path(account_id, chat_id, f"/{planned['id']}/send-now")
    assert (await agent.call("POST", path)).status == 403
    await web_only.app[DATABASE].write(entitlements.grant, agent.user_id, "whatsapp", "manual", plan="trial")
    await web_only.app[ENTITLEMENTS].forget(agent.user_id, "whatsapp")
    await agent.ok("POST", path)
    assert await sent(agent, account_id, chat_id) == ["Amanhã"]


async def test_a_disconnected_account_fails_it_with_the_reason(web_only: Stack, workers: list[Parts]) -> None:
    agent, account_id, chat_id, _ = await make_thread(web_only)
    await plan(agent, account_id, chat_id)
    await run(web_only, MAKE_DUE)
    await run(web_only, "update channels_account set status = 'disconnected'")
    await work.send_planned(workers[0])
    (failed,) = await of_state(agent, account_id, "failed")
    assert failed["error"]["code"] == "conflict"


async def test_what_a_revoked_key_planned_is_not_sent(web_only: Stack, workers: list[Parts]) -> None:
    agent, account_id, chat_id, _ = await make_thread(web_only)
    key = await agent.ok("POST", "/api/keys", {"name": "crm", "scopes": ["read", "send"]})
    program = Peer(agent.session, agent.url, key["secret"], agent.user_id)
    planned = await plan(program, account_id, chat_id)
    assert (planned["author"]["kind"], planned["author"]["name"]) == ("api_key", "crm")
    await web_only.app[DATABASE].write(api_keys.revoke_key, key["key"]["id"], agent.user_id)
    await run(web_only, MAKE_DUE)
    await work.send_planned(workers[0])
    (failed,) = await of_state(agent, account_id, "failed")
    assert failed["error"]["code"] == "forbidden"
    assert await sent(agent, account_id, chat_id) == []


async def test_an_unexpected_error_of_one_does_not_stop_the_others(
    web_only: Stack, workers: list[Parts], monkeypatch: pytest.MonkeyPatch
) -> None:
    agent, account_id, chat_id, _ = await make_thread(web_only)
    await plan(agent, account_id, chat_id, "broken")
    await plan(agent, account_id, chat_id, "good")
    await run(web_only, MAKE_DUE)

    async def store_or_break(cursor: Cursor, send: Any) -> Any:
        if send.text == "broken":
            raise RuntimeError
        return await store_send(cursor, send)

    monkeypatch.setattr("server.messages.planning.store_send", store_or_break)
    await work.send_planned(workers[0])
    assert await sent(agent, account_id, chat_id) == ["good"]
    (failed,) = await of_state(agent, account_id, "failed")
    assert (failed["text"], failed["error"]["code"]) == ("broken", "internal")


INSERT = """
    insert into channels_planned_message (account_id, chat_id, user_id, author_kind, author_id, body, client_id,
        send_at, cancel_if_contact_writes, seq)
    select c.account_id, c.id, a.user_id, 'user', a.user_id, 'Oi', gen_random_uuid(), now() + interval '1 day',
        %(cancels)s, 1
    from channels_chat c join channels_account a on a.id = c.account_id"""


async def test_the_contacts_message_cancels_and_what_the_phone_writes_does_not(
    harness: WorkerHarness,
) -> None:
    await harness.store(message_received("acc-1", chat_id="chat-1"))
    for cancels in (True, False):
        await harness.execute(INSERT, cancels=cancels)
    chat = await harness.chat()
    listener = await Listener(harness.parts.redis, chat["account_id"]).open()
    await harness.store(message_received("acc-1", "mine", chat_id="chat-1", is_sender=True))
    await harness.store(message_received("acc-1", "other chat", chat_id="chat-2", phone="5511900000000"))
    states = "select state, cancelled_kind from channels_planned_message order by cancel_if_contact_writes"
    assert [row["state"] for row in await harness.fetch(states)] == ["planned", "planned"]
    await harness.store(message_received("acc-1", "hers", chat_id="chat-1"))
    rows = await harness.fetch(states)
    assert [(row["state"], row["cancelled_kind"]) for row in rows] == [
        ("planned", None),
        ("cancelled", "contact"),
    ]
    pushed = [frame for _, frame in await listener.heard() if frame["event"] == "planned:updated"]
    assert [frame["data"]["cancelled_by"]["kind"] for frame in pushed] == ["contact"]
    assert pushed[0]["seq"] == await harness.account_seq(chat["account_id"])
    await listener.close()
