"""Counts the messages of chats by day, of the days on which something happened and of whole chats, for reports."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, timedelta, tzinfo

from aiopg import Cursor

from server.rules.hours import Hours
from server.store.accounts.accounts import FoundAccount
from server.store.automation.feed_events import FeedEvent
from server.store.automation.hours import fetch_hours
from server.store.reports import chat_days
from server.store.reports.chat_days import ChatDays
from server.store.reports.fact_sources import Span

ALWAYS, EVER = date(1970, 1, 1), "infinity"


async def count_events(cursor: Cursor, account: FoundAccount, events: Iterable[FeedEvent]) -> None:
    """Count the days of these messages again."""
    zone = await _zone(cursor, account.id)
    await _count(cursor, account, [_day(event, zone) for event in events if event.kind != "activity"], zone)


async def count_chats(cursor: Cursor, account: FoundAccount, spans: Sequence[Span]) -> None:
    """Count all days of the chats again whose newest conversations are among these: each chat once."""
    rows: list[ChatDays] = [
        {
            "chat_id": span.conversation.chat_id,
            "first_day": ALWAYS.isoformat(),
            "last_day": EVER,
            "message_id": None,
        }
        for span in spans
        if span.next_seq is None
    ]
    await _count(cursor, account, rows, await _zone(cursor, account.id))


async def _zone(cursor: Cursor, account_id: int) -> tzinfo:
    hours: Hours | None = (await fetch_hours(cursor, [account_id])).get(account_id)
    return hours.zone if hours else UTC


def _day(event: FeedEvent, zone: tzinfo) -> ChatDays:
    day = event.at.astimezone(zone).date().isoformat()
    # Sent once more, it left the day on which it was sent first.
    message_id = event.id if event.kind == "send_retried" else None
    return {"chat_id": event.chat_id, "first_day": day, "last_day": day, "message_id": message_id}


async def _count(cursor: Cursor, account: FoundAccount, rows: Sequence[ChatDays], zone: tzinfo) -> None:
    """A day of which some messages may have been removed stays as it was counted."""
    retained_from = account.retained_from
    since = ALWAYS if retained_from is None else retained_from.astimezone(zone).date() + timedelta(days=1)
    await chat_days.count_days(cursor, account.id, rows, since, str(zone))
