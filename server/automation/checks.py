"""Checks that what rules and macros name exists, when they are written. What is deleted later makes an action fail."""

from collections.abc import Collection, Sequence

from aiopg import Cursor

from server.errors import ConfabError
from server.said.said import said
from server.store.conversations import teams
from server.store.rules.facts import KnownTargets, list_targets
from server.store.rules.rules import Action, Condition


def invalid(name: str, reason: str) -> ConfabError:
    return ConfabError("invalid", fields={name: [reason]})


async def check_conditions(cursor: Cursor, conditions: Sequence[Condition]) -> None:
    """Raise invalid for labels, users and teams that do not exist, and labels that are private."""
    wanted = {
        kind: {one for item in conditions if item["kind"] == kind for one in item["ids"]}
        for kind in ("label", "team", "assignee")
    }
    known = await list_targets(cursor, wanted["label"], wanted["team"], (), wanted["assignee"])
    _require(wanted["label"], known.labels, "conditions", said("label_private"))
    _require(wanted["team"], known.teams, "conditions", said("team_absent"))
    _require(wanted["assignee"], known.users, "conditions", said("user_absent"))


async def check_actions(cursor: Cursor, actions: Sequence[Action], account_ids: Collection[int]) -> None:
    """Raise invalid for what cannot be done: absent or private targets, and users who cannot answer in an account."""
    known = await _list_known(cursor, actions)
    assignees = {one["user_id"] for one in actions if one["user_id"] is not None}
    _require(_ids(actions, "label_id"), known.labels, "actions", said("label_private"))
    _require(_ids(actions, "team_id"), known.teams, "actions", said("team_absent"))
    _require(_ids(actions, "reply_id"), known.replies, "actions", said("reply_absent"))
    users = {user_id for one in actions for user_id in one["user_ids"]}
    _require(users | assignees, known.users, "actions", said("user_absent"))
    for account_id in account_ids:
        for user_id in assignees:
            if not await teams.can_answer(cursor, account_id, user_id):
                raise invalid("actions", said("cannot_answer_each"))


async def _list_known(cursor: Cursor, actions: Sequence[Action]) -> KnownTargets:
    users = {one["user_id"] for one in actions if one["user_id"] is not None}
    return await list_targets(
        cursor,
        _ids(actions, "label_id"),
        _ids(actions, "team_id"),
        _ids(actions, "reply_id"),
        users | {user_id for one in actions for user_id in one["user_ids"]},
    )


def _ids(actions: Sequence[Action], name: str) -> set[int]:
    return {one[name] for one in actions if one[name] is not None}  # type: ignore[literal-required]


def _require(wanted: Collection[int], known: Collection[int], field: str, reason: str) -> None:
    if not set(wanted) <= set(known):
        raise invalid(field, reason)
