"""The web process stops or is killed: the next one stores what it acknowledged, once."""

import asyncio
import signal
from pathlib import Path

import aiohttp

from server.embedded.folders import published_addresses
from tests.flows.load import Load
from tests.flows.processes import Running, Site
from tests.flows.rows import watching
from tests.support.peers import WEBHOOK_SECRET, eventually
from tests.support.ports import free_port

RESTART = 1012


async def test_sigterm_under_load_loses_nothing_and_moves_the_sockets(site: Site) -> None:
    web = await site.web(CONFAB_WORKER_EMBEDDED="true")
    agent = await site.sign_in(web)
    await agent.link_account("acc-1")
    sockets = [await agent.listen() for _ in range(3)]
    async with Load(site.peer(web), posters=8) as load:
        await eventually(lambda: load.reached(200))
        assert await web.stop(signal.SIGTERM) == 0
        codes = await asyncio.gather(*(socket.wait_closed() for socket in sockets))
    assert codes == [RESTART] * 3
    assert "Traceback" not in web.output.read_text()
    await site.worker()
    with watching(site.environment["DATABASE_URL"]) as rows:
        await eventually(lambda: asyncio.to_thread(rows.holds_all, load.acknowledged))
        assert rows.dead() == 0


async def start_embedded(site: Site, sandbox_port: str) -> Running:
    return await site.web(
        CONFAB_WORKER_EMBEDDED="true", CONFAB_WORKER_LEASE_SECONDS="2", SANDBOX_PORT=sandbox_port
    )


async def test_killing_a_process_with_embedded_servers_loses_nothing(
    client: aiohttp.ClientSession, tmp_path: Path
) -> None:
    """Its Postgres, Redis and sandbox die with it, and the next start finds their data."""
    site = Site(client, tmp_path, {"DATA_DIR": str(tmp_path / "data"), "WEBHOOK_SECRET": WEBHOOK_SECRET})
    port = str(free_port())
    try:
        web = await start_embedded(site, port)
        agent = await site.sign_in(web)
        async with client.post(f"http://127.0.0.1:{port}/sandbox/accounts", json={"id": "acc-1"}) as made:
            assert made.status < 300
        await agent.link_account("acc-1")
        async with Load(site.peer(web), posters=8) as load:
            await eventually(lambda: load.reached(300))
            await web.kill()
        again = await start_embedded(site, port)
        addresses = published_addresses(tmp_path / "data")
        assert addresses is not None
        with watching(addresses["database"]) as rows:
            await eventually(lambda: asyncio.to_thread(rows.holds_all, load.acknowledged))
            assert rows.dead() == 0
        assert await again.stop() == 0
    finally:
        await site.close()
