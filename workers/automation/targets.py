"""Keeps the clocks of targets: follows what changes in accounts, computes all again where targets or hours change, and
alerts users of those that are at risk.
"""

from collections.abc import Awaitable, Callable, Collection

import structlog
from aiopg import Cursor

from server.automation.clocks import compute_clocks
from server.errors import Unavailable
from server.realtime.broker import publish_or_log
from server.realtime.pushes import chat_pushes
from server.store.accounts.accounts import LockedAccount, lock_account
from server.store.automation import feed_cursors
from server.store.chats.chats import ChangedChat
from server.store.targets import clocks, target_alerts, target_recounts
from server.store.targets.target_recounts import CONSUMER
from workers.automation.report_facts import judge_again
from workers.context import Parts

log = structlog.get_logger()

ACCOUNTS, SEQS, CHATS, ALERTS = 100, 1000, 200, 50
# The chats that a page has changed, and whether there may be another.
Page = tuple[list[ChangedChat], bool]
NOTHING: Page = ([], False)


async def follow_targets(parts: Parts) -> None:
    """Compute the clocks of the chats that have changed. Not the events alone: a clock also follows from what is none,
    as the deletion of what a contact waited for.
    """
    accounts = await parts.database.read(feed_cursors.list_behind, CONSUMER, ACCOUNTS)
    await _work_through(parts, accounts, _follow_page)


async def recount_targets(parts: Parts) -> None:
    """Compute all clocks of accounts again in which targets or office hours have changed, a page a transaction."""
    await parts.database.write(target_recounts.begin_with_hours)
    accounts = await parts.database.read(target_recounts.list_due, ACCOUNTS)
    await _work_through(parts, accounts, _recount_page)


async def alert_at_risk(parts: Parts) -> None:
    """Alert users of the clocks that are at risk by now, each once."""
    accounts = await parts.database.read(target_alerts.list_due_accounts, ACCOUNTS)
    await _work_through(parts, accounts, _alert_page)


async def _work_through(
    parts: Parts, accounts: list[int], page_of: Callable[[Cursor, int], Awaitable[Page]]
) -> None:
    """Commit page after page of each account. One in which that fails holds up no other."""
    for account_id in accounts:
        try:
            has_more = True
            while has_more:
                changed, has_more = await parts.database.write(page_of, account_id)
                await publish_or_log(parts.redis, account_id, chat_pushes(changed), "targets_not_published")
        except Unavailable:
            raise
        except Exception:
            log.exception("targets_failed", account_id=account_id, work=page_of.__name__)


async def _compute(
    cursor: Cursor, account: LockedAccount, chat_ids: Collection[int], *, is_recount: bool = False
) -> list[ChangedChat]:
    """Compute clocks, and whether replies and closings were in time where something else was promised."""
    computed = await compute_clocks(cursor, account.id, chat_ids, is_recount=is_recount)
    await judge_again(cursor, account, computed.conversation_ids)
    return computed.chats


async def _follow_page(cursor: Cursor, account_id: int) -> Page:
    account = await lock_account(cursor, account_id)
    if account is None:
        return NOTHING
    after = await feed_cursors.lock_cursor(cursor, CONSUMER, account_id)
    if after is None:
        return NOTHING
    touched = await clocks.list_touched(cursor, account_id, after, SEQS)
    changed = await _compute(cursor, account, touched.chat_ids)
    # What this transaction has changed itself is not to be looked at again.
    up_to = changed[-1].seq if changed and not touched.has_more else touched.up_to
    await feed_cursors.move_cursor(cursor, CONSUMER, account_id, up_to)
    return changed, touched.has_more


async def _recount_page(cursor: Cursor, account_id: int) -> Page:
    account = await lock_account(cursor, account_id)
    if account is None:
        return NOTHING
    await target_recounts.begin_with_hours(cursor, account_id)
    next_id = await target_recounts.lock_recount(cursor, account_id)
    if next_id is None:
        return NOTHING
    chat_ids = await clocks.list_open(cursor, account_id, next_id, CHATS)
    changed = await _compute(cursor, account, chat_ids, is_recount=True)
    has_more = len(chat_ids) == CHATS
    await target_recounts.move_recount(cursor, account_id, chat_ids[-1] - 1 if has_more else None)
    return changed, has_more


async def _alert_page(cursor: Cursor, account_id: int) -> Page:
    account = await lock_account(cursor, account_id)
    if account is None:
        return NOTHING
    chat_ids = await target_alerts.list_due_chats(cursor, account_id, ALERTS)
    # The consumer may be behind: an answer of this moment has ended the clock.
    changed = await _compute(cursor, account, chat_ids)
    await target_alerts.alert_users(cursor, chat_ids)
    return changed, len(chat_ids) == ALERTS
