"""Drafts on the server: the newest of a person's devices wins, and colleagues see only what is shared."""

import asyncio
from typing import Any

from tests.server.handlers.test_conversations import chat_path
from tests.server.handlers.test_messages import make_thread
from tests.server.handlers.test_user_feed import listen, settled
from tests.support.factories import CHANNELS, add_member, make_chat, walk
from tests.support.fixtures_stack import Stack
from tests.support.peers import Peer

OWN = "/api/me/drafts"
EARLY, LATE = "2026-03-02T09:00:00.000Z", "2026-03-02T09:00:05.000Z"


async def make_pair(stack: Stack) -> tuple[Peer, Peer, int, int, str]:
    """Two agents of an account, and the path of a chat's draft."""
    agent, account_id, chat_id, _ = await make_thread(stack)
    ana = await stack.sign_in("ana")
    await add_member(stack, account_id, ana, "agent")
    return agent, ana, account_id, chat_id, chat_path(account_id, chat_id, "/draft")


async def save(peer: Peer, path: str, text: str, **more: Any) -> dict[str, Any]:
    draft: dict[str, Any] = (await peer.ok("PUT", path, {"text": text, **more}))["draft"]
    return draft


async def own_drafts(peer: Peer) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = (await peer.ok("GET", OWN))["items"]
    return items


async def test_a_draft_reaches_only_its_users_other_devices(web_only: Stack) -> None:
    agent, ana, account_id, chat_id, path = await make_pair(web_only)
    (phone, _), (colleague, _) = await listen(agent), await listen(ana)
    (message,) = await agent.messages(account_id, chat_id)
    saved = await save(agent, path, "Olá, ", quote_id=message["id"])
    assert (saved["text"], saved["is_shared"], saved["quoted"]["id"]) == ("Olá, ", False, message["id"])
    (frame,) = await phone.wait_for_event("draft:saved")
    assert (frame["user_id"], frame["seq"], frame["data"]) == (agent.user_id, 1, saved)
    assert await own_drafts(agent) == [saved]
    await settled(colleague)
    assert colleague.events("draft:saved") + colleague.events("draft:updated") == []
    assert await own_drafts(ana) == []
    assert (await ana.ok("GET", path + "s"))["items"] == []
    changes = (await agent.ok("GET", "/api/me/changes?since=0"))["items"]
    assert changes == [{"seq": 1, "event": "draft:saved", "data": saved}]


async def test_what_was_written_later_wins_whatever_arrives_last(web_only: Stack) -> None:
    agent, _, _, _, path = await make_pair(web_only)
    newer = await save(agent, path, "second", written_at=LATE)
    assert await save(agent, path, "first", written_at=EARLY) == newer
    assert await own_drafts(agent) == [newer]
    third = await save(agent, path, "third")
    assert (third["text"], third["seq"] > newer["seq"]) == ("third", True)
    # A clock that is ahead does not win for ever.
    await save(agent, path, "from the future", written_at="2036-01-01T00:00:00.000Z")
    assert (await save(agent, path, "now"))["text"] == "now"


async def test_devices_that_save_at_once_agree(web_only: Stack) -> None:
    agent, _, _, _, path = await make_pair(web_only)
    moments = [f"2026-03-02T09:00:{n:02}.000Z" for n in range(12)]
    await asyncio.gather(
        *(save(agent, path, str(n), written_at=at, is_shared=n % 3 == 0) for n, at in enumerate(moments))
    )
    (draft,) = await own_drafts(agent)
    assert draft["text"] == "11"


async def test_deleting_removes_it_everywhere(web_only: Stack) -> None:
    agent, _, _, chat_id, path = await make_pair(web_only)
    phone, _ = await listen(agent)
    await save(agent, path, "Olá")
    assert (await agent.call("DELETE", path)).status == 204
    (frame,) = await phone.wait_for_event("draft:saved", text="")
    assert frame["data"]["chat_id"] == chat_id
    assert await own_drafts(agent) == []
    (change,) = (await agent.ok("GET", "/api/me/changes?since=1"))["items"]
    assert change["data"]["text"] == ""
    assert (await agent.call("DELETE", path)).status == 204  # nothing is left to delete


async def test_a_shared_draft_is_shown_to_colleagues_until_it_is_not(web_only: Stack) -> None:
    agent, ana, account_id, chat_id, path = await make_pair(web_only)
    colleague = await ana.listen()
    before = (await ana.ok("GET", f"{CHANNELS}/{account_id}/changes?since=0"))["seq"]
    await save(agent, path, "Prezada ", is_shared=True)
    (frame,) = await colleague.wait_for_event("draft:updated", text="Prezada ")
    assert (frame["account_id"], frame["data"]["user"]["id"]) == (account_id, agent.user_id)
    assert (await ana.ok("GET", path + "s"))["items"] == [frame["data"]]
    assert (await agent.ok("GET", path + "s"))["items"] == []  # one's own is elsewhere
    await save(agent, path, "Prezada Bia")  # no longer shared
    (ended,) = await colleague.wait_for_event("draft:updated", text="")
    assert (await ana.ok("GET", path + "s"))["items"] == []
    await save(agent, path, "Prezada Bia,")
    changes = (await ana.ok("GET", f"{CHANNELS}/{account_id}/changes?since={before}"))["items"]
    assert [(c["event"], c["seq"], c["data"]) for c in changes] == [
        ("draft:updated", ended["seq"], ended["data"])
    ]
    await settled(colleague)
    assert len(colleague.events("draft:updated")) == 2
    assert chat_id == ended["data"]["chat_id"]


async def test_a_draft_is_refused_where_the_chat_is_not_ones_own(web_only: Stack) -> None:
    agent, _, account_id, chat_id, path = await make_pair(web_only)
    stranger, viewer = await web_only.sign_in("stranger"), await web_only.sign_in("viewer")
    await add_member(web_only, account_id, viewer, "viewer")
    absent = chat_path(account_id, chat_id + 999, "/draft")
    for peer, where, status in ((stranger, path, 404), (agent, absent, 404), (viewer, path, 403)):
        assert (await peer.call("PUT", where, {"text": "Oi"})).status == status
        assert (await peer.call("PUT", where, {"text": "Oi", "is_shared": True})).status == status
        assert (await peer.call("DELETE", where)).status == status
    made = await agent.ok("POST", "/api/keys", {"name": "crm", "scopes": ["read", "send"]})
    program = Peer(agent.session, agent.url, made["secret"], agent.user_id)
    assert (await program.call("PUT", path, {"text": "Oi"})).status == 403
    assert (await program.call("GET", OWN)).status == 403


async def test_a_message_of_another_chat_is_not_quoted(web_only: Stack) -> None:
    agent, _, account_id, _, path = await make_pair(web_only)
    other = await make_chat(web_only, account_id, "chat-2")
    (message,) = await agent.messages(account_id, other)
    assert (await save(agent, path, "Oi", quote_id=message["id"]))["quoted"] is None


async def test_a_removed_member_loses_their_drafts(web_only: Stack) -> None:
    agent, ana, account_id, chat_id, path = await make_pair(web_only)
    second = chat_path(account_id, await make_chat(web_only, account_id, "chat-2"), "/draft")
    await save(ana, path, "Prezada ", is_shared=True)
    await save(ana, second, "private")
    colleague = await agent.listen()
    assert (await agent.call("DELETE", f"{CHANNELS}/{account_id}/members/{ana.user_id}")).status == 204
    (frame,) = await colleague.wait_for_event("draft:updated")
    assert (frame["data"]["text"], frame["data"]["chat_id"]) == ("", chat_id)
    assert (await agent.ok("GET", path + "s"))["items"] == []
    await add_member(web_only, account_id, ana, "agent")
    assert await own_drafts(ana) == []


async def test_erasing_a_contact_removes_the_drafts(stack: Stack) -> None:
    agent = await stack.sign_in()
    account = await stack.make_account(agent)
    socket = await agent.listen()
    await stack.write("acc-1", "Oi")
    (new,) = await socket.wait_for_event("message:new")
    await save(agent, chat_path(account["id"], new["data"]["chat_id"], "/draft"), "Olá")
    contact_id = (await agent.chats(account["id"]))[0]["contact"]["id"]
    await agent.ok("DELETE", f"{CHANNELS}/{account['id']}/contacts/{contact_id}")
    await socket.wait_for_event("chat:erased")
    assert await own_drafts(agent) == []


async def test_shared_drafts_of_all_accounts_are_listed_in_pages(web_only: Stack) -> None:
    agent, ana, account_id, _, _ = await make_pair(web_only)
    chats = [await make_chat(web_only, account_id, f"more-{n}") for n in range(3)]
    for n, chat_id in enumerate(chats):
        await save(ana, chat_path(account_id, chat_id, "/draft"), f"shared {n}", is_shared=True)
    await save(ana, chat_path(account_id, chats[0], "/draft"), "private again")
    await save(agent, chat_path(account_id, chats[1], "/draft"), "my own", is_shared=True)
    path = f"{CHANNELS}/drafts"
    shared = await walk(agent, path, 1)
    assert [(item["chat_id"], item["text"], item["user"]["id"]) for item in shared] == [
        (chats[1], "shared 1", ana.user_id),
        (chats[2], "shared 2", ana.user_id),
    ]
    assert (await agent.ok("GET", path))["items"] == shared
    assert [item["text"] for item in await walk(ana, path, 5)] == ["my own"]
    assert await walk(await web_only.sign_in("stranger"), path, 5) == []
