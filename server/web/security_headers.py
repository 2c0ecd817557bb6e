"""Security headers of every response, CORS for listed origins, and the check against pages of other sites."""

import hashlib
import re
from base64 import b64encode
from collections.abc import Callable

import aiohttp_cors
import structlog
from aiohttp import web

from server.config import Config
from server.errors import ConfabError
from server.web.answers.asset_urls import assets_source
from server.web.app_keys import QUOTA

SAFE_METHODS = frozenset(("GET", "HEAD", "OPTIONS"))
NOT_MODIFIED = 304
SWITCHING_PROTOCOLS = 101
YEAR_SECONDS = 365 * 24 * 3600
# For responses that are not pages: if a browser renders one, it can do nothing.
NO_PAGE_POLICY = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
# Our pages may ask for the microphone, for voice notes, and for nothing else.
PERMISSIONS = ", ".join(
    [
        "microphone=(self)",
        *(
            f"{name}=()"
            for name in ("accelerometer", "camera", "display-capture", "geolocation", "gyroscope")
        ),
        *(f"{name}=()" for name in ("magnetometer", "midi", "payment", "serial", "usb", "hid")),
    ]
)
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": PERMISSIONS,
    "X-Frame-Options": "DENY",
}
# Response headers that scripts of listed origins may read, beside those that the Fetch standard always allows.
EXPOSED = ("RateLimit", "RateLimit-Policy", "Retry-After", "X-Request-Id", "Content-Range", "ETag")

MAX_LOGGED_ORIGIN = 200

log = structlog.get_logger(__name__)

WriteHeaders = Callable[[web.Request, web.StreamResponse], None]


def page_policy(public_url: str, page: str = "", asset_url: str = "") -> str:
    """The Content-Security-Policy of the app's page.

    Its own files, also from ASSET_URL, its own API, blobs for images and audio, and the scripts and styles that the
    page has in it.
    """
    # By the standard 'self' includes our socket; browsers that are a few years old need it listed.
    socket = public_url.replace("http", "ws", 1)
    own = f"'self' {assets_source(asset_url)}" if asset_url else "'self'"
    scripts, styles = _sources_within(page, "script", own), _sources_within(page, "style", own)
    return (
        f"default-src 'none'; script-src {scripts}; style-src {styles}; img-src 'self' blob:; media-src 'self' blob:; "
        f"font-src {own}; connect-src 'self' {socket}; manifest-src 'self'; worker-src 'self'; base-uri 'none'; "
        "form-action 'self'; frame-ancestors 'none'"
    )


def _sources_within(page: str, element: str, own: str) -> str:
    """Own files, and the hash of each element of the page that has no file; a changed one does not run."""
    texts = re.findall(rf"<{element}>(.*?)</{element}>", page, re.DOTALL)
    hashes = [b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in texts]
    return " ".join([own, *(f"'sha256-{value}'" for value in hashes)])


def header_writer(config: Config, page: str) -> WriteHeaders:
    """A function that adds the headers of every response; API responses are not cached unless a handler says so."""
    policy, always = page_policy(config.web.public_url, page, config.web.asset_url), dict(HEADERS)
    if config.web.is_https:
        always["Strict-Transport-Security"] = f"max-age={YEAR_SECONDS}"
    varies = bool(config.web.allowed_origins)

    def write(request: web.Request, response: web.StreamResponse) -> None:
        response.headers.pop("Server", None)  # do not reveal which versions run here
        if response.status == SWITCHING_PROTOCOLS:
            return  # a browser neither renders nor caches it, and the socket would hold the headers in memory
        for name, value in always.items():
            response.headers.setdefault(name, value)
        if (quota := request.get(QUOTA)) is not None:
            response.headers["RateLimit-Policy"], response.headers["RateLimit"] = quota
        if request.path.startswith("/api/"):
            response.headers.setdefault("Cache-Control", "no-store")
            if varies:
                response.headers.add("Vary", "Origin")
        if response.status == NOT_MODIFIED:
            return  # its headers replace those of the cached page, whose policy must stay
        is_page = response.content_type == "text/html"
        response.headers.setdefault("Content-Security-Policy", policy if is_page else NO_PAGE_POLICY)

    return write


def allow_origins(app: web.Application, origins: tuple[str, ...]) -> None:
    """Let listed origins call the API with their own tokens, but not with cookies."""
    if not origins:
        return
    options = aiohttp_cors.ResourceOptions(  # type: ignore[no-untyped-call]
        allow_headers=("Authorization", "Content-Type", "If-None-Match", "Range"),
        allow_methods="*",
        expose_headers=EXPOSED,
        max_age=600,
    )
    cors = aiohttp_cors.setup(app, defaults=dict.fromkeys(origins, options))
    for route in list(app.router.routes()):
        if route.resource is not None and route.resource.canonical.startswith("/api/"):
            cors.add(route)


def require_own_page(request: web.Request, config: Config) -> None:
    """Raise ConfabError("forbidden") for a page of another site. Programs send no Origin and are let through.

    Such a page can make its visitor's browser open a socket (RFC 6455, section 10.2), or post a form that signs the
    visitor in under another account (login CSRF).
    """
    origin = request.headers.get("Origin")
    if origin is None:
        return
    own = (config.web.public_url, *config.web.allowed_origins, f"{request.scheme}://{request.host}")
    if origin.rstrip("/") not in own:
        log.info("origin_refused", origin=origin[:MAX_LOGGED_ORIGIN], allowed=own)
        raise ConfabError("forbidden", "Pages of this origin may not call Confab.")
