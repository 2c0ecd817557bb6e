"""Reading a message again: the newer read wins, webhooks count only if UniPile fails, seqs only for changes."""

from collections.abc import Callable
from typing import Any

import pytest

from server.unipile.errors import NotTaken, OutcomeUnknown, Rejected, UnipileError
from server.unipile.message_state import MessageState
from tests.support.peers import message_received
from tests.support.worker_harness import Listener, WorkerHarness, written_by_us
from workers.messages.amendments import TRIES, amend_message

Answer = MessageState | UnipileError


def state(body: str | None = "Oi", **changes: Any) -> MessageState:
    values: dict[str, Any] = {"is_edited": False, "is_deleted": False, "reactions": []}
    return MessageState(body, **(values | changes))


@pytest.fixture
def unipile(harness: WorkerHarness, monkeypatch: pytest.MonkeyPatch) -> Callable[[Answer], None]:
    """Sets UniPile's response when a message is read."""

    def answer(given: Answer) -> None:
        async def fetch_message(provider_msg_id: str) -> MessageState:
            if isinstance(given, UnipileError):
                raise given
            return given

        monkeypatch.setattr(harness.parts.unipile, "fetch_message", fetch_message)

    return answer


async def amended_message(harness: WorkerHarness, kind: str, **changes: Any) -> tuple[int, str]:
    """A message with an event about it; returns the job's arguments."""
    message = message_received("acc-1", "Oi")
    await harness.store(message)
    await harness.store(message | {"event": kind} | changes)
    (row,) = await harness.messages()
    return row["account_id"], row["provider_msg_id"]


async def shown(harness: WorkerHarness) -> tuple[Any, ...]:
    (row,) = await harness.fetch(
        "select body, edited_at is not null e, deleted_at is not null d, reactions::text r from channels_message"
    )
    return row["body"], row["e"], row["d"], row["r"]


async def test_the_state_at_unipile_wins_over_the_webhook(
    harness: WorkerHarness, unipile: Callable[[Answer], None]
) -> None:
    """A misread webhook body does no harm."""
    key = await amended_message(harness, "message_deleted")
    unipile(state("Olá", is_edited=True))
    await amend_message(harness.context(), *key)
    assert await shown(harness) == ("Olá", True, False, "[]")
    assert await harness.fetch("select from channels_amendment") == []


async def test_a_new_text_need_not_be_called_edited(
    harness: WorkerHarness, unipile: Callable[[Answer], None]
) -> None:
    key = await amended_message(harness, "message_edited", message="Olá")
    unipile(state("Olá"))
    await amend_message(harness.context(), *key)
    assert await shown(harness) == ("Olá", True, False, "[]")


async def test_no_change_takes_no_seq_and_is_not_published(
    harness: WorkerHarness, listener: Listener, unipile: Callable[[Answer], None]
) -> None:
    key = await amended_message(harness, "message_edited", message="Oi")
    before, _ = await harness.messages(), await listener.heard()
    unipile(state("Oi"))
    await amend_message(harness.context(), *key)
    assert await harness.messages() == before
    assert await listener.heard() == []


async def test_a_change_is_published_with_its_chat(
    harness: WorkerHarness, listener: Listener, unipile: Callable[[Answer], None]
) -> None:
    key = await amended_message(harness, "message_edited", message="Olá")
    await listener.heard()
    unipile(state("Olá", is_edited=True))
    await amend_message(harness.context(), *key)
    (first, message), (second, chat) = await listener.heard()
    assert (message["event"], message["data"]["body"]) == ("message:updated", "Olá")
    assert (chat["event"], chat["data"]["last_message_preview"]) == ("chat:updated", "Olá")
    assert (first, second) == (message["data"]["seq"], chat["data"]["seq"]) == (3, 4)


@pytest.mark.parametrize("error", [NotTaken("network_down", "x", 503), OutcomeUnknown("timeout", "x")])
async def test_a_read_that_fails_waits_before_the_webhook_counts(
    harness: WorkerHarness, unipile: Callable[[Answer], None], error: UnipileError
) -> None:
    key = await amended_message(harness, "message_edited", message="Olá")
    unipile(error)
    with pytest.raises((NotTaken, TimeoutError)):
        await amend_message(harness.context(), *key)
    assert await shown(harness) == ("Oi", False, False, "[]")
    await amend_message(harness.context(job_try=TRIES), *key)
    assert await shown(harness) == ("Olá", True, False, "[]")


async def test_the_state_at_unipile_corrects_an_applied_webhook(
    harness: WorkerHarness, unipile: Callable[[Answer], None]
) -> None:
    key = await amended_message(harness, "message_edited", message="errado")
    unipile(Rejected("resource_not_found", "x", 404))
    await amend_message(harness.context(), *key)
    assert (await shown(harness))[0] == "errado"
    unipile(state("certo", is_edited=True))
    await amend_message(harness.context(), *key)
    assert (await shown(harness))[0] == "certo"


async def test_an_amendment_of_a_message_that_never_comes_waits(
    harness: WorkerHarness, unipile: Callable[[Answer], None]
) -> None:
    await harness.store(message_received("acc-1", event="message_deleted", message_id="m-9"))
    (account,) = await harness.fetch("select id from channels_account")
    unipile(state(None, is_deleted=True))
    await amend_message(harness.context(), account["id"], "m-9")
    assert await harness.messages() == []
    assert len(await harness.fetch("select from channels_amendment")) == 1


async def test_a_reaction_can_overtake_the_response_to_a_send(harness: WorkerHarness) -> None:
    """The contact is faster than UniPile: the reaction waits until the message's id is known."""
    await harness.store(message_received("acc-1", "Tem?", chat_id="c-1"))
    message = await harness.begin_send((await harness.chat())["id"], "Tem.")
    reaction = {"event": "message_reaction", "message_id": "m-1", "reaction": "👍"}
    await harness.store(message_received("acc-1", chat_id="c-1") | reaction)
    await harness.parts.redis.flushdb()
    await harness.answer_send(message, "m-1")
    (key,) = await harness.parts.redis.keys("arq:job:*")
    assert b'"amend_message"' in await harness.parts.redis.get(key)


async def test_a_reaction_without_a_sender_changes_nothing(
    harness: WorkerHarness, unipile: Callable[[Answer], None]
) -> None:
    key = await amended_message(harness, "message_reaction", reaction="👍")
    unipile(Rejected("resource_not_found", "x", 404))
    await amend_message(harness.context(), *key)
    assert await shown(harness) == ("Oi", False, False, "[]")


async def test_an_own_message_typed_on_the_phone_is_amended_too(
    harness: WorkerHarness, unipile: Callable[[Answer], None]
) -> None:
    message = written_by_us("Tem.")
    await harness.store(message | {"event": "message_edited", "message": "Tem!"})
    await harness.store(message)
    unipile(state("Tem!", is_edited=True))
    for row in await harness.messages():
        await amend_message(harness.context(), row["account_id"], row["provider_msg_id"])
    assert (await shown(harness))[:2] == ("Tem!", True)
