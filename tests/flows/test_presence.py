"""Presence of a killed web instance expires."""

from tests.flows.processes import Site
from tests.support.peers import Peer, Socket, eventually

QUICK = {"CONFAB_REALTIME_PRESENCE_REFRESH_SECONDS": "0.5"}


def names(socket: Socket) -> list[str]:
    return [user["name"] for user in socket.events("presence")[-1]["data"]["users"]]


async def test_presence_of_a_killed_instance_expires(site: Site, unipile: Peer) -> None:
    one, other = await site.web(**QUICK), await site.web(**QUICK)
    worker = await site.worker()
    ana = await site.sign_in(one)
    account = await ana.link_account("acc-1")
    body = {"account_id": "acc-1", "from": {"phone_number": "5511988880000", "name": "Bia"}, "text": "Oi"}
    await unipile.ok("POST", "/sandbox/messages", body)

    async def first_chat() -> int:
        found = await ana.chats(account["id"])
        return int(found[0]["id"]) if found else 0

    chat_id = await eventually(first_chat)
    there = await ana.listen()
    ana.url = other.url
    watcher = await ana.listen()
    assert (await there.command("join-chat", chat_id=chat_id))["ok"]
    await watcher.wait_for_event("presence", chat_id=chat_id)
    assert names(watcher) == ["ana"]

    await one.kill()

    async def is_absent() -> bool:
        return names(watcher) == []

    await eventually(is_absent)
    await worker.kill()
