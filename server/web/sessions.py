"""Begins and continues sessions: an access token in the answer, a refresh token in a cookie that no script can read."""

from datetime import UTC, datetime
from uuid import UUID

from aiohttp import web

from server.auth.tokens import hash_token, make_refresh_token
from server.errors import ConfabError
from server.rules import policy
from server.store.people import users
from server.store.people.users import User
from server.web.app_keys import CONFIG, DATABASE, TOKENS
from server.web.requests import json_answer

COOKIE, COOKIE_PATH = "confab_refresh", "/api/auth"
# A page of another origin can make a browser send the cookie, but not this header.
CSRF_HEADER = "X-Confab"
DAY_SECONDS = 24 * 3600


async def begin_session(request: web.Request, user: User, password_hash: str | None) -> web.Response:
    """Sign somebody in whose password, or link, was good just now; raises ConfabError("bad_credentials") when it has
    been replaced, or they have been disabled, while that was being looked at.
    """
    token = make_refresh_token()
    session_id = await request.app[DATABASE].write(
        users.insert_session,
        user.id,
        hash_token(token),
        seconds=request.app[CONFIG].auth.refresh_days * DAY_SECONDS,
        password_hash=password_hash,
    )
    if session_id is None:
        raise ConfabError("bad_credentials")
    return session_answer(request, user, session_id, token)


def session_answer(
    request: web.Request, user: User, session_id: str, refresh_token: str | None
) -> web.Response:
    """An access token of this session, and the cookie when it is a new one."""
    token, expires_at = request.app[TOKENS].issue(user.id, session_id)
    answer = json_answer(
        {"token": token, "expires_at": _rfc3339(expires_at), "user": user._asdict(), **rights_of(user.role)}
    )
    if refresh_token is not None:
        answer.set_cookie(
            cookie_name(request),
            f"{session_id}.{refresh_token}",
            path=cookie_path(request),
            max_age=request.app[CONFIG].auth.refresh_days * DAY_SECONDS,
            httponly=True,
            secure=is_https(request),
            samesite="Strict",
        )
    return answer


def rights_of(role: str, key: policy.KeyRights | None = None) -> dict[str, object]:
    """What a role allows, as the app is told it: in the team, and with a number by the role there."""
    return {
        "permissions": policy.permissions_of(role, key),
        "number_permissions": policy.account_permissions_of(role, key),
    }


def read_cookie(request: web.Request) -> tuple[str, str]:
    """(session id, token) of the refresh cookie; raises ConfabError("unauthenticated")."""
    if CSRF_HEADER not in request.headers:
        raise ConfabError("unauthenticated", f"The header {CSRF_HEADER} is missing.")
    session_id, _, token = _find_cookie(request, cookie_name(request)).partition(".")
    try:
        # Written anew: Python and Postgres differ in where they let a hyphen stand.
        session_id = str(UUID(session_id))
    except ValueError as error:
        raise ConfabError("unauthenticated") from error
    if not token:
        raise ConfabError("unauthenticated")
    return session_id, token


def _find_cookie(request: web.Request, name: str) -> str:
    """One cookie among those of all applications here: reading 32 KiB of them into objects takes 50 ms."""
    found = ""
    for cookie in ";".join(request.headers.getall("Cookie", ())).split(";"):
        key, _, value = cookie.partition("=")
        if key.strip() == name:
            found = value.strip()
    return found


def is_https(request: web.Request) -> bool:
    return request.app[CONFIG].web.is_https


def cookie_name(request: web.Request) -> str:
    """`__Host-` makes browsers refuse the cookie from a plain connection and from any other host; on loopback there is
    no other.
    """
    return f"__Host-{COOKIE}" if is_https(request) else COOKIE


def cookie_path(request: web.Request) -> str:
    """Browsers take a `__Host-` cookie for the whole host only."""
    return "/" if is_https(request) else COOKIE_PATH


def _rfc3339(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
