"""A worker is killed while UniPile processes its send: usage is correct once the next worker has finished it."""

import asyncio
from typing import Any

from tests.flows.processes import Site
from tests.flows.rows import Rows, watching
from tests.support.factories import CHANNELS
from tests.support.peers import Peer, eventually

POST_MESSAGE = {"method": "POST", "path": "/chats/*/messages"}
OUT = "select body, status from channels_message where direction = 'out' order by body"


async def fault(unipile: Peer, **changes: Any) -> None:
    await unipile.ok("PATCH", "/sandbox/faults", {"routes": [POST_MESSAGE | changes]})


async def ask(site: Site, unipile: Peer, path: str) -> list[dict[str, Any]]:
    headers = {"X-API-KEY": site.environment["UNIPILE_API_KEY"]}
    items: list[dict[str, Any]] = (await unipile.ok("GET", f"/api/v1/{path}", headers=headers))["items"]
    return items


async def on_the_phone(site: Site, unipile: Peer) -> list[str]:
    """The sent messages, as UniPile has them."""
    return sorted(item["text"] for item in await ask(site, unipile, "messages") if item["is_sender"])


async def is_registered(site: Site, unipile: Peer) -> bool:
    """Whether the webhook for echoes is registered at UniPile."""
    return len(await ask(site, unipile, "webhooks")) == 2


def settled(rows: Rows) -> dict[str, str]:
    """The sends by text, once none is in flight."""
    found = dict(rows.ask(OUT))
    return found if found and not set(found.values()) & {"queued", "sending"} else {}


async def test_a_send_of_a_killed_worker_is_finished_or_refunded_and_counted_once(
    site: Site, unipile: Peer
) -> None:
    """UniPile has accepted the first send, the second waits behind it, and UniPile rejects a third later."""
    web, worker = await asyncio.gather(site.web(), site.worker())
    await eventually(lambda: is_registered(site, unipile))
    agent = await site.sign_in(web)
    account = await agent.link_account("acc-1")
    sender = {"phone_number": "5511988880000", "name": "Bia"}
    await unipile.ok("POST", "/sandbox/messages", {"account_id": "acc-1", "from": sender, "text": "Oi"})
    (chat,) = await eventually(lambda: agent.chats(account["id"]))
    send = f"{CHANNELS}/{account['id']}/chats/{chat['id']}/send"
    await fault(unipile, status="hang", accepted=True, times=1)
    for text in ("1 taken", "2 behind it"):
        await agent.ok("POST", send, {"text": text})
    with watching(site.environment["DATABASE_URL"]) as rows:
        await eventually(lambda: on_the_phone(site, unipile))
        await worker.kill()
        # Both hold their unit while no worker runs.
        assert rows.ask("select messages_sent, sent_here from channels_usage") == [(2, 2)]
        await fault(unipile, times=0)
        await site.worker()
        ended = await eventually(lambda: asyncio.to_thread(settled, rows))
        assert set(ended) == {"1 taken", "2 behind it"} and "failed" not in ended.values()
        assert await on_the_phone(site, unipile) == ["1 taken", "2 behind it"]
        await fault(unipile, status=422, times=1)
        await agent.ok("POST", send, {"text": "3 refused"})
        await eventually(lambda: asyncio.to_thread(lambda: settled(rows).get("3 refused") == "failed"))
        assert rows.ask("select messages_sent, sent_here from channels_usage") == [(2, 2)]
