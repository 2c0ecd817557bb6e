"""Reading a message again: the newer read wins, webhooks count only if UniPile fails, seqs only for changes."""

from collections.abc import Callable
from typing import Any

import pytest

from server.unipile.errors import NotTaken, OutcomeUnknown, Rejected, UnipileError
from server.unipile.message_state import MessageState
from tests.support.peers import message_received
from tests.support.worker_harness import Ear, Ledger, written_by_us
from workers.messages.amendments import TRIES, amend_message

Answer = MessageState | UnipileError


def state(body: str | None = "Oi", **changes: Any) -> MessageState:
    values: dict[str, Any] = {"is_edited": False, "is_deleted": False, "reactions": []}
    return MessageState(body, **(values | changes))


@pytest.fixture
def unipile(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> Callable[[Answer], None]:
    """Sets UniPile's response when a message is read."""

    def answer(given: Answer) -> None:
        async def fetch_message(provider_msg_id: str) -> MessageState:
            if isinstance(given, UnipileError):
                raise given
            return given

        monkeypatch.setattr(ledger.parts.unipile, "fetch_message", fetch_message)

    return answer


async def amended_message(ledger: Ledger, kind: str, **changes: Any) -> tuple[int, str]:
    """A message with an event about it; returns the job's arguments."""
    message = message_received("acc-1", "Oi")
    await ledger.store(message)
    await ledger.store(message | {"event": kind} | changes)
    (row,) = await ledger.messages()
    return row["account_id"], row["provider_msg_id"]


async def shown(ledger: Ledger) -> tuple[Any, ...]:
    (row,) = await ledger.fetch(
        "select body, edited_at is not null e, deleted_at is not null d, reactions::text r from channels_message"
    )
    return row["body"], row["e"], row["d"], row["r"]


async def test_the_state_at_unipile_wins_over_the_webhook(
    ledger: Ledger, unipile: Callable[[Answer], None]
) -> None:
    """A misread webhook body does no harm."""
    key = await amended_message(ledger, "message_deleted")
    unipile(state("Olá", is_edited=True))
    await amend_message(ledger.context(), *key)
    assert await shown(ledger) == ("Olá", True, False, "[]")
    assert await ledger.fetch("select from channels_amendment") == []


async def test_a_new_text_need_not_be_called_edited(
    ledger: Ledger, unipile: Callable[[Answer], None]
) -> None:
    key = await amended_message(ledger, "message_edited", message="Olá")
    unipile(state("Olá"))
    await amend_message(ledger.context(), *key)
    assert await shown(ledger) == ("Olá", True, False, "[]")


async def test_no_change_takes_no_seq_and_is_not_published(
    ledger: Ledger, ear: Ear, unipile: Callable[[Answer], None]
) -> None:
    key = await amended_message(ledger, "message_edited", message="Oi")
    before, _ = await ledger.messages(), await ear.heard()
    unipile(state("Oi"))
    await amend_message(ledger.context(), *key)
    assert await ledger.messages() == before
    assert await ear.heard() == []


async def test_a_change_is_published_with_its_chat(
    ledger: Ledger, ear: Ear, unipile: Callable[[Answer], None]
) -> None:
    key = await amended_message(ledger, "message_edited", message="Olá")
    await ear.heard()
    unipile(state("Olá", is_edited=True))
    await amend_message(ledger.context(), *key)
    (first, message), (second, chat) = await ear.heard()
    assert (message["event"], message["data"]["body"]) == ("message:updated", "Olá")
    assert (chat["event"], chat["data"]["last_message_preview"]) == ("chat:updated", "Olá")
    assert (first, second) == (message["data"]["seq"], chat["data"]["seq"]) == (3, 4)


@pytest.mark.parametrize("error", [NotTaken("network_down", "x", 503), OutcomeUnknown("timeout", "x")])
async def test_a_read_that_fails_waits_before_the_webhook_counts(
    ledger: Ledger, unipile: Callable[[Answer], None], error: UnipileError
) -> None:
    key = await amended_message(ledger, "message_edited", message="Olá")
    unipile(error)
    with pytest.raises((NotTaken, TimeoutError)):
        await amend_message(ledger.context(), *key)
    assert await shown(ledger) == ("Oi", False, False, "[]")
    await amend_message(ledger.context(job_try=TRIES), *key)
    assert await shown(ledger) == ("Olá", True, False, "[]")


async def test_the_state_at_unipile_corrects_an_applied_webhook(
    ledger: Ledger, unipile: Callable[[Answer], None]
) -> None:
    key = await amended_message(ledger, "message_edited", message="errado")
    unipile(Rejected("resource_not_found", "x", 404))
    await amend_message(ledger.context(), *key)
    assert (await shown(ledger))[0] == "errado"
    unipile(state("certo", is_edited=True))
    await amend_message(ledger.context(), *key)
    assert (await shown(ledger))[0] == "certo"


async def test_an_amendment_of_a_message_that_never_comes_waits(
    ledger: Ledger, unipile: Callable[[Answer], None]
) -> None:
    await ledger.store(message_received("acc-1", event="message_deleted", message_id="m-9"))
    (account,) = await ledger.fetch("select id from channels_account")
    unipile(state(None, is_deleted=True))
    await amend_message(ledger.context(), account["id"], "m-9")
    assert await ledger.messages() == []
    assert len(await ledger.fetch("select from channels_amendment")) == 1


async def test_a_reaction_can_overtake_the_response_to_a_send(ledger: Ledger) -> None:
    """The contact is faster than UniPile: the reaction waits until the message's id is known."""
    await ledger.store(message_received("acc-1", "Tem?", chat_id="c-1"))
    message = await ledger.begin_send((await ledger.chat())["id"], "Tem.")
    reaction = {"event": "message_reaction", "message_id": "m-1", "reaction": "👍"}
    await ledger.store(message_received("acc-1", chat_id="c-1") | reaction)
    await ledger.parts.redis.flushdb()
    await ledger.answer_send(message, "m-1")
    (key,) = await ledger.parts.redis.keys("arq:job:*")
    assert b'"amend_message"' in await ledger.parts.redis.get(key)


async def test_a_reaction_without_a_sender_changes_nothing(
    ledger: Ledger, unipile: Callable[[Answer], None]
) -> None:
    key = await amended_message(ledger, "message_reaction", reaction="👍")
    unipile(Rejected("resource_not_found", "x", 404))
    await amend_message(ledger.context(), *key)
    assert await shown(ledger) == ("Oi", False, False, "[]")


async def test_an_own_message_typed_on_the_phone_is_amended_too(
    ledger: Ledger, unipile: Callable[[Answer], None]
) -> None:
    message = written_by_us("Tem.")
    await ledger.store(message | {"event": "message_edited", "message": "Tem!"})
    await ledger.store(message)
    unipile(state("Tem!", is_edited=True))
    for row in await ledger.messages():
        await amend_message(ledger.context(), row["account_id"], row["provider_msg_id"])
    assert (await shown(ledger))[:2] == ("Tem!", True)
