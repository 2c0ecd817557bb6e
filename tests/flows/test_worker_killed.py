"""A worker is killed at the worst moments: acknowledged events are stored once and reach the browser."""

import asyncio
from contextlib import closing
from typing import Any

import redis

from server.queue import OUTBOX_QUEUE
from tests.flows.load import Load
from tests.flows.processes import Running, Site
from tests.flows.rows import Rows, holding_accounts, watching
from tests.support.peers import Peer, Socket, eventually, message_received

# The guaranteed time from the restart to the browser.
RESTART_TO_BROWSER_SECONDS = 20.0
PAUSE_MILLISECONDS = 60_000


async def deliver_all(peer: Peer, events: list[dict[str, Any]]) -> list[str]:
    answers = await asyncio.gather(*(peer.deliver(event) for event in events))
    assert {answer.status for answer in answers} == {200}
    return [event["message_id"] for event in events]


async def expect_all(socket: Socket, rows: Rows, ids: list[str]) -> None:
    """Stored once, counted once, pushed to the socket."""
    async with asyncio.timeout(RESTART_TO_BROWSER_SECONDS):
        for provider_id in ids:
            await socket.wait_for_event("message:new", provider_msg_id=provider_id)
    assert rows.holds_exactly(ids)
    assert rows.dead() == 0
    assert {frame["data"]["provider_msg_id"] for frame in socket.events("message:new")} == set(ids)


def clients(redis_url: str) -> set[str]:
    with closing(redis.Redis.from_url(redis_url)) as client:
        listed: Any = client.client_list()
        return {entry["id"] for entry in listed}


async def begin(site: Site) -> tuple[Running, Peer, Socket]:
    web, worker = await asyncio.gather(site.web(), site.worker())
    agent = await site.sign_in(web)
    await agent.link_account("acc-1")
    # The jobs enqueued by linking take the account's lock too.
    with closing(redis.Redis.from_url(site.environment["REDIS_URL"])) as server:
        await eventually(lambda: asyncio.to_thread(lambda: server.zcard(OUTBOX_QUEUE) == 0))
    return worker, site.peer(web), await agent.listen()


async def test_killed_in_the_middle_of_a_batch(site: Site) -> None:
    worker, peer, socket = await begin(site)
    database_url = site.environment["DATABASE_URL"]
    with watching(database_url) as rows:
        async with holding_accounts(database_url):
            ids = await deliver_all(peer, [message_received("acc-1", f"texto {n}") for n in range(30)])
            await eventually(lambda: asyncio.to_thread(rows.waits_for_a_lock))
            await worker.kill()
        assert rows.stored() == []
        await site.worker()
        await expect_all(socket, rows, ids)


async def test_killed_between_the_commit_and_the_end_of_the_job(site: Site) -> None:
    """Redis rejects writes for a moment: the worker commits, cannot publish, and dies."""
    worker, peer, socket = await begin(site)
    database_url, redis_url = site.environment["DATABASE_URL"], site.environment["REDIS_URL"]
    with watching(database_url) as rows, closing(redis.Redis.from_url(redis_url)) as server:
        async with holding_accounts(database_url):
            ids = await deliver_all(peer, [message_received("acc-1", f"texto {n}") for n in range(10)])
            await eventually(lambda: asyncio.to_thread(rows.waits_for_a_lock))
            server.client_pause(PAUSE_MILLISECONDS, all=False)
        try:
            await eventually(lambda: asyncio.to_thread(rows.stored))
            before = clients(redis_url)
            await worker.kill()
            await eventually(lambda: asyncio.to_thread(lambda: before - clients(redis_url)))
            assert socket.events("message:new") == []
        finally:
            server.client_unpause()
        await site.worker()
        await expect_all(socket, rows, ids)
        # The list in the browser updates too, without waiting for the next message.
        ((preview, unread),) = rows.ask("select last_message_preview, unread_count from channels_chat")
        await socket.wait_for_event("chat:updated", last_message_preview=preview, unread_count=unread)


async def stored_more(rows: Rows, before: int) -> bool:
    return len(rows.stored()) > before + 50


async def test_killed_again_and_again_under_load(site: Site) -> None:
    worker, peer, socket = await begin(site)
    with watching(site.environment["DATABASE_URL"]) as rows:
        async with Load(peer) as load:
            for _ in range(3):
                before = len(rows.stored())
                await eventually(lambda before=before: stored_more(rows, before))  # type: ignore[misc]
                await worker.kill()
                worker = await site.worker()
        await eventually(lambda: asyncio.to_thread(rows.holds_exactly, load.acknowledged))
        assert load.rejected == {}
        for provider_id in load.acknowledged:
            await socket.wait_for_event("message:new", provider_msg_id=provider_id)
