"""A code that nobody scanned: given up at UniPile and here, and a number that was connected once never is."""

from typing import Any

from aiopg import Cursor

from tests.fixtures_stack import Stack
from tests.peers import Peer
from workers.context import Parts
from workers.maintenance import drop_abandoned

CONNECT = "/api/channels/whatsapp/connect"


async def age(parts: Parts, account_id: int) -> None:
    async def update(cursor: Cursor) -> None:
        await cursor.execute(
            "update channels_account set updated_at = now() - interval '1 hour' where id = %s", (account_id,)
        )

    await parts.database.write(update)


async def connect(agent: Peer) -> dict[str, Any]:
    account: dict[str, Any] = (await agent.ok("POST", CONNECT, {}))["account"]
    return account


async def listed(agent: Peer) -> list[int]:
    return [account["id"] for account in (await agent.ok("GET", "/api/channels/whatsapp/accounts"))["items"]]


async def at_unipile(stack: Stack, account: dict[str, Any]) -> int:
    path = f"/api/v1/accounts/{account['external_account_id']}"
    answer = await stack.sandbox.call("GET", path, headers={"X-API-KEY": stack.config.unipile.api_key})
    return answer.status


async def test_what_was_not_scanned_in_time_is_given_up(stack: Stack, parts: Parts) -> None:
    agent = await stack.sign_in()
    account = await connect(agent)
    socket = await agent.listen()
    await drop_abandoned(parts)
    assert await listed(agent) == [account["id"]]  # there is time left

    await age(parts, account["id"])
    await drop_abandoned(parts)
    await socket.wait_for_event("account:updated", id=account["id"], status="disconnected")
    assert await listed(agent) == []
    assert await at_unipile(stack, account) == 404


async def test_a_new_code_gives_new_time(stack: Stack, parts: Parts) -> None:
    agent = await stack.sign_in()
    account = await connect(agent)
    await age(parts, account["id"])
    await agent.ok("POST", f"/api/channels/whatsapp/{account['id']}/reconnect")
    await drop_abandoned(parts)
    assert await listed(agent) == [account["id"]]


async def test_a_number_that_was_connected_once_is_never_given_up(stack: Stack, parts: Parts) -> None:
    agent = await stack.sign_in()
    account = await stack.make_account(agent)
    await agent.ok("POST", f"/api/channels/whatsapp/{account['id']}/reconnect")
    await age(parts, account["id"])
    await drop_abandoned(parts)
    assert await listed(agent) == [account["id"]]
    assert await at_unipile(stack, account) == 200


async def test_what_unipile_forgot_already_is_given_up_too(stack: Stack, parts: Parts) -> None:
    agent = await stack.sign_in()
    account = await connect(agent)
    headers = {"X-API-KEY": stack.config.unipile.api_key}
    path = f"/api/v1/accounts/{account['external_account_id']}"
    await stack.sandbox.ok("DELETE", path, headers=headers)
    await age(parts, account["id"])
    await drop_abandoned(parts)
    assert await listed(agent) == []
