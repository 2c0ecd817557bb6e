"""The bundled app: its page for every path of the app, hashed files cached for ever, no other file."""

import asyncio
import gzip
import json
import re
import struct
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from server.app import STATIC, create_app
from server.config import Config
from tests.support.fixtures_stack import Stack, serving
from tests.support.peers import Answer
from tests.support.ports import free_port

PAGE = b"<!doctype html><title>Confab</title>"
SCRIPT = b"console.log('Confab')\n" * 50


@pytest.fixture
async def url(config: Config, tmp_path: Path) -> AsyncIterator[str]:
    """A server of a small test app."""
    static = tmp_path / "static"
    (static / "assets").mkdir(parents=True)
    (static / "index.html").write_bytes(PAGE)
    (static / "icon.svg").write_bytes(b"<svg/>")
    script = static / "assets" / "index-abc.js"
    script.write_bytes(SCRIPT)
    script.with_name("index-abc.js.gz").write_bytes(gzip.compress(SCRIPT, mtime=0))
    script.with_name("index-abc.js.br").write_bytes(b"brotli")  # who packs it is the build's business
    (static / "sw.js").write_bytes(b"self.addEventListener('fetch', () => undefined)")
    (static / "manifest.webmanifest").write_bytes(b'{"name": "Confab"}')
    (static / "assets" / "plain.css").write_bytes(b"a{}")
    (static / "notes.py").write_text("secret")
    (tmp_path / "outside.txt").write_text("secret")
    async with serving(create_app(config, static), free_port()) as address:
        yield address


async def get(url: str, target: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
    """One GET of exactly this target: clients normalise URLs before sending them."""
    host, _, port = url.removeprefix("http://").partition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    lines = [f"GET {target} HTTP/1.1", "Host: x", "Connection: close"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    writer.write("\r\n".join([*lines, "", ""]).encode("latin-1"))
    async with asyncio.timeout(10):
        head, _, body = (await reader.read()).partition(b"\r\n\r\n")
    writer.close()
    status, *rest = head.decode().split("\r\n")
    return (
        int(status.split()[1]),
        {k.lower(): v for k, _, v in (line.partition(": ") for line in rest)},
        body,
    )


async def test_the_apps_addresses_all_are_its_page(url: str) -> None:
    for target in ("/", "/login", "/inbox/3/chats/17?q=a", "/connections", "/a/../b", "/wsx", "/apis"):
        status, headers, body = await get(url, target)
        assert (status, body) == (200, PAGE), target
        assert headers["content-type"] == "text/html; charset=utf-8" or headers["content-type"] == "text/html"
        assert headers["cache-control"] == "no-cache"


async def test_the_page_comes_with_a_strict_policy(url: str) -> None:
    _, headers, _ = await get(url, "/")
    policy = dict(part.strip().split(" ", 1) for part in headers["content-security-policy"].split(";"))
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == "'self'"
    assert policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["x-frame-options"] == "DENY"


async def test_hashed_files_are_immutable_and_others_revalidated(url: str) -> None:
    status, headers, body = await get(url, "/assets/index-abc.js")
    assert (status, body) == (200, SCRIPT)
    assert headers["cache-control"] == "public, max-age=31536000, immutable"
    assert headers["content-type"].startswith("text/javascript")
    status, headers, body = await get(url, "/icon.svg")
    assert (status, body, headers["cache-control"]) == (200, b"<svg/>", "no-cache")


async def test_the_service_worker_is_revalidated_and_may_only_request_files(url: str) -> None:
    status, headers, _ = await get(url, "/sw.js")
    assert (status, headers["cache-control"]) == (200, "no-cache")
    assert headers["content-type"].startswith("text/javascript")
    policy = dict(part.strip().split(" ", 1) for part in headers["content-security-policy"].split(";"))
    assert policy.pop("connect-src") == "'self'"
    assert set(policy.values()) == {"'none'"}
    status, headers, body = await get(url, "/sw.js", If_None_Match=headers["etag"])
    assert (status, body, headers["cache-control"]) == (304, b"", "no-cache")
    assert "content-security-policy" not in headers
    _, headers, _ = await get(url, "/assets/index-abc.js")
    assert "connect-src" not in headers["content-security-policy"]


async def test_the_manifest_is_revalidated_and_has_its_type(url: str) -> None:
    status, headers, _ = await get(url, "/manifest.webmanifest")
    assert (status, headers["cache-control"]) == (200, "no-cache")
    assert headers["content-type"].startswith("application/manifest+json")


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [
        ("br", "br"),
        ("gzip, deflate, br", "br"),
        ("gzip", "gzip"),
        ("GZIP", "gzip"),
        ("br;q=0, gzip;q=0.5", "gzip"),
        ("br;q=0.0,gzip;q=0", None),
        ("identity", None),
        ("", None),
        ("zebra, notgzip", None),
        ("gzip;q=x", None),
    ],
)
async def test_the_best_form_the_browser_takes_is_sent(url: str, accepted: str, encoding: str | None) -> None:
    _, headers, body = await get(url, "/assets/index-abc.js", Accept_Encoding=accepted)
    assert headers.get("content-encoding") == encoding
    assert headers["vary"] == "Accept-Encoding"
    assert body == {"gzip": gzip.compress(SCRIPT, mtime=0), "br": b"brotli", None: SCRIPT}[encoding]
    _, headers, body = await get(url, "/assets/plain.css", Accept_Encoding=accepted)
    assert ("content-encoding" in headers, body) == (False, b"a{}")  # there is no other form of it


async def test_cached_files_are_not_sent_again(url: str) -> None:
    _, headers, _ = await get(url, "/")
    tag = headers["etag"]
    for known in (tag, f"W/{tag}", f'"other", {tag}', "*"):
        status, headers, body = await get(url, "/", If_None_Match=known)
        assert (status, body, headers["etag"]) == (304, b"", tag), known
        assert headers["cache-control"] == "no-cache"
        assert "content-security-policy" not in headers, (
            "it would replace the policy of the page that is kept"
        )
    for unknown in ('"other"', tag[:-2] + '"', tag.strip('"')):
        assert (await get(url, "/", If_None_Match=unknown))[0] == 200, unknown


TRAVERSALS = [
    "/assets/../../outside.txt",
    "/assets/%2e%2e/%2e%2e/outside.txt",
    "/assets/..%2f..%2foutside.txt",
    "/assets/..%5c..%5coutside.txt",
    "/assets/....//....//outside.txt",
    "/assets//etc/passwd",
    "/assets/%00",
    "/assets/index-abc.js%00.css",
    "/assets/index-abc.js/",
    "/assets/index-abc.js.gz",
    "/assets/missing.js",
    "/assets/",
    "/missing.svg",
    "/outside.txt",
]


async def test_only_the_apps_files_are_served(url: str) -> None:
    for target in TRAVERSALS:
        status, headers, body = await get(url, target)
        assert b"secret" not in body, target
        assert (status, headers["content-type"]) == (404, "application/json"), target
    for target in ("/notes.py", "/../outside.txt", "/%2e%2e/outside.txt", "//outside.txt"):
        status, _, body = await get(url, target)
        assert b"secret" not in body, target
        assert status in (200, 404), target


async def test_the_servers_own_addresses_are_never_the_page(url: str) -> None:
    for target in ("/api", "/api/", "/api/unknown", "/api/auth/", "/health/", "/healthx", "/%61pi/unknown"):
        status, headers, body = await get(url, target)
        assert (status, headers["content-type"]) == (404, "application/json"), target
        assert b'"not_found"' in body


async def test_the_app_that_is_committed_refers_to_files_that_are_served(web_only: Stack) -> None:
    page: Answer = await web_only.stranger.call("GET", "/")
    files = re.findall(r'(?:src|href)="(/[^"]+)"', page.raw.decode())
    assert files
    for name in files:
        assert (STATIC / name.lstrip("/")).is_file()
        assert (await web_only.stranger.call("GET", name)).status == 200
    # The policy allows scripts and styles of the page by their hashes, and no attributes.
    assert not re.search(
        rb"\s(?:style|on\w+)=", re.sub(rb"<script>.*?</script>|<style>.*?</style>", b"", page.raw)
    )


async def test_the_manifest_that_is_committed_refers_to_icons_of_their_size(web_only: Stack) -> None:
    answer = await web_only.stranger.call("GET", "/manifest.webmanifest")
    manifest = json.loads(answer.raw)
    assert (manifest["start_url"], manifest["scope"], manifest["display"]) == ("/inbox", "/", "standalone")
    pngs = [icon for icon in manifest["icons"] if icon["type"] == "image/png"]
    assert {(icon["sizes"], icon.get("purpose", "any")) for icon in pngs} == {
        ("192x192", "any"),
        ("512x512", "any"),
        ("512x512", "maskable"),
    }
    for icon in pngs:
        file = await web_only.stranger.call("GET", icon["src"])
        assert (file.status, file.headers["Content-Type"]) == (200, "image/png")
        width, height = struct.unpack(">II", file.raw[16:24])
        assert f"{width}x{height}" == icon["sizes"]


async def test_pages_of_other_origins_may_load_assets_and_nothing_else(url: str) -> None:
    """A CDN that pulls from here keeps the header with the file, and no answer for a file that is not there yet."""
    _, headers, _ = await get(url, "/assets/index-abc.js")
    assert headers["access-control-allow-origin"] == "*"
    assert headers["cross-origin-resource-policy"] == "cross-origin"
    for target in ("/", "/icon.svg", "/sw.js"):
        assert "access-control-allow-origin" not in (await get(url, target))[1]
    status, headers, _ = await get(url, "/assets/index-next.js")
    assert (status, headers["cache-control"]) == (404, "no-store")
