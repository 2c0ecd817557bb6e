"""A number that keeps messages for so long only: what is older goes, stays away, and is missed nowhere."""

from datetime import UTC, datetime, timedelta
from typing import Any

from server.store.accounts import accounts
from server.store.messages.changes import list_changes
from tests.support.peers import message_received
from tests.support.worker_harness import Ear, Ledger
from workers.privacy.retention import remove_old


def aged(days: float, text: str, **more: Any) -> dict[str, Any]:
    moment = datetime.now(UTC) - timedelta(days=days)
    return message_received("acc-1", text, timestamp=moment.isoformat(timespec="milliseconds"), **more)


async def keep(ledger: Ledger, days: int | None) -> int:
    (account,) = await ledger.fetch("select id from channels_account")
    account_id: int = account["id"]
    await ledger.parts.database.write(accounts.set_settings, account_id, {"retention_days": days})
    return account_id


async def bodies(ledger: Ledger) -> set[str]:
    return {row["body"] for row in await ledger.messages()}


async def test_what_is_older_goes_with_its_unread_and_preview_and_usage_stays(
    ledger: Ledger, ear: Ear
) -> None:
    ledger.received_at = datetime.now(UTC).isoformat()
    await ledger.store(
        aged(40, "Old", message_id="m-old"),
        aged(1, "New", message_id="m-new"),
        aged(35, "Alone", message_id="m-alone", phone="5511977770009"),
    )
    usage = await ledger.usage()
    await ear.heard()
    await remove_old(ledger.parts)
    assert await bodies(ledger) == {"Old", "New", "Alone"}  # nobody asked for it

    account_id = await keep(ledger, 30)
    head = await ledger.account_seq(account_id)
    await remove_old(ledger.parts)

    assert await bodies(ledger) == {"New"}
    shown = {chat["provider_chat_id"]: chat for chat in await ledger.chats()}
    assert [(c["last_message_preview"], c["unread_count"]) for c in shown.values()] == [("New", 1), (None, 0)]
    assert await ledger.usage() == usage
    told = [frame for _, frame in await ear.heard() if frame["event"] == "chat:trimmed"]
    assert {frame["data"]["id"] for frame in told} == {chat["id"] for chat in shown.values()}
    changes = await ledger.parts.database.read(list_changes, account_id, head, 100)
    assert [c.event for c in changes.items].count("chat:trimmed") == 2


async def test_neither_webhook_nor_repetition_brings_it_back(ledger: Ledger) -> None:
    ledger.received_at = datetime.now(UTC).isoformat()
    old, new = aged(40, "Old", message_id="m-old"), aged(1, "New", message_id="m-new")
    await ledger.store(old, new)
    await keep(ledger, 30)
    await remove_old(ledger.parts)
    await ledger.store(old, new, aged(90, "Older", message_id="m-older"))
    await ledger.store(old, job_try=2)
    assert await bodies(ledger) == {"New"}
    await keep(ledger, None)
    await ledger.store(old)
    assert await bodies(ledger) == {"New", "Old"}
