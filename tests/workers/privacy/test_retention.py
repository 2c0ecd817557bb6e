"""Retention of an account: older messages are deleted, stay deleted, and all counts stay correct."""

from datetime import UTC, datetime, timedelta
from typing import Any

from server.store.accounts import account_settings
from server.store.messages.changes import list_changes
from tests.support.peers import message_received
from tests.support.worker_harness import Listener, WorkerHarness
from workers.privacy.retention import remove_old


def aged(days: float, text: str, **more: Any) -> dict[str, Any]:
    moment = datetime.now(UTC) - timedelta(days=days)
    return message_received("acc-1", text, timestamp=moment.isoformat(timespec="milliseconds"), **more)


async def set_retention(harness: WorkerHarness, days: int | None) -> int:
    (account,) = await harness.fetch("select id from channels_account")
    account_id: int = account["id"]
    await harness.parts.database.write(account_settings.set_settings, account_id, {"retention_days": days})
    return account_id


async def bodies(harness: WorkerHarness) -> set[str]:
    return {row["body"] for row in await harness.messages()}


async def test_older_messages_go_with_unread_counts_and_previews_but_usage_stays(
    harness: WorkerHarness, listener: Listener
) -> None:
    harness.received_at = datetime.now(UTC).isoformat()
    await harness.store(
        aged(40, "Old", message_id="m-old"),
        aged(1, "New", message_id="m-new"),
        aged(35, "Alone", message_id="m-alone", phone="5511977770009"),
    )
    usage = await harness.usage()
    await listener.heard()
    await remove_old(harness.parts)
    assert await bodies(harness) == {"Old", "New", "Alone"}  # not requested

    account_id = await set_retention(harness, 30)
    head = await harness.account_seq(account_id)
    await remove_old(harness.parts)

    assert await bodies(harness) == {"New"}
    shown = {chat["provider_chat_id"]: chat for chat in await harness.chats()}
    assert [(c["last_message_preview"], c["unread_count"]) for c in shown.values()] == [("New", 1), (None, 0)]
    assert await harness.usage() == usage
    pushed = [frame for _, frame in await listener.heard() if frame["event"] == "chat:trimmed"]
    assert {frame["data"]["id"] for frame in pushed} == {chat["id"] for chat in shown.values()}
    changes = await harness.parts.database.read(list_changes, account_id, head, 100)
    assert [c.event for c in changes.items].count("chat:trimmed") == 2


async def test_neither_webhook_nor_repetition_restores_it(harness: WorkerHarness) -> None:
    harness.received_at = datetime.now(UTC).isoformat()
    old, new = aged(40, "Old", message_id="m-old"), aged(1, "New", message_id="m-new")
    await harness.store(old, new)
    await set_retention(harness, 30)
    await remove_old(harness.parts)
    await harness.store(old, new, aged(90, "Older", message_id="m-older"))
    await harness.store(old, job_try=2)
    assert await bodies(harness) == {"New"}
    await set_retention(harness, None)
    await harness.store(old)
    assert await bodies(harness) == {"New", "Old"}
