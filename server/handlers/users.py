"""The people of the team: who they are, inviting them, what they are, and whether they may come in."""

from aiohttp import web

from server.auth.invitations import new_link, show_link
from server.auth.one_time_links import NewLink
from server.errors import ConfabError, NotFound
from server.people import links, users
from server.people.links import invite_within_seats
from server.realtime.broker import announce_rights
from server.rules.policy import may_deal_with
from server.schemas.fields import ListQuery
from server.schemas.users import ChangeUser, InviteUser
from server.store.people import team
from server.store.people.team import TeamUser
from server.web.app_keys import ACTOR, CALLER, CALLER_ROLES, CONFIG, DATABASE, REDIS
from server.web.requests import decode_cursor, load_body, load_query, object_answer, page_answer, path_id

LIST_QUERY, INVITE_USER, CHANGE_USER = ListQuery(), InviteUser(), ChangeUser()


async def list_users(request: web.Request) -> web.Response:
    """Everybody, by the order in which they came."""
    query = load_query(request, LIST_QUERY)
    after = decode_cursor(query["cursor"])
    page = await request.app[DATABASE].read(team.list_users, query["limit"], after[1] if after else 0)
    return page_answer(page)


async def invite_user(request: web.Request) -> web.Response:
    """Somebody new, and the link by which they choose their password: it is shown this once."""
    given = await load_body(request, INVITE_USER)
    _require_reach(request, given["role"])
    link = new_link(request.app[CONFIG])
    user, expires_at = await request.app[DATABASE].write(
        invite_within_seats, request[ACTOR], given, link, request.app[CONFIG]
    )
    return await _link_answer(request, user.id, link, expires_at, 201)


async def make_user_link(request: web.Request) -> web.Response:
    """A link to a new password, or the invitation once more; an earlier link is good no longer."""
    person = await _person(request)
    _require_reach(request, person.role)
    link = new_link(request.app[CONFIG])
    expires_at = await request.app[DATABASE].write(
        links.renew_link, request[ACTOR], person, link, request.app[CONFIG].auth
    )
    return await _link_answer(request, person.id, link, expires_at, 201)


async def change_user(request: web.Request) -> web.Response:
    """Another role, another name, let in no more (their sessions, sockets and keys end), or let in again, where the
    plan has a seat.
    """
    given = await load_body(request, CHANGE_USER)
    person = await _person(request)
    _require_reach(request, person.role, given.get("role", person.role))
    if person.id == request[CALLER].user_id and given.get("is_active") is False:
        raise ConfabError("conflict", "You cannot disable yourself.")
    await request.app[DATABASE].write(
        users.change_user, person, given, request.app[CONFIG].plans, request[ACTOR]
    )
    await announce_rights(request.app[REDIS], person.id)
    return object_answer([("user", await _person_json(request, person.id))])


def _require_reach(request: web.Request, *roles: str) -> None:
    """Nobody makes or changes somebody above themselves: the table's rule about roles, with the roles in question."""
    if not may_deal_with(request[CALLER_ROLES].role, *roles):
        raise ConfabError("forbidden", "Only an owner can do this with an owner.")


async def _person(request: web.Request) -> TeamUser:
    person = await request.app[DATABASE].read(team.fetch_user, path_id(request, "user_id"))
    if person is None:
        raise NotFound
    return person


async def _person_json(request: web.Request, user_id: int) -> str:
    shown = await request.app[DATABASE].read(team.fetch_user_json, user_id)
    if shown is None:
        raise NotFound
    return shown


async def _link_answer(
    request: web.Request, user_id: int, link: NewLink, expires_at: str, status: int
) -> web.Response:
    shown = show_link(request.app[CONFIG], link, expires_at)
    return object_answer([("user", await _person_json(request, user_id)), ("link", shown)], status)
