"""The same webhook many times, over several web processes and workers: one row, one count, one bubble."""

import asyncio

from tests.flows.processes import Site
from tests.flows.rows import watching
from tests.support.peers import Socket, eventually, message_received


def bubbles(socket: Socket) -> set[int]:
    """Distinct message ids: what a client shows that stores the newest version of each message."""
    return {frame["data"]["id"] for frame in socket.events("message:new")}


async def test_one_webhook_delivered_five_times_is_one_message(site: Site) -> None:
    first, second = await asyncio.gather(site.web(), site.web())
    await asyncio.gather(site.worker(), site.worker())
    agent = await site.sign_in(first)
    await agent.link_account("acc-1")
    sockets = [await agent.listen(), await (await site.sign_in(second)).listen()]
    peers = [site.peer(first), site.peer(second)]
    event, last = message_received("acc-1"), message_received("acc-1", "depois")

    answers = await asyncio.gather(*(peers[n % 2].deliver(event) for n in range(5)))
    assert [answer.status for answer in answers] == [200] * 5
    with watching(site.environment["DATABASE_URL"]) as rows:
        await eventually(lambda: asyncio.to_thread(rows.holds_exactly, [event["message_id"]]))
        # A sixth delivery, then a new message: once that has arrived, the repetition has too.
        await peers[0].deliver(event)
        await peers[0].deliver(last)
        ids = [event["message_id"], last["message_id"]]
        await eventually(lambda: asyncio.to_thread(rows.holds_exactly, ids))
    for socket in sockets:
        await socket.wait_for_event("message:new", provider_msg_id=last["message_id"])
        assert len(bubbles(socket)) == 2
        seqs = [frame["seq"] for frame in socket.frames if "seq" in frame]
        assert seqs == sorted(set(seqs))
        await socket.close()
