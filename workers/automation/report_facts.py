"""Writes the facts that reports count, as they happen, and computes those of a whole account again.

Both compute facts from the rows by the same code: what is stored is always what a computation from the beginning gives.
"""

from collections.abc import Sequence

import structlog
from aiopg import Cursor

from server.config import Config
from server.errors import Unavailable
from server.rules.facts import NewFact, facts_of
from server.rules.turns import pair_turns
from server.store.accounts.accounts import FoundAccount, LockedAccount, find_account, lock_account
from server.store.automation.feed_events import FeedEvent
from server.store.automation.hours import fetch_hours
from server.store.reports import fact_sources, recounts, stored_facts
from server.store.reports.fact_sources import Happening, Span
from server.store.reports.stored_facts import Belonging, StoredFact
from workers.automation import report_volume
from workers.automation.consumer import Effects
from workers.context import Parts

log = structlog.get_logger()

ACCOUNTS, CONVERSATIONS = 100, 50
# Of the activities: what opens, closes, labels and gives to a team.
ACTIVITIES = frozenset(("closed", "opened", "snoozed", "labelled", "unlabelled", "assigned"))


class ReportFacts:
    """The consumer of the accounts' feeds that writes facts."""

    name = recounts.CONSUMER
    # The more at once, the fewer chats and days are computed for each message.
    page_size = 1000
    find = staticmethod(find_account)

    async def process(
        self, cursor: Cursor, config: Config, account: FoundAccount, events: Sequence[FeedEvent]
    ) -> Effects:
        """Compute the facts of the conversations in which something happened, and count the messages of those days."""
        counted = [event for event in events if _is_counted(event)]
        if counted:
            # First: facts with new office hours must not stay beside those with the old ones.
            await recounts.begin_recounts(cursor, account.id)
            happenings = [_happening(event) for event in counted]
            spans = await fact_sources.find_touched(cursor, happenings, account.retained_from)
            await store_facts(cursor, account.id, spans)
            await report_volume.count_events(cursor, account, counted)
        return Effects()


def _is_counted(event: FeedEvent) -> bool:
    return event.kind != "activity" or event.activity in ACTIVITIES


def _happening(event: FeedEvent) -> Happening:
    return {
        "chat_id": event.chat_id,
        "message_id": None if event.kind == "activity" else event.id,
        "seq": event.seq,
        "at": event.at.isoformat(),
    }


async def store_facts(cursor: Cursor, account_id: int, spans: Sequence[Span]) -> None:
    """Compute the facts of conversations, and store what differs. The account's reports must be locked."""
    if not spans:
        return
    stored = await stored_facts.list_facts(cursor, spans)
    computed = await _compute(cursor, account_id, spans)
    await stored_facts.store_difference(cursor, stored_facts.difference(stored, computed))
    await stored_facts.move_replies(cursor, _moved(stored, computed))


async def judge_again(cursor: Cursor, account: LockedAccount, conversation_ids: Sequence[int]) -> None:
    """Compute the facts of conversations again of which it is now known what was promised in them."""
    if conversation_ids:
        await recounts.wait_for_reports(cursor, account.id)
        await recounts.begin_recounts(cursor, account.id)
    for n in range(0, len(conversation_ids), CONVERSATIONS):
        ids = conversation_ids[n : n + CONVERSATIONS]
        spans = await fact_sources.list_spans_of(cursor, ids, account.retained_from)
        await store_facts(cursor, account.id, spans)


async def _compute(cursor: Cursor, account_id: int, spans: Sequence[Span]) -> list[NewFact]:
    hours = (await fetch_hours(cursor, [account_id])).get(account_id)
    messages = await fact_sources.list_messages(cursor, spans)
    inputs = await fact_sources.list_inputs(cursor, spans)
    return [
        fact
        for conversation in (span.conversation for span in spans)
        for fact in facts_of(
            conversation, pair_turns(messages[conversation.id]), hours, inputs[conversation.id]
        )
    ]


def _moved(stored: Sequence[StoredFact], computed: Sequence[NewFact]) -> dict[int, Belonging]:
    """The conversations whose labels or team have changed, with the new ones; each has one fact of its opening."""
    before = {
        row.fact["conversation_id"]: _belonging(row.fact) for row in stored if row.fact["measure"] == "opened"
    }
    after = {fact["conversation_id"]: _belonging(fact) for fact in computed if fact["measure"] == "opened"}
    return {own_id: own for own_id, own in after.items() if before.get(own_id, own) != own}


def _belonging(fact: NewFact) -> Belonging:
    return Belonging(fact["label_ids"], fact["team_id"])


async def recount_reports(parts: Parts) -> None:
    """Begin the reports of new accounts, and compute again what is to be computed again, a page a transaction."""
    for account_id in await parts.database.read(recounts.list_new_accounts, ACCOUNTS):
        await parts.database.write(_begin, account_id)
    if count := await parts.database.write(recounts.begin_recounts):
        log.info("reports_recounted", accounts=count)
    for account_id in await parts.database.read(recounts.list_due, ACCOUNTS):
        while await _recount_page(parts, account_id):
            pass


async def _begin(cursor: Cursor, account_id: int) -> None:
    if await lock_account(cursor, account_id) is not None:
        await recounts.begin_reports(cursor, account_id)


async def _recount_page(parts: Parts, account_id: int) -> bool:
    """One page; True if there may be more. If it fails, its first conversation is computed alone, and left out if it is
    the cause: the others must not wait for it.
    """
    for limit, is_left_out in ((CONVERSATIONS, False), (1, False)):
        try:
            return await parts.database.write(_recount, account_id, limit, is_left_out)
        except Unavailable:
            raise
        except Exception:
            log.exception("report_facts_failed", account_id=account_id, conversations=limit)
    return await parts.database.write(_recount, account_id, 1, True)


async def _recount(cursor: Cursor, account_id: int, limit: int, is_left_out: bool) -> bool:
    account = await find_account(cursor, account_id)
    if account is None or not await recounts.lock_reports(cursor, account_id):
        return False
    await recounts.begin_recounts(cursor, account_id)
    next_id = await recounts.lock_recount(cursor, account_id)
    if next_id is None:
        return False
    spans = await fact_sources.list_spans(cursor, account_id, next_id, limit, account.retained_from)
    if not is_left_out:
        await store_facts(cursor, account_id, spans)
        await report_volume.count_chats(cursor, account, spans)
    last_id = spans[-1].conversation.id if len(spans) == limit else None
    await recounts.move_recount(cursor, account_id, None if last_id is None else last_id - 1)
    return last_id is not None
