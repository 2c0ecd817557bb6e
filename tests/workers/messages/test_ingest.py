"""Batches of webhook events: duplicates, unknown accounts, unknown kinds, ticks and order."""

import asyncio
import random

import pytest

from server.metrics import REGISTRY
from tests.support.peers import message_received
from tests.support.worker_harness import Listener, WorkerHarness, delivery, receipt, written_by_us
from workers.messages import ingest, webhook_batch

SEED = 20260302


def counted(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(f"{name}_total", labels) or 0.0


class Log:
    """Records log lines."""

    def __init__(self) -> None:
        self.lines: list[tuple[str, dict[str, object]]] = []

    def info(self, event: str, **values: object) -> None:
        self.lines.append((event, values))


async def test_a_duplicate_in_one_batch_is_one_row_and_one_count(harness: WorkerHarness) -> None:
    event = message_received("acc-1")
    await harness.store(event, event, event)
    assert (await harness.message())["provider_msg_id"] == event["message_id"]
    assert await harness.usage() == (0, 1)
    assert (await harness.chat())["unread_count"] == 1


async def test_a_duplicate_in_a_later_batch_changes_nothing(harness: WorkerHarness) -> None:
    event, other = message_received("acc-1"), message_received("acc-1")
    await harness.store(event)
    before = await harness.messages(), await harness.chats()
    await harness.store(event)
    assert (await harness.messages(), await harness.chats()) == before
    await harness.store(event, other)
    assert len(await harness.messages()) == 2
    assert await harness.usage() == (0, 2)
    assert (await harness.chat())["unread_count"] == 2
    assert await harness.dead_letters() == []


async def test_two_workers_with_the_same_events_at_once_store_each_once(harness: WorkerHarness) -> None:
    other, dice = await WorkerHarness(harness.parts).open(), random.Random(SEED)
    events = [message_received("acc-1", phone=f"551190000{n % 4:04}") for n in range(40)]
    mixed = [dice.sample(events, len(events)) for _ in range(2)]
    for at in range(0, len(events), 8):
        await asyncio.gather(
            *(w.store(*m[at : at + 8]) for w, m in zip((harness, other), mixed, strict=True))
        )
    assert [m["seq"] for m in await harness.messages()] == sorted(
        {m["seq"] for m in await harness.messages()}
    )
    assert len(await harness.messages()) == sum(c["unread_count"] for c in await harness.chats()) == 40
    assert await harness.usage() == (0, 40)
    assert await harness.dead_letters() == []


async def test_a_batch_separates_its_accounts(harness: WorkerHarness) -> None:
    second = await harness.make_account("acc-2")
    same_id = {"message_id": "m-1", "chat_id": "c-1"}
    await harness.store(
        message_received("acc-1", "para a um", **same_id),
        message_received("acc-2", "para a dois", **same_id),
        message_received("acc-2", "mais uma"),
    )
    bodies = {(m["account_id"], m["body"]) for m in await harness.messages()}
    assert {body for account, body in bodies if account == second} == {"para a dois", "mais uma"}
    assert len(bodies) == 3
    assert await harness.usage() == (0, 3)


async def test_an_event_of_an_unknown_account_is_counted_and_logged_once(
    harness: WorkerHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = Log()
    monkeypatch.setattr(webhook_batch, "log", log)
    before = counted("confab_events", outcome="unknown_account")
    await harness.store(message_received("nobody"), message_received("acc-1"))
    await harness.store(message_received("nobody"))
    assert counted("confab_events", outcome="unknown_account") == before + 2
    assert log.lines == [("unknown_account", {"external_account_id": "nobody"})]
    assert len(await harness.messages()) == 1
    assert await harness.dead_letters() == []


async def test_an_account_that_becomes_known_is_stored_from_then_on(harness: WorkerHarness) -> None:
    await harness.store(message_received("acc-9"))
    await harness.make_account("acc-9")
    await harness.store(message_received("acc-9", "agora sim"))
    assert (await harness.message())["body"] == "agora sim"


async def test_an_unknown_kind_is_stored_once_and_counted(harness: WorkerHarness) -> None:
    event = message_received("acc-1", event="message_unheard_of")
    before = counted("confab_events_ignored", kind="message_unheard_of")
    await harness.store(event)
    await harness.store(event)
    (dead_letter,) = await harness.dead_letters("ignored")
    assert dead_letter["reason"] == "message_unheard_of"
    assert event["message_id"] in dead_letter["body"]
    assert counted("confab_events_ignored", kind="message_unheard_of") == before + 2
    assert await harness.messages() == []


async def test_a_status_event_changes_the_account_and_is_published(
    harness: WorkerHarness, listener: Listener
) -> None:
    lost = {"AccountStatus": {"account_id": "acc-1", "account_type": "WHATSAPP", "message": "CREDENTIALS"}}
    await harness.store(lost, source="account-status")
    await harness.store(lost, source="account-status")
    (account,) = await harness.fetch("select status, status_reason, seq from channels_account")
    assert account == {"status": "needs_action", "status_reason": "CREDENTIALS", "seq": 1}
    ((seq, frame),) = await listener.heard()
    assert (seq, frame["event"], frame["data"]["status"]) == (1, "account:updated", "needs_action")


async def test_a_late_status_event_does_not_reconnect_an_unlinked_account(harness: WorkerHarness) -> None:
    await harness.execute("update channels_account set status = 'disconnected', next_step = 'connect'")
    late = {"AccountStatus": {"account_id": "acc-1", "account_type": "WHATSAPP", "message": "ERROR"}}
    await harness.store(late, source="account-status")
    (account,) = await harness.fetch("select status from channels_account")
    assert account["status"] == "disconnected"


async def test_a_rerun_publishes_again_with_the_same_seqs_and_counts_nothing(
    harness: WorkerHarness, listener: Listener
) -> None:
    """The worker was killed between commit and publish: browsers must still get the messages."""
    events = [delivery(message_received("acc-1", text)) for text in ("um", "dois", "três")]
    await ingest.store_events(harness.context(), events)
    first = [(s, f["data"]["body"]) for s, f in await listener.heard() if f["event"] == "message:new"]
    rows, usage = await harness.messages(), await harness.usage()
    await ingest.store_events(harness.context(job_try=2), events)
    again = [(s, f["data"]["body"]) for s, f in await listener.heard() if f["event"] == "message:new"]
    assert [seq for seq, _ in first] == [1, 2, 3]
    assert again == first
    assert (await harness.messages(), await harness.usage()) == (rows, usage)


async def test_nothing_is_published_when_the_transaction_fails(
    harness: WorkerHarness, listener: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Publishing inside the transaction would push rows that are then rolled back."""

    async def fail(*_: object) -> None:
        raise RuntimeError("a defect")

    monkeypatch.setattr("workers.storing.transaction.usage.raise_usage", fail)
    with pytest.raises(RuntimeError, match="a defect"):
        await harness.store(message_received("acc-1"))
    assert await listener.heard() == []
    assert await harness.messages() == []


async def test_a_group_chat_waits_for_its_subject_and_names_its_writers(harness: WorkerHarness) -> None:
    await harness.store(message_received("acc-1", is_group=True, chat_id="g-1", provider_chat_id="9@g.us"))
    chat = await harness.chat()
    assert (chat["kind"], chat["title"], chat["unread_count"]) == ("group", None, 1)
    (contact,) = await harness.fetch("select name from channels_contact")
    assert contact["name"] == "Bia Lima"
    queued = await harness.parts.redis.keys("arq:job:*")
    assert len(queued) == 1
    assert b"refresh_chat" in await harness.parts.redis.get(queued[0])


async def test_a_system_event_is_stored_but_not_counted(harness: WorkerHarness) -> None:
    await harness.store(message_received("acc-1", None, is_event=1, event_type=3))
    assert (await harness.message())["is_event"]
    chat = await harness.chat()
    assert (chat["unread_count"], chat["last_message_at"], chat["last_message_preview"]) == (0, None, None)
    assert await harness.usage() == (0, 0)


async def test_a_message_typed_on_the_phone_is_out_and_reads_nothing(harness: WorkerHarness) -> None:
    question, answer = message_received("acc-1", "Tem?"), written_by_us("Tem.")
    await harness.store(question)
    await harness.store(answer)
    assert [(m["direction"], m["status"]) for m in await harness.messages()] == [
        ("in", "received"),
        ("out", "sent"),
    ]
    assert (await harness.chat())["unread_count"] == 1
    assert await harness.usage() == (1, 1)


@pytest.mark.parametrize(
    "order", [("message_delivered", "message_read"), ("message_read", "message_delivered")]
)
@pytest.mark.parametrize("is_together", [True, False])
async def test_read_never_goes_back_to_delivered(
    harness: WorkerHarness, order: tuple[str, str], is_together: bool
) -> None:
    message = written_by_us()
    receipts = [receipt(event, message["message_id"]) for event in order]
    await harness.store(message)
    if is_together:
        await harness.store(*receipts)
    else:
        for tick in receipts:
            await harness.store(tick)
    assert (await harness.message())["status"] == "read"
    assert await harness.fetch("select 1 from channels_receipt") == []


@pytest.mark.parametrize("is_together", [True, False])
async def test_a_tick_that_overtakes_its_message_waits_for_it(
    harness: WorkerHarness, is_together: bool
) -> None:
    message = written_by_us()
    tick = receipt("message_read", message["message_id"])
    if is_together:
        await harness.store(tick, message)
    else:
        await harness.store(tick)
        await harness.store(message)
    assert (await harness.message())["status"] == "read"


async def test_a_tick_of_a_customers_message_does_not_touch_it(harness: WorkerHarness) -> None:
    message = message_received("acc-1")
    await harness.store(message, receipt("message_read", message["message_id"]))
    assert (await harness.message())["status"] == "received"


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0), (2, 0, 1)])
async def test_title_and_preview_are_those_of_the_newest_in_any_order(
    harness: WorkerHarness, order: tuple[int, ...]
) -> None:
    events = [
        message_received("acc-1", "primeira", name="Bia"),
        written_by_us("do telefone", name="Bia"),
        message_received("acc-1", "última", name="Bia Lima"),
    ]
    for index in order:
        await harness.store(events[index])
    chat = await harness.chat()
    assert (chat["title"], chat["last_message_preview"], chat["unread_count"]) == ("Bia Lima", "última", 2)
    (contact,) = await harness.fetch("select name from channels_contact where provider_id like '1%%'")
    assert contact["name"] == "Bia Lima"


async def test_what_the_phone_sends_is_the_phones(harness: WorkerHarness) -> None:
    await harness.store(message_received("acc-1"), written_by_us())
    rows = await harness.fetch(
        "select direction, author_kind, author_id from channels_message order by direction"
    )
    assert [tuple(row.values()) for row in rows] == [("in", None, None), ("out", "phone", None)]
