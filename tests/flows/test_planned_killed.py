"""A worker is killed while it sends a planned message: another sends it, once."""

import asyncio
from contextlib import closing

import psycopg2

from tests.flows.processes import Site
from tests.flows.rows import holding_accounts, watching
from tests.support.factories import CHANNELS
from tests.support.peers import eventually, message_received
from tests.support.route_cases import in_a_week

MAKE_DUE = "update channels_planned_message set send_at = now()"


def make_due(database_url: str) -> None:
    with closing(psycopg2.connect(database_url)) as connection, connection, connection.cursor() as cursor:
        cursor.execute(MAKE_DUE)


async def test_killed_before_the_commit_it_is_sent_once_by_the_others(site: Site) -> None:
    web, worker = await asyncio.gather(site.web(), site.worker())
    agent = await site.sign_in(web)
    account = await agent.link_account("acc-1")
    socket = await agent.listen()
    await site.peer(web).deliver(message_received("acc-1"))
    (new,) = await socket.wait_for_event("message:new")
    path = f"{CHANNELS}/{account['id']}/chats/{new['data']['chat_id']}/planned"
    planned = (await agent.ok("POST", path, {"text": "Amanhã", "send_at": in_a_week()}))["planned"]
    database_url = site.environment["DATABASE_URL"]
    with watching(database_url) as rows:
        make_due(database_url)
        async with holding_accounts(database_url):
            await eventually(lambda: asyncio.to_thread(rows.waits_for_a_lock))
            await worker.kill()
        await asyncio.gather(site.worker(), site.worker())
        await socket.wait_for_event("planned:updated", id=planned["id"], state="sent")
    messages = await agent.messages(account["id"], new["data"]["chat_id"])
    assert [message["client_id"] for message in messages if message["direction"] == "out"] == [
        planned["client_id"]
    ]
    await socket.close()
