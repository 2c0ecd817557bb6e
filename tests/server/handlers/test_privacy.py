"""Erasure over REST: permissions, pushes, and that a browser that was offline drops the contact too."""

from typing import Any

from server.routes import ROUTES
from tests.support.factories import CHANNELS, add_member
from tests.support.fixtures_stack import Stack
from tests.support.peers import Peer, eventually

SHOWN = next(route for route in ROUTES if route.name == "show_erasure")


async def written(stack: Stack, owner: Peer) -> tuple[int, dict[str, Any]]:
    """An account with a direct chat in which Bia wrote; (account id, chat)."""
    account = await stack.make_account(owner)
    await stack.write("acc-1", "My secret")

    async def known() -> Any:
        return [chat for chat in await owner.chats(account["id"]) if chat["contact"]]

    (chat,) = await eventually(known)
    return account["id"], chat


async def test_a_contact_is_erased_and_all_members_are_notified(stack: Stack) -> None:
    owner = await stack.sign_in("owner")
    account_id, chat = await written(stack, owner)
    socket = await owner.listen()
    before = (await owner.ok("GET", f"{CHANNELS}/{account_id}"))["account"]["seq"]
    contact_path = f"{CHANNELS}/{account_id}/contacts/{chat['contact']['id']}"

    answer = await owner.call("DELETE", contact_path)

    assert answer.status == 202
    assert SHOWN.answer is not None
    assert SHOWN.answer().validate(answer.body) == {}
    await socket.wait_for_event("contact:erased", id=chat["contact"]["id"])
    await socket.wait_for_event("chat:erased", id=chat["id"])

    async def done() -> Any:
        shown = (await owner.ok("GET", contact_path + "/erasure"))["erasure"]
        return shown["state"] == "done" and shown

    assert (await eventually(done))["messages"] == 1
    assert await owner.chats(account_id) == []
    changes = await owner.ok("GET", f"{CHANNELS}/{account_id}/changes?since={before}")
    assert "My secret" not in str(changes)
    assert {"contact:erased", "chat:erased"} <= {item["event"] for item in changes["items"]}
    assert (await owner.call("GET", f"{CHANNELS}/{account_id}/chats/{chat['id']}")).status == 404
    # Once more is no second time.
    assert (await owner.ok("DELETE", contact_path))["erasure"]["state"] == "done"


async def test_a_client_that_was_offline_learns_of_the_erasure(stack: Stack) -> None:
    owner = await stack.sign_in("owner")
    account_id, chat = await written(stack, owner)
    head = (await owner.ok("GET", f"{CHANNELS}/{account_id}"))["account"]["seq"]
    await owner.ok("DELETE", f"{CHANNELS}/{account_id}/contacts/{chat['contact']['id']}")

    async def is_erased() -> bool:
        return await owner.chats(account_id) == []

    await eventually(is_erased)
    socket = await owner.listen({str(account_id): head})
    await socket.wait_for_event("chat:erased", id=chat["id"])


async def test_only_owners_erase_contacts(stack: Stack) -> None:
    owner, agent, stranger = [await stack.sign_in(name) for name in ("owner", "agent", "stranger")]
    account_id, chat = await written(stack, owner)
    await add_member(stack, account_id, agent, "agent")
    contact_path = f"{CHANNELS}/{account_id}/contacts/{chat['contact']['id']}"
    for method, path in (("DELETE", contact_path), ("GET", contact_path + "/erasure")):
        assert (await agent.call(method, path)).status == 403
        assert (await stranger.call(method, path)).status == 404
        absent = path.replace(f"/{chat['contact']['id']}", "/999999")
        assert (await owner.call(method, absent)).status == 404
    assert len(await owner.chats(account_id)) == 1


async def test_only_owners_set_the_retention(stack: Stack) -> None:
    owner, agent, stranger = [await stack.sign_in(name) for name in ("owner", "agent", "stranger")]
    account = await stack.make_account(owner)
    await add_member(stack, account["id"], agent, "agent")
    account_path = f"{CHANNELS}/{account['id']}"
    assert account["retention_days"] is None
    socket = await owner.listen()
    assert (await owner.ok("PATCH", account_path, {"retention_days": 30}))["account"]["retention_days"] == 30
    await socket.wait_for_event("account:updated", retention_days=30)
    changed = (await owner.ok("PATCH", account_path, {"read_receipts": False}))["account"]
    assert (changed["retention_days"], changed["read_receipts"]) == (30, False)
    assert (await owner.ok("PATCH", account_path, {"retention_days": None}))["account"][
        "retention_days"
    ] is None
    for wrong in (
        {},
        {"retention_days": 0},
        {"retention_days": 1.5},
        {"retention_days": "30"},
        {"retention_days": 2**63},
    ):
        assert (await owner.call("PATCH", account_path, wrong)).status == 422, wrong
    assert (await agent.call("PATCH", account_path, {"retention_days": 1})).status == 403
    assert (await stranger.call("PATCH", account_path, {"retention_days": 1})).status == 404
