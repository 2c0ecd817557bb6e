"""Serves the bundled app: files with a hash in their name, cached for ever, and its page for every other path."""

import gzip
import hashlib
from dataclasses import dataclass
from pathlib import Path

from aiohttp import web

from server.errors import ConfabError, NotFound
from server.web.answers.asset_urls import NAMED_IN, assets_source, name_assets
from server.web.answers.compression import accepted_codings
from server.web.answers.entity_tags import has_version
from server.web.app_keys import CONFIG

# In order of preference; the frontend build writes both beside each text file.
ENCODINGS = (("br", ".br"), ("gzip", ".gz"))
NOT_MODIFIED = 304
FOREVER = "public, max-age=31536000, immutable"
PAGE_NAME = "index.html"
# Pages of any origin may load them, as does the page where ASSET_URL names a CDN: those keep the header with the file.
# They are the same in every installation. Always: a CDN that pulls from an instance that does not know ASSET_URL yet
# would keep the answer for a year.
SHARED = {"Access-Control-Allow-Origin": "*", "Cross-Origin-Resource-Policy": "cross-origin"}
WORKER = "sw.js"
CONTENT_TYPES = {
    ".html": "text/html",
    ".js": "text/javascript",
    ".css": "text/css",
    ".svg": "image/svg+xml",
    ".json": "application/json",
    ".webmanifest": "application/manifest+json",
    ".png": "image/png",
    ".ico": "image/x-icon",
    ".woff2": "font/woff2",
    ".txt": "text/plain",
}


@dataclass(frozen=True, slots=True)
class Asset:
    """A file with its compressed forms, in memory: the whole app is a few hundred kilobytes."""

    content_type: str
    etag: str
    bodies: dict[str, bytes]


class Assets:
    """All files under `static/`, read once. Only these names are served, so a path cannot escape the folder.

    `asset_url`: from where browsers load those with a hash in their name; empty: from here.
    """

    def __init__(self, folder: Path, asset_url: str = "") -> None:
        self._files = {
            path.relative_to(folder).as_posix(): _read_asset(path)
            for path in sorted(folder.rglob("*"))
            if path.suffix in CONTENT_TYPES
        }
        if asset_url:
            named = ((name, self.find(name)) for name in NAMED_IN)
            self._files |= {name: _renamed(asset, asset_url) for name, asset in named if asset is not None}

    def find(self, name: str) -> Asset | None:
        return self._files.get(name)

    @property
    def page(self) -> str:
        """Empty where the app has not been built."""
        asset = self.find(PAGE_NAME)
        return "" if asset is None else asset.bodies[""].decode()


ASSETS = web.AppKey("assets", Assets)


def _read_asset(path: Path) -> Asset:
    plain = path.read_bytes()
    bodies = {"": plain}
    for encoding, suffix in ENCODINGS:
        packed = path.with_name(path.name + suffix)
        if packed.is_file():
            bodies[encoding] = packed.read_bytes()
    return Asset(CONTENT_TYPES[path.suffix], _tag(plain), bodies)


def _renamed(asset: Asset, asset_url: str) -> Asset:
    """Packed with gzip only, which every browser takes."""
    plain = name_assets(asset.bodies[""], asset_url)
    return Asset(asset.content_type, _tag(plain), {"": plain, "gzip": gzip.compress(plain, 9, mtime=0)})


def _tag(plain: bytes) -> str:
    return hashlib.sha256(plain).hexdigest()[:20]


async def show_asset(request: web.Request) -> web.Response:
    """A file with a hash in its name, whose content never changes."""
    asset = request.app[ASSETS].find(request.match_info["name"])
    if asset is None:
        # A CDN may ask an instance of the version before: it must not keep that answer.
        raise ConfabError("not_found", headers={"Cache-Control": "no-store"})
    response = _asset_answer(request, asset, FOREVER)
    response.headers.update(SHARED)
    return response


async def show_file(request: web.Request) -> web.Response:
    """A file with a fixed name: icons, the manifest, the service worker."""
    name = request.match_info["name"]
    response = _asset_answer(request, _find_asset(request, name), "no-cache")
    if name == WORKER and response.status != NOT_MODIFIED:
        response.headers["Content-Security-Policy"] = worker_policy(request.app[CONFIG].web.asset_url)
    return response


def worker_policy(asset_url: str) -> str:
    """The service worker obeys the policy of its own file: it requests files of the app, and may load nothing else."""
    sources = f"'self' {assets_source(asset_url)}" if asset_url else "'self'"
    return f"default-src 'none'; connect-src {sources}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"


async def show_app(request: web.Request) -> web.Response:
    """The app's page, for every path that is not the server's: the app routes in the browser."""
    return _asset_answer(request, _find_asset(request, PAGE_NAME), "no-cache")


def _find_asset(request: web.Request, name: str) -> Asset:
    asset = request.app[ASSETS].find(name)
    if asset is None:
        raise NotFound
    return asset


def _asset_answer(request: web.Request, asset: Asset, caching: str) -> web.Response:
    etag = f'"{asset.etag}"'
    headers = {"Cache-Control": caching, "ETag": etag, "Vary": "Accept-Encoding"}
    # Proxies that compress make the tag weak.
    if has_version(request, asset.etag):
        return web.Response(status=NOT_MODIFIED, headers=headers)
    accepted = accepted_codings(request.headers.get("Accept-Encoding", ""))
    encoding = next((name for name, _ in ENCODINGS if name in accepted and name in asset.bodies), "")
    if encoding:
        headers["Content-Encoding"] = encoding
    return web.Response(body=asset.bodies[encoding], headers=headers, content_type=asset.content_type)
