"""Computes the clocks of chats and what is promised in them from their rows, and stores what differs. Nothing else
writes either.
"""

from collections.abc import Collection, Iterator, Sequence
from typing import NamedTuple

import structlog
from aiopg import Cursor

from server.automation.conditions import EventFacts, is_met
from server.rules.answering.target_clocks import Promises, TargetClock, clock_of
from server.rules.answering.verdicts import NO_PROMISES
from server.rules.hours import Hours
from server.store.automation.hours import fetch_hours
from server.store.chats.chats import ChangedChat
from server.store.targets import clocks
from server.store.targets.clocks import ActiveTarget, Timed
from server.store.targets.promises import NewPromises, store_promises

log = structlog.get_logger()


class Computed(NamedTuple):
    """The chats whose clock has changed, by seq, and the conversations whose facts have to be computed again, since
    something else was promised in them.
    """

    chats: list[ChangedChat]
    conversation_ids: list[int]


async def compute_clocks(
    cursor: Cursor, account_id: int, chat_ids: Collection[int], *, is_recount: bool = False
) -> Computed:
    """Make the clocks of these chats of a locked account what their rows say, and keep what is promised.
    `is_recount`: since targets or office hours have changed.
    """
    if not chat_ids:
        return Computed([], [])
    targets = await clocks.list_active(cursor, account_id)
    hours = (await fetch_hours(cursor, [account_id])).get(account_id)
    changed: dict[int, TargetClock | None] = {}
    promised: list[NewPromises] = []
    for timed in await clocks.list_timed(cursor, account_id, chat_ids):
        promises = _promises(timed, targets)
        clock = _clock(timed, promises, hours)
        if clock != timed.clock:
            changed[timed.facts.state.chat_id] = clock
        promised += _new_promises(timed, promises)
    judged = await store_promises(cursor, account_id, promised)
    return Computed(await clocks.store_clocks(cursor, account_id, changed, is_recount=is_recount), judged)


def _promises(timed: Timed, targets: Sequence[ActiveTarget]) -> Promises:
    """Of the first target that fits the chat. One for which that cannot be computed has none: the others must not wait
    for it.
    """
    # The conditions of targets ask nothing of an event.
    facts = EventFacts(timed.facts, None, None, is_open=True)
    try:
        return next((one.promises for one in targets if is_met(one.conditions, facts)), NO_PROMISES)
    except Exception:
        log.exception("target_clock_failed", chat_id=timed.facts.state.chat_id)
        return NO_PROMISES


def _clock(timed: Timed, promises: Promises, hours: Hours | None) -> TargetClock | None:
    if timed.progress is None:
        return None
    try:
        return clock_of(promises, timed.progress, hours)
    except Exception:
        log.exception("target_clock_failed", chat_id=timed.facts.state.chat_id)
        return None


def _new_promises(timed: Timed, promises: Promises) -> Iterator[NewPromises]:
    """What is to be stored: the first promises of a conversation, and others while it is open."""
    conversation_id, known = timed.conversation_id, timed.promises
    if conversation_id is None or timed.facts.state.kind == "channel":
        return
    if known is None or (timed.progress is not None and known != promises):
        yield NewPromises(conversation_id, timed.facts.state.chat_id, known is None, promises)
