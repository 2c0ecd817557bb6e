"""Postgres is down under load: webhooks are still acknowledged, and everything is stored afterwards."""

import asyncio
from contextlib import closing

import redis

from server.queue import INGEST_QUEUE
from tests.flows.load import Load
from tests.flows.processes import Running, Site, frozen
from tests.flows.rows import watching
from tests.support.peers import eventually
from tests.support.services import Services

# The guarantee is ten seconds.
AWAY_SECONDS = 10.0


async def begin(site: Site) -> Running:
    # A short stall of the machine must not count as a slow Redis.
    web = await site.web(CONFAB_WORKER_EMBEDDED="true", CONFAB_WEBHOOKS_ACK_TIMEOUT_SECONDS="30")
    await (await site.sign_in(web)).link_account("acc-1")
    return web


async def expect_drained(site: Site, load: Load) -> None:
    """Everything acknowledged is stored once, and the queue is empty."""
    assert load.rejected == {}
    with watching(site.environment["DATABASE_URL"]) as rows:
        await eventually(lambda: asyncio.to_thread(rows.holds_exactly, load.acknowledged))
        assert rows.dead() == 0
    with closing(redis.Redis.from_url(site.environment["REDIS_URL"])) as server:
        await eventually(lambda: asyncio.to_thread(lambda: server.zcard(INGEST_QUEUE) == 0))


async def test_ten_seconds_without_responses_lose_nothing(own_site: Site, own_services: Services) -> None:
    """It accepts connections and never responds, worse than being down: every query hangs until its timeout."""
    web = await begin(own_site)
    async with Load(own_site.peer(web), posters=2) as load:
        await eventually(lambda: load.reached(20))
        with frozen(own_services.postgres.child.pid or 0):
            before = len(load.acknowledged)
            await asyncio.sleep(AWAY_SECONDS)
            assert len(load.acknowledged) > before + 20
    await expect_drained(own_site, load)


async def test_a_restart_of_postgres_goes_unnoticed(own_site: Site, own_services: Services) -> None:
    web = await begin(own_site)
    agent = await own_site.sign_in(web)
    socket = await agent.listen()
    async with Load(own_site.peer(web), posters=2) as load:
        for goal in (20, 120):
            await eventually(lambda goal=goal: load.reached(goal))  # type: ignore[misc]
            own_services.postgres.child.stop()
            own_services.postgres.child.start()
            own_services.postgres.child.wait_until_ready()
    await expect_drained(own_site, load)
    for provider_id in load.acknowledged:
        await socket.wait_for_event("message:new", provider_msg_id=provider_id)
