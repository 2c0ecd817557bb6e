"""A reaction is shown at once, also while hanging sends occupy every slot of the outbox."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from server.config import Config
from tests.support.fixtures_stack import Stack, run_stack


@pytest.fixture
async def busy(config: Config) -> AsyncIterator[Stack]:
    """One slot in the outbox, and a UniPile that lets every send hang."""
    async with run_stack(replace(config, worker=replace(config.worker, outbox_jobs=1))) as stack:
        rule = {"method": "POST", "path": "/chats/*/messages", "status": "hang"}
        await stack.sandbox.ok("PUT", "/sandbox/faults", {"routes": [rule]})
        yield stack


async def test_a_reaction_overtakes_a_burst_of_sends(busy: Stack) -> None:
    agent = await busy.sign_in()
    account = await busy.make_account(agent)
    socket = await agent.listen()
    written = await busy.write("acc-1", "Tem?")
    (new,) = await socket.wait_for_event("message:new", body="Tem?")
    path = f"/api/channels/whatsapp/{account['id']}/chats/{new['data']['chat_id']}/send"
    for index in range(3):
        await agent.ok("POST", path, {"text": f"texto {index}", "client_id": f"c-{index}"})
    await busy.sandbox.ok("PUT", f"/sandbox/messages/{written['message_id']}/reaction", {"value": "👍"})
    (frame,) = await socket.wait_for(
        lambda f: f.get("event") == "message:updated" and f["data"]["reactions"] != []
    )
    assert frame["data"]["id"] == new["data"]["id"]
    # The sends are unchanged: none finished before the reaction was shown.
    messages = await agent.messages(account["id"], new["data"]["chat_id"])
    assert [m["status"] for m in messages if m["direction"] == "out"] == ["sending"] * 3
