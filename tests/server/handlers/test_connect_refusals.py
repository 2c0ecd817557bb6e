"""UniPile rejects a second pairing: the first code stays valid (425), or the older pairing ends (409)."""

import asyncio
from typing import Any

import pytest

from tests.support.factories import CHANNELS, make_account
from tests.support.fixtures_stack import Stack
from tests.support.peers import Peer, eventually

CONNECT = f"{CHANNELS}/connect"
BY_CODE = {"method": "code", "phone_number": "+5511977770001"}


async def faults(stack: Stack, **values: Any) -> None:
    await stack.sandbox.ok("PATCH", "/sandbox/faults", values)


async def shown(agent: Peer, account_id: int) -> dict[str, Any]:
    found: dict[str, Any] = (await agent.ok("GET", f"{CHANNELS}/{account_id}"))["account"]
    return found


async def waiting_code(stack: Stack, external_account_id: str) -> str | None:
    """What the phone page shows for this account."""
    accounts = (await stack.sandbox.ok("GET", "/sandbox/state"))["accounts"]
    (found,) = [item for item in accounts if item["id"] == external_account_id]
    code: str | None = found["qrcode"]
    return code


async def test_a_second_pairing_is_rejected_while_the_first_is_running(web_only: Stack) -> None:
    agent = await web_only.sign_in()
    first = await agent.ok("POST", CONNECT, {})
    account, code = first["account"], first["checkpoint"]["qrcode"]
    before = await shown(agent, account["id"])
    await faults(web_only, auth_in_progress=True)
    for body in (None, BY_CODE):
        answer = await agent.call("POST", f"{CHANNELS}/{account['id']}/reconnect", body)
        error = answer.body["error"]
        assert (answer.status, error["code"]) == (409, "conflict")
        assert error["message"] == "The number is already being connected: scan the code on the screen."
    assert await shown(agent, account["id"]) == before  # not even its seq
    assert await waiting_code(web_only, account["external_account_id"]) == code
    path = f"/sandbox/accounts/{account['external_account_id']}/scan"
    await web_only.sandbox.ok("POST", path, {"qrcode": code})


async def test_the_older_of_two_pairings_is_rejected_and_changes_nothing(web_only: Stack) -> None:
    agent = await web_only.sign_in()
    account = (await agent.ok("POST", CONNECT, {}))["account"]
    external, path = account["external_account_id"], f"{CHANNELS}/{account['id']}/reconnect"
    begun = await waiting_code(web_only, external)
    await faults(web_only, connect_ms=1500)
    older = asyncio.create_task(agent.call("POST", path))

    async def is_begun() -> bool:
        return await waiting_code(web_only, external) != begun

    await eventually(is_begun)
    await faults(web_only, connect_ms=0)
    newer = await agent.call("POST", path)
    rejected = await older
    assert (newer.status, rejected.status, rejected.body["error"]["code"]) == (200, 409, "conflict")
    assert "checkpoint" not in rejected.body
    after = await shown(agent, account["id"])
    assert (after["status"], after["next_step"]) == ("connecting", "scan")
    code = newer.body["checkpoint"]["qrcode"]
    assert await waiting_code(web_only, external) == code
    await web_only.sandbox.ok("POST", f"/sandbox/accounts/{external}/scan", {"qrcode": code})


@pytest.mark.parametrize("status", [409, 425])
@pytest.mark.parametrize("body", [{}, BY_CODE, {"method": "hosted"}])
async def test_a_rejected_first_pairing_leaves_no_account_behind(
    web_only: Stack, status: int, body: dict[str, Any]
) -> None:
    agent = await web_only.sign_in()
    routes = [{"method": "POST", "path": path, "status": status} for path in ("/accounts", "/hosted/*/link")]
    await faults(web_only, routes=routes)
    answer = await agent.call("POST", CONNECT, body)
    assert (answer.status, answer.body["error"]["code"]) == (409, "conflict")
    assert (await agent.ok("GET", f"{CHANNELS}/accounts"))["items"] == []


async def test_too_many_pairings_are_rejected_with_retry_after(web_only: Stack) -> None:
    agent = await web_only.sign_in()
    account_id = await make_account(web_only, agent)
    await faults(web_only, routes=[{"method": "POST", "path": "/accounts*", "status": 429}])
    for path in (CONNECT, f"{CHANNELS}/{account_id}/reconnect"):
        answer = await agent.call("POST", path, {})
        assert (answer.status, answer.body["error"]["code"]) == (429, "too_many_requests")
        assert int(answer.headers["Retry-After"]) > 0
