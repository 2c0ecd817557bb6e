"""What reports count is written as it happens: only what people answered, once, whatever fails in between."""

from typing import Any

import pytest
from aiopg import Cursor

from server.conversations.states import TargetChat
from server.conversations.status import StatusChange, change_status
from server.messages.automatic import send_automatic
from server.messages.sending import advance_chat
from server.store.accounts import accounts
from server.store.plans import entitlements
from server.store.privacy import contact_erasures
from server.store.reports import stored_facts
from server.store.sending import sends
from server.store.sending.sends import Author
from tests.support.peers import message_received
from tests.support.worker_harness import WorkerHarness, written_by_us
from workers.automation.follow import follow_feeds
from workers.automation.report_facts import ReportFacts, recount_reports
from workers.privacy.erase_contacts import erase_contacts


def asked(text: str, minute: int) -> dict[str, Any]:
    return message_received("acc-1", text, timestamp=f"2026-03-02T10:{minute:02}:00.000Z")


def answered(text: str, minute: int) -> dict[str, Any]:
    return written_by_us(text, timestamp=f"2026-03-02T10:{minute:02}:00.000Z")


async def measured(harness: WorkerHarness) -> list[tuple[str, int]]:
    rows = await harness.fetch("select measure, seconds from report_fact order by measure, at")
    return [(row["measure"], row["seconds"]) for row in rows]


async def counted(harness: WorkerHarness, measure: str) -> int:
    (row,) = await harness.fetch(
        """select coalesce(sum(n), 0)::int as n from report_histogram
           where measure = %(measure)s and dimension = 'all' and span = 'day'""",
        measure=measure,
    )
    return int(row["n"])


async def write(harness: WorkerHarness, author: Author, client_id: str) -> None:
    """A user or a program answers in the chat."""
    chat = await harness.chat()

    async def store(cursor: Cursor) -> None:
        await accounts.lock_accounts(cursor, "whatsapp", ["acc-1"])
        row = await sends.insert_send(cursor, chat["account_id"], chat["id"], client_id, "x", author=author)
        assert row is not None
        await advance_chat(cursor, *row, "x", author)

    await harness.parts.database.write(store)


@pytest.fixture
async def account_id(harness: WorkerHarness) -> int:
    await recount_reports(harness.parts)
    await harness.store(asked("Bom dia", 0))
    return int((await harness.chat())["account_id"])


async def test_a_conversation_is_measured_from_its_opening_to_its_closing(
    harness: WorkerHarness, account_id: int
) -> None:
    await harness.store(answered("Oi", 5), asked("Quanto?", 10), asked("?", 11), answered("10", 30))
    chat = await harness.chat()
    target = TargetChat(harness.user_id, Author("user", harness.user_id), "whatsapp", account_id, chat["id"])
    await harness.parts.database.write(change_status, target, StatusChange("closed"))
    await follow_feeds(harness.parts, ReportFacts())
    found = dict(await measured(harness))
    assert {name: found[name] for name in ("opened", "first_reply")} == {"opened": 0, "first_reply": 300}
    assert [row for row in await measured(harness) if row[0] == "reply"] == [("reply", 300), ("reply", 1200)]
    (resolved,) = await harness.fetch("select user_id, at from report_fact where measure = 'resolution'")
    (conversation,) = await harness.fetch("select closed_at from channels_conversation")
    assert (resolved["user_id"], resolved["at"]) == (harness.user_id, conversation["closed_at"])


async def test_what_confab_writes_by_itself_answers_nobody(harness: WorkerHarness, account_id: int) -> None:
    await harness.parts.database.write(
        entitlements.grant, harness.user_id, "whatsapp", "manual", plan="trial"
    )
    chat = await harness.chat()

    async def greet(cursor: Cursor) -> None:
        account = await accounts.lock_account(cursor, account_id)
        assert account is not None
        plans = harness.parts.config.plans
        assert await send_automatic(cursor, plans, account, chat["id"], "welcome:1", "Welcome")

    await harness.parts.database.write(greet)
    await follow_feeds(harness.parts, ReportFacts())
    assert [name for name, _ in await measured(harness)] == ["opened", "waiting"]
    await write(harness, Author("user", harness.user_id), "a-1")
    await follow_feeds(harness.parts, ReportFacts())
    assert [name for name, _ in await measured(harness)] == ["first_reply", "opened", "reply"]


async def test_a_program_ends_the_waiting_and_is_no_reply_of_a_user(
    harness: WorkerHarness, account_id: int
) -> None:
    await write(harness, Author("api_key", 3), "p-1")
    await follow_feeds(harness.parts, ReportFacts())
    assert [name for name, _ in await measured(harness)] == ["opened", "program_reply"]
    assert await counted(harness, "reply") == 0


async def test_history_begins_no_conversation_and_counts_nothing(
    harness: WorkerHarness, account_id: int
) -> None:
    await harness.execute("delete from report_fact")
    await harness.execute("update channels_message set is_history = true")
    await harness.execute("delete from channels_conversation")
    await harness.execute("delete from report_recount")
    await recount_reports(harness.parts)
    await follow_feeds(harness.parts, ReportFacts())
    assert await measured(harness) == []


async def test_a_transaction_that_is_cut_off_counts_once(
    harness: WorkerHarness, account_id: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    await harness.store(answered("Oi", 5))
    stored, is_cut_off = stored_facts.store_difference, [True]

    async def cut_off(cursor: Cursor, changes: stored_facts.Difference) -> None:
        await stored(cursor, changes)
        if is_cut_off and is_cut_off.pop():
            raise ValueError("cut off after it was stored")

    monkeypatch.setattr(stored_facts, "store_difference", cut_off)
    await follow_feeds(harness.parts, ReportFacts())
    assert is_cut_off == []
    assert [await counted(harness, measure) for measure in ("opened", "reply")] == [1, 1]


async def test_a_conversation_that_cannot_be_computed_is_left_out_alone(
    harness: WorkerHarness, account_id: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = {"chat_id": "chat-2", "phone": "5511977770009"}
    await harness.store(message_received("acc-1", "Oi", **other))
    (first, _) = await harness.fetch("select id from channels_conversation order by id")
    await harness.execute("delete from report_fact")
    await harness.execute("delete from report_recount")
    computed = stored_facts.list_facts

    async def fails_at_the_first(cursor: Cursor, spans: Any) -> Any:
        if any(span.conversation.id == first["id"] for span in spans):
            raise ValueError("always")
        return await computed(cursor, spans)

    monkeypatch.setattr(stored_facts, "list_facts", fails_at_the_first)
    await recount_reports(harness.parts)
    rows = await harness.fetch("select distinct conversation_id from report_fact")
    assert [row["conversation_id"] for row in rows] == [first["id"] + 1]
    assert await harness.fetch("select next_id from report_recount") == [{"next_id": None}]


async def test_what_retention_removes_stays_counted(harness: WorkerHarness, account_id: int) -> None:
    await harness.store(answered("Oi", 5), asked("Quanto?", 10))
    await follow_feeds(harness.parts, ReportFacts())
    await harness.execute("update channels_account set retention_days = 30")
    await harness.execute("delete from channels_message")
    await harness.execute("delete from report_recount")
    await recount_reports(harness.parts)
    await write(harness, Author("user", harness.user_id), "a-1")
    await follow_feeds(harness.parts, ReportFacts())
    assert ("reply", 300) in await measured(harness)


async def messages(harness: WorkerHarness) -> dict[str, tuple[int, int]]:
    """Received and sent, by day."""
    rows = await harness.fetch(
        """select first_day::text as day, sum(received)::int as received, sum(sent)::int as sent from report_volume
           where span = 'day' group by 1 having sum(received) + sum(sent) > 0"""
    )
    return {row["day"]: (row["received"], row["sent"]) for row in rows}


async def test_messages_are_counted_by_day_and_by_who_sent_them(
    harness: WorkerHarness, account_id: int
) -> None:
    late = message_received("acc-1", "E ontem?", timestamp="2026-03-01T23:30:00.000Z")
    await harness.store(answered("Oi", 5), late)
    await write(harness, Author("user", harness.user_id), "a-1")
    await follow_feeds(harness.parts, ReportFacts())
    found = await messages(harness)
    assert (found.pop("2026-03-02"), found.pop("2026-03-01")) == ((1, 1), (1, 0))
    assert list(found.values()) == [(0, 1)]
    users = await harness.fetch("select distinct user_id from report_chat_day where sent > 0 order by 1")
    assert [row["user_id"] for row in users] == [0, harness.user_id]
    await harness.execute("update channels_message set is_history = true where body = 'E ontem?'")
    await harness.execute("delete from report_recount")
    await recount_reports(harness.parts)
    assert "2026-03-01" not in await messages(harness)


async def test_messages_that_retention_removes_stay_counted(harness: WorkerHarness, account_id: int) -> None:
    await harness.store(answered("Oi", 5))
    await follow_feeds(harness.parts, ReportFacts())
    await harness.execute("update channels_account set retention_days = 30")
    await harness.execute("delete from channels_message")
    await harness.execute("delete from report_recount")
    await recount_reports(harness.parts)
    await follow_feeds(harness.parts, ReportFacts())
    assert await messages(harness) == {"2026-03-02": (1, 1)}


async def test_erasing_a_contact_takes_what_reports_have_of_them(
    harness: WorkerHarness, account_id: int
) -> None:
    await harness.store(answered("Oi", 5))
    await follow_feeds(harness.parts, ReportFacts())
    assert await counted(harness, "reply") == 1
    (contact,) = await harness.fetch("select min(id) as id from channels_contact where name <> 'Loja'")
    erasing = contact_erasures.begin_erasure
    assert await harness.parts.database.write(
        erasing, harness.parts.name_hasher, account_id, contact["id"], harness.user_id
    )
    assert await measured(harness) == []
    assert await harness.fetch("select * from report_histogram") == []
    assert await harness.fetch("select * from report_hour where opened > 0") == []
    assert await messages(harness) == {}
    await erase_contacts(harness.parts)
    await follow_feeds(harness.parts, ReportFacts())
    assert await measured(harness) == []
