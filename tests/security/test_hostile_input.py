"""Over the whole table of routes: whatever is sent, the response is a documented error, and no data is lost.

The cases are generated from the table: a new route is tested here automatically. What one reader reads for all routes
(content types, path parameters of one name, parameters that a route does not declare) is spread over them: each route
gets a part of the cases, and each case is sent to a part of the routes.
"""

import io
import json
import re
from collections.abc import Iterator, Sequence
from typing import Any, TypeVar

import pytest
from marshmallow import fields

from server.errors import TABLE
from server.queue import heartbeat
from server.routes import ROUTES
from server.routes.route import Route
from server.web.app_keys import REDIS
from tests.security.hostile_cases import BODIES, DECODED_VALUES, HEADERS, JSON, KIND_CASES, VALUES
from tests.support.declared import ERROR
from tests.support.factories import make_account, make_chat
from tests.support.fixtures_stack import Stack
from tests.support.peers import WEBHOOK_SECRET, Answer
from tests.support.route_cases import HOSTED_TOKEN, RouteTarget

CHANGING = [route for route in ROUTES if route.method != "GET"]
READING = [route for route in ROUTES if route.method == "GET" and route.name != "open_socket"]
WITH_PARAMETERS = [route for route in ROUTES if "{" in route.path and route.is_documented]
# It would delete the account that the other cases use: called with an unknown id.
ENDING = ("disconnect_account", "erase_account")

T = TypeVar("T")
# One case in this many is sent to a route.
SHARE = 3


def part(cases: Sequence[T], route: Route, routes: Sequence[Route]) -> Sequence[T]:
    """The cases of this route; any SHARE routes in a row have all of them."""
    return cases[routes.index(route) % SHARE :: SHARE] if len(routes) >= SHARE else cases


def test_each_case_is_sent_to_some_route() -> None:
    sent = {case for route in CHANGING for case in part(KIND_CASES, route, CHANGING)}
    assert sent == set(KIND_CASES)
    for name in {name for route in WITH_PARAMETERS for name in parameters(route)}:
        routes = routes_with(name)
        assert {value for route in routes for value in part(VALUES, route, routes)} == set(VALUES)


@pytest.fixture
async def target(web_only: Stack) -> RouteTarget:
    await heartbeat(web_only.app[REDIS])  # without a worker no export is ever ready
    agent = await web_only.sign_in()
    account_id = await make_account(web_only, agent)
    chat_id = await make_chat(web_only, account_id)
    (message,) = await agent.messages(account_id, chat_id)
    return RouteTarget(agent, account_id, chat_id, message["id"])


def address(target: RouteTarget, route: Route) -> str:
    if route.name in ENDING:
        return RouteTarget(target.peer, 2**40, 1).path(route)
    return target.path(route)


def complaint(answer: Answer) -> str | None:
    """What is wrong with a response, if anything: an error must be documented and in the error format."""
    if answer.status < 400:
        return None
    if answer.body is None or ERROR.validate(answer.body):
        return f"{answer.status} in no shape of ours: {answer.raw[:200]!r}"
    code = answer.body["error"]["code"]
    if answer.status >= 500 or TABLE[code][0] != answer.status:
        return f"{answer.status} {code}"
    return None


async def attempt(
    target: RouteTarget, route: Route, what: str, body: Any = None, **options: Any
) -> list[str]:
    headers = {"Unipile-Auth": WEBHOOK_SECRET} if route.needs_secret else {}
    headers |= options.pop("headers", {})
    path = options.pop("path", None) or address(target, route)
    if isinstance(body, bytes):
        options["data"], body = io.BytesIO(body), None
    answer = await target.peer.call(
        route.method, path, body, headers=headers, allow_redirects=False, **options
    )
    found = complaint(answer)
    return [f"{route.method} {path[:120]} with {what}: {found}"] if found else []


async def assert_all_is_there(stack: Stack, target: RouteTarget) -> None:
    """The account, its chat and its message are unchanged, and the next valid request succeeds."""
    agent = await stack.sign_in()
    (message,) = [
        m for m in await agent.messages(target.account_id, target.chat_id) if m["id"] == target.message_id
    ]
    assert message["deleted_at"] is None
    accounts = (await agent.ok("GET", "/api/channels/whatsapp/accounts"))["items"]
    assert target.account_id in [account["id"] for account in accounts]


@pytest.mark.parametrize("route", CHANGING, ids=lambda route: route.name)
async def test_hostile_bodies_are_rejected(web_only: Stack, target: RouteTarget, route: Route) -> None:
    found: list[str] = []
    for what, body in BODIES.items():
        found += await attempt(target, route, what, body, headers={"Content-Type": JSON})
    for kind, body in part(KIND_CASES, route, CHANGING):
        found += await attempt(target, route, kind, body, headers={"Content-Type": kind})
    assert found == []
    if route.method != "DELETE":
        await assert_all_is_there(web_only, target)


def hostile_values(kind: "fields.Field[Any]") -> Iterator[Any]:
    yield from ("a\x00b", "\ud800", "x" * 300_000, 2**63, -(2**63) - 1, 1.5, True, None, [], {}, [[[]]])
    yield from (
        "\u202e<b>",
        "=1+1",
        "' or 1=1--",
        "{{7*7}}",
        "2026-99-99T00:00:00Z",
        "9999-12-31T23:59:59.999Z",
    )
    if isinstance(kind, fields.List):
        yield from ([None], ["a\x00b"], [{}], ["x"] * 10_000)


@pytest.mark.parametrize("route", [r for r in CHANGING if r.body is not None], ids=lambda route: route.name)
async def test_hostile_field_values_are_rejected(web_only: Stack, target: RouteTarget, route: Route) -> None:
    """Each field alone, and beside valid ones, so that the error is caused by this field."""
    assert route.body is not None
    good = {
        "text": "Oi",
        "to": "+5511988880000",
        "value": "👍",
        "email": "a@b.example",
        "password": "hunter22",
    }
    known, found = route.body().fields, list[str]()
    for name, kind in known.items():
        for value in hostile_values(kind):
            for beside in ({}, {key: text for key, text in good.items() if key in known}):
                body = json.dumps(beside | {name: value}).encode()
                found += await attempt(
                    target, route, f"{name}={value!r:.60}", body, headers={"Content-Type": JSON}
                )
    assert found == []
    await assert_all_is_there(web_only, target)


def parameters(route: Route) -> list[str]:
    return re.findall(r"\{(\w+)", route.path)


def routes_with(name: str) -> list[Route]:
    return [route for route in WITH_PARAMETERS if name in parameters(route)]


def filled(path: str, values: dict[str, Any]) -> str:
    """The route's path; a parameter without a value here gets an unknown one."""
    return re.sub(r"\{(\w+)(?::(?:[^{}]|\{[^{}]*\})*)?\}", lambda m: str(values.get(m[1], 2**40)), path)


@pytest.mark.parametrize("route", WITH_PARAMETERS, ids=lambda route: route.name)
async def test_hostile_paths_are_rejected(web_only: Stack, target: RouteTarget, route: Route) -> None:
    """Each path parameter in turn."""
    found: list[str] = []
    for name in parameters(route):
        for value in part(VALUES, route, routes_with(name)):
            known = {
                "provider": "whatsapp",
                "account_id": target.account_id,
                "chat_id": target.chat_id,
                "message_id": target.message_id,
                "contact_id": target.contact_id or 1,
                "user_id": target.user_id or 1,
                "key_id": target.key_id or 1,
                "team_id": 1,
                "note_id": 1,
                "attachment_id": "a",
                "sha256": "0" * 64,
                "token": HOSTED_TOKEN,
            }
            values = known | {name: value}
            path = filled(route.path, values)
            if route.name not in ENDING or name == "account_id":
                found += await attempt(target, route, name, b"{}" if route.body else None, path=path)
    assert found == []
    if route.method != "DELETE":
        await assert_all_is_there(web_only, target)


@pytest.mark.parametrize("route", READING, ids=lambda route: route.name)
async def test_hostile_queries_and_headers_are_rejected(
    web_only: Stack, target: RouteTarget, route: Route
) -> None:
    path, found = address(target, route), list[str]()
    declared = route.query().fields if route.query else {}
    for name in dict.fromkeys([*declared, "unknown", "%00", "limit", "cursor"]):
        for value in VALUES if name in declared else part(DECODED_VALUES, route, READING):
            found += await attempt(target, route, "a query", path=f"{path}?{name}={value}")
        found += await attempt(target, route, "a query twice", path=f"{path}?{name}=1&{name}=2")
        found += await attempt(target, route, "a bare query", path=f"{path}?{name}")
    for headers in part(HEADERS, route, READING):
        found += await attempt(target, route, str(headers)[:60], headers=headers)
    found += await attempt(target, route, "a body", b"{", headers={"Content-Type": JSON})
    assert found == []
    await assert_all_is_there(web_only, target)
