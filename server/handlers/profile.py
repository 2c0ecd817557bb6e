"""The caller's own user: profile, name and password."""

from aiohttp import web

from server.config.limits import OLD_PASSWORD
from server.conversations.owners import set_away
from server.errors import ConfabError
from server.people.sessions import replace_password
from server.realtime.broker import announce_access_change, publish_all
from server.said.said import said
from server.schemas.auth import ChangePassword, ChangeProfile, SetAvailability
from server.store.people import team, users
from server.store.people.users import User
from server.web.app_keys import ACTOR, CALLER, DATABASE, LIMITER, PASSWORDS, RATES, REDIS
from server.web.callers import author_of
from server.web.identity.session_cookies import describe_me
from server.web.requests import json_answer, load_body

CHANGE_PROFILE, CHANGE_PASSWORD, SET_AVAILABILITY = ChangeProfile(), ChangePassword(), SetAvailability()


async def show_me(request: web.Request) -> web.Response:
    """The user of the token or key, and their permissions."""
    return _me_answer(request, await _fetch_caller(request))


async def change_profile(request: web.Request) -> web.Response:
    """Change the caller's name."""
    given = await load_body(request, CHANGE_PROFILE)
    await request.app[DATABASE].write(team.set_name, request[CALLER].user_id, given["name"])
    return _me_answer(request, await _fetch_caller(request))


async def change_password(request: web.Request) -> web.Response:
    """Replace the password, given the old one; all other sessions end."""
    given = await load_body(request, CHANGE_PASSWORD)
    user = await _fetch_caller(request)
    await _verify_old_password(request, user, given["old_password"])
    password_hash = await request.app[PASSWORDS].hash(given["new_password"])
    await request.app[DATABASE].write(
        replace_password, user.id, password_hash, request[CALLER].session_id, request[ACTOR]
    )
    await announce_access_change(request.app[REDIS])
    return web.Response(status=204)


async def show_availability(request: web.Request) -> web.Response:
    """Whether the caller is away."""
    since = await request.app[DATABASE].read(team.fetch_away_since, request[CALLER].user_id)
    return json_answer({"away_since": since})


async def set_availability(request: web.Request) -> web.Response:
    """Go away, which gives back the caller's chats that are not closed, or be back."""
    given = await load_body(request, SET_AVAILABILITY)
    since, pushes = await request.app[DATABASE].write(set_away, author_of(request), given["away"])
    await publish_all(request.app[REDIS], pushes, "released_chats_not_published")
    return json_answer({"away_since": since})


async def _verify_old_password(request: web.Request, user: User, password: str) -> None:
    """An unattended browser must not allow guessing the password: the tries are limited."""
    limiter, rate = request.app[LIMITER], request.app[RATES][OLD_PASSWORD]
    await limiter.require(rate, str(user.id))
    known = await request.app[DATABASE].read(users.fetch_credentials, user.email)
    if known is None or not await request.app[PASSWORDS].verify(password, known[1]):
        raise ConfabError("invalid", fields={"old_password": [said("password_wrong")]})
    await limiter.give_back(rate, str(user.id))


async def _fetch_caller(request: web.Request) -> User:
    user = await request.app[DATABASE].read(users.fetch_user, request[CALLER].user_id)
    if user is None:
        raise ConfabError("unauthenticated")
    return user


def _me_answer(request: web.Request, user: User) -> web.Response:
    return json_answer(describe_me(user, request[CALLER].key))
