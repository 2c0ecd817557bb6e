"""Unscanned pairings are deleted at UniPile and here; previously connected accounts never are."""

from typing import Any

import pytest
from aiopg import Cursor

from server.rules.account_states import CANCELLED, EXPIRED
from server.unipile.errors import Rejected
from tests.support.fixtures_stack import Stack
from tests.support.peers import Peer, eventually
from workers.accounts.expired_pairings import drop_attempt, drop_expired
from workers.context import PARTS, Parts

CONNECT = "/api/channels/whatsapp/connect"


async def age(parts: Parts, account_id: int) -> None:
    async def update(cursor: Cursor) -> None:
        await cursor.execute(
            "update channels_account set attempted_at = now() - interval '1 hour' where id = %s",
            (account_id,),
        )

    await parts.database.write(update)


async def connect(agent: Peer) -> dict[str, Any]:
    account: dict[str, Any] = (await agent.ok("POST", CONNECT, {}))["account"]
    return account


async def listed(agent: Peer) -> list[int]:
    return [account["id"] for account in (await agent.ok("GET", "/api/channels/whatsapp/accounts"))["items"]]


async def is_empty(agent: Peer) -> bool:
    return await listed(agent) == []


async def at_unipile(stack: Stack, account: dict[str, Any]) -> int:
    path = f"/api/v1/accounts/{account['external_account_id']}"
    answer = await stack.sandbox.call("GET", path, headers={"X-API-KEY": stack.config.unipile.api_key})
    return answer.status


async def is_linked(stack: Stack, account: dict[str, Any]) -> bool:
    path = f"/api/v1/accounts/{account['external_account_id']}"
    known = await stack.sandbox.ok("GET", path, headers={"X-API-KEY": stack.config.unipile.api_key})
    return bool(known["sources"][0]["status"] == "OK")


async def test_a_pairing_not_scanned_in_time_is_given_up(stack: Stack, parts: Parts) -> None:
    agent = await stack.sign_in()
    account = await connect(agent)
    socket = await agent.listen()
    await drop_expired(parts)
    assert await listed(agent) == [account["id"]]  # not expired yet

    await age(parts, account["id"])
    await drop_expired(parts)
    await socket.wait_for_event("account:updated", id=account["id"], status="disconnected")
    assert await listed(agent) == []
    assert await at_unipile(stack, account) == 404


async def test_a_new_code_gives_new_time(stack: Stack, parts: Parts) -> None:
    agent = await stack.sign_in()
    account = await connect(agent)
    await age(parts, account["id"])
    await agent.ok("POST", f"/api/channels/whatsapp/{account['id']}/reconnect")
    await drop_expired(parts)
    assert await listed(agent) == [account["id"]]


async def test_a_previously_connected_account_is_never_given_up(stack: Stack, parts: Parts) -> None:
    agent = await stack.sign_in()
    account = await stack.make_account(agent)
    await agent.ok("POST", f"/api/channels/whatsapp/{account['id']}/reconnect")
    await age(parts, account["id"])
    await drop_expired(parts)
    assert await listed(agent) == [account["id"]]
    assert await at_unipile(stack, account) == 200


async def test_an_expired_code_of_a_known_account_requires_a_new_one(stack: Stack, parts: Parts) -> None:
    agent = await stack.sign_in()
    account = await stack.make_account(agent)
    path = f"/api/channels/whatsapp/{account['id']}"
    await stack.sandbox.ok("POST", "/sandbox/accounts/acc-1/status", {"status": "CREDENTIALS"})

    async def shows(status: str, step: str) -> bool:
        shown = (await agent.ok("GET", path))["account"]
        return (shown["status"], shown["next_step"]) == (status, step)

    await eventually(lambda: shows("needs_action", "reconnect"))
    await agent.ok("POST", f"{path}/reconnect")
    assert await shows("connecting", "scan")
    await age(parts, account["id"])
    await drop_expired(parts)
    await eventually(lambda: shows("needs_action", "reconnect"))


async def test_a_scanned_pairing_without_webhooks_is_not_deleted(stack: Stack, parts: Parts) -> None:
    """The scan's webhooks were lost: the state is verified at UniPile before anything is deleted. A phone that is
    still linking would be verified again a minute later; here it is linked.
    """
    agent = await stack.sign_in()
    account = await connect(agent)
    socket = await agent.listen()
    await stack.sandbox.ok("PATCH", "/sandbox/faults", {"webhooks_off": True})
    await stack.sandbox.ok("POST", f"/sandbox/accounts/{account['external_account_id']}/scan", {})
    await eventually(lambda: is_linked(stack, account))
    await age(parts, account["id"])
    await drop_expired(parts)
    await socket.wait_for_event("account:updated", id=account["id"], status="connected")
    assert await at_unipile(stack, account) == 200


async def test_a_pairing_unknown_to_unipile_is_given_up_too(stack: Stack, parts: Parts) -> None:
    agent = await stack.sign_in()
    account = await connect(agent)
    headers = {"X-API-KEY": stack.config.unipile.api_key}
    path = f"/api/v1/accounts/{account['external_account_id']}"
    await stack.sandbox.ok("DELETE", path, headers=headers)
    await age(parts, account["id"])
    await drop_expired(parts)
    await eventually(lambda: is_empty(agent))


async def test_a_pairing_deleted_at_unipile_meanwhile_is_given_up(stack: Stack, parts: Parts) -> None:
    agent = await stack.sign_in()
    account = await connect(agent)
    lost = {"method": "DELETE", "path": "/accounts/*", "status": 404}
    await stack.sandbox.ok("PUT", "/sandbox/faults", {"routes": [lost]})
    await age(parts, account["id"])
    await drop_expired(parts)
    await eventually(lambda: is_empty(agent))


@pytest.mark.parametrize("method", ["GET", "DELETE"])
async def test_a_pairing_is_kept_while_unipile_rejects_the_request(
    stack: Stack, parts: Parts, method: str
) -> None:
    agent = await stack.sign_in()
    account = await connect(agent)
    rejected = {"method": method, "path": "/accounts/*", "status": 403}
    await stack.sandbox.ok("PUT", "/sandbox/faults", {"routes": [rejected]})
    with pytest.raises(Rejected):
        await drop_attempt({PARTS: parts}, account["id"], EXPIRED)
    assert await listed(agent) == [account["id"]]


async def test_a_cancelled_pairing_leaves_nothing(stack: Stack, parts: Parts) -> None:
    agent = await stack.sign_in()
    account = await connect(agent)
    await agent.call("DELETE", f"/api/channels/whatsapp/{account['id']}")
    await eventually(lambda: is_empty(agent))
    assert await at_unipile(stack, account) == 404
    (entitlement,) = (await agent.ok("GET", "/api/entitlements"))["items"]
    assert entitlement["accounts"]["used"] == 0


async def test_a_pairing_cancelled_after_its_scan_is_connected(stack: Stack, parts: Parts) -> None:
    agent = await stack.sign_in()
    account = await connect(agent)
    socket = await agent.listen()
    await stack.sandbox.ok("POST", f"/sandbox/accounts/{account['external_account_id']}/scan", {})
    await drop_attempt({PARTS: parts}, account["id"], CANCELLED)
    await socket.wait_for_event("account:updated", id=account["id"], status="connected")
    assert await is_linked(stack, account)
