"""Serves the bundled app: hashed files for ever, its page for every address the app knows."""

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

from aiohttp import web

from server.errors import NotFound

# In the order we like them; the frontend's build writes both beside each text file.
ENCODINGS = (("br", ".br"), ("gzip", ".gz"))
CODING = re.compile(r"\s*([\w-]+)\s*(?:;\s*q=([01](?:\.\d{0,3})?)\s*)?")
FOREVER = "public, max-age=31536000, immutable"
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
    """One file with its compressed forms, in memory: the whole app is a few hundred kilobytes."""

    content_type: str
    etag: str
    bodies: dict[str, bytes]


class Assets:
    """All files under `static/`, read once; a name that was not there then is not served, whatever it spells."""

    def __init__(self, folder: Path) -> None:
        self._files = {
            path.relative_to(folder).as_posix(): _read(path)
            for path in sorted(folder.rglob("*"))
            if path.suffix in CONTENT_TYPES
        }

    def find(self, name: str) -> Asset | None:
        return self._files.get(name)


ASSETS = web.AppKey("assets", Assets)


def _read(path: Path) -> Asset:
    plain = path.read_bytes()
    bodies = {"": plain}
    for encoding, suffix in ENCODINGS:
        packed = path.with_name(path.name + suffix)
        if packed.is_file():
            bodies[encoding] = packed.read_bytes()
    return Asset(CONTENT_TYPES[path.suffix], hashlib.sha256(plain).hexdigest()[:20], bodies)


async def show_asset(request: web.Request) -> web.Response:
    """A file with a hash in its name: what it holds never changes."""
    return _answer(request, _found(request, request.match_info["name"]), FOREVER)


async def show_file(request: web.Request) -> web.Response:
    """A file under a name that stays: icons, the manifest."""
    return _answer(request, _found(request, request.match_info["name"]), "no-cache")


async def show_app(request: web.Request) -> web.Response:
    """The page of every address that is not the server's: the app itself decides what it shows."""
    return _answer(request, _found(request, "index.html"), "no-cache")


def _found(request: web.Request, name: str) -> Asset:
    asset = request.app[ASSETS].find(name)
    if asset is None:
        raise NotFound
    return asset


def _answer(request: web.Request, asset: Asset, caching: str) -> web.Response:
    etag = f'"{asset.etag}"'
    headers = {"Cache-Control": caching, "ETag": etag, "Vary": "Accept-Encoding"}
    if _is_known(request.headers.get("If-None-Match", ""), etag):
        return web.Response(status=304, headers=headers)
    accepted = _accepted(request.headers.get("Accept-Encoding", ""))
    encoding = next((name for name, _ in ENCODINGS if name in accepted and name in asset.bodies), "")
    if encoding:
        headers["Content-Encoding"] = encoding
    return web.Response(body=asset.bodies[encoding], headers=headers, content_type=asset.content_type)


def _is_known(header: str, etag: str) -> bool:
    """Whether the browser has this; proxies that pack what they pass on make the tag weak (RFC 9110 §13.1.2)."""
    return header.strip() == "*" or etag in {tag.strip().removeprefix("W/") for tag in header.split(",")}


def _accepted(header: str) -> set[str]:
    """The codings the browser takes: those whose weight is not zero (RFC 9110 §12.5.3)."""
    found = (CODING.fullmatch(part) for part in header.lower().split(","))
    return {match[1] for match in found if match is not None and float(match[2] or 1) > 0}
