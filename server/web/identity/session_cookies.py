"""Begins and continues sessions: an access token in the response, a refresh token in an HttpOnly cookie."""

from datetime import UTC, datetime
from uuid import UUID

from aiohttp import web

from server.auth.tokens import hash_token, make_refresh_token
from server.errors import ConfabError
from server.rules import policy
from server.rules.plans import rfc3339
from server.store.people import users
from server.store.people.users import User
from server.web.app_keys import CONFIG, DATABASE, TOKENS
from server.web.identity.media_cookie import media_key, set_media_cookie
from server.web.requests import find_cookie, is_https, json_answer

COOKIE, COOKIE_PATH = "confab_refresh", "/api/auth"
# A page of another origin can make the browser send the cookie, but not this header.
CSRF_HEADER = "X-Confab"
DAY_SECONDS = 24 * 3600


async def begin_session(request: web.Request, user: User, password_hash: str | None) -> web.Response:
    """Sign in a user whose password or link has just been verified; raises ConfabError("bad_credentials") if the
    password was replaced, or the user disabled, during the verification.
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
    """A response with an access token of this session, the cookie of a media token, and that of the refresh token if
    it is new.
    """
    token, expires_at = request.app[TOKENS].issue(user.id, session_id)
    expires = rfc3339(datetime.fromtimestamp(expires_at, UTC))
    answer = json_answer(
        {
            "token": token,
            "expires_at": expires,
            "user": user._asdict(),
            "media_key": media_key(request, user.id),
            **rights_of(user.role),
        }
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
    set_media_cookie(request, answer, user.id, session_id)
    return answer


def describe_me(user: User, key: policy.KeyRights | None) -> dict[str, object]:
    """A caller as they see themselves: the user, their permissions, and the key of a program."""
    shown = key and {
        "id": key.id,
        "name": key.name,
        "scopes": sorted(key.scopes),
        "account_ids": None if key.account_ids is None else sorted(key.account_ids),
    }
    return {"user": user._asdict(), "key": shown, **rights_of(user.role, key)}


def rights_of(role: str, key: policy.KeyRights | None = None) -> dict[str, object]:
    """The permissions of a role for the app: in the team, and by the role on an account."""
    return {
        "permissions": policy.permissions_of(role, key),
        "number_permissions": policy.account_permissions_of(role, key),
    }


def read_cookie(request: web.Request) -> tuple[str, str]:
    """(session id, token) of the refresh cookie; raises ConfabError("unauthenticated")."""
    if CSRF_HEADER not in request.headers:
        raise ConfabError("unauthenticated", f"The header {CSRF_HEADER} is missing.")
    session_id, _, token = find_cookie(request, cookie_name(request)).partition(".")
    try:
        # Normalised: Python and Postgres accept hyphens at different positions.
        session_id = str(UUID(session_id))
    except ValueError as error:
        raise ConfabError("unauthenticated") from error
    if not token:
        raise ConfabError("unauthenticated")
    return session_id, token


def cookie_name(request: web.Request) -> str:
    """With the prefix `__Host-` browsers reject the cookie from plain connections and other hosts. On loopback, without
    TLS, the prefix cannot be used.
    """
    return f"__Host-{COOKIE}" if is_https(request) else COOKIE


def cookie_path(request: web.Request) -> str:
    """A `__Host-` cookie must have the path `/`."""
    return "/" if is_https(request) else COOKIE_PATH
