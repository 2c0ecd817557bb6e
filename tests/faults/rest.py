"""Fetches an account over REST: every chat and every message, page after page."""

from typing import Any

from tests.support.peers import Peer

Rows = dict[tuple[str, int], dict[str, Any]]


async def read_account(peer: Peer, account_id: int) -> Rows:
    """All messages and chats of an account, by kind and id."""
    base = f"/api/channels/whatsapp/{account_id}/chats"
    chats = [*await read_list(peer, base), *await read_list(peer, base, filter="archived")]
    rows: Rows = {("chat", chat["id"]): chat for chat in chats}
    for chat in chats:
        for message in await read_list(peer, f"{base}/{chat['id']}/messages"):
            rows["message", message["id"]] = message
    return rows


async def read_list(peer: Peer, path: str, **query: str) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = []
    query["limit"] = "100"
    while True:
        page = await peer.ok("GET", path, params=query)
        items += page["items"]
        if page["next_cursor"] is None:
            return items
        query["cursor"] = page["next_cursor"]
