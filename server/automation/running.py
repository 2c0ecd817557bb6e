"""Runs rules on the events of an account's feed, in the transaction that moves the cursor.

No loops: what rules and Confab itself did triggers none, nor does the end of a snooze that a rule has set; a rule runs
once for an event, whatever happens to the worker.
"""

from collections.abc import Collection, Sequence

from aiopg import Cursor

from server.automation.actions import Done, end_acting
from server.automation.conditions import EventFacts
from server.automation.runner import RuleRunner, Trigger
from server.config.plans import Plans
from server.rules.hours import Hours
from server.store.accounts.accounts import LockedAccount
from server.store.automation.feed_events import FeedEvent
from server.store.automation.hours import fetch_hours
from server.store.rules import active_rules, facts
from server.store.rules.facts import ChatFacts

# Activities that trigger rules, under the same names.
ACTIVITIES = frozenset(("assigned", "labelled", "unlabelled", "closed", "opened", "woke"))
PREFIXES = {"message": "m", "rating": "m", "send_failed": "f", "send_retried": "r", "activity": "a"}


async def run_on_events(
    cursor: Cursor, plans: Plans, account: LockedAccount, events: Sequence[FeedEvent]
) -> Done:
    """Run the account's rules on these events, in their order."""
    runner = RuleRunner(cursor, plans, account)
    rules = await active_rules.list_active(cursor, account.id)
    due = await _list_due(cursor, events, {rule.event for rule in rules}) if rules else []
    if not due:
        return runner.done
    texts = await facts.list_texts(cursor, [event.id for event, _ in due if event.kind != "activity"])
    chats = await facts.list_facts(cursor, account.id, {event.chat_id for event, _ in due})
    hours = (await fetch_hours(cursor, [account.id])).get(account.id)
    for event, trigger in due:
        if chat := chats.get(event.chat_id):
            seen = _facts_of(event, chat, texts.get(event.id), hours)
            chats[event.chat_id] = (await runner.run(rules, trigger, seen)).chat
    await end_acting(cursor, runner.done)
    return runner.done


async def _list_due(
    cursor: Cursor, events: Sequence[FeedEvent], wanted: Collection[str]
) -> list[tuple[FeedEvent, Trigger]]:
    """The events that are of a kind for which there are rules."""
    seqs = {event.id: event.seq for event in events if event.kind == "message"}
    openers = await facts.list_openers(cursor, seqs) if "opened" in wanted and seqs else set()
    woken = [event.id for event in events if event.activity == "woke"]
    echoes = await facts.list_snoozed_by_rules(cursor, woken) if woken else set()
    due = [(event, _trigger_of(event, openers, echoes)) for event in events]
    return [(event, trigger) for event, trigger in due if not trigger.names.isdisjoint(wanted)]


def _trigger_of(event: FeedEvent, openers: Collection[int], echoes: Collection[int]) -> Trigger:
    names = frozenset(_names_of(event, openers, echoes))
    return Trigger(f"{PREFIXES[event.kind]}{event.id}", event.seq, event.chat_id, names)


def _names_of(event: FeedEvent, openers: Collection[int], echoes: Collection[int]) -> list[str]:
    """The events of rules that this is; none for a rating, and for what followed from a rule."""
    if event.activity == "woke":
        return [] if event.id in echoes else ["woke"]
    # A message that is sent again has triggered its rules already.
    if event.is_by_rule or event.kind in ("rating", "send_retried"):
        return []
    if event.activity is not None:
        return [event.activity] if event.activity in ACTIVITIES else []
    if event.kind == "send_failed":
        return ["send_failed"]
    return [f"message_{event.direction}", *(["opened"] if event.id in openers else [])]


def _facts_of(event: FeedEvent, chat: ChatFacts, text: str | None, hours: Hours | None) -> EventFacts:
    is_label = event.activity in ("labelled", "unlabelled")
    return EventFacts(
        chat,
        text if event.kind != "activity" else None,
        event.details.get("label_id") if is_label else None,
        hours is None or hours.is_open(event.at),
    )
