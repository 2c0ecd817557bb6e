"""Workers are killed while they ask a contact for a rating, and while they thank: others do it, once."""

import asyncio
from datetime import UTC, datetime

from tests.flows.processes import Site
from tests.flows.rows import Rows, holding_accounts, watching
from tests.support.factories import CHANNELS
from tests.support.peers import Peer, eventually, message_received
from tests.support.survey_rows import MAKE_DUE

SENT = "select client_id from channels_message where author_kind = 'rule' order by id"


async def sent(rows: Rows, count: int) -> list[str]:
    async def all_there() -> bool:
        return len(await asyncio.to_thread(rows.ask, SENT)) >= count

    await eventually(all_there)
    return [client_id for (client_id,) in rows.ask(SENT)]


async def test_killed_in_between_it_is_asked_and_thanked_once(site: Site, unipile: Peer) -> None:
    web, worker = await asyncio.gather(site.web(), site.worker())
    agent, database_url = await site.sign_in(web), site.environment["DATABASE_URL"]
    account = await agent.link_account("acc-1")
    await agent.ok("PUT", f"{CHANNELS}/{account['id']}/survey", {"is_on": True, "delay_minutes": 1})
    socket = await agent.listen()
    sender = {"phone_number": "5511988880000", "name": "Bia"}
    await unipile.ok("POST", "/sandbox/messages", {"account_id": "acc-1", "from": sender, "text": "Oi"})
    (new,) = await socket.wait_for_event("message:new")
    (chat,) = await agent.chats(account["id"])
    path = f"{CHANNELS}/{account['id']}/chats/{new['data']['chat_id']}"
    await agent.ok("POST", f"{path}/send", {"text": "Claro"})
    await socket.wait_for_event("message:sent")
    await agent.ok("PUT", f"{path}/status", {"status": "closed"})
    with watching(database_url) as rows:
        await eventually(lambda: asyncio.to_thread(rows.ask, "select id from channels_survey"))
        rows.ask(MAKE_DUE)
        async with holding_accounts(database_url):
            await eventually(lambda: asyncio.to_thread(rows.waits_for_a_lock))
            await worker.kill()
        workers = await asyncio.gather(site.worker(), site.worker())
        (asked,) = await sent(rows, 1)
        now = datetime.now(UTC).isoformat()
        answer = message_received("acc-1", "4", chat_id=chat["provider_chat_id"], timestamp=now)
        await site.peer(web).deliver(answer)
        await socket.wait_for_event("activity:new", kind="rated")
        # Whatever they were doing with the answer.
        await asyncio.gather(*(one.kill() for one in workers))
        await asyncio.gather(site.worker(), site.worker())
        found = await sent(rows, 2)
    conversation_id = asked.removeprefix("survey:")
    assert found == [asked, f"survey-thanks:{conversation_id}"]
    await socket.close()
