"""A failed or unconfirmed send is retried by a user, and counted once."""

import pytest

from tests.support.factories import CHANNELS, add_member, revoke_entitlement
from tests.support.peers import Answer
from tests.support.send_harness import POST_MESSAGE, SendHarness, summary
from tests.support.worker_harness import written_by_us
from tests.workers.messages.test_send_outcomes import GET_MESSAGES, LOST, attempts_of


async def retry(sender: SendHarness, message_id: int, path: str = "") -> Answer:
    return await sender.agent.call(
        "POST", f"{CHANNELS}/{sender.account_id}{path}/messages/{message_id}/retry", headers={}
    )


async def test_a_user_can_retry_a_failed_send(sender: SendHarness) -> None:
    message = await sender.post_send("Oi", "c-1")
    await sender.fail(routes=[POST_MESSAGE | {"status": 422, "times": 1}])
    await sender.run_outbox()
    assert await sender.worker.usage() == (0, 0)
    socket = await sender.agent.listen()
    answer = await retry(sender, message["id"])
    assert answer.status == 200
    again = answer.body["message"]
    assert (again["id"], again["status"], again["error"]) == (message["id"], "sending", None)
    await socket.wait_for_event("message:updated", id=message["id"], status="sending")
    assert await sender.worker.usage() == (1, 0)
    assert (await retry(sender, message["id"])).status == 409
    await sender.run_outbox()
    assert summary(await sender.sent()) == [("c-1", "sent")]
    assert await sender.seen_by_the_customer() == ["Oi"]
    assert await attempts_of(sender) == [(1, "failed", "cant_send_message"), (2, "sent", None)]
    assert await sender.worker.usage() == (1, 0)


async def test_a_second_failure_refunds_the_count_again(sender: SendHarness) -> None:
    message = await sender.post_send("Oi", "c-1")
    await sender.fail(send_status=422)
    for _ in range(2):
        await sender.run_outbox()
        assert await sender.worker.usage() == (0, 0)
        assert (await retry(sender, message["id"], f"/chats/{sender.chat['id']}")).status == 200
    await sender.fail()
    await sender.run_outbox()
    assert await sender.worker.usage() == (1, 0)
    assert [outcome for _, outcome, _ in await attempts_of(sender)] == ["failed", "failed", "sent"]


async def test_an_unconfirmed_send_is_retried_and_counted_once(sender: SendHarness) -> None:
    """If both were sent after all, both are shown: the contact has two."""
    message = await sender.post_send("Oi", "c-1")
    await sender.fail(routes=[LOST | {"accepted": True}, GET_MESSAGES | {"status": 503}], no_echo=True)
    await sender.run_outbox()
    assert summary(await sender.sent()) == [("c-1", "unconfirmed")]
    assert (await retry(sender, message["id"])).status == 200
    await sender.run_outbox()
    assert summary(await sender.sent()) == [("c-1", "sent")]
    assert await sender.worker.usage() == (1, 0)
    assert await sender.seen_by_the_customer() == ["Oi", "Oi"]
    late = written_by_us("Oi", chat_id=sender.chat["provider_chat_id"], message_id="the-first")
    await sender.worker.store(late)
    assert len(await sender.sent()) == 2
    assert await sender.worker.usage() == (2, 0)
    assert [outcome for _, outcome, _ in await attempts_of(sender)] == ["unconfirmed", "sent"]


async def test_a_postponed_call_is_not_another_attempt(sender: SendHarness) -> None:
    await sender.post_send("Oi", "c-1")
    await sender.fail(routes=[POST_MESSAGE | {"status": 503, "times": 2}])
    for _ in range(2):
        with pytest.raises(Exception, match="service_unavailable"):
            await sender.run_outbox()
    await sender.run_outbox()
    assert await attempts_of(sender) == [(1, "sent", None)]


async def test_a_retry_is_rejected_for_other_states(sender: SendHarness) -> None:
    message = await sender.post_send("Oi", "c-1")
    assert (await retry(sender, message["id"])).status == 409  # under way
    await sender.run_outbox()
    assert (await retry(sender, message["id"])).status == 409  # sent
    await sender.stack.write("acc-1", "Tem?")
    await sender.worker.store(written_by_us("x", chat_id="other") | {"is_sender": False})
    inbound = [m for m in await sender.worker.messages() if m["direction"] == "in"]
    assert (await retry(sender, inbound[0]["id"])).status == 409
    assert (await retry(sender, message["id"] + 1000)).status == 404
    assert (await retry(sender, message["id"], "/chats/999999")).status == 404
    stranger = await sender.stack.sign_in("stranger")
    path = f"{CHANNELS}/{sender.account_id}/messages/{message['id']}/retry"
    assert (await stranger.call("POST", path)).status == 404


async def test_a_retry_is_denied_to_users_who_may_not_send(sender: SendHarness) -> None:
    message = await sender.post_send("Oi", "c-1")
    await sender.fail(send_status=422)
    await sender.run_outbox()
    path = f"{CHANNELS}/{sender.account_id}/messages/{message['id']}/retry"
    viewer, agent = await sender.stack.sign_in("viewer"), await sender.stack.sign_in("second")
    await add_member(sender.stack, sender.account_id, viewer, "viewer")
    await add_member(sender.stack, sender.account_id, agent, "agent")
    assert (await viewer.call("POST", path)).status == 403
    await sender.worker.execute("update channels_account set status = 'needs_action'")
    assert (await agent.call("POST", path)).status == 409
    await sender.worker.execute("update channels_account set status = 'connected'")
    await revoke_entitlement(sender.stack, sender.agent)
    assert (await agent.call("POST", path)).status == 403
    assert summary(await sender.sent()) == [("c-1", "failed")]
    assert await sender.worker.usage() == (0, 0)
