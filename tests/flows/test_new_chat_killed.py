"""A web instance is killed while it begins a chat: another one begins it, once, and it takes one place of the day."""

import asyncio

from tests.flows.processes import Site
from tests.flows.rows import watching
from tests.flows.test_quota_killed import on_the_phone
from tests.support.factories import CHANNELS
from tests.support.peers import Peer, eventually

TO = "+5511977770000"


async def test_a_chat_that_was_admitted_by_a_killed_instance_begins_once(site: Site, unipile: Peer) -> None:
    """It is killed while UniPile is asked about the phone number."""
    first = await site.web(CONFAB_PACE_ENABLED="true", CONFAB_PACE_NEW_CHATS_PER_DAY="1")
    agent = await site.sign_in(first)
    account = await agent.link_account("acc-1")
    path, body = f"{CHANNELS}/{account['id']}/chats", {"to": TO, "text": "Oi", "client_id": "client-1"}
    await unipile.ok("PATCH", "/sandbox/faults", {"routes": [{"path": "/users/*", "status": "hang"}]})
    with watching(site.environment["DATABASE_URL"]) as rows:
        starting = asyncio.ensure_future(agent.call("POST", path, body))
        await eventually(lambda: asyncio.to_thread(rows.ask, "select id from channels_new_chat"))
        await first.kill()
        await asyncio.gather(starting, return_exceptions=True)
        await unipile.ok("PATCH", "/sandbox/faults", {"routes": []})
        second = await site.web(CONFAB_PACE_ENABLED="true", CONFAB_PACE_NEW_CHATS_PER_DAY="1")
        peer = await site.sign_in(second)
        assert (await peer.call("POST", path, body)).status == 201
        assert (await peer.call("POST", path, body)).status == 201
        over = await peer.call("POST", path, {"to": "+5511977770001", "text": "Oi"})
        assert (over.status, over.body["error"]["details"]["reason"]) == (429, "day")
        assert rows.ask("select count(*) from channels_new_chat") == [(1,)]
        assert await on_the_phone(site, unipile) == ["Oi"]
