"""Our own messages come back as webhooks: one bubble stays one bubble, whichever arrives first."""

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


async def test_an_echo_before_the_answer_meets_the_row(ledger: Ledger, ear: Ear) -> None:
    sent = await ledger.begin_send(await open_chat(ledger), "Tem.")
    await ledger.store(echo("Tem.", "m-1"))
    assert await bubbles(ledger) == [("Tem.", "sent", "m-1", "client-1")]
    await ledger.answer_send(sent, "m-1")
    assert await bubbles(ledger) == [("Tem.", "sent", "m-1", "client-1")]
    told = [frame["event"] for _, frame in await ear.heard() if frame["data"].get("client_id") == "client-1"]
    assert told == ["message:sent"]
    assert await ledger.usage() == (0, 1)


async def test_an_echo_after_the_answer_meets_the_row(ledger: Ledger) -> None:
    sent = await ledger.begin_send(await open_chat(ledger), "Tem.")
    await ledger.answer_send(sent, "m-1")
    await ledger.store(echo("Tem.", "m-1"))
    await ledger.store(echo("Tem.", "m-1"))
    assert await bubbles(ledger) == [("Tem.", "sent", "m-1", "client-1")]


async def test_an_answer_without_an_id_is_completed_by_the_echo(ledger: Ledger) -> None:
    sent = await ledger.begin_send(await open_chat(ledger), "Tem.")
    await ledger.answer_send(sent, None)
    assert await bubbles(ledger) == [("Tem.", "sent", None, "client-1")]
    await ledger.store(echo("Tem.", "m-1"))
    assert await bubbles(ledger) == [("Tem.", "sent", "m-1", "client-1")]


async def test_an_echo_in_other_words_is_held_back_until_the_answer_is_here(ledger: Ledger) -> None:
    """WhatsApp may change the words (a trimmed space): only the id in the answer tells whose echo it is."""
    sent = await ledger.begin_send(await open_chat(ledger), " Tem. ")
    await ledger.store(echo("Tem.", "m-1"))
    assert await bubbles(ledger) == [(" Tem. ", "sending", None, "client-1")]
    ((held,),) = await ledger.waiting()
    await ledger.answer_send(sent, "m-1")
    await ingest.store_events(ledger.context(), [held])
    assert await bubbles(ledger) == [(" Tem. ", "sent", "m-1", "client-1")]
    assert await ledger.usage() == (0, 1)


async def test_a_strangers_words_are_stored_when_the_wait_was_long_enough(ledger: Ledger) -> None:
    await ledger.begin_send(await open_chat(ledger), "Tem.")
    held = delivery(echo("outra coisa", "m-9")) | {"waits": MAX_ECHO_WAITS}
    await ingest.store_events(ledger.context(), [held])
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


async def test_two_sends_of_equal_text_take_their_echoes_in_order(ledger: Ledger) -> None:
    chat_id = await open_chat(ledger)
    first = await ledger.begin_send(chat_id, "Oi", "client-1")
    await ledger.answer_send(first, None)
    second = await ledger.begin_send(chat_id, "Oi", "client-2")
    await ledger.answer_send(second, None)
    await ledger.store(echo("Oi", "m-1"), echo("Oi", "m-2"))
    assert await bubbles(ledger) == [("Oi", "sent", "m-1", "client-1"), ("Oi", "sent", "m-2", "client-2")]


async def test_a_phone_typed_message_of_equal_text_leaves_two_bubbles(ledger: Ledger) -> None:
    """The phone's message takes the row that waits for an equal text; our own echo then stands for itself."""
    sent = await ledger.begin_send(await open_chat(ledger), "Oi")
    await ledger.store(echo("Oi", "typed"))
    await ledger.answer_send(sent, "ours")
    await ledger.store(echo("Oi", "ours"))
    await ledger.store(echo("Oi", "typed"))
    assert sorted(m[2] or "" for m in await bubbles(ledger)) == ["ours", "typed"]
    assert {m[1] for m in await bubbles(ledger)} == {"sent"}


async def test_an_answer_whose_id_is_another_rows_does_not_fail(ledger: Ledger) -> None:
    """The echo waited as long as echoes wait and stands: the send keeps its own row, without an id."""
    sent = await ledger.begin_send(await open_chat(ledger), " Tem. ")
    held = delivery(echo("Tem.", "m-1")) | {"waits": MAX_ECHO_WAITS}
    await ingest.store_events(ledger.context(), [held])
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


async def test_a_send_that_was_never_handed_over_takes_no_echo(ledger: Ledger) -> None:
    await ledger.queue_send(await open_chat(ledger), "Oi", "client-1")
    await ledger.store(echo("Oi", "typed"))
    assert await bubbles(ledger) == [("Oi", "sending", None, "client-1"), ("Oi", "sent", "typed", None)]


async def test_an_echo_does_not_move_an_answer_behind_the_next_one(ledger: Ledger) -> None:
    """Two answers in a row: UniPile sends the first one after the second was written."""
    chat_id = await open_chat(ledger)
    await ledger.begin_send(chat_id, "First", "client-1")
    await ledger.queue_send(chat_id, "Second", "client-2")
    await ledger.store(echo("First", "m-1"))
    shown = await ledger.fetch("""select body from channels_message where direction = 'out'
                                  order by sent_at, id""")
    assert [row["body"] for row in shown] == ["First", "Second"]


async def test_an_echo_frees_the_next_answer_of_a_worker_that_is_gone(ledger: Ledger) -> None:
    """Nobody waits for the first one's answer any more, and its job has looked and found it under way."""
    chat_id = await open_chat(ledger)
    await ledger.begin_send(chat_id, "First", "client-1")
    before = await ledger.parts.redis.zcard(OUTBOX_QUEUE)
    await ledger.store(echo("First", "m-1"))
    assert await ledger.parts.redis.zcard(OUTBOX_QUEUE) == before, "nothing waits"
    await ledger.begin_send(chat_id, "Second", "client-2")
    await ledger.queue_send(chat_id, "Third", "client-3")
    await ledger.store(echo("Second", "m-2"))
    assert await ledger.parts.redis.zcard(OUTBOX_QUEUE) == before + 1
