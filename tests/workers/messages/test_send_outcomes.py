"""Unconfirmed sends are verified, never repeated by us, and can be retried by a user."""

import pytest

from server.queue import QUEUES
from server.store.sending.outbox import SendAttempt
from tests.support.factories import CHANNELS
from tests.support.peers import eventually
from tests.support.send_harness import POST_MESSAGE, SendHarness, summary
from tests.support.worker_harness import receipt, written_by_us
from workers.context import Parts
from workers.messages import outbox, verify_sends
from workers.periodic import requeue_lost_sends

GET_MESSAGES = {"method": "GET", "path": "/chats/*/messages"}
LOST = POST_MESSAGE | {"status": 500, "times": 1}
AGED = "update channels_message set attempted_at = attempted_at - interval '1 hour'"


async def verify_due(sender: SendHarness) -> None:
    """Runs the periodic task and the verifications that it queued, without their delays."""
    await sender.worker.execute(
        "update channels_message set next_look_at = now() where next_look_at is not null"
    )
    await verify_sends.queue_due_verifications(sender.worker.parts)
    rows = await sender.worker.fetch("select id from channels_message where direction = 'out'")
    for row in rows:
        await verify_sends.verify_send(sender.worker.context(), row["id"])


async def attempts_of(sender: SendHarness) -> list[tuple[int, str | None, str | None]]:
    rows = await sender.worker.fetch("select * from channels_send_attempt order by message_id, number")
    return [(row["number"], row["outcome"], row["error_code"]) for row in rows]


@pytest.mark.parametrize("status", ["hang", 500, 504])
async def test_a_sent_message_whose_call_failed_is_found_at_once(
    sender: SendHarness, status: int | str
) -> None:
    await sender.post_send("Oi", "c-1")
    await sender.fail(routes=[LOST | {"status": status, "accepted": True}])
    await sender.run_outbox()
    (message,) = await sender.sent()
    assert (message["status"] in ("sent", "delivered"), message["error"]) == (True, None)
    assert message["provider_msg_id"] is not None
    assert await sender.seen_by_the_customer() == ["Oi"]
    assert await attempts_of(sender) == [(1, "sent", None)]


async def test_a_send_that_is_not_found_is_unconfirmed_and_never_sent_again(
    sender: SendHarness,
) -> None:
    await sender.post_send("Oi", "c-1")
    await sender.fail(routes=[LOST])
    await sender.run_outbox()
    for _ in range(6):
        await verify_due(sender)
        await sender.run_outbox()
    (message,) = await sender.sent()
    assert message["status"] == "unconfirmed"
    assert "unexpected_error" in message["error"]
    assert await sender.seen_by_the_customer() == []
    assert await attempts_of(sender) == [(1, "unconfirmed", "unexpected_error")]
    (row,) = await sender.worker.fetch("select next_look_at from channels_message where direction = 'out'")
    assert row["next_look_at"] is None  # verified four times, then left to its echo or a user


async def test_a_later_verification_finds_it(sender: SendHarness) -> None:
    await sender.post_send("Oi", "c-1")
    lost = LOST | {"accepted": True}
    await sender.fail(routes=[lost, GET_MESSAGES | {"status": 503}])
    await sender.run_outbox()
    assert summary(await sender.sent()) == [("c-1", "unconfirmed")]
    await verify_due(sender)  # UniPile is unreachable: the verification does not count
    (row,) = await sender.worker.fetch("select looks from channels_message where direction = 'out'")
    assert row["looks"] == 0
    await sender.fail()
    await verify_due(sender)
    (message,) = await sender.sent()
    assert message["status"] in ("sent", "delivered")
    assert await sender.worker.usage() == (1, 0)


async def test_equal_texts_are_distinguished_by_the_stored_rows(sender: SendHarness) -> None:
    """An earlier message with the same text is not taken for the send."""
    await sender.post_send("Oi", "c-1")
    await sender.run_outbox()
    await sender.post_send("Oi", "c-2")
    await sender.fail(routes=[LOST])
    await sender.run_outbox()
    assert summary(sorted(await sender.sent(), key=lambda m: m["id"])) == [
        ("c-1", "sent"),
        ("c-2", "unconfirmed"),
    ]


async def test_the_verification_is_queued_by_name(sender: SendHarness) -> None:
    await sender.post_send("Oi", "c-1")
    await sender.fail(routes=[LOST])
    await sender.run_outbox()
    await sender.worker.parts.redis.flushall()
    await sender.worker.execute("update channels_message set next_look_at = now()")
    for _ in range(2):  # the second round finds the verification leased
        await verify_sends.queue_due_verifications(sender.worker.parts)
    jobs = [
        await sender.worker.parts.redis.get(key) for key in await sender.worker.parts.redis.keys("arq:job:*")
    ]
    assert [b"look_up_send" in job for job in jobs] == [True]
    assert "look_up_send" in QUEUES


async def test_an_accepted_send_without_an_echo_is_unconfirmed_until_its_late_echo(
    sender: SendHarness,
) -> None:
    await sender.post_send("Oi", "c-1")
    await sender.fail(no_echo=True, no_delivered=True, no_read=True)
    await sender.run_outbox()
    await verify_sends.queue_due_verifications(sender.worker.parts)
    assert summary(await sender.sent()) == [("c-1", "sent")]
    await sender.worker.execute(AGED)
    await verify_due(sender)
    (message,) = await sender.sent()
    assert message["status"] == "unconfirmed"
    assert "unseen" in message["error"]
    echo = written_by_us("Oi", chat_id=sender.chat["provider_chat_id"], message_id=message["provider_msg_id"])
    await sender.worker.store(echo)
    (message,) = await sender.sent()
    assert (message["status"], message["error"]) == ("sent", None)
    await verify_sends.queue_due_verifications(sender.worker.parts)
    assert summary(await sender.sent()) == [("c-1", "sent")]
    assert await sender.worker.usage() == (1, 0)


async def test_a_tick_confirms_an_unseen_send(sender: SendHarness) -> None:
    await sender.post_send("Oi", "c-1")
    await sender.fail(no_echo=True, no_delivered=True, no_read=True)
    await sender.run_outbox()
    await sender.worker.execute(AGED)
    await verify_sends.queue_due_verifications(sender.worker.parts)
    (message,) = await sender.sent()
    await sender.worker.store(receipt("message_delivered", message["provider_msg_id"]))
    (message,) = await sender.sent()
    assert (message["status"], message["error"]) == ("delivered", None)


async def test_an_unseen_send_is_found_delivered_at_unipile(sender: SendHarness) -> None:
    """The webhooks were lost; UniPile's list has the tick."""
    await sender.fail(webhooks_off=True)
    await sender.post_send("Oi", "c-1")
    await sender.run_outbox()
    await eventually(lambda: is_delivered(sender))
    await sender.worker.execute("update channels_message set attempted_at = attempted_at - interval '1 hour'")
    await verify_due(sender)
    assert summary(await sender.sent()) == [("c-1", "delivered")]


async def is_delivered(sender: SendHarness) -> bool:
    path = f"/api/v1/chats/{sender.chat['provider_chat_id']}/messages"
    items = (await sender.stack.sandbox.ok("GET", path, headers={"X-API-KEY": "sandbox-key"}))["items"]
    return any(item["is_sender"] and item["delivered"] for item in items)


async def test_a_timely_echo_confirms_the_send(sender: SendHarness) -> None:
    await sender.post_send("Oi", "c-1")
    await sender.fail(no_echo=True, no_delivered=True, no_read=True)
    await sender.run_outbox()
    (message,) = await sender.sent()
    echo = written_by_us("Oi", chat_id=sender.chat["provider_chat_id"], message_id=message["provider_msg_id"])
    await sender.worker.store(echo)
    before = (await sender.sent())[0]["seq"]
    await sender.worker.execute(AGED)
    await verify_sends.queue_due_verifications(sender.worker.parts)
    (message,) = await sender.sent()
    assert (message["status"], message["seq"]) == ("sent", before)


async def test_usage_is_noted_although_the_echo_was_stored_first(
    sender: SendHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Then the answer of the call changes nothing any more; the message was counted all the same."""
    call = outbox._call_unipile

    async def answer_after_the_echo(parts: Parts, attempt: SendAttempt) -> str | None:
        message_id = await call(parts, attempt)
        await sender.worker.store(
            written_by_us("Oi", chat_id=sender.chat["provider_chat_id"], message_id=message_id)
        )
        return message_id

    monkeypatch.setattr(outbox, "_call_unipile", answer_after_the_echo)
    await sender.post_send("Oi", "c-1")
    sender.worker.parts.counted.clear()
    await sender.run_outbox()
    assert (await sender.sent())[0]["status"] == "sent"
    assert sender.worker.parts.counted == {sender.account_id}


@pytest.mark.parametrize("kind", ["disconnected_account", "expired_credentials"])
async def test_a_send_of_a_signed_out_account_changes_its_state(sender: SendHarness, kind: str) -> None:
    await sender.post_send("Oi", "c-1")
    await sender.fail(routes=[POST_MESSAGE | {"status": 401, "kind": kind}])
    await sender.run_outbox()
    (message,) = await sender.sent()
    assert message["status"] == "failed"
    assert "Reconnect" in message["error"]
    account = (await sender.agent.ok("GET", f"{CHANNELS}/{sender.account_id}"))["account"]
    assert (account["status"], account["status_reason"]) == ("needs_action", kind)


async def test_a_wrong_key_of_ours_leaves_the_account_alone(sender: SendHarness) -> None:
    await sender.post_send("Oi", "c-1")
    await sender.fail(routes=[POST_MESSAGE | {"status": 401, "kind": "invalid_credentials"}])
    await sender.run_outbox()
    (message,) = await sender.sent()
    assert message["status"] == "failed"
    assert "operator" in message["error"]
    account = (await sender.agent.ok("GET", f"{CHANNELS}/{sender.account_id}"))["account"]
    assert account["status"] == "connected"


async def test_a_send_of_a_dead_worker_is_verified(sender: SendHarness) -> None:
    await sender.post_send("Oi", "c-1")
    await sender.fail(routes=[LOST | {"accepted": True}, GET_MESSAGES | {"status": 503}], no_echo=True)
    await sender.run_outbox()
    await sender.worker.execute("update channels_message set status = 'sending'")
    await sender.worker.execute(AGED)
    await requeue_lost_sends(sender.worker.parts)
    assert summary(await sender.sent()) == [("c-1", "unconfirmed")]
    await sender.fail()
    await verify_due(sender)
    assert [m["status"] for m in await sender.sent()] != ["unconfirmed"]
