"""A worker is killed in the middle of an import: another continues, and everything is stored once."""

from typing import Any

import aiohttp
import pytest

from tests.flows.processes import Site
from tests.flows.rows import watching
from tests.support.peers import Peer, eventually

CHATS, MESSAGES = 12, 40
# The longer of the two leases (job or import), the polling interval, and the import itself.
RESUME_SECONDS = 60.0


@pytest.fixture
async def past(client: aiohttp.ClientSession, unipile: Peer) -> Peer:
    """An account whose phone has synced its history, with a UniPile that responds slowly."""
    body = {"id": "acc-2", "history": {"chats": CHATS, "messages": MESSAGES}}
    await unipile.ok("POST", "/sandbox/accounts", body)
    await unipile.ok("PATCH", "/sandbox/faults", {"answer_delay_ms": 150})
    return unipile


async def phone_at(unipile: Peer) -> int:
    headers, count, cursor = {"X-API-KEY": "sandbox-key"}, 0, ""
    while True:
        path = f"/api/v1/messages?limit=250&account_id=acc-2{cursor}"
        page = await unipile.ok("GET", path, headers=headers)
        count += len(page["items"])
        if page["cursor"] is None:
            return count
        cursor = f"&cursor={page['cursor']}"


async def test_an_import_continues_after_its_worker_is_killed(site: Site, past: Peer) -> None:
    web, worker = await site.web(), await site.worker()
    agent = await site.sign_in(web)
    account = await agent.link_account("acc-2")

    async def shown() -> dict[str, Any]:
        found: dict[str, Any] = (await agent.ok("GET", f"/api/channels/whatsapp/{account['id']}"))["account"]
        return found

    async def is_under_way() -> bool:
        now = await shown()
        return bool(now["import_state"] == "running" and now["imported_messages"] > 0)

    async def is_done() -> bool:
        return bool((await shown())["import_state"] == "done")

    await eventually(is_under_way)
    await worker.kill()
    assert not await is_done()
    await past.ok("PATCH", "/sandbox/faults", {"answer_delay_ms": 0})
    await site.worker()
    await eventually(is_done, RESUME_SECONDS)
    there = await phone_at(past)
    assert there > CHATS
    with watching(site.environment["DATABASE_URL"]) as rows:
        stored = rows.stored()
        assert len(stored) == len(set(stored)) == there
        assert (rows.counted(), rows.unread(), rows.dead()) == (0, 0, 0)
    assert (await shown())["imported_messages"] == there
