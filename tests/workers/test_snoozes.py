"""Snoozed chats open at their time, once, and not before."""

from datetime import UTC, datetime, timedelta

from server.conversations.states import TargetChat
from server.conversations.status import StatusChange, change_status
from server.store.sending.sends import Author
from tests.support.peers import message_received
from tests.support.worker_harness import Listener, WorkerHarness
from workers.snoozes import wake_snoozed


async def snooze(harness: WorkerHarness, until: datetime) -> int:
    await harness.store(message_received("acc-1"))
    chat = await harness.chat()
    target = TargetChat(
        harness.user_id, Author("user", harness.user_id), "whatsapp", chat["account_id"], chat["id"]
    )
    change = StatusChange("snoozed", until.isoformat())
    await harness.parts.database.write(change_status, target, change)
    return int(chat["account_id"])


async def test_a_snoozed_chat_opens_at_its_time_once(harness: WorkerHarness) -> None:
    account_id = await snooze(harness, datetime.now(UTC) + timedelta(days=1))
    await wake_snoozed(harness.parts)
    assert (await harness.chat())["status"] == "snoozed"
    await harness.execute("update channels_chat set snoozed_until = now() - interval '1 second'")
    listener = await Listener(harness.parts.redis, account_id).open()
    await wake_snoozed(harness.parts)
    await wake_snoozed(harness.parts)
    assert (await harness.chat())["status"] == "open"
    heard = [frame for _, frame in await listener.heard()]
    assert [frame["event"] for frame in heard] == ["chat:updated", "activity:new"]
    assert heard[1]["data"]["kind"] == "woke"
    assert heard[1]["data"]["actor"] == {"kind": "system", "id": None, "name": None}
    await listener.close()
