"""Signing in and out: an access token in the answer, a refresh token in a cookie that no script can read."""

from contextlib import suppress
from datetime import UTC, datetime
from uuid import UUID

from aiohttp import web
from aiopg import Cursor

from server.auth import bearer_token, hash_token, make_refresh_token
from server.errors import ConfabError, NotFound
from server.http import caller, json_answer, load_body
from server.keys import CONFIG, DATABASE, PASSWORDS, REDIS, TOKENS
from server.realtime.broker import announce_access_change
from server.schemas.auth import Login, TestToken
from server.store import entitlements, users
from server.store.users import User

LOGIN, TEST_TOKEN = Login(), TestToken()
COOKIE_PATH = "/api/auth"
# A page of another origin can make a browser send the cookie, but not this header.
CSRF_HEADER = "X-Confab"
REFRESH_GRACE_SECONDS = 30
DAY_SECONDS = 24 * 3600


async def log_in(request: web.Request) -> web.Response:
    given = await load_body(request, LOGIN)
    known = await request.app[DATABASE].read(users.fetch_credentials, given["email"])
    user, password_hash = known if known else (None, None)
    if not await request.app[PASSWORDS].verify(given["password"], password_hash) or user is None:
        raise ConfabError("bad_credentials")
    token = make_refresh_token()
    session_id = await request.app[DATABASE].write(
        users.insert_session,
        user.id,
        hash_token(token),
        seconds=request.app[CONFIG].auth.refresh_days * DAY_SECONDS,
        password_hash=known[1] if known else None,
    )
    if session_id is None:  # while the password was being checked
        raise ConfabError("bad_credentials")
    return _session_answer(request, user, session_id, token)


async def refresh(request: web.Request) -> web.Response:
    """A new access token for the cookie; the cookie is renewed each time."""
    session_id, token = _read_cookie(request)
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
        raise ConfabError("unauthenticated")
    user, is_rotated = found
    return _session_answer(request, user, session_id, fresh if is_rotated else None)


async def log_out(request: web.Request) -> web.Response:
    """End the session of the cookie and that of the access token; also fine when there is none."""
    for session_id in _sessions_of(request):
        await request.app[DATABASE].write(users.revoke_session, session_id)
    await announce_access_change(request.app[REDIS])
    answer = web.Response(status=204)
    answer.del_cookie(_cookie_name(request), path=COOKIE_PATH)
    return answer


def _sessions_of(request: web.Request) -> set[str]:
    found = set()
    with suppress(ConfabError):
        found.add(_read_cookie(request)[0])
    with suppress(ConfabError):
        token = bearer_token(request.headers.get("Authorization", ""))
        found.add(request.app[TOKENS].read(token).session_id)
    return found


async def show_me(request: web.Request) -> web.Response:
    user = await request.app[DATABASE].read(users.fetch_user, caller(request))
    if user is None:
        raise ConfabError("unauthenticated")
    return json_answer({"user": user._asdict()})


async def make_test_token(request: web.Request) -> web.Response:
    """A user out of nothing, entitled; absent unless the configuration allows it."""
    config = request.app[CONFIG]
    if not config.auth.test_tokens:
        raise NotFound
    given = await load_body(request, TEST_TOKEN)
    email = given["email"] or f"{given['user_id']}@test.confab.local"
    user = await request.app[DATABASE].write(
        _ensure_entitled, email, given["name"] or given["user_id"] or email
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
    return _session_answer(request, user, session_id, None)


async def _ensure_entitled(cursor: Cursor, email: str, name: str) -> User:
    user = await users.ensure_user(cursor, email, name, "agent")
    await entitlements.ensure_grant(cursor, user.id, "whatsapp", "trial")
    return user


def _session_answer(
    request: web.Request, user: User, session_id: str, refresh_token: str | None
) -> web.Response:
    """An access token of this session, and the cookie when it is a new one."""
    token, expires_at = request.app[TOKENS].issue(user.id, session_id)
    answer = json_answer({"token": token, "expires_at": _rfc3339(expires_at), "user": user._asdict()})
    if refresh_token is not None:
        answer.set_cookie(
            _cookie_name(request),
            f"{session_id}.{refresh_token}",
            path=COOKIE_PATH,
            max_age=request.app[CONFIG].auth.refresh_days * DAY_SECONDS,
            httponly=True,
            secure=_is_https(request),
            samesite="Strict",
        )
    return answer


def _read_cookie(request: web.Request) -> tuple[str, str]:
    """(session id, token) of the refresh cookie; raises ConfabError("unauthenticated")."""
    if CSRF_HEADER not in request.headers:
        raise ConfabError("unauthenticated", f"The header {CSRF_HEADER} is missing.")
    session_id, _, token = request.cookies.get(_cookie_name(request), "").partition(".")
    try:
        # Written anew: Python and Postgres differ in where they let a hyphen stand.
        session_id = str(UUID(session_id))
    except ValueError as error:
        raise ConfabError("unauthenticated") from error
    if not token:
        raise ConfabError("unauthenticated")
    return session_id, token


def _is_https(request: web.Request) -> bool:
    return request.app[CONFIG].web.public_url.startswith("https://")


def _cookie_name(request: web.Request) -> str:
    """`__Secure-` makes browsers refuse the cookie from a plain connection; on loopback there is no other."""
    return "__Secure-confab_refresh" if _is_https(request) else "confab_refresh"


def _rfc3339(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
