"""Redis goes down and comes back: requests are rejected meanwhile, and everything recovers without a restart."""

import asyncio
import time

from tests.flows.processes import Site, frozen
from tests.flows.rows import watching
from tests.support.peers import Peer, eventually, message_received
from tests.support.services import Services

# The guaranteed two seconds, and some slack for a busy test machine.
REJECTED_WITHIN_SECONDS = 2.0 + 15.0


async def expect_rejected(peer: Peer) -> None:
    begun = time.monotonic()
    answer = await peer.deliver(message_received("acc-1", "agora não"))
    assert (answer.status, answer.body["error"]["code"]) == (503, "unavailable")
    assert int(answer.headers["Retry-After"]) >= 1
    assert time.monotonic() - begun < REJECTED_WITHIN_SECONDS


async def test_everything_recovers_by_itself_with_the_worker_embedded(
    own_site: Site, own_services: Services
) -> None:
    web = await own_site.web(CONFAB_WORKER_EMBEDDED="true")
    agent, peer = await own_site.sign_in(web), own_site.peer(web)
    await agent.link_account("acc-1")
    socket = await agent.listen()
    events = [message_received("acc-1", text) for text in ("antes", "depois", "congelado")]
    await peer.deliver(events[0])
    await socket.wait_for_event("message:new", body="antes")

    own_services.valkey.child.kill()
    await expect_rejected(peer)
    await expect_rejected(peer)
    own_services.valkey.child.start()
    own_services.valkey.child.wait_until_ready()

    async def taken(index: int) -> bool:
        return (await peer.deliver(events[index])).status == 200

    await eventually(lambda: taken(1))
    await socket.wait_for_event("message:new", body="depois")
    # A Redis that accepts connections and never responds is detected more slowly than one that is down.
    with frozen(own_services.valkey.child.pid or 0):
        await expect_rejected(peer)
    await eventually(lambda: taken(2))
    await socket.wait_for_event("message:new", body="congelado")

    assert web.is_running
    ids = [event["message_id"] for event in events]
    with watching(own_site.environment["DATABASE_URL"]) as rows:
        await eventually(lambda: asyncio.to_thread(rows.holds_all, ids))


async def test_queued_events_survive_a_redis_kill(own_site: Site, own_services: Services) -> None:
    """Acknowledged and not yet stored: the events are in the append-only file."""
    web = await own_site.web()
    agent, peer = await own_site.sign_in(web), own_site.peer(web)
    await agent.link_account("acc-1")
    events = [message_received("acc-1", f"texto {n}") for n in range(50)]
    for event in events:
        assert (await peer.deliver(event)).status == 200
    own_services.valkey.child.kill()
    own_services.valkey.child.start()
    own_services.valkey.child.wait_until_ready()
    await own_site.worker()
    with watching(own_site.environment["DATABASE_URL"]) as rows:
        ids = [event["message_id"] for event in events]
        await eventually(lambda: asyncio.to_thread(rows.holds_exactly, ids))
