"""A worker is killed while it hands out chats: the others hand out each of them, once."""

import asyncio
from contextlib import closing

import psycopg2

from tests.flows.processes import Site
from tests.flows.rows import holding_accounts, watching
from tests.support.factories import CHANNELS
from tests.support.peers import eventually, message_received

CHATS = 12
ASSIGNED = "select chat_id, count(*) from channels_activity where kind = 'assigned' group by 1"


def be_back(database_url: str) -> None:
    """Not through the API: it would wait for the account too."""
    with closing(psycopg2.connect(database_url)) as connection, connection, connection.cursor() as cursor:
        cursor.execute("update users set away_since = null")


async def test_killed_while_handing_out_the_others_do_it_once(site: Site) -> None:
    web, worker = await asyncio.gather(site.web(), site.worker())
    agent = await site.sign_in(web)
    account = await agent.link_account("acc-1")
    await agent.ok("PUT", "/api/availability", {"away": True})
    changed = await agent.ok("PATCH", f"{CHANNELS}/{account['id']}", {"assignment_mode": "round_robin"})
    assert changed["account"]["assignment_mode"] == "round_robin"
    socket = await agent.listen()
    for n in range(CHATS):
        await site.peer(web).deliver(message_received("acc-1", chat_id=f"chat-{n}", message_id=f"m-{n}"))
    database_url = site.environment["DATABASE_URL"]
    with watching(database_url) as rows:
        await eventually(lambda: asyncio.to_thread(lambda: len(rows.stored()) == CHATS))
        async with holding_accounts(database_url):
            be_back(database_url)
            await eventually(lambda: asyncio.to_thread(rows.waits_for_a_lock))
            await worker.kill()
        await asyncio.gather(site.worker(), site.worker())
        await eventually(lambda: asyncio.to_thread(lambda: len(rows.ask(ASSIGNED)) == CHATS))
        assert {count for _, count in rows.ask(ASSIGNED)} == {1}
        assert rows.ask("select count(*) from channels_chat where assignee_id = %s", agent.user_id) == [
            (CHATS,)
        ]
    await socket.wait_for_event("activity:new", kind="assigned")
    await socket.close()
