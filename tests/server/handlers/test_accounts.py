"""Accounts over REST: connect, list, show, reconnect, disconnect, and permissions."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from server.rules.account_states import Seen
from server.unipile.errors import NotTaken, OutcomeUnknown, Rejected, UnipileError
from server.web.app_keys import UNIPILE
from tests.support.factories import CHANNELS, add_member, make_account, observe, revoke_entitlement, walk
from tests.support.fixtures_stack import Stack
from tests.support.peers import Peer, eventually

CONNECT = f"{CHANNELS}/connect"


async def test_connecting_begins_with_a_code(web_only: Stack) -> None:
    agent = await web_only.sign_in()
    answer = await agent.call("POST", CONNECT, {})
    assert answer.status == 201
    account, checkpoint = answer.body["account"], answer.body["checkpoint"]
    assert (account["provider"], account["status"], account["role"]) == ("whatsapp", "connecting", "owner")
    assert checkpoint["type"] == "qrcode"
    assert checkpoint["qrcode"]
    assert checkpoint["expires_at"].endswith("Z")
    assert await agent.ok("GET", f"{CHANNELS}/{account['id']}") == {"account": account}
    assert (await agent.ok("GET", f"{CHANNELS}/accounts"))["items"] == [account]


async def test_an_account_that_unipile_has_is_linked_and_linked_again(web_only: Stack) -> None:
    await web_only.sandbox.ok("POST", "/sandbox/accounts", {"id": "acc-1", "name": "Loja"})
    agent = await web_only.sign_in()
    first = await agent.call("POST", CONNECT, {"external_account_id": "acc-1"})
    assert (first.status, first.body["checkpoint"]) == (201, None)
    account = first.body["account"]
    assert (account["status"], account["name"], account["external_account_id"]) == (
        "connected",
        "Loja",
        "acc-1",
    )
    again = await agent.call("POST", CONNECT, {"external_account_id": "acc-1"})
    assert (again.status, again.body["account"]["id"]) == (201, account["id"])
    assert len((await agent.ok("GET", f"{CHANNELS}/accounts"))["items"]) == 1


async def test_accounts_named_by_id_may_have_the_same_phone_number(web_only: Stack) -> None:
    agent = await web_only.sign_in()
    for number in range(3):
        told = {"id": f"acc-{number}", "phone_number": "15550100000"}
        await web_only.sandbox.ok("POST", "/sandbox/accounts", told)
        linked = await agent.call("POST", CONNECT, {"external_account_id": f"acc-{number}"})
        assert (linked.status, linked.body["account"]["status"]) == (201, "connected")


async def test_another_users_account_is_a_conflict_and_an_unknown_one_is_absent(web_only: Stack) -> None:
    owner, other = await web_only.sign_in("owner"), await web_only.sign_in("other")
    account = await web_only.make_account(owner)
    answer = await other.call("POST", CONNECT, {"external_account_id": "acc-1"})
    assert (answer.status, answer.body["error"]["code"]) == (409, "conflict")
    assert (await other.ok("GET", f"{CHANNELS}/accounts"))["items"] == []
    assert (await owner.ok("GET", f"{CHANNELS}/{account['id']}"))["account"]["role"] == "owner"
    for unknown in ("acc-2", ".", "..", "../webhooks", "acc-1/", "é"):
        answer = await other.call("POST", CONNECT, {"external_account_id": unknown})
        assert (answer.status, answer.body["error"]["code"]) == (404, "not_found"), unknown
    assert (await other.ok("GET", f"{CHANNELS}/accounts"))["items"] == []


async def test_of_two_concurrent_links_of_an_account_one_succeeds(web_only: Stack) -> None:
    await web_only.sandbox.ok("POST", "/sandbox/accounts", {"id": "acc-1"})
    peers = [await web_only.sign_in(name) for name in ("ana", "bia", "ana", "bia")]
    answers = await asyncio.gather(
        *(p.call("POST", CONNECT, {"external_account_id": "acc-1"}) for p in peers)
    )
    assert sorted(answer.status for answer in answers) == [201, 201, 409, 409]


async def test_without_entitlement_nothing_is_connected(web_only: Stack) -> None:
    agent = await web_only.sign_in()
    await revoke_entitlement(web_only, agent)
    await web_only.sandbox.ok("POST", "/sandbox/accounts", {"id": "acc-1"})
    for body in ({}, {"external_account_id": "acc-1"}, {"external_account_id": "acc-2"}):
        answer = await agent.call("POST", CONNECT, body)
        assert (answer.status, answer.body["error"]["code"]) == (403, "not_entitled")
    assert (await agent.ok("GET", f"{CHANNELS}/accounts"))["items"] == []


BAD_CONNECTS: list[Any] = [
    {"external_account_id": ""},
    {"external_account_id": "x" * 256},
    {"external_account_id": 17},
    {"external_account_id": ["acc-1"]},
    {"external_account_id": "a\x00b"},
    {"method": "pigeon"},
    {"method": None},
    {"provider": "whatsapp"},
]


async def test_an_invalid_connect_is_rejected(web_only: Stack) -> None:
    agent = await web_only.sign_in()
    for body in BAD_CONNECTS:
        answer = await agent.call("POST", CONNECT, body)
        assert (answer.status, answer.body["error"]["code"]) == (422, "invalid"), body
        assert list(answer.body["error"]["fields"]) == list(body)


def failing(error: UnipileError) -> Callable[..., Awaitable[None]]:
    async def fail(*_: object) -> None:
        raise error

    return fail


FAILURES = [
    (OutcomeUnknown("timeout", "t"), 504, "provider_timeout"),
    (OutcomeUnknown("request_timeout", "t", 504), 504, "provider_timeout"),
    (OutcomeUnknown("connection_lost", "t"), 502, "provider_failed"),
    (OutcomeUnknown("provider_error", "t", 500), 502, "provider_failed"),
    (NotTaken("not_reached", "t"), 502, "provider_failed"),
    (NotTaken("no_client_session", "t", 503), 502, "provider_failed"),
    (Rejected("invalid_credentials", "t", 401), 502, "provider_failed"),
    (Rejected("resource_not_found", "t", 404), 404, "not_found"),
    (UnipileError("unexpected_answer", "t"), 502, "provider_failed"),
]


async def test_unipiles_failures_have_different_error_codes(
    web_only: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    agent = await web_only.sign_in()
    account_id = await make_account(web_only, agent)
    unipile = web_only.app[UNIPILE]
    calls: list[tuple[str, str, str, Any]] = [
        ("start_connect", "POST", CONNECT, {}),
        ("fetch_account", "POST", CONNECT, {"external_account_id": "acc-2"}),
        ("start_reconnect", "POST", f"{CHANNELS}/{account_id}/reconnect", None),
        ("delete_account", "DELETE", f"{CHANNELS}/{account_id}", None),
    ]
    for error, status, code in FAILURES:
        for name, method, path, body in calls:
            if name == "delete_account" and status == 404:
                continue  # already deleted there, as intended: see the next test
            monkeypatch.setattr(unipile, name, failing(error))
            answer = await agent.call(method, path, body)
            assert (answer.status, answer.body["error"]["code"]) == (status, code), (name, error)
    shown = (await agent.ok("GET", f"{CHANNELS}/{account_id}"))["account"]
    assert shown["status"] == "connected"  # nothing was changed by what failed
    assert len((await agent.ok("GET", f"{CHANNELS}/accounts"))["items"]) == 1


async def test_disconnecting_deletes_the_account_at_unipile_only(web_only: Stack) -> None:
    agent = await web_only.sign_in()
    account = await web_only.make_account(agent)
    path = f"{CHANNELS}/{account['id']}"
    answer = await agent.call("DELETE", path)
    assert (answer.status, answer.raw) == (204, b"")
    assert (await agent.ok("GET", path))["account"]["status"] == "disconnected"
    headers = {"X-API-KEY": "sandbox-key"}
    assert (await web_only.sandbox.call("GET", "/api/v1/accounts/acc-1", headers=headers)).status == 404
    assert (await agent.call("DELETE", path)).status == 204  # already deleted there, as intended


async def test_a_busy_day_is_for_the_sandbox_only(web_only: Stack) -> None:
    agent = await web_only.sign_in()
    account = (await agent.ok("POST", CONNECT, {}))["account"]
    answer = await agent.call("POST", f"{CHANNELS}/{account['id']}/busy-day")
    assert (answer.status, answer.body["error"]["code"]) == (404, "not_found")


async def test_one_call_links_an_account_and_plays_a_busy_day(demo: Stack) -> None:
    agent, stranger = await demo.sign_in(), await demo.sign_in("other")
    path = f"{CHANNELS}/{(await agent.ok('POST', CONNECT, {}))['account']['id']}"
    assert (await stranger.call("POST", f"{path}/busy-day")).status == 404
    assert (await agent.call("POST", f"{path}/busy-day")).status == 204

    async def has_chats() -> bool:
        return len((await agent.ok("GET", f"{path}/chats?limit=100"))["items"]) > 24

    await eventually(has_chats)
    assert (await agent.ok("GET", path))["account"]["status"] == "connected"


async def test_reconnecting_gives_a_new_code_for_the_same_account(web_only: Stack) -> None:
    agent = await web_only.sign_in()
    account = await web_only.make_account(agent)
    body = {"status": "CREDENTIALS"}
    await web_only.sandbox.ok("POST", "/sandbox/accounts/acc-1/status", body)
    answer = await agent.call("POST", f"{CHANNELS}/{account['id']}/reconnect")
    assert answer.status == 200
    assert answer.body["account"]["id"] == account["id"]
    assert answer.body["account"]["status"] == "connecting"
    assert answer.body["account"]["seq"] > account["seq"]
    assert answer.body["checkpoint"]["qrcode"]


async def routes_of(account_id: object) -> list[tuple[str, str]]:
    path = f"{CHANNELS}/{account_id}"
    return [("GET", path), ("POST", f"{path}/reconnect"), ("DELETE", path)]


async def test_a_foreign_account_is_as_absent_as_one_that_is_not_there(web_only: Stack) -> None:
    owner, other = await web_only.sign_in("owner"), await web_only.sign_in("other")
    account_id = await make_account(web_only, owner)
    bodies = set()
    for candidate in (account_id, account_id + 1000, 0, 2**63 - 1, 2**63, "9" * 20):
        for method, path in await routes_of(candidate):
            answer = await other.call(method, path)
            assert answer.status == 404, (method, path)
            error = answer.body["error"]
            bodies.add((error["code"], error["message"], tuple(error) == ("code", "message", "request_id")))
    assert bodies == {("not_found", "Not found, or not accessible to you.", True)}
    for candidate in ("-1", "abc", "1.0", "9" * 21, "1%00", "%F0%9F%8E%89"):
        for method, path in await routes_of(candidate):
            answer = await other.call(method, path)
            assert (answer.status, answer.body["error"]["code"]) == (404, "not_found"), (method, path)


async def test_a_provider_that_does_not_work_yet_is_absent(web_only: Stack) -> None:
    agent = await web_only.sign_in()
    account_id = await make_account(web_only, agent)
    for provider in ("telegram", "WhatsApp", "whatsapp%20", "%00"):
        for method, path in [
            *(await routes_of(account_id)),
            ("GET", f"{CHANNELS}/accounts"),
            ("POST", CONNECT),
        ]:
            answer = await agent.call(method, path.replace("whatsapp", provider))
            assert (answer.status, answer.body["error"]["code"]) == (404, "not_found"), (method, provider)


@pytest.mark.parametrize("role", ["viewer", "agent"])
async def test_only_the_owner_connects_and_disconnects(web_only: Stack, role: str) -> None:
    owner, other = await web_only.sign_in("owner"), await web_only.sign_in("other")
    account_id = await make_account(web_only, owner)
    await add_member(web_only, account_id, other, role)
    shown = (await other.ok("GET", f"{CHANNELS}/{account_id}"))["account"]
    assert (shown["id"], shown["role"]) == (account_id, role)
    for method, path in (await routes_of(account_id))[1:]:
        answer = await other.call(method, path)
        assert (answer.status, answer.body["error"]["code"]) == (403, "forbidden")


async def test_the_list_is_walked_without_hole_and_repetition(web_only: Stack) -> None:
    agent, other = await web_only.sign_in(), await web_only.sign_in("other")
    mine = [await make_account(web_only, agent, f"acc-{n}") for n in range(7)]
    shared = await make_account(web_only, other, "shared")
    await make_account(web_only, other, "theirs")
    await add_member(web_only, shared, agent, "viewer")
    for limit in (1, 3, 7, 8, 100):
        found = await walk(agent, f"{CHANNELS}/accounts", limit)
        assert [account["id"] for account in found] == [*mine, shared]
    page = await agent.ok("GET", f"{CHANNELS}/accounts")
    assert (len(page["items"]), page["next_cursor"]) == (8, None)


BAD_LIMITS = ["limit=0", "limit=101", "limit=-1", "limit=abc", "limit=", "limit=1.5", "limit=" + "9" * 5000]
BAD_CURSORS = [
    "",
    "abc",
    "%00",
    "fDE",
    "%F0%9F%8E%89",
    "a" * 201,
    "fC0x",
    "MjAyNg",
    "fDk5OTk5OTk5OTk5OTk5OTk5OTk5OTk",
]


async def bad_list_queries(peer: Peer, path: str, cursors: list[str]) -> None:
    """Every query that a list rejects."""
    queries = [*BAD_LIMITS, *(f"cursor={cursor}" for cursor in cursors), "offset=5", "limit=5&%EF%BF%BD=1"]
    for query in queries:
        answer = await peer.call("GET", f"{path}?{query}")
        assert (answer.status, answer.body["error"]["code"]) == (422, "invalid"), query[:80]
        assert len(answer.body["error"]["fields"]) == 1


async def test_a_query_that_is_not_understood_is_invalid(web_only: Stack) -> None:
    agent = await web_only.sign_in()
    cursors = [
        cursor for cursor in BAD_CURSORS if cursor != "fDE"
    ]  # which is ("", 1): what accounts are sorted by
    await bad_list_queries(agent, f"{CHANNELS}/accounts", cursors)


async def test_a_change_of_status_takes_a_seq(web_only: Stack) -> None:
    agent = await web_only.sign_in()
    account_id = await make_account(web_only, agent)
    before = (await agent.ok("GET", f"{CHANNELS}/{account_id}"))["account"]["seq"]
    await observe(web_only, account_id, Seen.SIGNED_OUT, "CREDENTIALS")
    shown = (await agent.ok("GET", f"{CHANNELS}/{account_id}"))["account"]
    assert (shown["status"], shown["status_reason"], shown["seq"]) == (
        "needs_action",
        "CREDENTIALS",
        before + 1,
    )
