"""All errors have one format, whatever raised them, and reveal no internals."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiopg import Cursor

from server.app import MAX_BODY_BYTES, create_app
from server.config import Config
from server.errors import TABLE, ConfabError, NotFound, Unavailable, code_for_status
from server.routes.middlewares import format_errors
from server.schemas.errors import Error
from server.store.accounts import accounts
from server.store.people import users
from tests.support.factories import sign_in_as
from tests.support.fixtures_stack import Stack, serving
from tests.support.peers import Answer, Peer
from tests.support.ports import free_port

SECRET_WORD = "the-database-password"


def check(answer: Answer, status: int, code: str) -> dict[str, Any]:
    """The error of the response, after checking its format."""
    assert (answer.status, answer.headers["Content-Type"]) == (status, "application/json")
    assert not Error().validate(answer.body)
    error: dict[str, Any] = answer.body["error"]
    assert error["code"] == code
    assert error["request_id"] == answer.headers["X-Request-Id"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    return error


@pytest.mark.parametrize("code", TABLE)
def test_every_code_has_a_status_and_a_sentence(code: str) -> None:
    status, sentence = TABLE[code]
    assert 400 <= status < 600
    error = ConfabError(code)
    assert (error.status, error.message) == (status, sentence)
    assert sentence.endswith(".")
    assert error.body() == {"error": {"code": code, "message": sentence}}


def test_framework_statuses_become_our_codes() -> None:
    wanted = {400: "malformed", 401: "unauthenticated", 403: "not_entitled", 404: "not_found"}
    wanted |= {405: "method_not_allowed", 413: "too_large", 415: "unsupported_media_type", 418: "malformed"}
    wanted |= {500: "internal", 503: "unavailable", 599: "internal"}
    assert {status: code_for_status(status) for status in wanted} == wanted


def test_not_found_and_unavailable_say_what_to_do() -> None:
    assert (NotFound().status, Unavailable().status, Unavailable().retry_after) == (404, 503, 1)
    assert Unavailable("Redis is away.").body("r-1") == {
        "error": {"code": "unavailable", "message": "Redis is away.", "request_id": "r-1"}
    }


async def test_an_unknown_path_is_not_found(web_only: Stack) -> None:
    agent = await web_only.sign_in()
    for peer in (web_only.stranger, agent):
        for method in ("GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"):
            check(await peer.call(method, "/api/unknown"), 404, "not_found")
        for path in ("/api/channels/whatsapp/1/unknown", "/api/channels/whatsapp/x", "/api/channels"):
            check(await peer.call("GET", path), 404, "not_found")


async def test_a_wrong_method_gets_the_allowed_ones(web_only: Stack) -> None:
    for method, path, allowed in (
        ("DELETE", "/api/config", {"GET", "HEAD"}),
        ("GET", "/api/auth/login", {"POST"}),
        ("PUT", "/api/channels/whatsapp/1", {"GET", "HEAD", "DELETE", "PATCH"}),
        ("POST", "/api/channels/whatsapp/1/chats/1", {"GET", "HEAD", "PATCH"}),
        ("POST", "/inbox", {"GET", "HEAD"}),
        ("GET", "/api/webhooks/unipile/messages", {"POST"}),
    ):
        answer = await web_only.stranger.call(method, path)
        check(answer, 405, "method_not_allowed")
        assert set(answer.headers["Allow"].split(",")) == allowed


async def chunks(size: int) -> AsyncIterator[bytes]:
    for _ in range(size // 65536 + 1):
        yield b" " * 65536


async def test_an_oversized_body_is_rejected_with_and_without_a_length(web_only: Stack) -> None:
    size = MAX_BODY_BYTES
    for options in (
        {"data": chunks(size)},
        {"data": chunks(size), "headers": {"Content-Length": str(10**9)}},
    ):
        answer = await web_only.stranger.call("POST", "/api/auth/login", **options)
        check(answer, 413, "too_large")


async def test_a_body_with_too_many_fields_or_items_is_rejected(web_only: Stack) -> None:
    """Validating a megabyte of items takes a second."""
    agent = await sign_in_as(web_only, "owner")
    fields = {f"field{number}": number for number in range(20_000)}
    check(await web_only.stranger.call("POST", "/api/auth/login", fields), 400, "malformed")
    for name, given in (("scopes", ["read"] * 20_000), ("account_ids", [1] * 20_000), ("name", fields)):
        body = {"name": "x", "scopes": ["read"]} | {name: given}
        error = check(await agent.call("POST", "/api/keys", body), 422, "invalid")
        assert error["fields"] == {name: ["Must have at most 1000 items."]}


async def test_every_response_has_a_unique_id(web_only: Stack) -> None:
    answers = await asyncio.gather(*(web_only.stranger.call("GET", "/api/unknown") for _ in range(5)))
    assert len({answer.body["error"]["request_id"] for answer in answers}) == 5


async def test_an_unexpected_error_is_anonymous_and_logged_under_its_id(
    web_only: Stack, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    agent = await web_only.sign_in()
    web_only.server.watch.may_break = True

    async def fail(*_: object) -> None:
        raise KeyError(SECRET_WORD)

    monkeypatch.setattr(users, "fetch_user", fail)
    answer = await agent.call("GET", "/api/auth/me")
    error = check(answer, 500, "internal")
    assert SECRET_WORD not in answer.raw.decode()
    assert set(error) == {"code", "message", "request_id"}
    logged = "".join(capsys.readouterr())
    assert error["request_id"] in logged
    assert SECRET_WORD in logged
    assert str(agent.token) not in logged


async def test_an_unreachable_database_is_503(web_only: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    agent = await web_only.sign_in()
    tries = []

    async def fail(_: Cursor, *__: object) -> None:
        tries.append(1)
        raise OSError(f"connection to {SECRET_WORD} lost")

    monkeypatch.setattr(accounts, "list_accounts", fail)
    answer = await agent.call("GET", "/api/channels/whatsapp/accounts")
    check(answer, 503, "unavailable")
    assert int(answer.headers["Retry-After"]) > 0
    assert SECRET_WORD not in answer.raw.decode()
    assert len(tries) > 1  # a connection lost in a restart is not an error yet


async def test_fields_with_any_name_can_be_reported(web_only: Stack) -> None:
    """Names sent by the caller are returned in `fields`, and must not break the response."""
    for query in ("%ED%A0%80=1", "%00=1", "%FF=1", "a%0D%0Ab=1", "limit=%ED%A0%80"):
        agent = await web_only.sign_in()
        answer = await agent.call("GET", f"/api/channels/whatsapp/accounts?{query}")
        check(answer, 422, "invalid")
    answer = await web_only.stranger.call("POST", "/api/auth/login", b'{"\\u0000": 1, "": 2}')
    assert {"\x00", "", "email", "password"} == set(check(answer, 422, "invalid")["fields"])


async def test_listed_origins_may_call_and_others_may_not(config: Config) -> None:
    listed = replace(config, web=replace(config.web, allowed_origins=("https://inbox.example",)))
    async with serving(create_app(listed), free_port()) as url, aiohttp.ClientSession() as session:
        peer = await Peer(session, url).sign_in("ana")
        path = "/api/channels/whatsapp/accounts"
        ask = {"Access-Control-Request-Method": "GET", "Access-Control-Request-Headers": "authorization"}
        for origin, is_listed in (("https://inbox.example", True), ("https://evil.example", False)):
            asked = await Peer(session, url).call("OPTIONS", path, headers={"Origin": origin} | ask)
            assert (asked.headers.get("Access-Control-Allow-Origin") == origin) == is_listed
            assert asked.status == (200 if is_listed else 403)
            answer = await peer.call("GET", path, headers={"Origin": origin})
            assert (answer.headers.get("Access-Control-Allow-Origin") == origin) == is_listed
            assert "Access-Control-Allow-Credentials" not in answer.headers


async def test_redirects_and_plain_framework_responses_pass() -> None:
    """The middleware only formats errors."""

    async def move(_: web.Request) -> web.Response:
        raise web.HTTPFound("/elsewhere")

    app = web.Application(middlewares=(format_errors,))
    app.router.add_get("/", move)
    async with (
        serving(app, free_port()) as url,
        aiohttp.ClientSession() as session,
        session.get(url, allow_redirects=False) as response,
    ):
        assert (response.status, response.headers["Location"]) == (302, "/elsewhere")
