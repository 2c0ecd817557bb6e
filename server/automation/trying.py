"""Tries a rule on a chat: what holds, and what it would do.

Its actions are really done, and undone with the transaction: so the answer is exact, and nothing is changed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from aiopg import Cursor

from server.automation.actions import Acting, Done
from server.automation.checks import check_actions, check_conditions
from server.automation.conditions import EventFacts, holds
from server.automation.rules import require_accounts, require_fitting
from server.automation.runner import try_actions
from server.config.plans import Plans
from server.errors import NotFound
from server.store.accounts.accounts import lock_account
from server.store.automation.hours import fetch_hours
from server.store.chats.chats import fetch_reachable_chat
from server.store.rules import facts
from server.store.rules.facts import NewestEvent
from server.store.rules.rule_runs import ActionResult
from server.store.rules.rules import TIME_EVENTS, Action, Condition
from server.store.sending.sends import Author

# No stored rule has it, so what rules have written counts for none.
TRIED = Author("rule", -1)


@dataclass(frozen=True, slots=True)
class TriedRule:
    """A rule that may not be stored yet, and the chat to try it on."""

    account_id: int
    chat_id: int
    event: str
    minutes: int | None
    conditions: Sequence[Condition]
    actions: Sequence[Action]


@dataclass(frozen=True, slots=True)
class Trial:
    """What came of it: the newest event of its kind, which conditions hold, and what became of each action."""

    event: NewestEvent | None
    conditions: list[bool]
    actions: list[ActionResult]


class TriedError(Exception):
    """Carries the trial out of the transaction, which it rolls back."""

    def __init__(self, trial: Trial) -> None:
        super().__init__("tried")
        self.trial = trial


async def try_rule(cursor: Cursor, plans: Plans, user_id: int, tried: TriedRule) -> None:
    """Always raises TriedError, or why the rule cannot be tried: NotFound for a chat that the user does not see."""
    chat = await fetch_reachable_chat(cursor, user_id, tried.chat_id)
    if chat is None or chat.account_id != tried.account_id:
        raise NotFound
    await require_accounts(cursor, user_id, [tried.account_id])
    require_fitting(tried.event, tried.minutes, [one["kind"] for one in tried.conditions])
    await check_conditions(cursor, tried.conditions)
    await check_actions(cursor, tried.actions, [tried.account_id])
    account = await lock_account(cursor, tried.account_id)
    if account is None:
        raise NotFound
    event = await _find_event(cursor, tried)
    seen = await _facts_of(cursor, tried, event)
    acting = Acting(cursor, plans, account, TRIED, account.user_id)
    results = await try_actions(acting, tried.chat_id, tried.actions, f"try:{tried.chat_id}", Done())
    raise TriedError(Trial(event, [holds(one, seen) for one in tried.conditions], results))


async def _find_event(cursor: Cursor, tried: TriedRule) -> NewestEvent | None:
    return (
        None if tried.event in TIME_EVENTS else await facts.fetch_newest(cursor, tried.chat_id, tried.event)
    )


async def _facts_of(cursor: Cursor, tried: TriedRule, event: NewestEvent | None) -> EventFacts:
    chat = (await facts.list_facts(cursor, tried.account_id, [tried.chat_id]))[tried.chat_id]
    message_id = event and event.message_id
    text = (await facts.list_texts(cursor, [message_id])).get(message_id) if message_id else None
    hours = (await fetch_hours(cursor, [tried.account_id])).get(tried.account_id)
    at = datetime.now(UTC) if event is None else datetime.fromisoformat(event.at)
    return EventFacts(chat, text, event and event.label_id, hours is None or hours.is_open(at))
