"""A failed or unconfirmed send is retried by a user, and counted once."""

import pytest

from tests.support.factories import CHANNELS, add_member, revoke_entitlement
from tests.support.peers import Answer
from tests.support.send_harness import POST_MESSAGE, Desk, summary
from tests.support.worker_harness import written_by_us
from tests.workers.messages.test_send_outcomes import GET_MESSAGES, LOST, attempts_of


async def retry(desk: Desk, message_id: int, path: str = "") -> Answer:
    return await desk.agent.call(
        "POST", f"{CHANNELS}/{desk.account_id}{path}/messages/{message_id}/retry", headers={}
    )


async def test_a_user_can_retry_a_failed_send(desk: Desk) -> None:
    message = await desk.ask("Oi", "c-1")
    await desk.fail(routes=[POST_MESSAGE | {"status": 422, "times": 1}])
    await desk.work()
    assert await desk.harness.usage() == (0, 0)
    socket = await desk.agent.listen()
    answer = await retry(desk, message["id"])
    assert answer.status == 200
    again = answer.body["message"]
    assert (again["id"], again["status"], again["error"]) == (message["id"], "sending", None)
    await socket.wait_for_event("message:updated", id=message["id"], status="sending")
    assert await desk.harness.usage() == (1, 0)
    assert (await retry(desk, message["id"])).status == 409
    await desk.work()
    assert summary(await desk.sent()) == [("c-1", "sent")]
    assert await desk.seen_by_the_customer() == ["Oi"]
    assert await attempts_of(desk) == [(1, "failed", "cant_send_message"), (2, "sent", None)]
    assert await desk.harness.usage() == (1, 0)


async def test_a_second_failure_refunds_the_count_again(desk: Desk) -> None:
    message = await desk.ask("Oi", "c-1")
    await desk.fail(send_status=422)
    for _ in range(2):
        await desk.work()
        assert await desk.harness.usage() == (0, 0)
        assert (await retry(desk, message["id"], f"/chats/{desk.chat['id']}")).status == 200
    await desk.fail()
    await desk.work()
    assert await desk.harness.usage() == (1, 0)
    assert [outcome for _, outcome, _ in await attempts_of(desk)] == ["failed", "failed", "sent"]


async def test_an_unconfirmed_send_is_retried_and_counted_once(desk: Desk) -> None:
    """If both were sent after all, both are shown: the contact has two."""
    message = await desk.ask("Oi", "c-1")
    await desk.fail(routes=[LOST | {"accepted": True}, GET_MESSAGES | {"status": 503}], no_echo=True)
    await desk.work()
    assert summary(await desk.sent()) == [("c-1", "unconfirmed")]
    assert (await retry(desk, message["id"])).status == 200
    await desk.work()
    assert summary(await desk.sent()) == [("c-1", "sent")]
    assert await desk.harness.usage() == (1, 0)
    assert await desk.seen_by_the_customer() == ["Oi", "Oi"]
    late = written_by_us("Oi", chat_id=desk.chat["provider_chat_id"], message_id="the-first")
    await desk.harness.store(late)
    assert len(await desk.sent()) == 2
    assert await desk.harness.usage() == (2, 0)
    assert [outcome for _, outcome, _ in await attempts_of(desk)] == ["unconfirmed", "sent"]


async def test_a_postponed_call_is_not_another_attempt(desk: Desk) -> None:
    await desk.ask("Oi", "c-1")
    await desk.fail(routes=[POST_MESSAGE | {"status": 503, "times": 2}])
    for _ in range(2):
        with pytest.raises(Exception, match="service_unavailable"):
            await desk.work()
    await desk.work()
    assert await attempts_of(desk) == [(1, "sent", None)]


async def test_a_retry_is_rejected_for_other_states(desk: Desk) -> None:
    message = await desk.ask("Oi", "c-1")
    assert (await retry(desk, message["id"])).status == 409  # under way
    await desk.work()
    assert (await retry(desk, message["id"])).status == 409  # sent
    await desk.stack.write("acc-1", "Tem?")
    await desk.harness.store(written_by_us("x", chat_id="other") | {"is_sender": False})
    inbound = [m for m in await desk.harness.messages() if m["direction"] == "in"]
    assert (await retry(desk, inbound[0]["id"])).status == 409
    assert (await retry(desk, message["id"] + 1000)).status == 404
    assert (await retry(desk, message["id"], "/chats/999999")).status == 404
    stranger = await desk.stack.sign_in("stranger")
    path = f"{CHANNELS}/{desk.account_id}/messages/{message['id']}/retry"
    assert (await stranger.call("POST", path)).status == 404


async def test_a_retry_is_denied_to_users_who_may_not_send(desk: Desk) -> None:
    message = await desk.ask("Oi", "c-1")
    await desk.fail(send_status=422)
    await desk.work()
    path = f"{CHANNELS}/{desk.account_id}/messages/{message['id']}/retry"
    viewer, agent = await desk.stack.sign_in("viewer"), await desk.stack.sign_in("second")
    await add_member(desk.stack, desk.account_id, viewer, "viewer")
    await add_member(desk.stack, desk.account_id, agent, "agent")
    assert (await viewer.call("POST", path)).status == 403
    await desk.harness.execute("update channels_account set status = 'needs_action'")
    assert (await agent.call("POST", path)).status == 409
    await desk.harness.execute("update channels_account set status = 'connected'")
    await revoke_entitlement(desk.stack, desk.agent)
    assert (await agent.call("POST", path)).status == 403
    assert summary(await desk.sent()) == [("c-1", "failed")]
    assert await desk.harness.usage() == (0, 0)
