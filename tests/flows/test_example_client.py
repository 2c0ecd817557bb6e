"""The example client of docs/protocol.md matches the database, also after a disconnect."""

import asyncio
import importlib.util
from contextlib import suppress
from typing import Any

from server.config import ROOT
from server.errors import CloseCode
from tests.support.fixtures_stack import Stack
from tests.support.peers import eventually


def load_example() -> Any:
    spec = importlib.util.spec_from_file_location("example_client", ROOT / "docs" / "example_client.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


async def test_the_example_client_matches_rest_after_a_disconnect(stack: Stack) -> None:
    agent = await stack.sign_in()
    account = await stack.make_account(agent)
    # A picture changes how a sender is shown: pushed as one contact change, not once per message.
    await stack.sandbox.ok("PATCH", "/sandbox/contacts/5511988880000", {"picture": False})
    client = load_example().Client(agent.url, agent.token, agent.user_id)
    task = asyncio.create_task(client.run())

    def knows(text: str) -> Any:
        async def check() -> bool:
            return any(row.get("body") == text for row in client.rows.values())

        return check

    try:
        await eventually(lambda: _joined(client))
        await stack.write("acc-1", "before the cut")
        await eventually(knows("before the cut"))
        for connection in list(stack.app_connections()):
            connection.close_soon(CloseCode.GOING_AWAY, "cut by the test")
        await stack.write("acc-1", "during the cut")
        await eventually(knows("during the cut"))
        await stack.write("acc-1", "after the cut")
        await eventually(knows("after the cut"))
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
    (chat,) = await agent.chats(account["id"])
    shown = {message["id"]: message for message in await agent.messages(account["id"], chat["id"])}
    received = {key[1]: row for key, row in client.rows.items() if key[0] == "message"}
    assert received == shown
    assert client.rows["chat", chat["id"]] == chat


async def _joined(client: Any) -> bool:
    return bool(client.cursors)
