"""The cookie with which `<img>`, `<video>` and `<audio>` load files: elements cannot send an access token."""

import hashlib
import hmac

from aiohttp import web

from server.auth.tokens import MEDIA
from server.errors import ConfabError
from server.rules.policy import Caller
from server.web.app_keys import CONFIG, TOKENS
from server.web.requests import find_cookie, is_https
from server.web.security_headers import SAFE_METHODS

COOKIE = "confab_media"
# Browsers send the cookie to these addresses only: each is a second one of a route, for elements of our own pages.
PATH = "/api/media"
DAY_SECONDS = 24 * 3600
# Who may load a file with the cookie, where the browser says it: our own page, or the user who opens an address.
OWN_SITES = ("same-origin", "none")
KEY_LENGTH = 16


def has_media_cookie(request: web.Request) -> bool:
    """Whether the cookie identifies this request: it reads a file, and has one. No other route accepts it."""
    is_media = request.path.startswith(f"{PATH}/") and request.method in SAFE_METHODS
    return is_media and find_cookie(request, _name(request)) != ""


def read_media_cookie(request: web.Request) -> Caller:
    """The caller of a request that has the cookie; raises ConfabError unauthenticated, or forbidden for a page of
    another site, to which browsers that know `SameSite` do not send it.
    """
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in OWN_SITES:
        raise ConfabError("forbidden", "Pages of other sites may not load files of Confab.")
    claims = request.app[TOKENS].read(find_cookie(request, _name(request)), MEDIA)
    return Caller(claims.user_id, claims.session_id, None, claims.expires_at)


def set_media_cookie(request: web.Request, answer: web.Response, user_id: int, session_id: str) -> None:
    """Give the browser a media token, valid as long as the access token beside it and ended with the same session.
    The cookie outlives it, so that a browser with an expired one is told to renew it.
    """
    answer.set_cookie(
        _name(request),
        request.app[TOKENS].issue(user_id, session_id, MEDIA)[0],
        path=PATH,
        max_age=request.app[CONFIG].auth.refresh_days * DAY_SECONDS,
        httponly=True,
        secure=is_https(request),
        samesite="Strict",
    )


def delete_media_cookie(request: web.Request, answer: web.Response) -> None:
    """Browsers delete a `__Secure-` cookie only if the response sets the same security attribute."""
    answer.del_cookie(_name(request), path=PATH, secure=is_https(request))


def media_key(request: web.Request, user_id: int) -> str:
    """What makes the addresses of files a user's own in the browser's cache. It gives access to nothing; but the next
    user of the same browser does not know it, and so gets no file from the cache.
    """
    secret = request.app[CONFIG].secrets.jwt_secret.encode()
    return hmac.new(secret, f"media of {user_id}".encode(), hashlib.sha256).hexdigest()[:KEY_LENGTH]


def _name(request: web.Request) -> str:
    """With the prefix `__Secure-` browsers reject it from plain connections; `__Host-` would need the path `/`."""
    return f"__Secure-{COOKIE}" if is_https(request) else COOKIE
