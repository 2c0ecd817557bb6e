"""Notes go with the chat, contact or account that they are about, and with what is too old."""

from datetime import UTC, datetime, timedelta
from typing import Any

from server.store.privacy import account_erasures, contact_erasures
from tests.support.worker_harness import WorkerHarness
from tests.workers.privacy.test_erase_contacts import MARK, PHONE, erase, of_another, of_her, past, traces
from tests.workers.privacy.test_retention import aged, set_retention
from workers.privacy.erase_accounts import erase_accounts
from workers.privacy.erase_contacts import erase_contacts
from workers.privacy.retention import remove_old


async def note(harness: WorkerHarness, text: str, kind: str = "direct", **at: Any) -> None:
    """A note in every chat of this kind that is indexed for search and mentions a user."""
    await harness.execute(
        """with n as (
               insert into channels_note (account_id, chat_id, client_id, author_kind, author_id, body, inserted_seq,
                   seq, created_at, words)
               select c.account_id, c.id, %(text)s || c.id, 'user', 1, %(text)s, 1, 1, %(at)s,
                   array_to_tsvector(array[%(text)s])
               from channels_chat c where c.kind = %(kind)s returning id, chat_id)
           insert into channels_note_mention (note_id, user_id, chat_id)
           select n.id, u.id, n.chat_id from n cross join users u""",
        text=text,
        kind=kind,
        at=at.get("at", datetime.now(UTC)),
    )


async def notes(harness: WorkerHarness) -> list[str]:
    return [row["body"] for row in await harness.fetch("select body from channels_note order by id")]


async def test_erasing_a_contact_erases_the_notes_of_their_chats(harness: WorkerHarness) -> None:
    await harness.store(*past())
    await note(harness, f"{MARK} pays late")
    await note(harness, "About the group", "group")
    assert await traces(harness, MARK)
    await erase(harness)
    # Of the other direct chat, and of the group.
    left = await notes(harness)
    assert left == [f"{MARK} pays late", "About the group"]
    chats = await harness.fetch(
        "select c.address from channels_note n join channels_chat c on c.id = n.chat_id"
    )
    assert PHONE not in str(chats)


async def test_a_chat_that_goes_on_keeps_only_the_later_notes(harness: WorkerHarness) -> None:
    await harness.store(of_her("Before", message_id="m-1"))
    await note(harness, "Earlier")
    (contact,) = await harness.fetch("select account_id, id from channels_contact")
    begin, ids = contact_erasures.begin_erasure, (contact["account_id"], contact["id"])
    assert await harness.parts.database.write(begin, harness.parts.name_hasher, *ids, None)
    later = datetime.now(UTC) + timedelta(seconds=5)
    harness.received_at = later.isoformat()
    await harness.store(of_her("After", message_id="m-2", timestamp=harness.received_at))
    await note(harness, "Later", at=later)
    await erase_contacts(harness.parts)
    assert await notes(harness) == ["Later"]


async def test_erasing_an_account_erases_its_notes(harness: WorkerHarness) -> None:
    await harness.store(of_another("Oi", message_id="m-1"))
    await note(harness, MARK)
    (account,) = await harness.fetch("select id from channels_account")
    begin = account_erasures.begin_account_erasure
    await harness.parts.database.write(begin, harness.parts.name_hasher, account["id"], harness.user_id)
    await erase_accounts(harness.parts)
    assert await traces(harness, MARK) == []
    assert await harness.fetch("select from channels_note_mention") == []


async def test_old_notes_go_with_old_messages_and_without_any(harness: WorkerHarness) -> None:
    harness.received_at = datetime.now(UTC).isoformat()
    await harness.store(aged(1, "New", message_id="m-new"))
    await note(harness, "Old", at=datetime.now(UTC) - timedelta(days=40))
    await note(harness, "New")
    await remove_old(harness.parts)
    assert await notes(harness) == ["Old", "New"]
    await set_retention(harness, 30)
    await remove_old(harness.parts)
    assert await notes(harness) == ["New"]
    (gone,) = await harness.fetch("select event from channels_gone")
    assert gone["event"] == "chat:trimmed"
