"""The client's address: only trusted proxies are believed."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import aiohttp
import pytest
from aiohttp import web
from aiohttp.typedefs import Handler
from hypothesis import given
from hypothesis import strategies as st
from structlog.testing import capture_logs

from server.app import create_app
from server.config import Config
from server.web.client_address import Proxies, network_of
from tests.support.fixtures_stack import serving
from tests.support.ports import free_port

OURS = Proxies(["10.0.0.0/8", "fd00::/8"])


@pytest.mark.parametrize(
    ("peer", "forwarded", "client"),
    [
        ("203.0.113.9", [], "203.0.113.9"),
        ("203.0.113.9", ["198.51.100.1"], "203.0.113.9"),  # X-Forwarded-For of an untrusted peer is ignored
        ("10.0.0.1", [], "10.0.0.1"),
        ("10.0.0.1", ["198.51.100.1"], "198.51.100.1"),
        (
            "10.0.0.1",
            ["198.51.100.1, 203.0.113.9"],
            "203.0.113.9",
        ),  # the left part is forged by the client
        ("10.0.0.1", ["198.51.100.1, 203.0.113.9, 10.0.0.2"], "203.0.113.9"),
        ("10.0.0.1", ["198.51.100.1", "203.0.113.9"], "203.0.113.9"),
        ("10.0.0.1", ["203.0.113.9:4711"], "203.0.113.9"),
        ("10.0.0.1", ["[2001:db8::1]:4711"], "2001:db8::1"),
        ("fd00::1", ["2001:db8::1"], "2001:db8::1"),
        ("::ffff:10.0.0.1", ["203.0.113.9"], "203.0.113.9"),
        ("10.0.0.1", ["unknown"], "10.0.0.1"),
        ("10.0.0.1", ["203.0.113.9, unknown"], "10.0.0.1"),
        ("10.0.0.1", ["10.0.0.2, 10.0.0.3"], "10.0.0.2"),
        ("10.0.0.1", [",,,"], "10.0.0.1"),
        (None, ["203.0.113.9"], None),
    ],
)
def test_the_client_is_the_nearest_untrusted_address(
    peer: str | None, forwarded: list[str], client: str | None
) -> None:
    assert OURS.client_of(peer, forwarded) == client


@given(st.lists(st.text()), st.sampled_from(["203.0.113.9", "2001:db8::1"]))
def test_headers_of_untrusted_peers_are_ignored(forwarded: list[str], peer: str) -> None:
    assert OURS.client_of(peer, forwarded) == peer


@given(st.lists(st.text(max_size=50)))
def test_any_header_gives_a_valid_address(forwarded: list[str]) -> None:
    """The result is an address, within the limit of the column."""
    assert network_of(OURS.client_of("10.0.0.1", forwarded)) != "unknown"


def test_an_ipv6_network_counts_as_one_client() -> None:
    assert network_of("2001:db8::1") == network_of("2001:db8::2:1") == "2001:db8::/64"
    assert network_of("203.0.113.9") != network_of("203.0.113.10")
    assert network_of(None) == "unknown"


@asynccontextmanager
async def listening(config: Config, seen: list[str | None], **settings: object) -> AsyncIterator[str]:
    """The application with an innermost middleware that records the client's address."""

    @web.middleware
    async def note(request: web.Request, handler: Handler) -> web.StreamResponse:
        seen.append(request.remote)
        return await handler(request)

    app = create_app(replace(config, web=replace(config.web, **settings)))  # type: ignore[arg-type]
    app.middlewares.append(note)
    async with serving(app, free_port()) as url:
        yield url


@pytest.mark.parametrize(
    ("trusted", "client"),
    [((), "127.0.0.1"), (("127.0.0.1",), "203.0.113.9"), (("10.0.0.0/8",), "127.0.0.1")],
)
async def test_handlers_see_the_client(config: Config, trusted: tuple[str, ...], client: str) -> None:
    seen: list[str | None] = []
    headers = {
        "X-Forwarded-For": "1.1.1.1, 203.0.113.9",
        "Forwarded": "for=8.8.8.8;host=evil.example;proto=https",
        "X-Real-IP": "8.8.8.8",
        "X-Forwarded-Host": "evil.example",
        "X-Forwarded-Proto": "https",
    }
    async with (
        listening(config, seen, trusted_proxies=trusted) as url,
        aiohttp.ClientSession(headers=headers) as session,
    ):
        body = {"user_id": "ana"}
        async with session.post(f"{url}/api/auth/test-token", json=body) as answer:
            # A body is also read through the proxied request, and the cookie's rules ignore the header.
            assert answer.status == 200, await answer.text()
            assert "Strict-Transport-Security" not in answer.headers
    assert seen == [client]


@pytest.mark.parametrize(
    ("peer", "is_said"),
    [("192.168.1.2", True), ("127.0.0.1", True), ("10.0.0.1", False), ("203.0.113.9", True), (None, False)],
)
def test_an_unlisted_proxy_is_logged_once(peer: str | None, is_said: bool) -> None:
    proxies = Proxies(["10.0.0.0/8"])
    # 203.0.113.0/24 is reserved for documentation, which counts as private.
    assert [proxies.is_unlisted_proxy(peer) for _ in range(2)] == [is_said, False]
    assert not proxies.is_unlisted_proxy("8.8.8.8")


async def test_the_log_names_an_unlisted_proxy(config: Config) -> None:
    with capture_logs() as lines:
        async with serving(create_app(config), free_port()) as url, aiohttp.ClientSession() as session:
            for _ in range(2):
                await (await session.get(f"{url}/health", headers={"X-Forwarded-For": "198.51.100.7"})).read()
    assert [line["proxy"] for line in lines if line["event"] == "proxy_not_trusted"] == ["127.0.0.1"]
