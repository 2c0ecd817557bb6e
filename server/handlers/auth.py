"""Signing in and out: an access token in the answer, a refresh token in a cookie that no script can read."""

from datetime import UTC, datetime
from uuid import UUID

from aiohttp import web
from aiopg import Cursor

from server.auth import hash_token, make_refresh_token
from server.errors import ConfabError, NotFound
from server.http import caller, json_answer, load_body
from server.keys import CONFIG, DATABASE, PASSWORDS, TOKENS
from server.schemas.auth import Login, TestToken
from server.store import entitlements, users
from server.store.users import User

LOGIN, TEST_TOKEN = Login(), TestToken()
COOKIE_PATH = "/api/auth"
# A page of another origin can make a browser send the cookie, but not this header.
CSRF_HEADER = "X-Confab"
REFRESH_GRACE_SECONDS = 30


async def log_in(request: web.Request) -> web.Response:
    given = await load_body(request, LOGIN)
    known = await request.app[DATABASE].read(users.fetch_credentials, given["email"])
    user, password_hash = known if known else (None, None)
    if not await request.app[PASSWORDS].verify(given["password"], password_hash) or user is None:
        raise ConfabError("bad_credentials")
    token = make_refresh_token()
    days = request.app[CONFIG].auth.refresh_days
    session_id = await request.app[DATABASE].write(users.insert_session, user.id, hash_token(token), days)
    return _session_answer(request, user, f"{session_id}.{token}")


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
    return _session_answer(request, user, f"{session_id}.{fresh}" if is_rotated else None)


async def log_out(request: web.Request) -> web.Response:
    """End the browser's session; also fine when there is none."""
    try:
        session_id, _ = _read_cookie(request)
    except ConfabError:
        session_id = None
    if session_id is not None:
        await request.app[DATABASE].write(users.revoke_session, session_id)
    answer = web.Response(status=204)
    answer.del_cookie(_cookie_name(request), path=COOKIE_PATH)
    return answer


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
    token, expires_at = request.app[TOKENS].issue(user.id)
    return json_answer({"token": token, "expires_at": _rfc3339(expires_at), "user": user._asdict()})


async def _ensure_entitled(cursor: Cursor, email: str, name: str) -> User:
    user = await users.ensure_user(cursor, email, name, "agent")
    await entitlements.grant(cursor, user.id, "whatsapp", "trial")
    return user


def _session_answer(request: web.Request, user: User, refresh_token: str | None) -> web.Response:
    token, expires_at = request.app[TOKENS].issue(user.id)
    answer = json_answer({"token": token, "expires_at": _rfc3339(expires_at), "user": user._asdict()})
    if refresh_token is not None:
        answer.set_cookie(
            _cookie_name(request),
            refresh_token,
            path=COOKIE_PATH,
            max_age=request.app[CONFIG].auth.refresh_days * 24 * 3600,
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
