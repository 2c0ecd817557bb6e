"""A worker is killed while it answers a contact by itself: another does, and the contact gets one text."""

import asyncio
from contextlib import closing

import psycopg2

from tests.flows.processes import Site
from tests.flows.rows import watching
from tests.flows.test_quota_killed import is_registered, on_the_phone
from tests.support.factories import CHANNELS
from tests.support.peers import Peer, eventually

TEXT = "Thank you, we will be with you soon"
MESSAGE = {"account_id": "acc-1", "from": {"phone_number": "5511988880000"}, "text": "Oi"}
# The consumer reads it under the account's lock; nothing else does on the way of a message.
HOLD_TEXTS = "lock table account_auto_reply in access exclusive mode"


async def test_killed_before_the_commit_the_contact_gets_one_text(site: Site, unipile: Peer) -> None:
    web, worker = await asyncio.gather(site.web(), site.worker())
    agent = await site.sign_in(web)
    await eventually(lambda: is_registered(site, unipile))
    account = await agent.link_account("acc-1")
    number = f"{CHANNELS}/{account['id']}"

    async def is_imported() -> bool:
        return bool((await agent.ok("GET", number))["account"]["import_state"] == "done")

    await eventually(is_imported)
    texts = {"welcome": {"is_on": True, "text": TEXT}, "away": {"is_on": False, "text": ""}}
    await agent.ok("PUT", f"{number}/auto-replies", texts)
    socket = await agent.listen()
    database_url = site.environment["DATABASE_URL"]
    with watching(database_url) as rows:
        with closing(psycopg2.connect(database_url)) as connection, connection.cursor() as cursor:
            await asyncio.to_thread(cursor.execute, HOLD_TEXTS)
            await unipile.ok("POST", "/sandbox/messages", MESSAGE)
            await socket.wait_for_event("message:new", body=MESSAGE["text"])
            await eventually(lambda: asyncio.to_thread(rows.waits_for_a_lock))
            await worker.kill()
        await asyncio.gather(site.worker(), site.worker())
        await eventually(lambda: on_the_phone(site, unipile))
        await socket.wait_for_event("message:sent", body=TEXT)
    answers = {
        frame["data"]["id"] for frame in socket.frames if (frame.get("data") or {}).get("body") == TEXT
    }
    assert len(answers) == 1
    assert await on_the_phone(site, unipile) == [TEXT]
    await socket.close()
