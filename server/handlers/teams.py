"""Teams of users, and what holds for all users."""

from typing import cast

from aiohttp import web

from server.errors import NotFound
from server.people import teams as audited
from server.people.teams import ChangedTeam, TeamChanges
from server.realtime.broker import announce_access_change, publish_all
from server.schemas.conversations import ChangeTeam, ChangeTeamSettings, CreateTeam
from server.store.conversations import teams
from server.store.conversations.teams import TeamSettings
from server.web.app_keys import ACTOR, DATABASE, REDIS
from server.web.requests import load_body, object_answer, path_id

CREATE_TEAM, CHANGE_TEAM, CHANGE_SETTINGS = CreateTeam(), ChangeTeam(), ChangeTeamSettings()


async def list_teams(request: web.Request) -> web.Response:
    """All teams with their users, by name."""
    found = await request.app[DATABASE].read(teams.list_teams)
    return object_answer([("items", f"[{','.join(found)}]")])


async def create_team(request: web.Request) -> web.Response:
    given = cast(TeamChanges, await load_body(request, CREATE_TEAM))
    made = await request.app[DATABASE].write(audited.create_team, given, request[ACTOR])
    await _announce(request, made)
    return await _team_answer(request, made.id, 201)


async def change_team(request: web.Request) -> web.Response:
    """Rename a team, replace its users, or change how its chats are handed out."""
    given = cast(TeamChanges, await load_body(request, CHANGE_TEAM))
    team_id = path_id(request, "team_id")
    changed = await request.app[DATABASE].write(audited.change_team, team_id, given, request[ACTOR])
    await _announce(request, changed)
    return await _team_answer(request, team_id)


async def delete_team(request: web.Request) -> web.Response:
    """Delete a team. Its chats stay with their users."""
    team_id = path_id(request, "team_id")
    await _announce(request, await request.app[DATABASE].write(audited.delete_team, team_id, request[ACTOR]))
    return web.Response(status=204)


async def show_team_settings(request: web.Request) -> web.Response:
    return object_answer([("settings", await request.app[DATABASE].read(teams.fetch_settings))])


async def change_team_settings(request: web.Request) -> web.Response:
    """Change what holds for all users."""
    given = cast(TeamSettings, await load_body(request, CHANGE_SETTINGS))

    await request.app[DATABASE].write(audited.change_settings, given, request[ACTOR])
    return object_answer([("settings", await request.app[DATABASE].read(teams.fetch_settings))])


async def _announce(request: web.Request, changed: ChangedTeam) -> None:
    """Have every instance check at once what restricted agents see of the accounts."""
    if changed.pushes:
        await announce_access_change(request.app[REDIS])
        await publish_all(request.app[REDIS], changed.pushes, "team_change_not_published")


async def _team_answer(request: web.Request, team_id: int, status: int = 200) -> web.Response:
    shown = await request.app[DATABASE].read(teams.fetch_team, team_id)
    if shown is None:
        raise NotFound
    return object_answer([("team", shown)], status)
