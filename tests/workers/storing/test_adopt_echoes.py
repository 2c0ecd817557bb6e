"""Our own messages come back as webhooks: one message stays one row, whichever arrives first."""

from server.queue import OUTBOX_QUEUE
from tests.support.peers import message_received
from tests.support.worker_harness import Listener, WorkerHarness, delivery, receipt, written_by_us
from workers.messages import ingest
from workers.storing.adopt_echoes import MAX_ECHO_WAITS

NOW = "2100-01-01T00:00:00.000Z"


async def open_chat(harness: WorkerHarness) -> int:
    await harness.store(message_received("acc-1", "Tem?"))
    return int((await harness.chat())["id"])


def echo(text: str, message_id: str) -> dict[str, object]:
    return written_by_us(text, message_id=message_id, timestamp=NOW)


async def bubbles(harness: WorkerHarness) -> list[tuple[str, str, str | None, str | None]]:
    return [
        (m["body"], m["status"], m["provider_msg_id"], m["client_id"])
        for m in await harness.messages()
        if m["direction"] == "out"
    ]


async def test_an_echo_before_the_response_is_adopted(harness: WorkerHarness, listener: Listener) -> None:
    sent = await harness.begin_send(await open_chat(harness), "Tem.")
    await harness.store(echo("Tem.", "m-1"))
    assert await bubbles(harness) == [("Tem.", "sent", "m-1", "client-1")]
    await harness.answer_send(sent, "m-1")
    assert await bubbles(harness) == [("Tem.", "sent", "m-1", "client-1")]
    pushed = [
        frame["event"] for _, frame in await listener.heard() if frame["data"].get("client_id") == "client-1"
    ]
    assert pushed == ["message:sent"]
    assert await harness.usage() == (0, 1)


async def test_an_echo_after_the_response_is_adopted(harness: WorkerHarness) -> None:
    sent = await harness.begin_send(await open_chat(harness), "Tem.")
    await harness.answer_send(sent, "m-1")
    await harness.store(echo("Tem.", "m-1"))
    await harness.store(echo("Tem.", "m-1"))
    assert await bubbles(harness) == [("Tem.", "sent", "m-1", "client-1")]


async def test_a_response_without_an_id_is_completed_by_the_echo(harness: WorkerHarness) -> None:
    sent = await harness.begin_send(await open_chat(harness), "Tem.")
    await harness.answer_send(sent, None)
    assert await bubbles(harness) == [("Tem.", "sent", None, "client-1")]
    await harness.store(echo("Tem.", "m-1"))
    assert await bubbles(harness) == [("Tem.", "sent", "m-1", "client-1")]


async def test_an_echo_with_a_changed_text_is_delayed_until_the_response(harness: WorkerHarness) -> None:
    """WhatsApp may change the text (a trimmed space): only the id in the response identifies its echo."""
    sent = await harness.begin_send(await open_chat(harness), " Tem. ")
    await harness.store(echo("Tem.", "m-1"))
    assert await bubbles(harness) == [(" Tem. ", "sending", None, "client-1")]
    ((delayed,),) = await harness.waiting()
    await harness.answer_send(sent, "m-1")
    await ingest.store_events(harness.context(), [delayed])
    assert await bubbles(harness) == [(" Tem. ", "sent", "m-1", "client-1")]
    assert await harness.usage() == (0, 1)


async def test_another_message_is_stored_after_the_maximum_wait(harness: WorkerHarness) -> None:
    await harness.begin_send(await open_chat(harness), "Tem.")
    delayed = delivery(echo("outra coisa", "m-9")) | {"waits": MAX_ECHO_WAITS}
    await ingest.store_events(harness.context(), [delayed])
    assert await bubbles(harness) == [
        ("Tem.", "sending", None, "client-1"),
        ("outra coisa", "sent", "m-9", None),
    ]
    assert await harness.usage() == (1, 1)


async def test_an_inbound_message_never_waits_for_a_send(harness: WorkerHarness) -> None:
    await harness.begin_send(await open_chat(harness), "Tem.")
    await harness.store(message_received("acc-1", "Oi?"))
    assert "Oi?" in [m["body"] for m in await harness.messages()]
    assert await harness.waiting() == []


async def test_two_sends_of_equal_text_adopt_their_echoes_in_order(harness: WorkerHarness) -> None:
    chat_id = await open_chat(harness)
    first = await harness.begin_send(chat_id, "Oi", "client-1")
    await harness.answer_send(first, None)
    second = await harness.begin_send(chat_id, "Oi", "client-2")
    await harness.answer_send(second, None)
    await harness.store(echo("Oi", "m-1"), echo("Oi", "m-2"))
    assert await bubbles(harness) == [("Oi", "sent", "m-1", "client-1"), ("Oi", "sent", "m-2", "client-2")]


async def test_a_phone_typed_message_of_equal_text_leaves_two_bubbles(harness: WorkerHarness) -> None:
    """The phone's message takes the row that waits for an equal text; our own echo then gets its own row."""
    sent = await harness.begin_send(await open_chat(harness), "Oi")
    await harness.store(echo("Oi", "typed"))
    await harness.answer_send(sent, "ours")
    await harness.store(echo("Oi", "ours"))
    await harness.store(echo("Oi", "typed"))
    assert sorted(m[2] or "" for m in await bubbles(harness)) == ["ours", "typed"]
    assert {m[1] for m in await bubbles(harness)} == {"sent"}


async def test_a_response_with_the_id_of_another_row_does_not_fail(harness: WorkerHarness) -> None:
    """The echo waited for the maximum and was stored: the send has a separate row without an id."""
    sent = await harness.begin_send(await open_chat(harness), " Tem. ")
    delayed = delivery(echo("Tem.", "m-1")) | {"waits": MAX_ECHO_WAITS}
    await ingest.store_events(harness.context(), [delayed])
    await harness.answer_send(sent, "m-1")
    assert {m[1] for m in await bubbles(harness)} == {"sent"}
    assert len(await bubbles(harness)) == 2


async def test_an_unconfirmed_send_becomes_sent_with_its_echo(harness: WorkerHarness) -> None:
    await harness.begin_send(await open_chat(harness), "Tem.")
    await harness.execute("""update channels_message set status = 'unconfirmed', error = '{"code": "x"}'
                            where client_id = 'client-1'""")
    await harness.store(receipt("message_delivered", "m-1"))
    await harness.store(echo("Tem.", "m-1"))
    assert await bubbles(harness) == [("Tem.", "delivered", "m-1", "client-1")]
    assert (await harness.messages())[-1]["error"] is None


async def test_a_send_that_was_never_attempted_adopts_no_echo(harness: WorkerHarness) -> None:
    await harness.queue_send(await open_chat(harness), "Oi", "client-1")
    await harness.store(echo("Oi", "typed"))
    assert await bubbles(harness) == [("Oi", "sending", None, "client-1"), ("Oi", "sent", "typed", None)]


async def test_an_echo_does_not_move_an_answer_behind_the_next_one(harness: WorkerHarness) -> None:
    """Two replies in a row: UniPile sends the first one after the second was written."""
    chat_id = await open_chat(harness)
    await harness.begin_send(chat_id, "First", "client-1")
    await harness.queue_send(chat_id, "Second", "client-2")
    await harness.store(echo("First", "m-1"))
    shown = await harness.fetch("""select body from channels_message where direction = 'out'
                                  order by sent_at, id""")
    assert [row["body"] for row in shown] == ["First", "Second"]


async def test_an_echo_releases_the_next_send_of_a_dead_worker(harness: WorkerHarness) -> None:
    """The worker that waited for the first response died, and the send's job found it in progress."""
    chat_id = await open_chat(harness)
    await harness.begin_send(chat_id, "First", "client-1")
    before = await harness.parts.redis.zcard(OUTBOX_QUEUE)
    await harness.store(echo("First", "m-1"))
    assert await harness.parts.redis.zcard(OUTBOX_QUEUE) == before, "nothing waits"
    await harness.begin_send(chat_id, "Second", "client-2")
    await harness.queue_send(chat_id, "Third", "client-3")
    await harness.store(echo("Second", "m-2"))
    assert await harness.parts.redis.zcard(OUTBOX_QUEUE) == before + 1
