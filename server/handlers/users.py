"""The users of the team: list, invite, change and disable them."""

from typing import cast

from aiohttp import web

from server.auth.invitations import new_link, show_link
from server.auth.one_time_links import NewLink
from server.errors import ConfabError, NotFound
from server.people import links, users
from server.people.users import NewUser, UserChange
from server.realtime.broker import announce_rights, publish_all
from server.rules.policy import may_deal_with
from server.said.said import said
from server.schemas.fields import ListQuery
from server.schemas.users import ChangeUser, InviteUser
from server.store.people import team
from server.store.people.team import TeamUser
from server.web.app_keys import ACTOR, CALLER, CALLER_ROLES, CONFIG, DATABASE, REDIS
from server.web.requests import decode_cursor, load_body, load_query, object_answer, page_answer, path_id

LIST_QUERY, INVITE_USER, CHANGE_USER = ListQuery(), InviteUser(), ChangeUser()


async def list_users(request: web.Request) -> web.Response:
    """All users, oldest first."""
    query = load_query(request, LIST_QUERY)
    after = decode_cursor(query["cursor"])
    page = await request.app[DATABASE].read(team.list_users, query["limit"], after[1] if after else 0)
    return page_answer(page)


async def invite_user(request: web.Request) -> web.Response:
    """Create a user and the link to set their password, which is shown only this once."""
    new = NewUser(**await load_body(request, INVITE_USER))
    _require_reach(request, new.role)
    config = request.app[CONFIG]
    link = new_link(config)
    user, expires_at = await request.app[DATABASE].write(
        links.invite_within_seats, request[ACTOR], new, link, config
    )
    return await _link_answer(request, user.id, link, expires_at, 201)


async def make_user_link(request: web.Request) -> web.Response:
    """Create a password reset link, or the invitation again; any previous link is invalidated."""
    user = await _fetch_user(request)
    _require_reach(request, user.role)
    link = new_link(request.app[CONFIG])
    expires_at = await request.app[DATABASE].write(
        links.renew_link, request[ACTOR], user, link, request.app[CONFIG].auth
    )
    return await _link_answer(request, user.id, link, expires_at, 201)


async def change_user(request: web.Request) -> web.Response:
    """Change role or name, disable (which ends sessions, sockets and keys), or enable if the plan has a seat."""
    change = cast(UserChange, await load_body(request, CHANGE_USER))
    user = await _fetch_user(request)
    _require_reach(request, user.role, change.get("role", user.role))
    if user.id == request[CALLER].user_id and change.get("is_active") is False:
        raise ConfabError("conflict", said("user_self"))
    pushes = await request.app[DATABASE].write(
        users.change_user, user, change, request.app[CONFIG].plans, request[ACTOR]
    )
    await announce_rights(request.app[REDIS], user.id)
    await publish_all(request.app[REDIS], pushes, "released_chats_not_published")
    return object_answer([("user", await _user_json(request, user.id))])


def _require_reach(request: web.Request, *roles: str) -> None:
    """Deny creating or changing a user with a role above the caller's (`server/rules/policy.py`)."""
    if not may_deal_with(request[CALLER_ROLES].role, *roles):
        raise ConfabError("forbidden", said("user_owner_only"))


async def _fetch_user(request: web.Request) -> TeamUser:
    user = await request.app[DATABASE].read(team.fetch_user, path_id(request, "user_id"))
    if user is None:
        raise NotFound
    return user


async def _user_json(request: web.Request, user_id: int) -> str:
    shown = await request.app[DATABASE].read(team.fetch_user_json, user_id)
    if shown is None:
        raise NotFound
    return shown


async def _link_answer(
    request: web.Request, user_id: int, link: NewLink, expires_at: str, status: int
) -> web.Response:
    shown = show_link(request.app[CONFIG], link, expires_at)
    return object_answer([("user", await _user_json(request, user_id)), ("link", shown)], status)
