"""Computes the clocks of chats from their rows, and stores what differs. Nothing else writes clocks."""

from collections.abc import Collection, Sequence

import structlog
from aiopg import Cursor

from server.automation.conditions import EventFacts, is_met
from server.rules.answering.target_clocks import TargetClock, clock_of
from server.rules.hours import Hours
from server.store.automation.hours import fetch_hours
from server.store.chats.chats import ChangedChat
from server.store.targets import clocks
from server.store.targets.clocks import ActiveTarget, Timed

log = structlog.get_logger()


async def compute_clocks(
    cursor: Cursor, account_id: int, chat_ids: Collection[int], *, is_recount: bool = False
) -> list[ChangedChat]:
    """Make the clocks of these chats of a locked account what their rows say; returns the changed chats by seq.
    `is_recount`: since targets or office hours have changed.
    """
    if not chat_ids:
        return []
    targets = await clocks.list_active(cursor, account_id)
    hours = (await fetch_hours(cursor, [account_id])).get(account_id)
    changed: dict[int, TargetClock | None] = {}
    for timed in await clocks.list_timed(cursor, account_id, chat_ids):
        clock = _clock_or_none(timed, targets, hours)
        if clock != timed.clock:
            changed[timed.facts.state.chat_id] = clock
    return await clocks.store_clocks(cursor, account_id, changed, is_recount=is_recount)


def _clock_or_none(timed: Timed, targets: Sequence[ActiveTarget], hours: Hours | None) -> TargetClock | None:
    """A chat whose clock cannot be computed has none: the others must not wait for it."""
    try:
        return _clock(timed, targets, hours)
    except Exception:
        log.exception("target_clock_failed", chat_id=timed.facts.state.chat_id)
        return None


def _clock(timed: Timed, targets: Sequence[ActiveTarget], hours: Hours | None) -> TargetClock | None:
    """Of the first target that fits the chat."""
    if timed.progress is None:
        return None
    # The conditions of targets ask nothing of an event.
    facts = EventFacts(timed.facts, None, None, is_open=True)
    promises = next((target.promises for target in targets if is_met(target.conditions, facts)), None)
    return promises and clock_of(promises, timed.progress, hours)
