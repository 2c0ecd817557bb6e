"""Creates, changes and deletes teams, with the audit record in the same transaction."""

from collections.abc import Collection
from typing import NamedTuple, TypedDict

from aiopg import Cursor

from server.accounts.membership import sight_pushes
from server.errors import NotFound
from server.realtime.events import Push
from server.store.conversations import teams
from server.store.conversations.teams import TeamSettings
from server.store.people import audit
from server.store.people.audit import Actor
from server.store.targets.target_recounts import begin_again, list_with_team


class TeamChanges(TypedDict, total=False):
    """What to change of a team; `assignment_mode` None: as each account does."""

    name: str
    user_ids: Collection[int]
    assignment_mode: str | None


class ChangedTeam(NamedTuple):
    """A team, and the pushes of accounts whose restricted agents see other chats with it, by account."""

    id: int
    pushes: dict[int, list[Push]]


async def create_team(cursor: Cursor, new: TeamChanges, actor: Actor) -> ChangedTeam:
    """Insert a team; raises conflict if the name is taken."""
    team_id = await teams.insert_team(cursor, new["name"])
    await teams.set_team_users(cursor, team_id, new["user_ids"])
    if mode := new.get("assignment_mode"):
        await teams.set_assignment_mode(cursor, team_id, mode)
    await audit.record(cursor, "team.created", actor, ("team", team_id), _details(new))
    return ChangedTeam(team_id, await sight_pushes(cursor, await teams.list_restricting(cursor, team_id)))


async def change_team(cursor: Cursor, team_id: int, changes: TeamChanges, actor: Actor) -> ChangedTeam:
    """Rename a team, replace its users, change how its chats are handed out; raises NotFound or conflict."""
    if not await teams.exists(cursor, team_id):
        raise NotFound
    if "name" in changes:
        await teams.rename_team(cursor, team_id, changes["name"])
    if "assignment_mode" in changes:
        await teams.set_assignment_mode(cursor, team_id, changes["assignment_mode"])
    restricting: set[int] = set()
    if "user_ids" in changes:
        restricting = await teams.list_restricting(cursor, team_id)
        await teams.set_team_users(cursor, team_id, changes["user_ids"])
        restricting |= await teams.list_restricting(cursor, team_id)
    await audit.record(cursor, "team.changed", actor, ("team", team_id), _details(changes))
    return ChangedTeam(team_id, await sight_pushes(cursor, restricting))


def _details(changes: TeamChanges) -> dict[str, object]:
    details: dict[str, object] = {**changes}
    return details | ({"user_ids": sorted(changes["user_ids"])} if "user_ids" in changes else {})


async def delete_team(cursor: Cursor, team_id: int, actor: Actor) -> ChangedTeam:
    """Delete a team; raises NotFound if there is none."""
    restricting = await teams.list_restricting(cursor, team_id)
    clocked = await list_with_team(cursor, team_id)
    if not await teams.delete_team(cursor, team_id):
        raise NotFound
    await audit.record(cursor, "team.deleted", actor, ("team", team_id))
    deleted = ChangedTeam(team_id, await sight_pushes(cursor, restricting))
    # No change of a chat will say that it has no team any longer.
    await begin_again(cursor, clocked)
    return deleted


async def change_settings(cursor: Cursor, changes: TeamSettings, actor: Actor) -> None:
    """Change what holds for all users."""
    await teams.change_settings(cursor, changes)
    await audit.record(cursor, "team_settings.changed", actor, None, {**changes})
