"""Signing in and out, and registering where that is open."""

from contextlib import suppress

from aiohttp import web

from server.auth.tokens import bearer_token, hash_token, make_refresh_token
from server.config.limits import LOGIN_ADDRESS, LOGIN_USER
from server.errors import ConfabError, NotFound
from server.people.sessions import revoke_reused_session
from server.people.users import ensure_test_user, register_user
from server.realtime.broker import announce_access_change
from server.schemas.auth import Login, Register, TestToken
from server.store.people import audit, users
from server.store.people.audit import Actor
from server.store.people.users import User
from server.web.app_keys import CONFIG, DATABASE, LIMITER, PASSWORDS, RATES, REDIS, TOKENS
from server.web.requests import load_body
from server.web.sessions import begin_session, cookie_name, cookie_path, is_https, read_cookie, session_answer

LOGIN, REGISTER, TEST_TOKEN = Login(), Register(), TestToken()
REFRESH_GRACE_SECONDS = 30


async def log_in(request: web.Request) -> web.Response:
    """An e-mail address and its password; the same time and answer for every address that has none."""
    given = await load_body(request, LOGIN)
    name, limiter, rates = given["email"].strip().lower(), request.app[LIMITER], request.app[RATES]
    await limiter.require(rates[LOGIN_ADDRESS], request.remote or "")
    await limiter.require(rates[LOGIN_USER], name)
    known = await request.app[DATABASE].read(users.fetch_credentials, given["email"])
    user, password_hash = known if known else (None, None)
    if not await request.app[PASSWORDS].verify(given["password"], password_hash) or user is None:
        await _record(request, "login.failed", Actor(name=given["email"], address=request.remote))
        raise ConfabError("bad_credentials")
    answer = await begin_session(request, user, password_hash)
    await limiter.give_back(rates[LOGIN_USER], name)
    await _record(request, "login", _actor(request, user))
    return answer


async def register(request: web.Request) -> web.Response:
    """Become an agent of the team; absent unless `[auth] open_registration` is on."""
    config = request.app[CONFIG]
    if not config.auth.open_registration:
        raise NotFound
    given = await load_body(request, REGISTER)
    await request.app[LIMITER].require(request.app[RATES][LOGIN_ADDRESS], request.remote or "")
    password_hash = await request.app[PASSWORDS].hash(given["password"])
    user = await request.app[DATABASE].write(
        register_user, config.plans, given, password_hash, request.remote
    )
    return await begin_session(request, user, password_hash)


async def refresh(request: web.Request) -> web.Response:
    """A new access token for the cookie; the cookie is renewed each time."""
    session_id, token = read_cookie(request)
    fresh = make_refresh_token()
    found = await request.app[DATABASE].write(
        users.rotate_session,
        session_id,
        hash_token(token),
        hash_token(fresh),
        days=request.app[CONFIG].auth.refresh_days,
        grace_seconds=REFRESH_GRACE_SECONDS,
    )
    if found is None:
        await _end_reused(request, session_id)
        raise ConfabError("unauthenticated")
    user, is_rotated = found
    return session_answer(request, user, session_id, fresh if is_rotated else None)


async def _end_reused(request: web.Request, session_id: str) -> None:
    """A token that was good once and is used again was stolen, now or then: whoever has the newer one is out too."""
    user = await request.app[DATABASE].write(revoke_reused_session, session_id, request.remote)
    if user is not None:
        await announce_access_change(request.app[REDIS])


async def log_out(request: web.Request) -> web.Response:
    """End the session of the cookie and that of the access token; also fine when there is none."""
    for session_id in _sessions_of(request):
        user = await request.app[DATABASE].write(users.revoke_session, session_id)
        if user is not None:
            await _record(request, "logout", _actor(request, user))
    await announce_access_change(request.app[REDIS])
    answer = web.Response(status=204)
    # Browsers take the `__Host-` cookie away only from an answer that is as secure as it was.
    answer.del_cookie(cookie_name(request), path=cookie_path(request), secure=is_https(request))
    return answer


def _sessions_of(request: web.Request) -> set[str]:
    found = set()
    with suppress(ConfabError):
        found.add(read_cookie(request)[0])
    with suppress(ConfabError):
        token = bearer_token(request.headers.get("Authorization", ""))
        found.add(request.app[TOKENS].read(token).session_id)
    return found


async def make_test_token(request: web.Request) -> web.Response:
    """A user out of nothing, entitled; absent unless the configuration allows it."""
    config = request.app[CONFIG]
    if not config.auth.test_tokens:
        raise NotFound
    given = await load_body(request, TEST_TOKEN)
    email = given["email"] or f"{given['user_id']}@test.confab.local"
    user = await request.app[DATABASE].write(
        ensure_test_user, email, given["name"] or given["user_id"] or email
    )
    # Its refresh token is nobody's: the session lives as long as this one access token.
    session_id = await request.app[DATABASE].write(
        users.insert_session,
        user.id,
        hash_token(make_refresh_token()),
        seconds=config.auth.access_token_seconds,
    )
    if session_id is None:
        raise ConfabError("unauthenticated")
    return session_answer(request, user, session_id, None)


def _actor(request: web.Request, user: User) -> Actor:
    return Actor(user_id=user.id, name=user.email, address=request.remote)


async def _record(request: web.Request, action: str, actor: Actor) -> None:
    await request.app[DATABASE].write(audit.record, action, actor)
