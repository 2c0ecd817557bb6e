"""What a quote refers to: a message of its batch, a later one, or one of ours that gets its id later."""

from typing import Any

from tests.support.peers import message_received
from tests.support.worker_harness import Ear, Ledger, written_by_us


def answering(message: dict[str, Any], text: str = "Este", **changes: Any) -> dict[str, Any]:
    quoted = {"message_id": message["message_id"], "provider_id": "3EB0", "sender_id": "x", "text": "Oi"}
    return message_received("acc-1", text, quoted=quoted, **changes)


async def frames(ear: Ear, event: str) -> list[dict[str, Any]]:
    return [frame["data"] for _, frame in await ear.heard() if frame["event"] == event]


async def test_a_quote_within_a_batch_is_pushed_with_what_it_points_to(ledger: Ledger, ear: Ear) -> None:
    first = message_received("acc-1", "Oi")
    await ledger.store(answering(first), first)
    pushed = {data["body"]: data for data in await frames(ear, "message:new")}
    assert pushed["Este"]["quoted"]["message_id"] == pushed["Oi"]["id"]


async def test_a_batch_without_such_a_quote_reads_nothing_again(ledger: Ledger, monkeypatch: Any) -> None:
    """The usual case costs no extra round trip."""
    first = message_received("acc-1", "Oi")
    await ledger.store(first)

    async def fail(*_: object) -> None:
        raise AssertionError("read again")

    monkeypatch.setattr("workers.storing.transaction.messages.fetch_by_provider_ids", fail)
    monkeypatch.setattr("workers.storing.transaction.quotes.bump_reply_seqs", fail)
    await ledger.store(answering(first), message_received("acc-1", "Tem?"))


async def test_what_is_quoted_may_come_later(ledger: Ledger, ear: Ear) -> None:
    first = message_received("acc-1", "Oi")
    answers = [answering(first, "um"), answering(first, "dois")]
    await ledger.store(*answers)
    assert [data["quoted"]["message_id"] for data in await frames(ear, "message:new")] == [None, None]
    await ledger.store(first)
    heard = await ear.heard()
    (new,) = [frame["data"] for _, frame in heard if frame["event"] == "message:new"]
    updated = [frame["data"] for _, frame in heard if frame["event"] == "message:updated"]
    assert [(data["body"], data["quoted"]["message_id"]) for data in updated] == [
        ("um", new["id"]),
        ("dois", new["id"]),
    ]
    assert len({seq for seq, _ in heard}) == len(heard)
    rows = {row["body"]: row["seq"] for row in await ledger.messages()}
    assert [data["seq"] for data in updated] == [rows["um"], rows["dois"]]


async def test_a_repeated_message_changes_its_answers_once(ledger: Ledger, ear: Ear) -> None:
    first = message_received("acc-1", "Oi")
    await ledger.store(answering(first))
    await ledger.store(first)
    before = await ledger.messages()
    await ear.heard()
    await ledger.store(first)
    assert await ledger.messages() == before
    assert await frames(ear, "message:updated") == []


async def test_another_accounts_message_of_the_same_id_is_not_meant(ledger: Ledger, ear: Ear) -> None:
    await ledger.make_account("acc-2")
    first = message_received("acc-2", "Oi")
    await ledger.store(answering(first))
    await ledger.store(first)
    assert await frames(ear, "message:updated") == []


async def test_an_answer_can_overtake_the_id_of_what_we_sent(ledger: Ledger, ear: Ear) -> None:
    """The contact replies before UniPile responds: the quote is joined once our row has its id, by response or echo."""
    await ledger.store(message_received("acc-1", "Tem?", chat_id="c-1"))
    chat = await ledger.chat()
    for number, way in enumerate(("answer", "echo")):
        sent = await ledger.begin_send(chat["id"], f"Tem {number}.", f"client-{number}")
        echo = written_by_us(f"Tem {number}.", message_id=f"ours-{number}", chat_id="c-1")
        await ledger.store(answering(echo, f"Quero {way}", chat_id="c-1"))
        await ear.heard()
        if way == "answer":
            await ledger.answer_send(sent, f"ours-{number}")
        else:
            await ledger.store(echo)
        (updated,) = [d for d in await frames(ear, "message:updated") if d["direction"] == "in"]
        assert updated["quoted"]["message_id"] == sent.id
