"""Invalid requests: compressed bodies, incomplete or too large heads, other protocols."""

import asyncio
import gzip
import json
import re
import time
from dataclasses import dataclass

import pytest
from aiohttp import web

from server.process.logs import set_up_logging
from server.routes import ROUTES
from server.schemas.errors import Error
from server.web.edge import CHUNK_BYTES
from tests.support.fixtures_stack import Stack

BOMB = gzip.compress(b"a" * 50_000_000)
HANDSHAKE = (
    "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="
)


@dataclass
class Raw:
    """A raw response, read until the server closes the connection."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def code(self) -> str:
        body = json.loads(self.body)
        assert Error().validate(body) == {}
        code: str = body["error"]["code"]
        return code


def parse(data: bytes) -> Raw:
    head, _, body = data.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    return Raw(int(first.split()[1]), {n.lower(): v for n, _, v in (x.partition(": ") for x in lines)}, body)


async def sent(port: int, data: bytes, seconds: float = 5.0) -> Raw:
    """The server's response to these bytes; it must close the connection in time."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(data)
        async with asyncio.timeout(seconds):
            return parse(await reader.read())
    finally:
        writer.close()


def head(method: str, path: str, *lines: str) -> bytes:
    return "\r\n".join([f"{method} {path} HTTP/1.1", "Host: x", *lines, "", ""]).encode("latin-1")


def port_of(stack: Stack) -> int:
    return stack.config.web.port


PACKED = (
    *(
        f"Content-Encoding: {name}"
        for name in ("gzip", "GZip", "x-gzip", "deflate", "br", "zstd", "nonsense")
    ),
    *("Content-Encoding: gzip, gzip", "Content-Encoding: identity, gzip", "Content-Encoding: gzip;q=1"),
    "Content-Encoding: identity\r\nContent-Encoding: gzip",
    *(
        "content-ENCODING:gzip",
        "Transfer-Encoding: gzip, chunked",
    ),
)
PATHS = (
    *("GET /health", "POST /api/auth/login", "POST /api/webhooks/unipile/messages", "GET /nothing/here"),
    *("DELETE /api/nothing", "GET /", "OPTIONS /api/auth/login", "GET /metrics", "PUT /health"),
)


async def test_a_compressed_request_is_rejected_before_its_body_arrives(web_only: Stack) -> None:
    """For every encoding, on every route."""

    async def check(target: str, line: str) -> None:
        length = [] if "Transfer" in line else ["Content-Length: 900000"]
        answer = await sent(port_of(web_only), head(*target.split(), *length, line))
        assert (answer.status, answer.code) == (415, "unsupported_media_type"), (target, line)
        assert answer.headers["connection"] == "close"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["cache-control"] == "no-store"
        assert "server" not in answer.headers

    await asyncio.gather(*(check(target, line) for target in PATHS for line in PACKED))


async def test_a_compressed_socket_handshake_is_rejected(web_only: Stack) -> None:
    lines = (HANDSHAKE, "Content-Encoding: deflate", "Content-Length: 9")
    answer = await sent(port_of(web_only), head("GET", "/ws", *lines))
    assert (answer.status, answer.code) == (415, "unsupported_media_type")


async def test_an_identity_encoded_body_is_read(web_only: Stack) -> None:
    body = b'{"user_id": "agent"}'
    for coding in ("identity", "Identity , identity", ""):
        lines = (f"Content-Encoding: {coding}", f"Content-Length: {len(body)}", "Connection: close")
        answer = await sent(port_of(web_only), head("POST", "/api/auth/test-token", *lines) + body)
        assert answer.status == 200, coding


async def test_every_route_rejects_compressed_requests(web_only: Stack) -> None:
    """Also on routes that read no body."""
    for route in ROUTES:
        path = route.path.partition("{")[0].replace("\\", "") or "/"
        answer = await sent(
            port_of(web_only), head(route.method, path, "Content-Encoding: br", "Content-Length: 3") + b"abc"
        )
        assert answer.status == 415, route.name


async def test_twenty_concurrent_bombs_do_not_slow_others(web_only: Stack) -> None:
    """Nothing is decompressed: 50 MB each would block the loop for seconds."""
    stranger, slowest, is_done = web_only.stranger, 0.0, False

    async def throw(target: str) -> int:
        method, path = target.split()
        data = head(method, path, "Content-Encoding: gzip", f"Content-Length: {len(BOMB)}") + BOMB
        return (await sent(port_of(web_only), data)).status

    async def watch() -> None:
        nonlocal slowest
        while not is_done:
            begun = time.perf_counter()
            assert (await stranger.call("GET", "/health")).status == 200
            slowest = max(slowest, time.perf_counter() - begun)

    watching = asyncio.create_task(watch())
    begun = time.process_time()
    statuses = await asyncio.gather(*(throw(PATHS[n % len(PATHS)]) for n in range(20)))
    spent = time.process_time() - begun
    is_done = True
    await watching
    assert set(statuses) == {415}
    assert spent < 1.5  # decompressing them takes more than twice as long on any machine
    assert slowest < 0.5


async def test_many_small_chunks_are_parsed_a_few_at_a_time(
    web_only: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Chunks of one byte take a hundred times longer to parse: other connections are served in between."""
    sizes, parse = list[int](), web.RequestHandler.data_received

    def note(protocol: web.RequestHandler, data: bytes) -> None:
        sizes.append(len(data))
        parse(protocol, data)

    monkeypatch.setattr(web.RequestHandler, "data_received", note)
    body = (
        b"".join(b"1\r\n%c\r\n" % letter for letter in b'{"user_id": "agent"}' + b" " * 200_000)
        + b"0\r\n\r\n"
    )
    lines = ("Transfer-Encoding: chunked", "Connection: close")
    answer = await sent(port_of(web_only), head("POST", "/api/auth/test-token", *lines) + body)
    assert answer.status == 200
    assert max(sizes) <= CHUNK_BYTES
    assert len(sizes) > len(body) // CHUNK_BYTES


async def test_data_after_a_large_body_keeps_its_order(web_only: Stack) -> None:
    """Pipelined requests after one that is parsed in chunks, and frames right after a socket's handshake."""
    body = b'{"user_id": "agent"}' + b" " * 500_000
    first = head("POST", "/api/auth/test-token", f"Content-Length: {len(body)}") + body
    reader, writer = await asyncio.open_connection("127.0.0.1", port_of(web_only))
    writer.write(first * 3 + head("GET", "/health") * 20 + head("GET", "/api/nothing", "Connection: close"))
    async with asyncio.timeout(20):
        answers = await reader.read()
    writer.close()
    statuses = [line.split()[1] for line in re.findall(rb"HTTP/1\.1 \d+", answers)]
    assert statuses == [b"200"] * 23 + [b"404"]

    ping = b'{"event": "ping", "id": 1}'
    frame = bytes((0x81, 0x80 | len(ping), 0, 0, 0, 0)) + ping
    reader, writer = await asyncio.open_connection("127.0.0.1", port_of(web_only))
    writer.write(head("GET", "/ws", HANDSHAKE) + b"\x8a\x80\x00\x00\x00\x00" * 20 + frame)
    async with asyncio.timeout(20):
        await reader.readuntil(b"\r\n\r\n")
        close = await reader.readexactly(4)
    assert close[2:4] == (4401).to_bytes(2, "big")  # not signed in: the frame behind the pongs was read
    writer.close()


# -- invalid requests ---------------------------------------------------------------------------------------------

SECRET = "s3cr3t-of-somebody"
UNREADABLE = {
    "a huge cookie": (head("GET", "/", f"Cookie: x={SECRET}{'a' * 40_000}"), 431),
    "a long name": (head("GET", "/", f"{SECRET}{'a' * 40_000}: 1"), 431),
    "a long address": (head("GET", f"/{SECRET}{'a' * 10_000}"), 431),
    "many headers": (head("GET", "/", *(f"X-{SECRET}-{n}: 1" for n in range(200))), 431),
    "no method": (f"{SECRET} / HTTP/1.1\r\nHost: x\r\n\r\n".encode(), 400),
    "an odd version": (f"GET /{SECRET} HTTP/9.9\r\nHost: x\r\n\r\n".encode(), 400),
    "no version": (f"GET /{SECRET} nothing\r\n\r\n".encode(), 400),
    "no host": (f"GET /{SECRET} HTTP/1.1\r\n\r\n".encode(), 400),
    "two hosts": (head("GET", f"/{SECRET}", "Host: y"), 400),
    "a NUL": (head("GET", "/", f"X: {SECRET}\x00"), 400),
    "a bare line": (head("GET", "/", SECRET), 400),
    "two lengths": (head("POST", "/", "Content-Length: 1", "Content-Length: 2", f"X: {SECRET}"), 400),
    "no number": (head("POST", "/", f"Content-Length: {SECRET}"), 400),
    "two codings": (head("POST", f"/{SECRET}", "Transfer-Encoding: gzip", "Transfer-Encoding: chunked"), 400),
    "both lengths": (head("POST", "/", "Content-Length: 1", "Transfer-Encoding: chunked"), 400),
    "TLS": (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + SECRET.encode(), 400),
    "SSH": (f"SSH-2.0-{SECRET}\r\n\r\n".encode(), 400),
    "HTTP/2": (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400),
    "an odd port": (head("GET", f"http://x:{SECRET}/"), 400),
    "an odd expectation": (head("GET", "/", f"Expect: {SECRET}", "Connection: close"), 417),
}


async def test_invalid_requests_are_rejected_in_the_error_format_without_an_echo(
    web_only: Stack, capsys: pytest.CaptureFixture[str]
) -> None:
    set_up_logging(web_only.config.log)
    for what, (data, status) in UNREADABLE.items():
        answer = await sent(port_of(web_only), data)
        code = "headers_too_large" if status == 431 else "malformed"
        assert (answer.status, answer.code) == (status, code), what
        assert SECRET.encode() not in answer.body
        assert answer.headers["content-type"].startswith("application/json")
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["content-security-policy"].startswith("default-src 'none'")
        assert answer.headers["connection"] == "close"
        assert "server" not in answer.headers
    # Strangers cannot fill the log.
    assert capsys.readouterr().err == ""


async def test_large_cookies_of_other_applications_are_accepted(web_only: Stack) -> None:
    for size in (8_000, 9_000, 16_000, 30_000):
        answer = await web_only.stranger.call("GET", "/api/config", headers={"Cookie": "x=" + "a" * size})
        assert answer.status == 200, size
