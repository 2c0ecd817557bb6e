"""Sends under UniPile's failures: never more than is known, in order, nothing sent twice."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from server.unipile.client import UnipileClient
from server.unipile.errors import NotTaken
from tests.support.fixtures_stack import Stack
from tests.support.peers import eventually
from tests.support.ports import free_port
from tests.support.send_harness import POST_MESSAGE, SendHarness, open_sender, summary
from tests.support.worker_harness import receipt, written_by_us
from workers.messages.outbox import send_chat
from workers.messages.outcomes import settle_send
from workers.periodic import requeue_lost_sends


async def test_a_rejected_send_fails_with_the_reason_and_costs_nothing(sender: SendHarness) -> None:
    await sender.post_send("Oi", "c-1")
    assert await sender.worker.usage() == (1, 0)
    await sender.fail(send_status=422)
    await sender.run_outbox()
    (message,) = await sender.sent()
    assert message["status"] == "failed"
    assert message["error"] is not None
    assert await sender.worker.usage() == (0, 0)
    await sender.run_outbox()
    assert await sender.worker.usage() == (0, 0)


@pytest.mark.parametrize("status", [429, 503])
async def test_a_busy_unipile_gets_the_message_once_later(sender: SendHarness, status: int) -> None:
    await sender.post_send("Oi", "c-1")
    await sender.fail(routes=[POST_MESSAGE | {"status": status, "times": 2}])
    for _ in range(2):
        with pytest.raises(NotTaken):
            await sender.run_outbox()
        assert summary(await sender.sent()) == [("c-1", "sending")]
    await sender.run_outbox()
    await sender.run_outbox()
    assert summary(await sender.sent()) == [("c-1", "sent")]
    assert await sender.seen_by_the_customer() == ["Oi"]
    assert await sender.worker.usage() == (1, 0)


async def test_a_tick_before_the_response_is_not_lost(sender: SendHarness) -> None:
    """Until UniPile has responded, it is unknown whose tick it is."""
    message = await sender.post_send("Oi", "c-1")
    await sender.worker.store(receipt("message_delivered", "msg-early"))
    assert summary(await sender.sent()) == [("c-1", "sending")]
    await settle_send(sender.worker.parts, message["id"], "sent", provider_msg_id="msg-early")
    assert summary(await sender.sent()) == [("c-1", "delivered")]
    assert await sender.worker.fetch("select 1 from channels_receipt") == []


async def test_an_unreachable_unipile_gets_the_message_once_later(sender: SendHarness) -> None:
    await sender.post_send("Oi", "c-1")
    unreachable = UnipileClient(
        f"http://127.0.0.1:{free_port()}",
        "key",
        concurrency=1,
        connect_timeout_seconds=1,
        total_timeout_seconds=1,
    )
    context = sender.worker.context()
    context["confab"] = replace(sender.worker.parts, unipile=unreachable)
    with pytest.raises(NotTaken):
        await send_chat(context, sender.chat["id"])
    await unreachable.close()
    assert summary(await sender.sent()) == [("c-1", "sending")]
    await sender.run_outbox()
    assert summary(await sender.sent()) == [("c-1", "sent")]
    assert await sender.seen_by_the_customer() == ["Oi"]


@pytest.mark.parametrize("status", ["hang", 500])
async def test_an_unknown_outcome_is_unconfirmed_until_the_echo_arrives(
    sender: SendHarness, status: int | str
) -> None:
    """UniPile accepted the message and its response was lost: another call would send it twice."""
    await sender.post_send("Oi", "c-1")
    lost = POST_MESSAGE | {"status": status, "accepted": True, "times": 1}
    await sender.fail(routes=[lost, {"method": "GET", "path": "/chats/*/messages", "status": 503}])
    await sender.run_outbox()
    await sender.run_outbox()
    (message,) = await sender.sent()
    assert message["status"] == "unconfirmed"
    assert message["error"] is not None
    assert await sender.seen_by_the_customer() == ["Oi"]
    assert await sender.worker.usage() == (1, 0)
    await sender.worker.store(written_by_us("Oi", chat_id=sender.chat["provider_chat_id"], message_id="m-1"))
    (message,) = await sender.sent()
    assert (message["status"], message["provider_msg_id"], message["error"]) == ("sent", "m-1", None)


async def test_a_chats_order_holds_with_several_workers(sender: SendHarness) -> None:
    texts = [f"texto {index}" for index in range(12)]
    for index, text in enumerate(texts):
        await sender.post_send(text, f"c-{index}")
    await asyncio.gather(*(sender.run_outbox() for _ in range(4)))
    await sender.run_outbox()
    assert await sender.seen_by_the_customer() == texts
    assert {m["status"] for m in await sender.sent()} == {"sent"}


async def test_the_next_send_waits_for_one_that_unipile_did_not_accept(sender: SendHarness) -> None:
    await sender.post_send("um", "c-1")
    await sender.post_send("dois", "c-2")
    await sender.fail(routes=[POST_MESSAGE | {"status": 503, "times": 1}])
    with pytest.raises(NotTaken):
        await sender.run_outbox()
    assert summary(await sender.sent()) == [("c-1", "sending"), ("c-2", "sending")]
    await sender.run_outbox()
    assert await sender.seen_by_the_customer() == ["um", "dois"]


async def test_a_send_of_a_dead_worker_is_unconfirmed_and_the_next_one_is_sent(
    sender: SendHarness,
) -> None:
    await sender.post_send("um", "c-1")
    await sender.post_send("dois", "c-2")
    await sender.fail(accept_then_timeout=1.0)
    lost = asyncio.create_task(sender.run_outbox())
    await eventually(sender.seen_by_the_customer)
    lost.cancel()
    with pytest.raises(asyncio.CancelledError):
        await lost
    await sender.fail()
    await sender.run_outbox()  # the job runs again elsewhere: it must not send the message
    assert summary(await sender.sent()) == [("c-1", "sending"), ("c-2", "sending")]
    await sender.worker.execute("update channels_message set attempted_at = now() - interval '1 hour'")
    await sender.worker.execute("update channels_message set attempted_at = null where client_id = 'c-2'")
    await requeue_lost_sends(sender.worker.parts)
    assert summary(sorted(await sender.sent(), key=lambda m: m["id"])) == [
        ("c-1", "unconfirmed"),
        ("c-2", "sending"),
    ]
    await sender.run_outbox()
    assert await sender.seen_by_the_customer() == ["um", "dois"]


async def test_a_send_whose_job_was_lost_is_requeued(sender: SendHarness) -> None:
    """Redis was unavailable when the send was accepted: only the row exists."""
    await sender.post_send("Oi", "c-1")
    await sender.worker.parts.redis.flushall()
    await sender.worker.execute("update channels_message set created_at = now() - interval '1 hour'")
    await requeue_lost_sends(sender.worker.parts)
    jobs = [
        await sender.worker.parts.redis.get(key) for key in await sender.worker.parts.redis.keys("arq:job:*")
    ]
    assert [b"send_chat" in job for job in jobs] == [True]


async def test_the_same_client_id_again_sends_nothing(sender: SendHarness) -> None:
    first = await sender.post_send("Oi", "c-1")
    again = await asyncio.gather(*(sender.post_send("Oi", "c-1") for _ in range(5)))
    assert {message["id"] for message in again} == {first["id"]}
    await sender.run_outbox()
    assert await sender.seen_by_the_customer() == ["Oi"]
    assert await sender.worker.usage() == (1, 0)


@pytest.mark.parametrize(
    "faults", [{"echo_before_response": True}, {"null_message_id": True}, {"duplicate": 1.0}]
)
async def test_a_send_and_its_echo_are_one_bubble(stack: Stack, faults: dict[str, Any]) -> None:
    async with open_sender(stack) as sender:
        socket = await sender.agent.listen()
        await sender.fail(**faults)
        await sender.post_send("Oi", "c-1")
        await socket.wait_for_event("message:updated", client_id="c-1", status="delivered")
        (message,) = await sender.sent()
        assert (message["client_id"], message["status"]) == ("c-1", "delivered")
        assert message["provider_msg_id"] is not None
        assert (await sender.worker.usage())[0] == 1
