"""Over the whole table of routes: whatever is sent, the response is a documented error, and no data is lost.

The cases are generated from the table: a new route is tested here automatically.
"""

import io
import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from marshmallow import fields

from server.errors import TABLE
from server.queue import heartbeat
from server.routes import ROUTES
from server.routes.route import Route
from server.web.app_keys import REDIS
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

DEEP = b'{"a":' * 50_000 + b"1" + b"}" * 50_000
HUGE_NUMBER = b'{"account_id": "x", "a": 1' + b"0" * 5000 + b"}"
BODIES: dict[str, bytes] = {
    "nothing": b"",
    "a NUL": b'{"text": "a\\u0000b", "user_id": "a\\u0000b", "email": "a\\u0000@b.example"}',
    "a raw NUL": b'{"text": "a\x00b"}',
    "lone surrogates": b'{"text": "\\ud800", "name": "\\udfff\\ud800"}',
    "surrogates in UTF-8": b'{"text": "\xed\xa0\x80"}',
    "broken UTF-8": b'{"text": "\xff\xfe"}',
    "overlong UTF-8": b'{"text": "\xc0\xaf"}',
    "UTF-16": '{"text": "Oi"}'.encode("utf-16"),
    "UTF-8 with a mark": b"\xef\xbb\xbf{}",
    "deep objects": DEEP,
    "deep lists": b"[" * 100_000,
    "deep inside": b'{"account_id": ' + b"[" * 5000 + b"]" * 5000 + b"}",
    "NaN": b'{"to": NaN, "text": Infinity, "value": -Infinity}',
    "2^63": b'{"user_id": 9223372036854775808, "quote_id": 9223372036854775808, "to": 9223372036854775808}',
    "-2^63 - 1": b'{"user_id": -9223372036854775809, "quote_id": -9223372036854775809}',
    "a huge number": HUGE_NUMBER,
    "1e400": b'{"quote_id": 1e400, "muted_until": 1e400}',
    "duplicate keys": b'{"text": "Oi", "text": 17, "email": "a@b.example", "email": []}',
    "odd keys": b'{"__proto__": {}, "constructor": 1, "": 2, "\\u0000": 3}',
    "a list": b"[1, 2]",
    "no object": b'"text"',
    "a form": b"text=Oi&to=%2B5511988880000",
    "XML": b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>',
    "many fields": json.dumps({f"field{n}": n for n in range(60_000)}).encode(),
    "many items": json.dumps(
        {"text": "Oi", "name": "x", "scopes": ["read"] * 50_000, "account_ids": [1] * 50_000}
    ).encode(),
    "many fields inside": json.dumps({"text": {f"field{n}": n for n in range(60_000)}}).encode(),
    "too much": b'{"text": "' + b"x" * (1024 * 1024) + b'"}',
}
JSON = "application/json"
KINDS = (
    *(
        JSON,
        JSON + "; charset=utf-16",
        JSON + "; charset=nonsense",
        JSON + '; charset="',
        "text/plain",
        "text/html",
    ),
    *(
        "application/x-www-form-urlencoded",
        "multipart/form-data",
        "multipart/form-data; boundary=",
        "nonsense",
    ),
    *(
        "multipart/form-data; boundary=x",
        "multipart/form-data; boundary=" + "y" * 500,
        "multipart/mixed; boundary=x",
    ),
)
VALUES = (
    *(
        "%00",
        "a%00b",
        "%ff",
        "%ED%A0%80",
        "%2e%2e%2f",
        "..%2f..%2fetc%2fpasswd",
        "-1",
        "0",
        "1.5",
        "1e9",
        "NaN",
        "null",
    ),
    *(
        str(2**31),
        str(2**63 - 1),
        str(2**63),
        str(2**64),
        "9" * 19,
        "9" * 20,
        "9" * 21,
        "9" * 300,
        "%D9%A3",
        "x" * 3000,
    ),
    *(
        "%27%20or%201%3D1--",
        "%7B%7B7*7%7D%7D",
        "%F0%9F%99%82",
        "%E2%80%AE",
        "%25",
        "%20",
        "%0d%0aSet-Cookie:%20a=b",
    ),
)
# For parameters that a route does not declare: they are decoded, and their values never read.
DECODED_VALUES = ("%00", "%ff", "%ED%A0%80", "9" * 300, "x" * 3000, "%0d%0aSet-Cookie:%20a=b")
HEADERS: tuple[dict[str, str], ...] = (
    {"Range": "bytes=9223372036854775808-"},
    {"Range": "bytes=" + ",".join(f"{n}-{n}" for n in range(500))},
    {"If-None-Match": '"' * 1000},
    {"If-Modified-Since": "yesterday"},
    {"Cookie": "confab_refresh=" + "x" * 4000 + "; a=\xff; =; ;;"},
    {"Origin": "https://\xff"},
    {"Accept-Encoding": "gzip;q=9999, br;q=-1, \xff"},
    {"X-Forwarded-For": "," * 2000},
    {"Host": "\xff:99999999"},
    {"Content-Encoding": "nonsense"},
    {"X-Confab": "1", "Cookie": "confab_refresh=00000000-0000-0000-0000-000000000000.\xff"},
    {"webhook-id": "\xff", "webhook-timestamp": "9" * 400, "webhook-signature": "v1,\xff"},
)


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
    for kind in KINDS:
        for body in (
            b'{"text": "Oi"}',
            b"--x\r\n\r\n",
            b'--x\r\nContent-Disposition: form-data; name="\xff"\r\n\r\na',
        ):
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


def filled(path: str, values: dict[str, Any]) -> str:
    """The route's path; a parameter without a value here gets an unknown one."""
    return re.sub(r"\{(\w+)(?::(?:[^{}]|\{[^{}]*\})*)?\}", lambda m: str(values.get(m[1], 2**40)), path)


@pytest.mark.parametrize("route", WITH_PARAMETERS, ids=lambda route: route.name)
async def test_hostile_paths_are_rejected(web_only: Stack, target: RouteTarget, route: Route) -> None:
    """Each path parameter in turn."""
    found: list[str] = []
    names = re.findall(r"\{(\w+)", route.path)
    for name in names:
        for value in VALUES:
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
        for value in VALUES if name in declared else DECODED_VALUES:
            found += await attempt(target, route, "a query", path=f"{path}?{name}={value}")
        found += await attempt(target, route, "a query twice", path=f"{path}?{name}=1&{name}=2")
        found += await attempt(target, route, "a bare query", path=f"{path}?{name}")
    for headers in HEADERS:
        found += await attempt(target, route, str(headers)[:60], headers=headers)
    found += await attempt(target, route, "a body", b"{", headers={"Content-Type": JSON})
    assert found == []
    await assert_all_is_there(web_only, target)
