"""An account is signed out, customers keep writing, its owner relinks it: everything is there once, in order."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from server.queue import REFRESH_ACCOUNT, enqueue
from server.store.plans import usage
from tests.flows.test_webhooks_off import CUSTOMERS, bodies, write_as
from tests.support.fixtures_stack import Stack
from tests.support.peers import Peer, Socket, eventually
from workers.context import Parts

ACCOUNT = "/sandbox/accounts/acc-1"
AWAY = [f"while away {index}" for index in range(5)]


class Shop:
    """A connected account with two chats, and its owner."""

    def __init__(self, stack: Stack, parts: Parts, agent: Peer, account_id: int) -> None:
        self.stack, self.parts, self.agent, self.account_id = stack, parts, agent, account_id
        self.path = f"/api/channels/whatsapp/{account_id}"

    async def shown(self) -> dict[str, Any]:
        found: dict[str, Any] = (await self.agent.ok("GET", self.path))["account"]
        return found

    async def becomes(self, **values: Any) -> None:
        async def fits() -> bool:
            shown = await self.shown()
            return all(shown[key] == value for key, value in values.items())

        await eventually(fits)

    async def sign_out(self) -> None:
        await self.stack.sandbox.ok("POST", f"{ACCOUNT}/status", {"status": "CREDENTIALS"})
        await self.becomes(status="needs_action", status_reason="CREDENTIALS", next_step="reconnect")

    async def link_again(self) -> None:
        checkpoint = (await self.agent.ok("POST", f"{self.path}/reconnect"))["checkpoint"]
        assert (await self.shown())["next_step"] == "scan"
        await self.stack.sandbox.ok("POST", f"{ACCOUNT}/scan", {"qrcode": checkpoint["qrcode"]})

    async def holds(self, expected: dict[str, list[str]]) -> bool:
        return await bodies(self.agent, self.account_id) == expected

    async def counts(self) -> tuple[tuple[int, int], dict[str, int]]:
        """(sent, received) as billed, and the unread count of each chat."""
        month = f"{datetime.now(UTC):%Y-%m}"
        used = await self.parts.database.read(usage.fetch_month, self.agent.user_id, "whatsapp", month)
        chats = await self.agent.chats(self.account_id)
        return (used.sent, used.received), {chat["title"]: chat["unread_count"] for chat in chats}


@pytest.fixture
async def shop(stack: Stack, parts: Parts) -> Shop:
    agent = await stack.sign_in()
    account = await stack.make_account(agent)
    made = Shop(stack, parts, agent, account["id"])
    await made.becomes(import_state="done")
    for phone in CUSTOMERS[:2]:
        await write_as(stack, phone, "before")
    await eventually(lambda: made.holds({"Customer 1": ["before"], "Customer 2": ["before"]}))
    return made


async def expect_send_rejected(shop: Shop) -> None:
    (chat,) = [c for c in await shop.agent.chats(shop.account_id) if c["title"] == "Customer 1"]
    answer = await shop.agent.call(
        "POST", f"{shop.path}/chats/{chat['id']}/send", {"text": "nobody hears this"}
    )
    assert (answer.status, answer.body["error"]["code"]) == (409, "conflict")


def new_messages(socket: Socket) -> list[str]:
    return [frame["data"]["body"] for frame in socket.events("message:new")]


async def test_a_burst_with_duplicates_in_any_order_is_stored_once(shop: Shop) -> None:
    stack = shop.stack
    socket = await shop.agent.listen()
    await shop.sign_out()
    await expect_send_rejected(shop)
    for text in AWAY:
        for phone in CUSTOMERS:
            await write_as(stack, phone, text)
    await write_as(stack, CUSTOMERS[1], "typed on the phone", is_sender=True)
    assert await shop.holds({"Customer 1": ["before"], "Customer 2": ["before"]})

    await stack.sandbox.ok("PATCH", "/sandbox/faults", {"seed": 11, "duplicate": 0.7, "reorder": 0.5})
    await shop.link_again()
    expected = {
        "Customer 1": ["before", *AWAY],
        "Customer 2": ["before", *AWAY, "typed on the phone"],
        "Customer 3": AWAY,
    }
    await eventually(lambda: shop.holds(expected))
    await shop.becomes(status="connected", status_reason=None, next_step="none")

    async def was_swept() -> bool:
        return bool((await shop.shown())["last_sweep_at"])

    await eventually(was_swept)
    # A message typed on the phone does not say what was read there.
    assert await shop.counts() == ((1, 17), {"Customer 1": 6, "Customer 2": 6, "Customer 3": 5})
    assert (await shop.shown())["found_late"] == 0  # they arrived in time, by webhook or sweep
    assert set(new_messages(socket)) == {*AWAY, "typed on the phone"}
    assert await shop.holds(expected)


async def test_a_lost_burst_is_found_by_the_sweep_and_counted_late(shop: Shop) -> None:
    stack = shop.stack
    await shop.sign_out()
    began = datetime.now(UTC) - timedelta(minutes=20)
    await stack.sandbox.ok("PATCH", "/sandbox/faults", {"webhooks_off": True})
    for index, text in enumerate(AWAY):
        moment = (began + timedelta(minutes=index)).isoformat(timespec="milliseconds")
        await write_as(stack, CUSTOMERS[2], text, timestamp=moment.replace("+00:00", "Z"))
    await shop.parts.database.write(age, shop.account_id)
    await shop.link_again()
    await enqueue(shop.parts.redis, REFRESH_ACCOUNT, shop.account_id, delay_seconds=0.5)
    await shop.becomes(status="connected", found_late=len(AWAY))
    assert await shop.holds({"Customer 1": ["before"], "Customer 2": ["before"], "Customer 3": AWAY})
    assert await shop.counts() == ((0, 7), {"Customer 1": 1, "Customer 2": 1, "Customer 3": 5})
    gap = (await shop.shown())["oldest_gap_at"]
    assert datetime.fromisoformat(gap) == began.replace(microsecond=began.microsecond // 1000 * 1000)


async def age(cursor: Any, account_id: int) -> None:
    """The account was connected an hour ago and last swept before anything was missed."""
    await cursor.execute(
        """update channels_account set connected_at = now() - interval '1 hour',
               last_sweep_at = now() - interval '40 minutes' where id = %s""",
        (account_id,),
    )
