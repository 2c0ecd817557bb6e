"""One pairing at a time: a newer one replaces the older, here and at UniPile; a phone number is not linked twice."""

from typing import Any

import pytest

from tests.support.fixtures_stack import Stack
from tests.support.peers import Peer, eventually

CHANNELS = "/api/channels/whatsapp"
PHONE = "+5511977770001"


async def connect(agent: Peer, body: Any = None) -> dict[str, Any]:
    account: dict[str, Any] = (await agent.ok("POST", f"{CHANNELS}/connect", body or {}))["account"]
    return account


async def scan(stack: Stack, account: dict[str, Any], **more: Any) -> None:
    path = f"/sandbox/accounts/{account['external_account_id']}/scan"
    await stack.sandbox.ok("POST", path, {"phone_number": PHONE} | more)


async def at_unipile(stack: Stack, account: dict[str, Any]) -> int:
    path = f"/api/v1/accounts/{account['external_account_id']}"
    return (await stack.sandbox.call("GET", path, headers={"X-API-KEY": "sandbox-key"})).status


async def shown(agent: Peer, account: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = (await agent.ok("GET", f"{CHANNELS}/{account['id']}"))["account"]
    return found


async def becomes(agent: Peer, account: dict[str, Any], **values: Any) -> dict[str, Any]:
    async def fits() -> dict[str, Any] | None:
        found = await shown(agent, account)
        return found if all(found[key] == value for key, value in values.items()) else None

    found: dict[str, Any] = await eventually(fits)
    return found


async def listed(agent: Peer) -> list[int]:
    return [item["id"] for item in (await agent.ok("GET", f"{CHANNELS}/accounts"))["items"]]


async def test_a_newer_pairing_replaces_the_older(stack: Stack) -> None:
    agent, other = await stack.sign_in("ana"), await stack.sign_in("bia")
    first, others = await connect(agent), await connect(other)
    second = await connect(agent)
    await becomes(agent, first, status="disconnected", status_reason="REPLACED", next_step="none")
    assert await listed(agent) == [second["id"]]
    assert await listed(other) == [others["id"]]
    assert [await at_unipile(stack, account) for account in (first, second, others)] == [404, 200, 200]
    await scan(stack, second)
    await becomes(agent, second, status="connected", phone=PHONE)


async def test_unipiles_page_leaves_no_waiting_code_behind(stack: Stack) -> None:
    agent = await stack.sign_in()
    waiting = await connect(agent)
    answer = await agent.ok("POST", f"{CHANNELS}/connect", {"method": "hosted"})
    assert answer["account"] is None
    await becomes(agent, waiting, status="disconnected")
    assert (await listed(agent), await at_unipile(stack, waiting)) == ([], 404)


async def test_a_newer_pairing_leaves_connected_accounts_unchanged(stack: Stack) -> None:
    agent = await stack.sign_in()
    known = await stack.make_account(agent)
    await agent.ok("POST", f"{CHANNELS}/{known['id']}/reconnect")
    waiting = await connect(agent)
    newer = await connect(agent)
    await becomes(agent, waiting, status="disconnected")
    assert await listed(agent) == [known["id"], newer["id"]]
    assert await at_unipile(stack, known) == 200


async def test_a_code_is_typed_instead_of_scanned(stack: Stack) -> None:
    agent = await stack.sign_in()
    body = {"method": "code", "phone_number": PHONE}
    answer = await agent.ok("POST", f"{CHANNELS}/connect", body)
    first = answer["checkpoint"]
    assert (first["type"], len(first["code"]), "qrcode" in first) == ("code", 9, False)
    account = answer["account"]
    newer = (await agent.ok("POST", f"{CHANNELS}/{account['id']}/reconnect", body))["checkpoint"]
    assert newer["code"] != first["code"]
    await scan(stack, account, pairing_code=newer["code"])
    assert (await becomes(agent, account, status="connected"))["phone"] == PHONE


async def test_a_working_account_is_not_linked_again(stack: Stack) -> None:
    """Two links of one phone number: every message would arrive, and be billed, twice."""
    agent = await stack.sign_in()
    first = await connect(agent)
    await scan(stack, first)
    await becomes(agent, first, status="connected")
    second = await connect(agent)
    await scan(stack, second)
    await becomes(agent, second, status="disconnected", status_reason="DUPLICATE", next_step="none")
    assert (await shown(agent, first))["status"] == "connected"
    assert [await at_unipile(stack, account) for account in (first, second)] == [200, 404]
    assert await listed(agent) == [first["id"]]


async def test_a_signed_out_account_continues_under_the_new_link(stack: Stack) -> None:
    agent = await stack.sign_in()
    first = await connect(agent)
    await scan(stack, first)
    await becomes(agent, first, status="connected")
    path = f"/sandbox/accounts/{first['external_account_id']}/status"
    await stack.sandbox.ok("POST", path, {"status": "CREDENTIALS"})
    second = await connect(agent)
    await scan(stack, second)
    await becomes(agent, second, status="connected")
    await becomes(agent, first, status="disconnected", status_reason="REPLACED", next_step="none")
    assert [await at_unipile(stack, account) for account in (first, second)] == [404, 200]
    assert await listed(agent) == [first["id"], second["id"]]  # earlier messages stay readable


async def test_two_owners_may_link_the_same_phone_number(stack: Stack) -> None:
    for name in ("ana", "bia"):
        agent = await stack.sign_in(name)
        account = await connect(agent)
        await scan(stack, account)
        await becomes(agent, account, status="connected")


async def test_an_account_linked_by_id_is_accepted_with_any_phone_number(stack: Stack) -> None:
    agent = await stack.sign_in()
    linked = []
    for number in (1, 2):
        await stack.sandbox.ok("POST", "/sandbox/accounts", {"id": f"acc-{number}", "phone_number": PHONE})
        answer = await agent.ok("POST", f"{CHANNELS}/connect", {"external_account_id": f"acc-{number}"})
        linked.append(answer["account"])
    await stack.sandbox.ok("POST", "/sandbox/accounts/acc-2/status", {"status": "CREDENTIALS"})
    await becomes(agent, linked[1], status="needs_action")
    await stack.sandbox.ok("POST", "/sandbox/accounts/acc-2/status", {"status": "OK"})
    await becomes(agent, linked[1], status="connected")
    await becomes(agent, linked[0], status="connected")


@pytest.mark.parametrize("kind", ["LINKEDIN", "GOOGLE_OAUTH"])
async def test_only_whatsapp_accounts_are_linked(stack: Stack, kind: str) -> None:
    await stack.sandbox.ok("POST", "/sandbox/accounts", {"id": "acc-1", "type": kind})
    agent = await stack.sign_in()
    answer = await agent.call("POST", f"{CHANNELS}/connect", {"external_account_id": "acc-1"})
    assert (answer.status, list(answer.body["error"]["fields"])) == (422, ["external_account_id"])
    assert await listed(agent) == []


async def test_a_reported_connection_is_verified_at_unipile(stack: Stack) -> None:
    """A forged webhook cannot connect an account: the state is verified at UniPile."""
    agent = await stack.sign_in()
    account = await connect(agent)
    account_status = {
        "account_id": account["external_account_id"],
        "account_type": "WHATSAPP",
        "message": "OK",
    }
    socket = await agent.listen()
    path = "/api/webhooks/unipile/account-status"
    headers = {"Unipile-Auth": "sandbox-webhook-secret"}
    await stack.stranger.ok("POST", path, {"AccountStatus": account_status}, headers=headers)
    await socket.wait_for_event("account:updated", id=account["id"], status="connecting", next_step="wait")
    assert (await shown(agent, account))["status"] == "connecting"
    await scan(stack, account)
    await becomes(agent, account, status="connected")
