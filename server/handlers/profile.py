"""The caller's own user: profile, name and password."""

from aiohttp import web

from server.config.limits import OLD_PASSWORD
from server.errors import ConfabError
from server.people.sessions import replace_password
from server.realtime.broker import announce_access_change
from server.schemas.auth import ChangePassword, ChangeProfile
from server.store.people import team, users
from server.store.people.users import User
from server.web.app_keys import ACTOR, CALLER, DATABASE, LIMITER, PASSWORDS, RATES, REDIS
from server.web.requests import json_answer, load_body
from server.web.session_cookies import rights_of

CHANGE_PROFILE, CHANGE_PASSWORD = ChangeProfile(), ChangePassword()


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
    user, passwords, limiter = await _fetch_caller(request), request.app[PASSWORDS], request.app[LIMITER]
    rate = request.app[RATES][OLD_PASSWORD]  # an unattended browser must not allow guessing the password
    await limiter.require(rate, str(user.id))
    known = await request.app[DATABASE].read(users.fetch_credentials, user.email)
    if known is None or not await passwords.verify(given["old_password"], known[1]):
        raise ConfabError("invalid", fields={"old_password": ["This is not your current password."]})
    await limiter.give_back(rate, str(user.id))
    password_hash = await passwords.hash(given["new_password"])
    await request.app[DATABASE].write(
        replace_password, user.id, password_hash, request[CALLER].session_id, request[ACTOR]
    )
    await announce_access_change(request.app[REDIS])
    return web.Response(status=204)


async def _fetch_caller(request: web.Request) -> User:
    user = await request.app[DATABASE].read(users.fetch_user, request[CALLER].user_id)
    if user is None:
        raise ConfabError("unauthenticated")
    return user


def _me_answer(request: web.Request, user: User) -> web.Response:
    key = request[CALLER].key
    shown = key and {
        "id": key.id,
        "name": key.name,
        "scopes": sorted(key.scopes),
        "account_ids": None if key.account_ids is None else sorted(key.account_ids),
    }
    return json_answer({"user": user._asdict(), "key": shown, **rights_of(user.role, key)})
