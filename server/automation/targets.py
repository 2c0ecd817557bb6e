"""Edits targets: only owners of all of a target's accounts do, and each change is in the audit log."""

from aiopg import Cursor

from server.audit_actions import AuditAction
from server.automation.checks import check_conditions, invalid
from server.automation.rules import require_accounts
from server.errors import ConfabError, NotFound
from server.said.said import said
from server.store.people import audit
from server.store.people.audit import Actor
from server.store.targets import targets as rows
from server.store.targets.target_recounts import begin_with_targets
from server.store.targets.targets import ManagedTarget, Target, TargetChanges

MAX_TARGETS = 100
TOO_MANY = said("targets_too_many", most=MAX_TARGETS)
PROMISES = ("first_reply_minutes", "next_reply_minutes", "close_minutes")


async def create_target(cursor: Cursor, user_id: int, given: TargetChanges, actor: Actor) -> int:
    """Insert a target after all others, and return its id; raises conflict if there are too many, invalid for what does
    not exist.
    """
    await rows.lock_order(cursor)
    target = _merged(None, given)
    await _check(cursor, user_id, target)
    if await rows.count_targets(cursor) >= MAX_TARGETS:
        raise ConfabError("conflict", TOO_MANY)
    target_id = await rows.insert_target(cursor, target, user_id)
    await begin_with_targets(cursor, target["account_ids"] if target["is_on"] else ())
    await _record(cursor, "target.created", actor, target_id, target)
    return target_id


async def change_target(
    cursor: Cursor, user_id: int, target_id: int, changes: TargetChanges, actor: Actor
) -> None:
    """Change what is given; raises NotFound, forbidden or invalid."""
    stored = await _lock(cursor, user_id, target_id)
    target = _merged(stored.target, changes)
    touched: set[int] = set()
    if "after_id" in changes:
        touched.update(await _move(cursor, user_id, target_id, changes["after_id"]))
    if target != stored.target:
        await _check(cursor, user_id, target)
        await rows.update_target(cursor, target_id, target)
        touched.update(stored.target["account_ids"], target["account_ids"])
    await begin_with_targets(cursor, touched)
    await _record(cursor, "target.changed", actor, target_id, target)


async def delete_target(cursor: Cursor, user_id: int, target_id: int, actor: Actor) -> None:
    """Delete a target; raises NotFound or forbidden."""
    stored = await _lock(cursor, user_id, target_id)
    await rows.delete_target(cursor, target_id)
    await begin_with_targets(cursor, stored.target["account_ids"])
    await _record(cursor, "target.deleted", actor, target_id, stored.target)


async def _lock(cursor: Cursor, user_id: int, target_id: int) -> ManagedTarget:
    await rows.lock_order(cursor)
    stored = await rows.lock_target(cursor, user_id, target_id)
    if stored is None:
        raise NotFound
    if not stored.may_change:
        raise ConfabError("forbidden", said("target_of_others"))
    return stored


async def _move(cursor: Cursor, user_id: int, target_id: int, after_id: int | None) -> list[int]:
    if after_id == target_id or (
        after_id is not None and not await rows.is_managed(cursor, user_id, after_id)
    ):
        raise invalid("after_id", said("target_absent"))
    return await rows.move_target(cursor, target_id, after_id)


def _merged(stored: Target | None, given: TargetChanges) -> Target:
    changes = {name: value for name, value in given.items() if name != "after_id"}
    target: Target = {**(stored or {}), **changes}  # type: ignore[typeddict-item]
    target["account_ids"] = sorted(set(target["account_ids"]))
    return target


async def _check(cursor: Cursor, user_id: int, target: Target) -> None:
    await require_accounts(cursor, user_id, target["account_ids"])
    if all(target[name] is None for name in PROMISES):  # type: ignore[literal-required]
        raise invalid("first_reply_minutes", said("target_times"))
    await check_conditions(cursor, target["conditions"])


async def _record(cursor: Cursor, action: AuditAction, actor: Actor, target_id: int, target: Target) -> None:
    details = {name: target[name] for name in ("name", "is_on", "account_ids", *PROMISES)}  # type: ignore[literal-required]
    await audit.record(cursor, action, actor, ("target", target_id), details)
