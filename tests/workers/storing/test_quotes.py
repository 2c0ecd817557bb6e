"""What a quote refers to: a message of its batch, a later one, or one of ours that gets its id later."""

from typing import Any

from tests.support.peers import message_received
from tests.support.worker_harness import Listener, WorkerHarness, written_by_us


def answering(message: dict[str, Any], text: str = "Este", **changes: Any) -> dict[str, Any]:
    quoted = {"message_id": message["message_id"], "provider_id": "3EB0", "sender_id": "x", "text": "Oi"}
    return message_received("acc-1", text, quoted=quoted, **changes)


async def frames(listener: Listener, event: str) -> list[dict[str, Any]]:
    return [frame["data"] for _, frame in await listener.heard() if frame["event"] == event]


async def test_a_quote_within_a_batch_is_pushed_with_its_target(
    harness: WorkerHarness, listener: Listener
) -> None:
    first = message_received("acc-1", "Oi")
    await harness.store(answering(first), first)
    pushed = {data["body"]: data for data in await frames(listener, "message:new")}
    assert pushed["Este"]["quoted"]["message_id"] == pushed["Oi"]["id"]


async def test_a_batch_without_such_a_quote_reads_nothing_again(
    harness: WorkerHarness, monkeypatch: Any
) -> None:
    """The usual case costs no extra round trip."""
    first = message_received("acc-1", "Oi")
    await harness.store(first)

    async def fail(*_: object) -> None:
        raise AssertionError("read again")

    monkeypatch.setattr("workers.storing.transaction.messages.fetch_by_provider_ids", fail)
    monkeypatch.setattr("workers.storing.transaction.quotes.bump_reply_seqs", fail)
    await harness.store(answering(first), message_received("acc-1", "Tem?"))


async def test_a_quoted_message_may_arrive_later(harness: WorkerHarness, listener: Listener) -> None:
    first = message_received("acc-1", "Oi")
    answers = [answering(first, "um"), answering(first, "dois")]
    await harness.store(*answers)
    assert [data["quoted"]["message_id"] for data in await frames(listener, "message:new")] == [None, None]
    await harness.store(first)
    heard = await listener.heard()
    (new,) = [frame["data"] for _, frame in heard if frame["event"] == "message:new"]
    updated = [frame["data"] for _, frame in heard if frame["event"] == "message:updated"]
    assert [(data["body"], data["quoted"]["message_id"]) for data in updated] == [
        ("um", new["id"]),
        ("dois", new["id"]),
    ]
    assert len({seq for seq, _ in heard}) == len(heard)
    rows = {row["body"]: row["seq"] for row in await harness.messages()}
    assert [data["seq"] for data in updated] == [rows["um"], rows["dois"]]
    assert updated[0]["quoted"]["content"] == {"kind": "text", "name": None, "duration": None}


async def test_a_repeated_message_changes_its_answers_once(
    harness: WorkerHarness, listener: Listener
) -> None:
    first = message_received("acc-1", "Oi")
    await harness.store(answering(first))
    await harness.store(first)
    before = await harness.messages()
    await listener.heard()
    await harness.store(first)
    assert await harness.messages() == before
    assert await frames(listener, "message:updated") == []


async def test_a_quote_ignores_another_accounts_message_with_the_same_id(
    harness: WorkerHarness, listener: Listener
) -> None:
    await harness.make_account("acc-2")
    first = message_received("acc-2", "Oi")
    await harness.store(answering(first))
    await harness.store(first)
    assert await frames(listener, "message:updated") == []


async def test_an_answer_can_overtake_the_id_of_what_we_sent(
    harness: WorkerHarness, listener: Listener
) -> None:
    """The contact replies before UniPile responds: the quote is joined once our row has its id, by response or echo."""
    await harness.store(message_received("acc-1", "Tem?", chat_id="c-1"))
    chat = await harness.chat()
    for index, way in enumerate(("answer", "echo")):
        sent = await harness.begin_send(chat["id"], f"Tem {index}.", f"client-{index}")
        echo = written_by_us(f"Tem {index}.", message_id=f"ours-{index}", chat_id="c-1")
        await harness.store(answering(echo, f"Quero {way}", chat_id="c-1"))
        await listener.heard()
        if way == "answer":
            await harness.answer_send(sent, f"ours-{index}")
        else:
            await harness.store(echo)
        (updated,) = [d for d in await frames(listener, "message:updated") if d["direction"] == "in"]
        assert updated["quoted"]["message_id"] == sent.id
