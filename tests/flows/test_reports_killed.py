"""A worker is killed while it writes what reports count: another writes it, once, also what was written before."""

import asyncio
from contextlib import closing

import psycopg2

from tests.flows.processes import Site
from tests.flows.rows import holding_reports, watching
from tests.support.factories import CHANNELS
from tests.support.peers import Peer, eventually, message_received
from tests.support.worker_harness import written_by_us

MAKE_ADMINS = "update users set role = 'admin' where role = 'agent'"
# All events are to be processed again.
REWIND = "update feed_cursor set seq = 0 where consumer = 'reports'"


def execute(database_url: str, statement: str) -> None:
    with closing(psycopg2.connect(database_url)) as connection, connection, connection.cursor() as cursor:
        cursor.execute(statement)


async def has_counted(peer: Peer, **wanted: int) -> bool:
    answer = await peer.call("GET", "/api/reports?since=2026-01-01&until=2027-12-31")
    # The role is known within two seconds.
    counts = {item["measure"]: item["now"]["n"] for item in answer.body.get("measures", [])}
    return counts == {"opened": 1, "first_reply": 1, "reply": 1, "resolution": 0} | wanted


async def test_killed_before_the_commit_each_fact_is_counted_once_by_the_others(site: Site) -> None:
    web, worker = await asyncio.gather(site.web(), site.worker())
    agent = await site.sign_in(web)
    database_url = site.environment["DATABASE_URL"]
    await asyncio.to_thread(execute, database_url, MAKE_ADMINS)
    account = await agent.link_account("acc-1")
    socket = await agent.listen()
    await site.peer(web).deliver(message_received("acc-1", timestamp="2026-03-02T09:00:00.000Z"))
    (new,) = await socket.wait_for_event("message:new")
    chat = f"{CHANNELS}/{account['id']}/chats/{new['data']['chat_id']}"
    await site.peer(web).deliver(written_by_us("Oi", timestamp="2026-03-02T09:30:00.000Z"))
    # The account is begun and its feed followed, by periodic tasks of a few seconds.
    await eventually(lambda: has_counted(agent))
    with watching(database_url) as rows:
        async with holding_reports(database_url):
            # Not in the loop's thread: the holder of a row's lock may need this loop to release it.
            await asyncio.to_thread(execute, database_url, REWIND)
            await eventually(lambda: asyncio.to_thread(rows.waits_for_a_lock))
            await worker.kill()
        await asyncio.gather(site.worker(), site.worker())
        await agent.ok("PUT", f"{chat}/status", {"status": "closed"})
        await eventually(lambda: has_counted(agent, resolution=1))
    await socket.close()
