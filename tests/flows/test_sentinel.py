"""Redis with Sentinels: after a failover everything goes on, and no event that was acknowledged is lost."""

import asyncio
from collections.abc import Iterator

import pytest

from tests.flows.processes import Site
from tests.flows.rows import watching
from tests.support.peers import eventually, message_received
from tests.support.sentinels import Watched, run_watched

QUICK = {"CONFAB_REDIS_COMMAND_TIMEOUT_SECONDS": "1.0"}


@pytest.fixture
def watched() -> Iterator[Watched]:
    with run_watched(replicas=2) as running:
        yield running


async def test_no_acknowledged_event_is_lost_when_the_primary_is_killed(site: Site, watched: Watched) -> None:
    await eventually(lambda: asyncio.to_thread(lambda: watched.is_ready))
    site.environment = {**site.environment, **QUICK, "REDIS_URL": f"{watched.url}&wait_replicas=1"}
    web, worker = await site.web(), await site.worker()
    agent, peer = await site.sign_in(web), site.peer(web)
    await agent.link_account("acc-1")
    socket = await agent.listen()
    acknowledged: list[str] = []

    async def write(text: str) -> bool:
        event = message_received("acc-1", text)
        if (await peer.deliver(event)).status == 200:
            acknowledged.append(event["message_id"])
            return True
        return False

    for n in range(20):
        assert await write(f"antes {n}")
    watched.servers[0].child.kill()
    await eventually(lambda: write("depois"))
    for n in range(20):
        assert await write(f"mais {n}")
    with watching(site.environment["DATABASE_URL"]) as rows:
        await eventually(lambda: asyncio.to_thread(rows.holds_all, acknowledged))
    await socket.wait_for_event("message:new", body="mais 19")
    assert web.is_running
    assert worker.is_running
