"""Runs rules for one event: conditions, actions, the run and its line in the thread, all in one transaction."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from aiopg import Cursor

from server.automation.actions import Acting, Done, act
from server.automation.conditions import EventFacts, is_met
from server.config.plans import Plans
from server.errors import ConfabError, failure
from server.realtime.pushes import activity_push
from server.store.accounts.accounts import LockedAccount
from server.store.conversations.activities import insert_activities
from server.store.db.savepoint import savepoint
from server.store.db.seq import take_seqs
from server.store.rules import facts, rule_runs
from server.store.rules.active_rules import ActiveRule
from server.store.rules.rule_runs import ActionResult, NewRun
from server.store.rules.rules import Action
from server.store.sending.sends import Author


@dataclass(frozen=True, slots=True)
class Trigger:
    """Something in a chat for which rules are asked; the key names it, `names` are events of rules."""

    key: str
    seq: int | None
    chat_id: int
    names: frozenset[str]


class RuleRunner:
    """Runs rules in an account that the transaction has locked, and gathers what they did."""

    def __init__(self, cursor: Cursor, plans: Plans, account: LockedAccount) -> None:
        self.done = Done()
        self._cursor = cursor
        self._plans = plans
        self._account = account

    async def run(self, rules: Sequence[ActiveRule], trigger: Trigger, seen: EventFacts) -> EventFacts:
        """Run those whose conditions hold, in their order, until one stops the others. Each sees what those before it
        did; returns the facts as the last has left them.
        """
        for rule in rules:
            if rule.event not in trigger.names or not is_met(rule.conditions, seen):
                continue
            run_id = await self._begin(rule, trigger)
            if run_id is not None:
                seen = await self._act(rule, run_id, trigger, seen)
            if rule.stops:
                break
        return seen

    async def run_due(self, rules: Sequence[ActiveRule], trigger: Trigger, seen: EventFacts) -> None:
        """The same for time rules: also those whose conditions do not hold, or that are stopped, are through with this
        time of waiting.
        """
        is_stopped = False
        for rule in rules:
            run_id = await self._begin(rule, trigger)
            if run_id is None or is_stopped or not is_met(rule.conditions, seen):
                continue
            seen = await self._act(rule, run_id, trigger, seen)
            is_stopped = rule.stops

    async def leave_out(self, rules: Sequence[ActiveRule], trigger: Trigger) -> None:
        """Note that these rules are through with this time of waiting, and have failed."""
        for rule in rules:
            if (run_id := await self._begin(rule, trigger)) is not None:
                await rule_runs.end_run(self._cursor, run_id, "failed", ())

    async def _begin(self, rule: ActiveRule, trigger: Trigger) -> int | None:
        run = NewRun(rule.id, self._account.id, trigger.chat_id, trigger.key, trigger.seq)
        return await rule_runs.begin_run(self._cursor, run)

    async def _act(self, rule: ActiveRule, run_id: int, trigger: Trigger, seen: EventFacts) -> EventFacts:
        acting = Acting(
            self._cursor, self._plans, self._account, Author("rule", rule.id), self._account.user_id
        )
        client_id = f"rule:{rule.id}:{trigger.key}"
        results = await try_actions(acting, trigger.chat_id, rule.actions, client_id, self.done)
        outcome = outcome_of(results)
        await rule_runs.end_run(self._cursor, run_id, outcome, results)
        await self._write_line(rule, trigger.chat_id, outcome, results)
        found = await facts.list_facts(self._cursor, self._account.id, [trigger.chat_id])
        return replace(seen, chat=found[trigger.chat_id])

    async def _write_line(
        self, rule: ActiveRule, chat_id: int, outcome: str, results: Sequence[ActionResult]
    ) -> None:
        stored = await insert_activities(
            self._cursor,
            [
                {
                    "account_id": self._account.id,
                    "chat_id": chat_id,
                    "seq": await take_seqs(self._cursor, self._account.id, 1),
                    "kind": "ran",
                    "actor_kind": "rule",
                    "actor_id": rule.id,
                    "details": {"outcome": outcome, "actions": results},
                }
            ],
        )
        self.done.pushes += [activity_push(activity) for activity in stored]


async def try_actions(
    acting: Acting, chat_id: int, actions: Sequence[Action], client_id: str, done: Done
) -> list[ActionResult]:
    """Do each as if the others were not there: one that cannot be done is left out with its reason."""
    results: list[ActionResult] = []
    for n, action in enumerate(actions, start=1):
        try:
            async with savepoint(acting.cursor):
                done.add(await act(acting, chat_id, action, f"{client_id}:{n}"))
        except ConfabError as error:
            reason = failure(error.code, error.message)
            results.append({"kind": action["kind"], "error": reason})  # type: ignore[typeddict-item]
        else:
            results.append({"kind": action["kind"], "error": None})
    return results


def outcome_of(results: Sequence[ActionResult]) -> str:
    errors = sum(result["error"] is not None for result in results)
    if errors == 0:
        return "done"
    return "failed" if errors == len(results) else "partly"
