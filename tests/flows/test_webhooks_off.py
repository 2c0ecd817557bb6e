"""Webhooks are lost for a while; after a sweep everything is there, once, in place, in order, and rightly counted."""

import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from server.config import Config
from server.queue import SWEEP_ACCOUNT, enqueue
from server.store import usage
from tests.fixtures_stack import Stack
from tests.peers import Peer, eventually
from workers.context import Parts

CUSTOMERS = ("5511988880001", "5511988880002", "5511988880003")


@pytest.fixture
def config(config: Config) -> Config:
    """Every message that a sweep finds is late, however new."""
    return replace(config, sync=replace(config.sync, late_seconds=0))


async def write_as(stack: Stack, phone: str, text: str, **more: Any) -> None:
    await stack.write(
        "acc-1", text, **({"from": {"phone_number": phone, "name": f"Customer {phone[-1]}"}} | more)
    )


async def bodies(agent: Peer, account_id: int) -> dict[str, list[str]]:
    """What stands in each chat, oldest first."""
    return {
        chat["title"]: [m["body"] for m in reversed(await agent.messages(account_id, chat["id"]))]
        for chat in await agent.chats(account_id)
    }


async def test_nothing_is_missing_after_webhooks_were_off(stack: Stack, parts: Parts) -> None:
    agent = await stack.sign_in()
    account = await stack.make_account(agent)

    async def shown() -> dict[str, Any]:
        path = f"/api/channels/whatsapp/{account['id']}"
        found: dict[str, Any] = (await agent.ok("GET", path))["account"]
        return found

    async def is_imported() -> bool:
        return bool((await shown())["import_state"] == "done")

    async def clock_has_passed() -> bool:
        """The sandbox gives each message of a burst a millisecond of its own and so runs ahead of our clock."""
        headers = {"X-API-KEY": stack.config.unipile.api_key}
        path = "/api/v1/messages?account_id=acc-1&limit=1"
        (newest,) = (await stack.sandbox.ok("GET", path, headers=headers))["items"]
        return bool(
            datetime.now(UTC) > datetime.fromisoformat(newest["timestamp"]) + timedelta(milliseconds=2)
        )

    await eventually(is_imported)
    for phone in CUSTOMERS[:2]:
        await write_as(stack, phone, "before")

    async def has_begun() -> bool:
        return len(await agent.chats(account["id"])) == 2

    await eventually(has_begun)
    socket = await agent.listen()
    await stack.sandbox.ok("PATCH", "/sandbox/faults", {"webhooks_off": True})
    for number in range(4):
        for phone in CUSTOMERS:
            await write_as(stack, phone, f"while off {number}")
    await write_as(stack, CUSTOMERS[0], "typed on the phone", is_sender=True)
    (chat,) = [c for c in await agent.chats(account["id"]) if c["title"] == "Customer 2"]
    path = f"/api/channels/whatsapp/{account['id']}/chats/{chat['id']}/send"
    await eventually(clock_has_passed)
    await agent.ok("POST", path, {"text": "sent while off"})
    await socket.wait_for_event("message:sent", body="sent while off")
    await stack.sandbox.ok("PATCH", "/sandbox/faults", {"webhooks_off": False})
    await write_as(stack, CUSTOMERS[1], "after")
    await socket.wait_for_event("message:new", body="after")

    await enqueue(parts.redis, SWEEP_ACCOUNT, account["id"], time.time())
    off = [f"while off {number}" for number in range(4)]
    expected = {
        "Customer 1": ["before", *off, "typed on the phone"],
        "Customer 2": ["before", *off, "sent while off", "after"],
        "Customer 3": off,
    }

    async def found_late() -> int:
        account = await shown()
        return int(account["found_late"] if account["last_sweep_at"] else 0)

    assert await eventually(found_late) == 13  # the send was known already
    assert await bodies(agent, account["id"]) == expected
    unread = {chat["title"]: chat["unread_count"] for chat in await agent.chats(account["id"])}
    assert unread == {"Customer 1": 0, "Customer 2": 1, "Customer 3": 4}
    month = f"{datetime.now(UTC):%Y-%m}"
    assert await parts.database.read(usage.fetch_usage, agent.user_id, "whatsapp", month) == (2, 15)
