"""Runs the rules that wait for a time: once for each conversation and time of waiting, under the account's lock."""

from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import groupby

import structlog
from aiopg import Cursor

from server.automation.actions import Done, end_acting
from server.automation.conditions import EventFacts
from server.automation.runner import RuleRunner, Trigger
from server.config.plans import Plans
from server.errors import Unavailable
from server.store.accounts.accounts import LockedAccount, lock_account
from server.store.automation.hours import fetch_hours
from server.store.db.savepoint import savepoint
from server.store.rules import active_rules, facts
from server.store.rules.active_rules import ActiveRule

log = structlog.get_logger()


async def run_due(cursor: Cursor, plans: Plans, account_id: int, of_each: int) -> tuple[Done, int]:
    """Run what is due in an account, up to `of_each` chats of each rule; returns also how many runs that were. The
    conditions are asked once, when the time is up.
    """
    done = Done()
    account = await lock_account(cursor, account_id)
    if account is None:
        return done, 0
    due = await active_rules.list_due(cursor, account_id, of_each)
    hours = (await fetch_hours(cursor, [account_id])).get(account_id)
    is_open = hours is None or hours.is_open(datetime.now(UTC))
    for (chat_id, key), found in groupby(due, lambda one: (one.chat_id, one.event_key)):
        trigger = Trigger(key, None, chat_id, frozenset())
        done.add(
            await _run_chat(cursor, plans, account, [one.rule for one in found], trigger, is_open=is_open)
        )
    await end_acting(cursor, done)
    return done, len(due)


async def _run_chat(
    cursor: Cursor,
    plans: Plans,
    account: LockedAccount,
    rules: Sequence[ActiveRule],
    trigger: Trigger,
    *,
    is_open: bool,
) -> Done:
    """Run the rules of one chat. What fails is left out alone: the other chats must not wait for it."""
    runner = RuleRunner(cursor, plans, account)
    try:
        async with savepoint(cursor):
            found = await facts.list_facts(cursor, account.id, [trigger.chat_id])
            seen = EventFacts(found[trigger.chat_id], None, None, is_open)
            await runner.run_due(rules, trigger, seen)
            return runner.done
    except Unavailable:
        raise
    except Exception:
        log.exception("time_rules_left_out", chat_id=trigger.chat_id, rule_ids=[rule.id for rule in rules])
    left_out = RuleRunner(cursor, plans, account)
    await left_out.leave_out(rules, trigger)
    return left_out.done
