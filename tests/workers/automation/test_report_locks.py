"""Reports and messages of an account do not wait for each other. Computations of reports do."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiopg import Cursor
from structlog.testing import capture_logs

from server.store.accounts.accounts import lock_account
from server.store.privacy import contact_erasures
from tests.support.peers import eventually
from tests.support.worker_harness import WorkerHarness
from tests.workers.automation.test_report_facts import answered, asked, measured
from workers.automation import report_facts
from workers.automation.follow import follow_feeds
from workers.automation.report_facts import ReportFacts, judge_again, recount_reports

WAITING = "select count(*)::int as n from pg_stat_activity where wait_event_type = 'Lock' and pid <> pg_backend_pid()"


class Page:
    """A page of the consumer of facts that has read and not yet written."""

    def __init__(self, harness: WorkerHarness) -> None:
        self.harness = harness
        self.has_read, self.may_write = asyncio.Event(), asyncio.Event()

    async def hold(self, *_: object) -> None:
        self.has_read.set()
        await self.may_write.wait()

    async def waits(self) -> bool:
        """Whether another transaction waits for a lock."""
        return bool((await self.harness.fetch(WAITING))[0]["n"])


@pytest.fixture
async def page(harness: WorkerHarness, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Page]:
    """An account with an answered conversation whose page is being processed."""
    await recount_reports(harness.parts)
    await harness.store(asked("Bom dia", 0), answered("Oi", 5))
    held, compute = Page(harness), report_facts._compute

    async def compute_and_hold(*given: Any) -> Any:
        found = await compute(*given)
        monkeypatch.setattr(report_facts, "_compute", compute)
        await held.hold()
        return found

    monkeypatch.setattr(report_facts, "_compute", compute_and_hold)
    task = asyncio.create_task(follow_feeds(harness.parts, ReportFacts()))
    await held.has_read.wait()
    yield held
    held.may_write.set()
    await task


async def ids(harness: WorkerHarness) -> tuple[int, int]:
    (row,) = await harness.fetch("select id, account_id from channels_conversation")
    return row["account_id"], row["id"]


async def test_messages_are_stored_while_reports_are_computed(harness: WorkerHarness, page: Page) -> None:
    await harness.store(asked("Quanto?", 10))
    assert len(await harness.messages()) == 3
    page.may_write.set()
    await eventually(lambda: has_facts(harness))
    await follow_feeds(harness.parts, ReportFacts())
    assert ("waiting", 0) in await measured(harness)


async def has_facts(harness: WorkerHarness) -> bool:
    return bool(await measured(harness))


async def test_reports_are_computed_while_messages_are_stored(harness: WorkerHarness) -> None:
    await recount_reports(harness.parts)
    await harness.store(asked("Bom dia", 0), answered("Oi", 5))
    account_id, _ = await ids(harness)

    async def follow_meanwhile(cursor: Cursor) -> None:
        assert await lock_account(cursor, account_id) is not None
        await follow_feeds(harness.parts, ReportFacts())
        await recount_reports(harness.parts)

    await harness.parts.database.write(follow_meanwhile)
    assert ("reply", 300) in await measured(harness)


async def test_an_erasure_waits_for_the_page_that_has_read_its_chat(
    harness: WorkerHarness, page: Page
) -> None:
    """Else the page would store what it had computed before."""
    account_id, _ = await ids(harness)
    (contact,) = await harness.fetch("select id from channels_contact")
    erase = contact_erasures.begin_erasure
    with capture_logs() as logs:
        erasing = asyncio.create_task(
            harness.parts.database.write(erase, harness.parts.name_hasher, account_id, contact["id"], None)
        )
        await eventually(page.waits)
        assert await measured(harness) == []
        page.may_write.set()
        await erasing
    assert await measured(harness) == []
    assert [line for line in logs if line["event"] == "feed_page_failed"] == []


async def test_a_judgement_waits_for_the_page_that_has_read_the_promise_before(
    harness: WorkerHarness, page: Page
) -> None:
    account_id, conversation_id = await ids(harness)
    promise = """
        insert into report_promise (conversation_id, account_id, chat_id, since, first_reply_minutes, office_hours)
        select v.id, v.account_id, v.chat_id, v.opened_at, 1, false from channels_conversation v"""

    async def promise_and_judge(cursor: Cursor) -> None:
        account = await lock_account(cursor, account_id)
        assert account is not None
        await cursor.execute(promise)
        await judge_again(cursor, account, [conversation_id])

    judging = asyncio.create_task(harness.parts.database.write(promise_and_judge))
    await eventually(page.waits)
    page.may_write.set()
    await judging
    (fact,) = await harness.fetch(
        "select promised_minutes, is_met from report_fact where measure = 'first_reply'"
    )
    assert (fact["promised_minutes"], fact["is_met"]) == (1, False)


async def test_a_recount_leaves_an_account_to_the_page_that_is_processed(
    harness: WorkerHarness, page: Page
) -> None:
    await harness.execute("update report_recount set next_id = (select max(id) from channels_conversation)")
    await recount_reports(harness.parts)
    (row,) = await harness.fetch("select next_id from report_recount")
    assert row["next_id"] is not None
    page.may_write.set()
    await eventually(lambda: has_facts(harness))
    await recount_reports(harness.parts)
    (row,) = await harness.fetch("select next_id from report_recount")
    assert row["next_id"] is None
