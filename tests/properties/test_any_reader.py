"""Webhooks, import and sweep in any order, with any webhooks lost or repeated, give the same rows and counts."""

import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.properties.strategies import repeatable
from tests.properties.test_any_order import CHATS, CONTACTS, MESSAGES
from tests.support.fixtures_stack import Stack
from tests.support.peers import eventually
from tests.support.worker_harness import WorkerHarness
from workers.context import open_parts
from workers.sync import chat_sync, import_history, sweeps

# (customer, minutes ago, whether typed on the phone): the account was connected an hour ago.
WRITTEN = (
    ("5511988880001", 90, False),
    ("5511988880001", 80, True),
    ("5511988880002", 70, False),
    ("5511988880001", 4, False),
    ("5511988880003", 3, False),
    ("5511988880002", 2, True),
    ("5511988880001", 1, False),
)
# Webhooks cover only what was written after the connection.
DELIVERED = tuple(index for index, (_, minutes, _) in enumerate(WRITTEN) if minutes < 60)
EMPTY = """
    with m as (delete from channels_message), c as (delete from channels_chat),
        u as (delete from channels_usage), k as (delete from channels_contact), r as (delete from channels_receipt)
    update channels_account set seq = 0, import_state = 'none', imported_messages = 0, last_sweep_at = null"""
UNREAD = """
    select c.unread_count, (select count(*) from channels_message m where m.chat_id = c.id and m.direction = 'in'
        and not m.is_history and m.inserted_seq > c.read_seq) as unread from channels_chat c"""


class ProviderHistory:
    """A fixed state of UniPile, and the webhooks it would have sent."""

    def __init__(self, harness: WorkerHarness, account_id: int, webhooks: list[dict[str, Any]]) -> None:
        self.harness = harness
        self.account_id = account_id
        self.webhooks = webhooks

    async def happen(self, step: int | str) -> None:
        if step == "import":
            await import_history.import_history(self.harness.context(), self.account_id)
        elif step == "sweep":
            await sweeps.sweep_account(self.harness.context(), self.account_id, time.time())
        else:
            await self.harness.store(self.webhooks[int(step)])

    async def outcome(self, steps: list[int | str]) -> dict[str, Any]:
        """Start without rows, apply the steps, finally import and sweep, and return the rows."""
        await self.harness.execute(EMPTY)
        for step in [*steps, "import", "sweep"]:
            await self.happen(step)
        for chat in await self.harness.fetch(UNREAD):
            assert chat["unread_count"] == chat["unread"], chat
        assert await self.harness.usage() == (1, 3)
        rows = {"messages": MESSAGES, "chats": CHATS, "contacts": CONTACTS}
        return {name: await self.harness.fetch(query) for name, query in rows.items()}


@pytest.fixture
async def provider(web_only: Stack) -> AsyncIterator[ProviderHistory]:
    async with open_parts(web_only.config) as parts:
        harness = await WorkerHarness(parts).open()
        harness.received_at = datetime.now(UTC).isoformat(timespec="milliseconds")
        await web_only.sandbox.ok("POST", "/sandbox/accounts", {"id": "acc-1"})
        await chat_sync.register_webhooks(harness.context())
        for phone, minutes, is_own in WRITTEN:
            (moment,) = await harness.fetch(
                "select rfc3339(now() - make_interval(mins => %(minutes)s)) as at", minutes=minutes
            )
            person = {"phone_number": phone, "name": f"Customer {phone[-1]}"}
            more = {"from": person, "is_sender": is_own, "timestamp": moment["at"], "silent": minutes > 60}
            await web_only.write("acc-1", f"{minutes} minutes ago", **more)
        account_id = await harness.make_account("acc-1")
        await harness.execute("update channels_account set connected_at = now() - interval '1 hour'")

        async def deliveries() -> list[dict[str, Any]]:
            bodies = [dict(event["body"]) for events in await harness.waiting() for event in events]
            found = [body for body in bodies if body.get("event") == "message_received"]
            return found if len(found) == len(DELIVERED) else []

        webhooks = await eventually(deliveries)
        yield ProviderHistory(harness, account_id, sorted(webhooks, key=lambda body: body["timestamp"]))


STEPS = st.lists(st.sampled_from([*range(len(DELIVERED)), "import", "sweep"]), max_size=8)


@repeatable(25)
@given(first=STEPS, second=STEPS)
async def test_webhook_import_and_sweep_store_the_same_rows(
    provider: ProviderHistory, first: list[int | str], second: list[int | str]
) -> None:
    assert await provider.outcome(first) == await provider.outcome(second)
