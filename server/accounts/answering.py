"""Changes when an account is open and what it answers by itself, with the audit record in the same transaction."""

from collections.abc import Mapping, Sequence

from aiopg import Cursor

from server.errors import NotFound
from server.rules.hours import Span
from server.store.accounts.account_settings import bump_account
from server.store.accounts.accounts import lock_account
from server.store.automation import auto_replies, hours
from server.store.automation.auto_replies import AutoReplyText
from server.store.automation.feed_cursors import start_cursor, stop_cursor
from server.store.people import audit
from server.store.people.audit import Actor

# The consumer that sends auto-replies (workers/automation/auto_replies.py).
CONSUMER = "auto_replies"
Changed = tuple[int, str] | None


async def set_hours(
    cursor: Cursor,
    account_id: int,
    time_zone: str,
    week: Sequence[Sequence[Span]],
    holidays: Sequence[Mapping[str, object]],
    actor: Actor,
) -> Changed:
    """Set the office hours; returns (seq, account as pushed), or None if nothing differed."""
    await _lock(cursor, account_id)
    if not await hours.put_hours(cursor, account_id, time_zone, week, holidays):
        return None
    details = {"time_zone": time_zone, "holidays": len(holidays)}
    await audit.record(cursor, "account.hours_changed", actor, ("account", account_id), details)
    return await bump_account(cursor, account_id)


async def remove_hours(cursor: Cursor, account_id: int, actor: Actor) -> Changed:
    """The account is always open; None if it was before."""
    await _lock(cursor, account_id)
    if not await hours.delete_hours(cursor, account_id):
        return None
    await audit.record(cursor, "account.hours_removed", actor, ("account", account_id))
    return await bump_account(cursor, account_id)


async def set_auto_replies(
    cursor: Cursor, account_id: int, texts: Mapping[str, AutoReplyText], actor: Actor
) -> Changed:
    """Set both auto-replies; None if nothing differed. Messages that are stored already get none."""
    await _lock(cursor, account_id)
    if not await auto_replies.put_auto_replies(cursor, account_id, texts):
        return None
    is_on = {kind: one["is_on"] for kind, one in texts.items()}
    await audit.record(cursor, "account.auto_replies_changed", actor, ("account", account_id), is_on)
    changed = await bump_account(cursor, account_id)
    change_cursor = start_cursor if any(is_on.values()) else stop_cursor
    await change_cursor(cursor, CONSUMER, account_id)
    return changed


async def _lock(cursor: Cursor, account_id: int) -> None:
    """Absent also for an account whose erasure has begun."""
    if await lock_account(cursor, account_id) is None:
        raise NotFound
