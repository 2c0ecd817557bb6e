"""Our own messages come back as webhooks: one message stays one row, whichever arrives first."""

from server.queue import OUTBOX_QUEUE
from tests.support.peers import message_received
from tests.support.worker_harness import Ear, Ledger, delivery, receipt, written_by_us
from workers.messages import ingest
from workers.storing.adopt_echoes import MAX_ECHO_WAITS

NOW = "2100-01-01T00:00:00.000Z"


async def open_chat(ledger: Ledger) -> int:
    await ledger.store(message_received("acc-1", "Tem?"))
    return int((await ledger.chat())["id"])


def echo(text: str, message_id: str) -> dict[str, object]:
    return written_by_us(text, message_id=message_id, timestamp=NOW)


async def bubbles(ledger: Ledger) -> list[tuple[str, str, str | None, str | None]]:
    return [
        (m["body"], m["status"], m["provider_msg_id"], m["client_id"])
        for m in await ledger.messages()
        if m["direction"] == "out"
    ]


async def test_an_echo_before_the_response_is_adopted(ledger: Ledger, ear: Ear) -> None:
    sent = await ledger.begin_send(await open_chat(ledger), "Tem.")
    await ledger.store(echo("Tem.", "m-1"))
    assert await bubbles(ledger) == [("Tem.", "sent", "m-1", "client-1")]
    await ledger.answer_send(sent, "m-1")
    assert await bubbles(ledger) == [("Tem.", "sent", "m-1", "client-1")]
    pushed = [
        frame["event"] for _, frame in await ear.heard() if frame["data"].get("client_id") == "client-1"
    ]
    assert pushed == ["message:sent"]
    assert await ledger.usage() == (0, 1)


async def test_an_echo_after_the_response_is_adopted(ledger: Ledger) -> None:
    sent = await ledger.begin_send(await open_chat(ledger), "Tem.")
    await ledger.answer_send(sent, "m-1")
    await ledger.store(echo("Tem.", "m-1"))
    await ledger.store(echo("Tem.", "m-1"))
    assert await bubbles(ledger) == [("Tem.", "sent", "m-1", "client-1")]


async def test_a_response_without_an_id_is_completed_by_the_echo(ledger: Ledger) -> None:
    sent = await ledger.begin_send(await open_chat(ledger), "Tem.")
    await ledger.answer_send(sent, None)
    assert await bubbles(ledger) == [("Tem.", "sent", None, "client-1")]
    await ledger.store(echo("Tem.", "m-1"))
    assert await bubbles(ledger) == [("Tem.", "sent", "m-1", "client-1")]


async def test_an_echo_with_a_changed_text_is_delayed_until_the_response(ledger: Ledger) -> None:
    """WhatsApp may change the text (a trimmed space): only the id in the response tells whose echo it is."""
    sent = await ledger.begin_send(await open_chat(ledger), " Tem. ")
    await ledger.store(echo("Tem.", "m-1"))
    assert await bubbles(ledger) == [(" Tem. ", "sending", None, "client-1")]
    ((delayed,),) = await ledger.waiting()
    await ledger.answer_send(sent, "m-1")
    await ingest.store_events(ledger.context(), [delayed])
    assert await bubbles(ledger) == [(" Tem. ", "sent", "m-1", "client-1")]
    assert await ledger.usage() == (0, 1)


async def test_another_message_is_stored_after_the_maximum_wait(ledger: Ledger) -> None:
    await ledger.begin_send(await open_chat(ledger), "Tem.")
    delayed = delivery(echo("outra coisa", "m-9")) | {"waits": MAX_ECHO_WAITS}
    await ingest.store_events(ledger.context(), [delayed])
    assert await bubbles(ledger) == [
        ("Tem.", "sending", None, "client-1"),
        ("outra coisa", "sent", "m-9", None),
    ]
    assert await ledger.usage() == (1, 1)


async def test_an_inbound_message_never_waits_for_a_send(ledger: Ledger) -> None:
    await ledger.begin_send(await open_chat(ledger), "Tem.")
    await ledger.store(message_received("acc-1", "Oi?"))
    assert "Oi?" in [m["body"] for m in await ledger.messages()]
    assert await ledger.waiting() == []


async def test_two_sends_of_equal_text_adopt_their_echoes_in_order(ledger: Ledger) -> None:
    chat_id = await open_chat(ledger)
    first = await ledger.begin_send(chat_id, "Oi", "client-1")
    await ledger.answer_send(first, None)
    second = await ledger.begin_send(chat_id, "Oi", "client-2")
    await ledger.answer_send(second, None)
    await ledger.store(echo("Oi", "m-1"), echo("Oi", "m-2"))
    assert await bubbles(ledger) == [("Oi", "sent", "m-1", "client-1"), ("Oi", "sent", "m-2", "client-2")]


async def test_a_phone_typed_message_of_equal_text_leaves_two_bubbles(ledger: Ledger) -> None:
    """The phone's message takes the row that waits for an equal text; our own echo then gets its own row."""
    sent = await ledger.begin_send(await open_chat(ledger), "Oi")
    await ledger.store(echo("Oi", "typed"))
    await ledger.answer_send(sent, "ours")
    await ledger.store(echo("Oi", "ours"))
    await ledger.store(echo("Oi", "typed"))
    assert sorted(m[2] or "" for m in await bubbles(ledger)) == ["ours", "typed"]
    assert {m[1] for m in await bubbles(ledger)} == {"sent"}


async def test_a_response_with_the_id_of_another_row_does_not_fail(ledger: Ledger) -> None:
    """The echo waited for the maximum and was stored: the send has a row of its own, without an id."""
    sent = await ledger.begin_send(await open_chat(ledger), " Tem. ")
    delayed = delivery(echo("Tem.", "m-1")) | {"waits": MAX_ECHO_WAITS}
    await ingest.store_events(ledger.context(), [delayed])
    await ledger.answer_send(sent, "m-1")
    assert {m[1] for m in await bubbles(ledger)} == {"sent"}
    assert len(await bubbles(ledger)) == 2


async def test_an_unconfirmed_send_becomes_sent_with_its_echo(ledger: Ledger) -> None:
    await ledger.begin_send(await open_chat(ledger), "Tem.")
    await ledger.execute("""update channels_message set status = 'unconfirmed', error = '{"code": "x"}'
                            where client_id = 'client-1'""")
    await ledger.store(receipt("message_delivered", "m-1"))
    await ledger.store(echo("Tem.", "m-1"))
    assert await bubbles(ledger) == [("Tem.", "delivered", "m-1", "client-1")]
    assert (await ledger.messages())[-1]["error"] is None


async def test_a_send_that_was_never_attempted_adopts_no_echo(ledger: Ledger) -> None:
    await ledger.queue_send(await open_chat(ledger), "Oi", "client-1")
    await ledger.store(echo("Oi", "typed"))
    assert await bubbles(ledger) == [("Oi", "sending", None, "client-1"), ("Oi", "sent", "typed", None)]


async def test_an_echo_does_not_move_an_answer_behind_the_next_one(ledger: Ledger) -> None:
    """Two replies in a row: UniPile sends the first one after the second was written."""
    chat_id = await open_chat(ledger)
    await ledger.begin_send(chat_id, "First", "client-1")
    await ledger.queue_send(chat_id, "Second", "client-2")
    await ledger.store(echo("First", "m-1"))
    shown = await ledger.fetch("""select body from channels_message where direction = 'out'
                                  order by sent_at, id""")
    assert [row["body"] for row in shown] == ["First", "Second"]


async def test_an_echo_releases_the_next_send_of_a_dead_worker(ledger: Ledger) -> None:
    """The worker that waited for the first response died, and the send's job found it in progress."""
    chat_id = await open_chat(ledger)
    await ledger.begin_send(chat_id, "First", "client-1")
    before = await ledger.parts.redis.zcard(OUTBOX_QUEUE)
    await ledger.store(echo("First", "m-1"))
    assert await ledger.parts.redis.zcard(OUTBOX_QUEUE) == before, "nothing waits"
    await ledger.begin_send(chat_id, "Second", "client-2")
    await ledger.queue_send(chat_id, "Third", "client-3")
    await ledger.store(echo("Second", "m-2"))
    assert await ledger.parts.redis.zcard(OUTBOX_QUEUE) == before + 1
