"""Security headers and allowed origins, each with a request that is denied."""

import base64
import hashlib
import re
from collections.abc import AsyncIterator
from dataclasses import replace

import aiohttp
import pytest

from server.app import create_app
from server.config import Config
from server.routes import ROUTES
from server.web.security_headers import SAFE_METHODS, page_policy
from tests.support.fixtures_stack import Stack, serving
from tests.support.peers import Peer
from tests.support.ports import free_port

LISTED, FOREIGN = "https://inbox.example", "https://evil.example"
ACCOUNTS = "/api/channels/whatsapp/accounts"
# All kinds of responses: pages, files, JSON, our errors and those of the router.
ADDRESSES = (
    "/",
    "/login",
    "/icon.svg",
    "/health",
    "/metrics",
    "/api/docs",
    "/api/openapi.json",
    "/api/config",
)
REJECTED = (ACCOUNTS, "/api/nothing", "/assets/nothing.js", "/metrics/x")


@pytest.fixture
async def listed(config: Config) -> AsyncIterator[Peer]:
    """A client without a session, of a server with one allowed origin."""
    own = replace(config, web=replace(config.web, allowed_origins=(LISTED,)))
    async with serving(create_app(own), free_port()) as url, aiohttp.ClientSession() as session:
        yield Peer(session, url)


async def test_every_response_carries_the_policies(web_only: Stack) -> None:
    for path in (*ADDRESSES, *REJECTED):
        headers = (await web_only.stranger.call("GET", path)).headers
        assert headers["X-Content-Type-Options"] == "nosniff", path
        assert headers["Referrer-Policy"] == "no-referrer"
        assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
        assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
        assert "microphone=(self)" in headers["Permissions-Policy"]
        assert "camera=()" in headers["Permissions-Policy"]
        policy = headers["Content-Security-Policy"]
        assert policy.startswith("default-src 'none'")
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert headers.getall("Content-Security-Policy") == [policy]


async def test_only_pages_may_load_resources(web_only: Stack) -> None:
    for path in (*ADDRESSES, *REJECTED):
        answer = await web_only.stranger.call("GET", path)
        is_page = answer.headers["Content-Type"].startswith("text/html")
        assert ("script-src 'self'" in answer.headers["Content-Security-Policy"]) == is_page, path


def test_the_page_loads_nothing_from_other_hosts() -> None:
    rules = dict(rule.strip().split(" ", 1) for rule in page_policy("https://confab.example").split(";"))
    assert rules.pop("connect-src") == "'self' wss://confab.example"
    assert {word for words in rules.values() for word in words.split()} == {"'none'", "'self'", "blob:"}
    assert {name for name, words in rules.items() if "blob:" in words} == {"img-src", "media-src"}


async def test_scripts_and_styles_within_the_page_are_allowed_by_their_hashes(web_only: Stack) -> None:
    answer = await web_only.stranger.call("GET", "/")
    page, policy = answer.raw.decode(), answer.headers["Content-Security-Policy"]
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    for element in ("script", "style"):
        texts = re.findall(rf"<{element}>(.*?)</{element}>", page, re.DOTALL)
        digests = [base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in texts]
        assert digests
        assert rules[f"{element}-src"].split() == ["'self'", *(f"'sha256-{digest}'" for digest in digests)]


def test_another_script_within_the_page_is_not_allowed() -> None:
    allowed = page_policy("https://confab.example", "<script>a()</script>")
    assert page_policy("https://confab.example", "<script>b()</script>") != allowed
    assert page_policy("https://confab.example", '<script src="/x.js"></script>').count("sha256") == 0


async def test_the_api_is_not_cached_unless_a_handler_allows_it(web_only: Stack) -> None:
    for path in ("/api/config", "/api/openapi.json", ACCOUNTS, "/api/nothing"):
        assert (await web_only.stranger.call("GET", path)).headers["Cache-Control"] == "no-store", path
    agent = await web_only.sign_in()
    assert (await agent.call("GET", ACCOUNTS)).headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("public_url", "expected"),
    [("https://confab.example", "max-age=31536000"), ("http://confab.example", None)],
)
async def test_hsts_is_sent_with_an_https_public_url(
    config: Config, public_url: str, expected: str | None
) -> None:
    own = replace(config, web=replace(config.web, public_url=public_url))
    async with serving(create_app(own), free_port()) as url, aiohttp.ClientSession() as session:
        for path in ("/", "/api/config", "/api/nothing"):
            # A forwarded header, which any client can send, does not enable it.
            answer = await Peer(session, url).call("GET", path, headers={"X-Forwarded-Proto": "https"})
            assert answer.headers.get("Strict-Transport-Security") == expected


async def test_only_listed_origins_can_read(listed: Peer) -> None:
    agent = await listed.sign_in("ana")
    for origin, is_listed in (
        (LISTED, True),
        (FOREIGN, False),
        ("null", False),
        (LISTED + ".evil.example", False),
    ):
        answer = await agent.call("GET", ACCOUNTS, headers={"Origin": origin})
        assert answer.headers.get("Access-Control-Allow-Origin") == (origin if is_listed else None)
        assert "Access-Control-Allow-Credentials" not in answer.headers
        assert answer.headers["Vary"] == "Origin"
        exposed = answer.headers.get("Access-Control-Expose-Headers", "")
        assert ("Retry-After" in exposed) == is_listed


async def test_without_listed_origins_there_is_no_cors(web_only: Stack) -> None:
    agent = await web_only.sign_in()
    answer = await agent.call("GET", ACCOUNTS, headers={"Origin": FOREIGN})
    assert not [name for name in answer.headers if name.startswith("Access-Control")]


async def test_listed_origins_can_read_errors(listed: Peer) -> None:
    answer = await listed.call("GET", ACCOUNTS, headers={"Origin": LISTED})
    assert (answer.status, answer.headers["Access-Control-Allow-Origin"]) == (401, LISTED)


OPEN_CHANGES = [route for route in ROUTES if route.method not in SAFE_METHODS and not route.has_credential]


@pytest.mark.parametrize("route", OPEN_CHANGES, ids=lambda route: route.name)
async def test_pages_of_other_sites_cannot_sign_users_in_or_out(web_only: Stack, route: object) -> None:
    """As a form sends it: no preflight, any body, the visitor's cookies."""
    path = re.sub(r"\{token.*", "t" * 43, route.path)  # type: ignore[attr-defined]
    body, form = b'{"user_id": "mallory"}', {"Content-Type": "text/plain"}
    for origin in (FOREIGN, "null", web_only.stranger.url + ".evil.example"):
        answer = await web_only.stranger.call("POST", path, body, headers=form | {"Origin": origin})
        assert (answer.status, answer.body["error"]["code"]) == (403, "forbidden")
        assert "Set-Cookie" not in answer.headers
    for headers in (form, form | {"Origin": web_only.stranger.url}):
        answer = await web_only.stranger.call("POST", path, body, headers=headers)
        assert answer.status != 403


def test_the_cross_site_routes_are_complete() -> None:
    assert {"log_in", "refresh", "log_out", "make_test_token", "receive_hosted"} <= {
        r.name for r in OPEN_CHANGES
    }


def test_the_policy_names_the_folder_of_a_cdn_and_nothing_else_of_it() -> None:
    policy = page_policy("https://confab.example", "", "https://cdn.example/confab")
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    named = {name for name, sources in rules.items() if "cdn.example" in sources}
    assert named == {"script-src", "style-src", "font-src"}
    assert {rules[name] for name in named} == {"'self' https://cdn.example/confab/assets/"}
