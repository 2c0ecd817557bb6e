"""However UniPile formats its webhooks, a message with a file is stored and counted once."""

from typing import Any

import pytest

from tests.support.fixtures_stack import Stack
from tests.support.peers import eventually

FILE = {"name": "note.txt", "mimetype": "text/plain", "data": "T2k="}
ODD: list[dict[str, Any]] = [
    {"no_content_type": True},
    {"attachments_as_object": True},
    {"unknown_keys": True},
    {"missing_keys": True},
    {"fail_first": 1},
    {"delay_ms": 300, "duplicate": 1, "reorder": 1, "seed": 7},
]


@pytest.mark.parametrize("faults", ODD, ids=lambda faults: next(iter(faults)))
async def test_a_malformed_webhook_is_stored_once(stack: Stack, faults: dict[str, Any]) -> None:
    agent = await stack.sign_in()
    account = await stack.make_account(agent)
    await stack.sandbox.ok("PATCH", "/sandbox/faults", faults)
    await stack.write("acc-1", "Oi", attachments=[FILE])

    async def chats() -> list[dict[str, Any]]:
        return await agent.chats(account["id"])

    (chat,) = await eventually(chats)
    assert (chat["title"], chat["unread_count"]) == ("Bia Lima", 1)
    (message,) = await agent.messages(account["id"], chat["id"])
    assert (message["body"], message["sender"]["name"]) == ("Oi", "Bia Lima")
    assert [item["file_name"] for item in message["attachments"]] == ["note.txt"]


@pytest.mark.parametrize("switch", ["hidden_phone", "lid_only"])
async def test_a_contact_without_a_phone_number_has_a_name(stack: Stack, switch: str) -> None:
    agent = await stack.sign_in()
    account = await stack.make_account(agent)
    await stack.sandbox.ok("PATCH", "/sandbox/faults", {switch: True})
    await stack.write("acc-1", "Oi", **{"from": {"phone_number": "34600000077", "name": "Eva"}})

    async def chats() -> list[dict[str, Any]]:
        return await agent.chats(account["id"])

    (chat,) = await eventually(chats)
    contact = chat["contact"]
    assert (chat["title"], contact["provider_id"].endswith("@lid")) == ("Eva", True)
    assert contact["phone"] == (None if switch == "hidden_phone" else "+34600000077")
