"""Webhooks are lost for five minutes of simulated time; after a sweep everything is stored once, in order, and
correctly counted.
"""

import time
from datetime import UTC, datetime, timedelta
from typing import Any

from aiopg import Cursor

from server.queue import SWEEP_ACCOUNT, enqueue
from server.store.plans import usage
from tests.support.fixtures_stack import Stack
from tests.support.peers import Peer, eventually
from workers.context import Parts

CUSTOMERS = ("5511988880001", "5511988880002", "5511988880003")
# How long ago: webhooks are off from the eighth minute before the test to the third.
BEFORE, OFF, ON = timedelta(minutes=9), timedelta(minutes=8), timedelta(minutes=3)
ROUNDS = 4


async def write_as(stack: Stack, phone: str, text: str, at: datetime | None = None, **more: Any) -> None:
    content = {"from": {"phone_number": phone, "name": f"Customer {phone[-1]}"}} | more
    if at is not None:
        content["timestamp"] = exact(at)
    await stack.write("acc-1", text, **content)


def exact(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


async def was_swept_before(cursor: Cursor) -> None:
    """The account was connected an hour ago, and its last sweep ended before the webhooks were lost."""
    await cursor.execute(
        """update channels_account set connected_at = now() - interval '1 hour',
               last_sweep_at = now() - interval '9 minutes'"""
    )


async def write_while_off(stack: Stack, start: datetime) -> None:
    """Throughout the five minutes, from the first moment to the last."""
    step = (OFF - ON) / (ROUNDS + 1)
    for index in range(ROUNDS):
        for position, phone in enumerate(CUSTOMERS):
            at = start - OFF + step * index + timedelta(seconds=15 * position)
            await write_as(stack, phone, f"while off {index}", at)
    await write_as(stack, CUSTOMERS[0], "typed on the phone", start - ON, is_sender=True)


async def bodies(agent: Peer, account_id: int) -> dict[str, list[str]]:
    """The messages of each chat, oldest first."""
    return {
        chat["title"]: [m["body"] for m in reversed(await agent.messages(account_id, chat["id"]))]
        for chat in await agent.chats(account_id)
    }


async def test_nothing_is_missing_after_webhooks_were_off(stack: Stack, parts: Parts) -> None:
    agent, start = await stack.sign_in(), datetime.now(UTC)
    account = await stack.make_account(agent)

    async def shown() -> dict[str, Any]:
        path = f"/api/channels/whatsapp/{account['id']}"
        found: dict[str, Any] = (await agent.ok("GET", path))["account"]
        return found

    async def is_imported() -> bool:
        return bool((await shown())["import_state"] == "done")

    await eventually(is_imported)
    await parts.database.write(was_swept_before)
    for phone in CUSTOMERS[:2]:
        await write_as(stack, phone, "before", start - BEFORE)

    async def has_begun() -> bool:
        return len(await agent.chats(account["id"])) == 2

    await eventually(has_begun)
    socket = await agent.listen()
    await stack.sandbox.ok("PATCH", "/sandbox/faults", {"webhooks_off": True})
    await write_while_off(stack, start)
    (chat,) = [c for c in await agent.chats(account["id"]) if c["title"] == "Customer 2"]
    path = f"/api/channels/whatsapp/{account['id']}/chats/{chat['id']}/send"
    await agent.ok("POST", path, {"text": "sent while off"})
    await socket.wait_for_event("message:sent", body="sent while off")
    await stack.sandbox.ok("PATCH", "/sandbox/faults", {"webhooks_off": False})
    await write_as(stack, CUSTOMERS[1], "after")
    await socket.wait_for_event("message:new", body="after")

    await enqueue(parts.redis, SWEEP_ACCOUNT, account["id"], time.time())
    off = [f"while off {index}" for index in range(ROUNDS)]
    expected = {
        "Customer 1": ["before", *off, "typed on the phone"],
        "Customer 2": ["before", *off, "sent while off", "after"],
        "Customer 3": off,
    }

    async def swept() -> dict[str, Any] | None:
        account = await shown()
        return account if account["found_late"] else None

    found = await eventually(swept)
    assert found["found_late"] == 13  # the send was already stored
    # The oldest is from the first moment: five minutes, and the three until the sweep.
    assert found["oldest_gap_at"] == exact(start - OFF)
    assert found["gap_seconds"] >= OFF.total_seconds()
    assert await bodies(agent, account["id"]) == expected
    unread = {chat["title"]: chat["unread_count"] for chat in await agent.chats(account["id"])}
    # The reply written here had seen the first message, and none of those found late. A message typed on the phone
    # says nothing about what was read: UniPile's list does, and has not.
    assert unread == {"Customer 1": 5, "Customer 2": 5, "Customer 3": 4}
    month = f"{datetime.now(UTC):%Y-%m}"
    used = await parts.database.read(usage.fetch_month, agent.user_id, "whatsapp", month)
    assert (used.sent, used.received) == (2, 15)
