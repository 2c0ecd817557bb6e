"""A chat to send files in."""

from typing import Any

from tests.support.fixtures_stack import Stack
from tests.support.peers import Peer

STORED = {"state": "stored", "error": None}


async def open_chat(stack: Stack, agent: Peer, account: dict[str, Any]) -> tuple[dict[str, Any], str]:
    """A chat to answer in, and the address to send to."""
    socket = await agent.listen()
    await stack.write("acc-1", "Manda uma foto?")
    await socket.wait_for_event("message:new", body="Manda uma foto?")
    (chat,) = await agent.chats(account["id"])
    return chat, f"/api/channels/whatsapp/{account['id']}/chats/{chat['id']}/send"
