"""Edits rules: only owners of all of a rule's accounts do, and each change is in the audit log."""

from collections.abc import Collection, Sequence

from aiopg import Cursor

from server.audit_actions import AuditAction
from server.automation.checks import check_actions, check_conditions, invalid
from server.errors import ConfabError, NotFound
from server.said.said import said
from server.store.people import audit
from server.store.people.audit import Actor
from server.store.rules import rules as rows
from server.store.rules.rules import TIME_EVENTS, ManagedRule, Rule, RuleChanges

# Of its cursors: never changed.
CONSUMER = "rules"
MAX_RULES = 100
TOO_MANY = said("rules_too_many", most=MAX_RULES)
# Those that have a text.
TEXT_EVENTS = ("message_in", "message_out", "send_failed", "opened")


async def create_rule(cursor: Cursor, user_id: int, given: RuleChanges, actor: Actor) -> int:
    """Insert a rule after all others, and return its id; raises conflict if there are too many, invalid for what does
    not exist.
    """
    await rows.lock_order(cursor)
    rule = _merged(None, given)
    await _check(cursor, user_id, rule)
    if await rows.count_rules(cursor) >= MAX_RULES:
        raise ConfabError("conflict", TOO_MANY)
    rule_id = await rows.insert_rule(cursor, rule, user_id)
    await rows.sync_cursors(cursor, CONSUMER, rule["account_ids"])
    await _record(cursor, "rule.created", actor, rule_id, rule)
    return rule_id


async def change_rule(cursor: Cursor, user_id: int, rule_id: int, changes: RuleChanges, actor: Actor) -> None:
    """Change what is given; raises NotFound, forbidden or invalid."""
    stored = await _lock(cursor, user_id, rule_id)
    rule = _merged(stored.rule, changes)
    if "after_id" in changes:
        await _move(cursor, user_id, rule_id, changes["after_id"])
    if rule != stored.rule:
        await _check(cursor, user_id, rule)
        await rows.update_rule(cursor, rule_id, rule)
        await rows.sync_cursors(cursor, CONSUMER, {*stored.rule["account_ids"], *rule["account_ids"]})
    await _record(cursor, "rule.changed", actor, rule_id, rule)


async def delete_rule(cursor: Cursor, user_id: int, rule_id: int, actor: Actor) -> None:
    """Delete a rule; raises NotFound or forbidden."""
    stored = await _lock(cursor, user_id, rule_id)
    await rows.delete_rule(cursor, rule_id)
    await rows.sync_cursors(cursor, CONSUMER, stored.rule["account_ids"])
    await _record(cursor, "rule.deleted", actor, rule_id, stored.rule)


async def require_accounts(cursor: Cursor, user_id: int, account_ids: Collection[int]) -> None:
    """Raise invalid unless the user owns all of them."""
    if set(account_ids) - await rows.list_owned(cursor, user_id, account_ids):
        raise invalid("account_ids", said("rule_own_numbers"))


async def _lock(cursor: Cursor, user_id: int, rule_id: int) -> ManagedRule:
    await rows.lock_order(cursor)
    stored = await rows.lock_rule(cursor, user_id, rule_id)
    if stored is None:
        raise NotFound
    if not stored.may_change:
        raise ConfabError("forbidden", said("rule_of_others"))
    return stored


async def _move(cursor: Cursor, user_id: int, rule_id: int, after_id: int | None) -> None:
    if after_id == rule_id or (after_id is not None and not await rows.is_managed(cursor, user_id, after_id)):
        raise invalid("after_id", said("rule_absent"))
    await rows.move_rule(cursor, rule_id, after_id)


def _merged(stored: Rule | None, given: RuleChanges) -> Rule:
    changes = {name: value for name, value in given.items() if name != "after_id"}
    rule: Rule = {**(stored or {}), **changes}  # type: ignore[typeddict-item]
    rule["account_ids"] = sorted(set(rule["account_ids"]))
    return rule


async def _check(cursor: Cursor, user_id: int, rule: Rule) -> None:
    await require_accounts(cursor, user_id, rule["account_ids"])
    require_fitting(rule["event"], rule["minutes"], [one["kind"] for one in rule["conditions"]])
    await check_conditions(cursor, rule["conditions"])
    await check_actions(cursor, rule["actions"], rule["account_ids"])


def require_fitting(event: str, minutes: int | None, condition_kinds: Sequence[str]) -> None:
    """Raise invalid unless there are minutes for a time rule only, and texts are tested where there are some."""
    if (event in TIME_EVENTS) != (minutes is not None):
        raise invalid("minutes", said("rule_minutes"))
    if "text" in condition_kinds and event not in TEXT_EVENTS:
        raise invalid("conditions", said("rule_text"))


async def _record(cursor: Cursor, action: AuditAction, actor: Actor, rule_id: int, rule: Rule) -> None:
    details = {name: rule[name] for name in ("name", "event", "is_on", "account_ids")}
    await audit.record(cursor, action, actor, ("rule", rule_id), details)
