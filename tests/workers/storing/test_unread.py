"""Unread messages: by order of arrival, up to what the user had seen; and what moves a chat up."""

from typing import Any

import pytest
from aiohttp import FormData

from tests.support.peers import Peer, message_received
from tests.support.send_harness import Desk
from tests.support.worker_harness import WorkerHarness, receipt, written_by_us
from tests.workers.sync.test_sweeps import Beach
from tests.workers.sync.test_sweeps import beach as beach

ROOT = "/api/channels/whatsapp"


def path_of(desk: Desk, place: str = "") -> str:
    return f"{ROOT}/{desk.account_id}/chats/{desk.chat['id']}{place}"


async def hear(desk: Desk, text: str, **more: Any) -> int:
    """The contact writes into the chat; returns the message's seq."""
    body = message_received("acc-1", text, chat_id=desk.chat["provider_chat_id"], **more)
    await desk.harness.store(body)
    (row,) = await desk.harness.fetch(
        "select inserted_seq from channels_message where provider_msg_id = %(id)s", id=body["message_id"]
    )
    return int(row["inserted_seq"])


async def unread(desk: Desk) -> int:
    return int((await desk.agent.ok("GET", path_of(desk)))["chat"]["unread_count"])


async def answer(desk: Desk, peer: Peer | None = None, **more: Any) -> None:
    await (peer or desk.agent).ok("POST", path_of(desk, "/send"), {"text": "answer", **more})


async def test_a_message_that_comes_late_is_unread_also_after_an_answer(desk: Desk) -> None:
    await hear(desk, "question", timestamp="2026-03-02T10:00:00Z")
    await answer(desk)
    assert await unread(desk) == 0
    await desk.work()
    await hear(desk, "before the answer", timestamp="2026-03-02T10:01:00Z")
    await hear(desk, "before the question", timestamp="2020-03-02T10:01:00Z")
    assert await unread(desk) == 2


async def test_what_a_sweep_finds_late_is_unread_after_an_answer(beach: Beach) -> None:
    await beach.write("question", 30)
    await beach.sweep()
    await beach.harness.execute(
        "update channels_chat set read_seq = (select seq from channels_account), unread_count = 0"
    )
    await beach.harness.execute("update channels_account set last_sweep_at = now() - interval '30 minutes'")
    await beach.write("lost webhook", 20)
    await beach.write("typed on the phone", 10, is_sender=True)
    await beach.sweep()
    assert (await beach.harness.chat())["unread_count"] == 1


async def test_an_answer_written_offline_reads_only_what_its_writer_saw(desk: Desk) -> None:
    """Written before the contact answered a colleague's question, and sent hours later."""
    seen = await hear(desk, "seen")
    await hear(desk, "came while the writer was offline")
    await answer(desk, seen_seq=seen)
    assert await unread(desk) == 1
    await desk.work()
    assert await unread(desk) == 1


async def test_a_file_sent_with_a_read_position_reads_up_to_it(desk: Desk) -> None:
    seen = await hear(desk, "seen")
    await hear(desk, "not seen")
    form = FormData({"text": "answer", "seen_seq": str(seen)})
    form.add_field("attachments", b"%PDF-1.4", filename="a.pdf")
    async with desk.agent.session.post(
        desk.agent.url + path_of(desk, "/send"),
        data=form,
        headers={"Authorization": f"Bearer {desk.agent.token}"},
    ) as response:
        assert response.status == 201
    assert await unread(desk) == 1


async def test_a_programs_answer_reads_nothing(desk: Desk) -> None:
    seen = await hear(desk, "question")
    made = await desk.agent.ok("POST", "/api/keys", {"name": "bot", "scopes": ["read", "send"]})
    bot = Peer(desk.agent.session, desk.agent.url, made["secret"], desk.agent.user_id)
    await answer(desk, bot)
    await answer(desk, bot, seen_seq=seen)
    await desk.work()
    assert await unread(desk) == 1


async def test_the_phones_own_message_reads_nothing(desk: Desk) -> None:
    await hear(desk, "question")
    await desk.harness.store(written_by_us("typed on the phone", chat_id=desk.chat["provider_chat_id"]))
    assert await unread(desk) == 1


async def test_an_answer_that_fails_reads_nothing(desk: Desk) -> None:
    socket = await desk.agent.listen()
    await hear(desk, "question")
    await answer(desk)
    assert await unread(desk) == 0  # on its way
    await desk.fail(send_status=422)
    await desk.work()
    assert await unread(desk) == 1
    await socket.wait_for_event("chat:updated", unread_count=1, id=desk.chat["id"])


async def test_one_answer_that_fails_does_not_take_back_what_another_read(desk: Desk) -> None:
    await hear(desk, "question")
    await answer(desk)
    await desk.work()
    second = await hear(desk, "another question")
    await answer(desk, seen_seq=second)
    await desk.fail(send_status=422)
    await desk.work()
    assert await unread(desk) == 1


async def test_a_chat_read_on_the_phone_is_read(desk: Desk) -> None:
    body = message_received("acc-1", "one", chat_id=desk.chat["provider_chat_id"])
    await desk.harness.store(body)
    await hear(desk, "two")
    await desk.harness.store(receipt("message_read", body["message_id"], is_sender=False))
    assert await unread(desk) == 1


async def test_our_read_flag_mirrored_to_unipile_reads_nothing_newer(desk: Desk) -> None:
    """UniPile marks the whole chat, and then reports a message as read that no user has seen."""
    await hear(desk, "one")
    await desk.agent.ok("PATCH", path_of(desk), {"read": True})
    body = message_received("acc-1", "two", chat_id=desk.chat["provider_chat_id"])
    await desk.harness.store(body)
    await desk.harness.store(receipt("message_read", body["message_id"], is_sender=False))
    assert await unread(desk) == 1


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
