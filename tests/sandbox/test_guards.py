"""Access control, and malformed requests that never cause a 500."""

import itertools
from typing import Any

import pytest
from aiohttp.test_utils import make_mocked_request

from sandbox.problems import Problem
from sandbox.web.guards import is_local, require_local
from tests.sandbox.driver import BIA, Driver, read


@pytest.mark.parametrize(
    ("key", "kind"),
    [(None, "missing_credentials"), ("wrong", "invalid_credentials"), ("schlüssel", "invalid_credentials")],
)
async def test_the_api_needs_its_key(sandbox: Driver, key: str | None, kind: str) -> None:
    headers = {} if key is None else {"X-API-KEY": key}
    for path in ("/api/v1/accounts", "/api/v1/nothing", "/api/v2/accounts"):
        async with sandbox.client.get(path, headers=headers) as answer:
            assert (await read(answer, 401))["type"] == f"errors/{kind}"


async def test_a_further_key_is_accepted_until_it_is_removed(sandbox: Driver) -> None:
    await sandbox.control("POST", "/keys", 201, json={"key": "second"})
    second = {"headers": {"X-API-KEY": "second"}}
    await sandbox.api("GET", "/accounts", 200, **second)
    await sandbox.api("GET", "/accounts", 200)
    await sandbox.control("DELETE", "/keys/second")
    await sandbox.api("GET", "/accounts", 401, **second)
    await sandbox.control("DELETE", "/keys/second", 404)


@pytest.mark.parametrize("coding", ["gzip", "BR", "deflate, gzip", "identity, zstd"])
async def test_compressed_requests_are_rejected(sandbox: Driver, coding: str) -> None:
    for path in ("/api/v1/accounts", "/sandbox/messages", "/", "/nothing"):
        async with sandbox.client.post(path, data=b"x", headers={"Content-Encoding": coding}) as answer:
            assert (await read(answer, 415))["type"] == "errors/unsupported_media_type"


async def test_unknown_routes_and_methods_are_problems_too(sandbox: Driver) -> None:
    await sandbox.api("GET", "/nothing", 404)
    await sandbox.control("GET", "/nothing", 404)
    async with sandbox.raw("PUT", "/api/v1/accounts") as answer:
        await read(answer, 405)
        assert set(answer.headers["Allow"].split(",")) >= {"GET", "POST"}


@pytest.mark.parametrize(
    ("host", "local"),
    [
        ("127.0.0.1", True),
        ("127.8.8.8", True),
        ("::1", True),
        ("::ffff:127.0.0.1", True),
        ("localhost", True),
        ("sandbox.localhost", True),
        ("192.168.1.4", False),
        ("10.0.0.1", False),
        ("::ffff:10.0.0.1", False),
        ("evil.example", False),
        ("127.0.0.1.evil.example", False),
        ("", False),
        (None, False),
    ],
)
def test_only_this_machine_is_local(host: str | None, local: bool) -> None:
    assert is_local(host) is local


def test_controls_reject_other_machines() -> None:
    class Elsewhere:
        def get_extra_info(self, name: str, default: Any = None) -> Any:
            return ("203.0.113.9", 5) if name == "peername" else default

        def is_closing(self) -> bool:
            return False

    request = make_mocked_request("GET", "/", headers={"Host": "127.0.0.1"}, transport=Elsewhere())
    with pytest.raises(Problem) as caught:
        require_local(request)
    assert caught.value.status == 403


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"},
        {"Host": "127.0.0.1:1", "Origin": "https://evil.example"},
        {"Host": "127.0.0.1:1", "Origin": "null"},
        {"Host": "[broken"},
    ],
)
async def test_controls_reject_pages_of_other_origins(sandbox: Driver, headers: dict[str, str]) -> None:
    await sandbox.control("POST", "/reset", 403, headers=headers)


async def test_controls_accept_their_own_page(sandbox: Driver) -> None:
    origin = str(sandbox.client.make_url("/")).rstrip("/")
    await sandbox.control("GET", "/state", headers={"Origin": origin})


NONSENSE: list[Any] = [
    b"{",
    b"[]",
    b'"text"',
    b"null",
    b"\xff\xfe",
    b"[" * 5000,
    b'{"provider": NaN}',
    b'{"provider": {"a": []}, "text": 5, "value": [1], "action": 7, "name": [], "from": 3}',
    b'{"text": "\\ud800", "reaction": "\\ud800", "provider": "\\ud800", "account_id": "\\ud800"}',
]
ROUTES = [
    ("POST", "/api/v1/accounts"),
    ("POST", "/api/v1/accounts/ACCOUNT"),
    ("POST", "/api/v1/accounts/checkpoint"),
    ("POST", "/api/v1/hosted/accounts/link"),
    ("POST", "/api/v1/webhooks"),
    ("POST", "/api/v1/chats"),
    ("PATCH", "/api/v1/chats/CHAT"),
    ("POST", "/api/v1/chats/CHAT/messages"),
    ("PATCH", "/api/v1/messages/MESSAGE"),
    ("POST", "/api/v1/messages/MESSAGE/reactions"),
    ("POST", "/api/v1/messages/MESSAGE/forward"),
    ("POST", "/sandbox/accounts"),
    ("POST", "/sandbox/accounts/ACCOUNT/scan"),
    ("POST", "/sandbox/accounts/ACCOUNT/status"),
    ("POST", "/sandbox/contacts"),
    ("PATCH", "/sandbox/contacts/5511988880000"),
    ("POST", "/sandbox/groups"),
    ("PATCH", "/sandbox/groups/CHAT"),
    ("POST", "/sandbox/chats/CHAT/read"),
    ("POST", "/sandbox/messages"),
    ("PATCH", "/sandbox/messages/MESSAGE"),
    ("PUT", "/sandbox/messages/MESSAGE/reaction"),
    ("PUT", "/sandbox/faults"),
    ("POST", "/sandbox/script"),
    ("POST", "/sandbox/accounts/ACCOUNT/busy-day"),
    ("POST", "/api/v1/sandbox/accounts/ACCOUNT/busy-day"),
]


@pytest.mark.parametrize(("method", "path"), ROUTES)
async def test_malformed_requests_never_cause_a_500(sandbox: Driver, method: str, path: str) -> None:
    account_id = await sandbox.account()
    written = await sandbox.write(account_id)
    names = {"ACCOUNT": account_id, "CHAT": written["chat_id"], "MESSAGE": written["message_id"]}
    for name, value in names.items():
        path = path.replace(name, value)
    types = [
        "application/json",
        "text/plain",
        "multipart/form-data; boundary=x",
        "multipart/form-data",
        "application/x-www-form-urlencoded",
        "application/json; charset=nonsense",
    ]
    for body, content_type in itertools.product(NONSENSE, types):
        async with sandbox.raw(method, path, data=body, headers={"Content-Type": content_type}) as answer:
            text = await answer.text()
            assert answer.status < 500, f"{method} {path} {content_type} {body[:40]!r}: {text}"
    assert (await sandbox.api("GET", "/messages"))["object"] == "MessageList"


@pytest.mark.parametrize(
    "path",
    [
        "/accounts/%00",
        "/accounts/%ff%fe",
        "/accounts/%2F..%2F",
        "/chats/%E0%A4%A/messages",
        "/chats/" + "x" * 3000,
        "/messages/%F0%9F%98%80/attachments/%0a",
        "/chat_attendees/nobody",
        "/chat_attendees/nobody/picture?account_id=nobody",
        "/users/me",
        "/users/%00?account_id=nobody",
        "/chats/unknown?account_id=%ED%A0%80",
    ],
)
async def test_malformed_ids_are_not_found_or_rejected(sandbox: Driver, path: str) -> None:
    async with sandbox.raw("GET", f"/api/v1{path}") as answer:
        assert answer.status in {400, 404}


async def test_a_text_with_a_lone_surrogate_is_stored_and_returned(sandbox: Driver) -> None:
    account_id = await sandbox.account()
    written = await sandbox.write(account_id, "a\ud800b\0", sender=BIA | {"name": "\ud800"})
    assert (await sandbox.api("GET", f"/messages/{written['message_id']}"))["text"] == "a\ud800b\0"
