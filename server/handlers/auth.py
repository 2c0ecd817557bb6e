"""Login, logout, token refresh, and registration where it is open."""

from contextlib import suppress

from aiohttp import web

from server.audit_actions import AuditAction
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
from server.web.identity.media_cookie import delete_media_cookie
from server.web.identity.session_cookies import (
    begin_session,
    cookie_name,
    cookie_path,
    read_cookie,
    session_answer,
)
from server.web.requests import is_https, load_body

LOGIN, REGISTER, TEST_TOKEN = Login(), Register(), TestToken()
REFRESH_GRACE_SECONDS = 30


async def log_in(request: web.Request) -> web.Response:
    """Log in with e-mail address and password. Unknown addresses take the same time and get the same answer."""
    given = await load_body(request, LOGIN)
    name, limiter, rates = given["email"].strip().lower(), request.app[LIMITER], request.app[RATES]
    await limiter.require(rates[LOGIN_ADDRESS], request.remote or "")
    await limiter.require(rates[LOGIN_USER], name)
    known = await request.app[DATABASE].read(users.fetch_credentials, given["email"])
    user, password_hash = known if known else (None, None)
    if not await request.app[PASSWORDS].verify(given["password"], password_hash) or user is None:
        await _record_login(request, "login.failed", Actor(name=given["email"], address=request.remote))
        raise ConfabError("bad_credentials")
    answer = await begin_session(request, user, password_hash)
    await limiter.give_back(rates[LOGIN_USER], name)
    await _record_login(request, "login", _actor_of(request, user))
    return answer


async def register(request: web.Request) -> web.Response:
    """Register as an agent of the team; 404 unless `[auth] open_registration` is on."""
    config = request.app[CONFIG]
    if not config.auth.open_registration:
        raise NotFound
    given = await load_body(request, REGISTER)
    await request.app[LIMITER].require(request.app[RATES][LOGIN_ADDRESS], request.remote or "")
    password_hash = await request.app[PASSWORDS].hash(given["password"])
    user = await request.app[DATABASE].write(
        register_user, config.plans, given["email"], given["name"], password_hash, request.remote
    )
    return await begin_session(request, user, password_hash)


async def refresh(request: web.Request) -> web.Response:
    """A new access token for the refresh cookie, which is renewed each time."""
    session_id, token = read_cookie(request)
    fresh = make_refresh_token()
    found = await _rotate_session(request, session_id, token, fresh)
    if found is None:
        await _revoke_reused(request, session_id)
        raise ConfabError("unauthenticated")
    user, is_rotated = found
    return session_answer(request, user, session_id, fresh if is_rotated else None)


async def _rotate_session(
    request: web.Request, session_id: str, token: str, fresh: str
) -> tuple[User, bool] | None:
    """Replace the session's refresh token; returns its user and whether the fresh one is valid now."""
    days, hashes = request.app[CONFIG].auth.refresh_days, (hash_token(token), hash_token(fresh))
    return await request.app[DATABASE].write(
        users.rotate_session, session_id, *hashes, days=days, grace_seconds=REFRESH_GRACE_SECONDS
    )


async def _revoke_reused(request: web.Request, session_id: str) -> None:
    """Revoke the session of a refresh token that is used twice: one of the two uses is a theft."""
    user = await request.app[DATABASE].write(revoke_reused_session, session_id, request.remote)
    if user is not None:
        await announce_access_change(request.app[REDIS])


async def log_out(request: web.Request) -> web.Response:
    """End the sessions of the cookie and of the access token; 204 without one, too."""
    for session_id in _sessions_of(request):
        user = await request.app[DATABASE].write(users.revoke_session, session_id)
        if user is not None:
            await _record_login(request, "logout", _actor_of(request, user))
    await announce_access_change(request.app[REDIS])
    answer = web.Response(status=204)
    # Browsers delete a `__Host-` cookie only if the response sets the same security attributes.
    answer.del_cookie(cookie_name(request), path=cookie_path(request), secure=is_https(request))
    delete_media_cookie(request, answer)
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
    """A token of an entitled user, created if new; 404 unless the configuration allows it."""
    if not request.app[CONFIG].auth.test_tokens:
        raise NotFound
    given = await load_body(request, TEST_TOKEN)
    email = given["email"] or f"{given['user_id']}@test.confab.local"
    user = await request.app[DATABASE].write(
        ensure_test_user, email, given["name"] or given["user_id"] or email
    )
    return session_answer(request, user, await _insert_test_session(request, user), None)


async def _insert_test_session(request: web.Request, user: User) -> str:
    """A session that lives as long as one access token, for its refresh token is given to no client."""
    seconds = request.app[CONFIG].auth.access_token_seconds
    session_id = await request.app[DATABASE].write(
        users.insert_session, user.id, hash_token(make_refresh_token()), seconds=seconds
    )
    if session_id is None:
        raise ConfabError("unauthenticated")
    return session_id


def _actor_of(request: web.Request, user: User) -> Actor:
    return Actor(user_id=user.id, name=user.email, address=request.remote)


async def _record_login(request: web.Request, action: AuditAction, actor: Actor) -> None:
    await request.app[DATABASE].write(audit.record, action, actor)
