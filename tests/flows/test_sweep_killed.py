"""A worker is killed in the middle of a sweep: another continues; missed messages are stored and counted once."""

import asyncio
from typing import Any

from tests.flows.processes import Site
from tests.flows.rows import watching
from tests.flows.test_reader_killed import RESUME_SECONDS
from tests.support.peers import Peer, eventually

MISSED = 600  # three pages
# A worker sweeps when it starts, unless a sweep has just run.
LONG_AGO = "update channels_account set last_sweep_at = last_sweep_at - interval '1 minute' returning id"


async def miss(unipile: Peer) -> list[str]:
    """Customers write, and no webhook is delivered."""
    body = {"account_id": "acc-1", "from": {"phone_number": "5511988880000"}, "silent": True}
    answers = [
        await unipile.ok("POST", "/sandbox/messages", body | {"text": f"missed {index}"})
        for index in range(MISSED)
    ]
    return [answer["message_id"] for answer in answers]


async def test_a_sweep_continues_after_its_worker_is_killed(site: Site, unipile: Peer) -> None:
    web, worker = await site.web(), await site.worker()
    agent = await site.sign_in(web)
    account = await agent.link_account("acc-1")

    async def shown() -> dict[str, Any]:
        found: dict[str, Any] = (await agent.ok("GET", f"/api/channels/whatsapp/{account['id']}"))["account"]
        return found

    async def is_settled() -> bool:
        now = await shown()
        return bool(now["import_state"] == "done" and now["last_sweep_at"])

    await eventually(is_settled)
    await worker.stop()
    missed = await miss(unipile)
    with watching(site.environment["DATABASE_URL"]) as rows:
        rows.ask(LONG_AGO)
        swept_at = (await shown())["last_sweep_at"]
        await unipile.ok("PATCH", "/sandbox/faults", {"answer_delay_ms": 1000})
        worker = await site.worker()
        await eventually(lambda: asyncio.to_thread(rows.stored))
        await worker.kill()
        assert 0 < len(rows.stored()) < MISSED
        assert (await shown())["last_sweep_at"] == swept_at
        await unipile.ok("PATCH", "/sandbox/faults", {"answer_delay_ms": 0})
        await site.worker()

        async def is_swept() -> bool:
            return bool((await shown())["last_sweep_at"] != swept_at)

        await eventually(is_swept, RESUME_SECONDS)
        assert rows.holds_exactly(missed)
        assert rows.dead() == 0
