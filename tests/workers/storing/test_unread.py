"""Unread messages: by order of arrival, up to what the user had seen; and what moves a chat up."""

from typing import Any

import pytest
from aiohttp import FormData

from tests.support.peers import Peer, message_received
from tests.support.send_harness import SendHarness
from tests.support.worker_harness import WorkerHarness, receipt, written_by_us
from tests.workers.sync.test_sweeps import SweepScenario
from tests.workers.sync.test_sweeps import scenario as scenario

ROOT = "/api/channels/whatsapp"


def path_of(sender: SendHarness, suffix: str = "") -> str:
    return f"{ROOT}/{sender.account_id}/chats/{sender.chat['id']}{suffix}"


async def hear(sender: SendHarness, text: str, **more: Any) -> int:
    """The contact writes into the chat; returns the message's seq."""
    body = message_received("acc-1", text, chat_id=sender.chat["provider_chat_id"], **more)
    await sender.worker.store(body)
    (row,) = await sender.worker.fetch(
        "select inserted_seq from channels_message where provider_msg_id = %(id)s", id=body["message_id"]
    )
    return int(row["inserted_seq"])


async def unread(sender: SendHarness) -> int:
    return int((await sender.agent.ok("GET", path_of(sender)))["chat"]["unread_count"])


async def answer(sender: SendHarness, peer: Peer | None = None, **more: Any) -> None:
    await (peer or sender.agent).ok("POST", path_of(sender, "/send"), {"text": "answer", **more})


async def test_a_message_that_comes_late_is_unread_also_after_an_answer(sender: SendHarness) -> None:
    await hear(sender, "question", timestamp="2026-03-02T10:00:00Z")
    await answer(sender)
    assert await unread(sender) == 0
    await sender.run_outbox()
    await hear(sender, "before the answer", timestamp="2026-03-02T10:01:00Z")
    await hear(sender, "before the question", timestamp="2020-03-02T10:01:00Z")
    assert await unread(sender) == 2


async def test_late_messages_of_a_sweep_are_unread_after_a_reply(scenario: SweepScenario) -> None:
    await scenario.write("question", 30)
    await scenario.sweep()
    await scenario.harness.execute(
        "update channels_chat set read_seq = (select seq from channels_account), unread_count = 0"
    )
    await scenario.harness.execute(
        "update channels_account set last_sweep_at = now() - interval '30 minutes'"
    )
    await scenario.write("lost webhook", 20)
    await scenario.write("typed on the phone", 10, is_sender=True)
    await scenario.sweep()
    assert (await scenario.harness.chat())["unread_count"] == 1


async def test_an_answer_written_offline_reads_only_what_its_writer_saw(sender: SendHarness) -> None:
    """Written before the contact answered a colleague's question, and sent hours later."""
    seen = await hear(sender, "seen")
    await hear(sender, "came while the writer was offline")
    await answer(sender, seen_seq=seen)
    assert await unread(sender) == 1
    await sender.run_outbox()
    assert await unread(sender) == 1


async def test_a_file_sent_with_a_read_position_reads_up_to_it(sender: SendHarness) -> None:
    seen = await hear(sender, "seen")
    await hear(sender, "not seen")
    form = FormData({"text": "answer", "seen_seq": str(seen)})
    form.add_field("attachments", b"%PDF-1.4", filename="a.pdf")
    async with sender.agent.session.post(
        sender.agent.url + path_of(sender, "/send"),
        data=form,
        headers={"Authorization": f"Bearer {sender.agent.token}"},
    ) as response:
        assert response.status == 201
    assert await unread(sender) == 1


async def test_a_programs_answer_reads_nothing(sender: SendHarness) -> None:
    seen = await hear(sender, "question")
    made = await sender.agent.ok("POST", "/api/keys", {"name": "bot", "scopes": ["read", "send"]})
    bot = Peer(sender.agent.session, sender.agent.url, made["secret"], sender.agent.user_id)
    await answer(sender, bot)
    await answer(sender, bot, seen_seq=seen)
    await sender.run_outbox()
    assert await unread(sender) == 1


async def test_the_phones_own_message_reads_nothing(sender: SendHarness) -> None:
    await hear(sender, "question")
    await sender.worker.store(written_by_us("typed on the phone", chat_id=sender.chat["provider_chat_id"]))
    assert await unread(sender) == 1


async def test_an_answer_that_fails_reads_nothing(sender: SendHarness) -> None:
    socket = await sender.agent.listen()
    await hear(sender, "question")
    await answer(sender)
    assert await unread(sender) == 0  # on its way
    await sender.fail(send_status=422)
    await sender.run_outbox()
    assert await unread(sender) == 1
    await socket.wait_for_event("chat:updated", unread_count=1, id=sender.chat["id"])


async def test_a_failed_reply_does_not_undo_what_another_read(sender: SendHarness) -> None:
    await hear(sender, "question")
    await answer(sender)
    await sender.run_outbox()
    second = await hear(sender, "another question")
    await answer(sender, seen_seq=second)
    await sender.fail(send_status=422)
    await sender.run_outbox()
    assert await unread(sender) == 1


async def test_a_chat_read_on_the_phone_is_read(sender: SendHarness) -> None:
    body = message_received("acc-1", "one", chat_id=sender.chat["provider_chat_id"])
    await sender.worker.store(body)
    await hear(sender, "two")
    await sender.worker.store(receipt("message_read", body["message_id"], is_sender=False))
    assert await unread(sender) == 1


async def test_our_read_flag_mirrored_to_unipile_reads_nothing_newer(sender: SendHarness) -> None:
    """UniPile marks the whole chat, and then reports a message as read that no user has seen."""
    await hear(sender, "one")
    await sender.agent.ok("PATCH", path_of(sender), {"read": True})
    body = message_received("acc-1", "two", chat_id=sender.chat["provider_chat_id"])
    await sender.worker.store(body)
    await sender.worker.store(receipt("message_read", body["message_id"], is_sender=False))
    assert await unread(sender) == 1


@pytest.mark.parametrize(
    ("event_type", "preview"),
    [(8, "Missed voice call"), (9, "Missed video call"), (3, None), (4, None), (None, None)],
)
async def test_a_missed_call_is_unread_and_a_renaming_is_not(
    harness: WorkerHarness, event_type: int | None, preview: str | None
) -> None:
    """In a chat without messages."""
    call = message_received(
        "acc-1", None, is_event=1, event_type=event_type, timestamp="2026-03-02T10:00:00Z"
    )
    await harness.store(call)
    chat = await harness.chat()
    assert (chat["last_message_preview"], chat["unread_count"]) == (preview, int(preview is not None))
    assert (chat["last_message_at"] is not None) == (preview is not None)
    assert await harness.usage() == (0, 0)


async def test_a_missed_call_moves_its_chat_up(harness: WorkerHarness) -> None:
    await harness.store(message_received("acc-1", "Oi"))
    await harness.store(message_received("acc-1", None, is_event=1, event_type=8))
    chat = await harness.chat()
    assert (chat["last_message_preview"], chat["unread_count"]) == ("Missed voice call", 2)


async def test_a_channel_counts_nothing(harness: WorkerHarness) -> None:
    await harness.store(message_received("acc-1", "Oi"))
    await harness.execute("update channels_chat set kind = 'channel', unread_count = 0")
    await harness.store(message_received("acc-1", "Oi"))
    assert (await harness.chat())["unread_count"] == 0
