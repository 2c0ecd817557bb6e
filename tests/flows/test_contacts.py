"""Contacts end to end: hidden phone numbers reported later, pictures, and who may see them."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from server.media.types import sniff
from tests.flows.rows import holding_accounts, watching
from tests.support.fixtures_stack import Stack
from tests.support.peers import Peer, eventually

BIA = "5511988880000"
Json = dict[str, Any]


@pytest.fixture
async def agent(stack: Stack) -> Peer:
    return await stack.sign_in()


@pytest.fixture
async def account(stack: Stack, agent: Peer) -> AsyncIterator[Json]:
    account = await stack.make_account(agent)
    yield account


async def change(stack: Stack, **changes: Any) -> None:
    await stack.sandbox.ok("PATCH", f"/sandbox/contacts/{BIA}", changes)


async def write(stack: Stack, text: str, **more: Any) -> None:
    """Bia writes under her current name."""
    await stack.write("acc-1", text, **({"from": {"phone_number": BIA}} | more))


async def chat_with(agent: Peer, account: Json, **wanted: Any) -> Json:
    """The only chat, once its contact has these values."""

    async def check() -> Json | None:
        chats = await agent.chats(account["id"])
        fits = chats and all(chats[0]["contact"][key] == value for key, value in wanted.items())
        return chats[0] if fits else None

    chat: Json = await eventually(check)
    return chat


async def picture_of(agent: Peer, account: Json, old: str | None = None) -> str:
    async def check() -> str | None:
        chats = await agent.chats(account["id"])
        avatar: str | None = chats[0]["contact"]["avatar"] if chats else None
        return avatar if avatar != old else None

    avatar: str = await eventually(check)
    return avatar


def path_of(account: Json, avatar: str) -> str:
    return f"/api/channels/whatsapp/{account['id']}/avatars/{avatar}"


async def make_due(stack: Stack) -> None:
    with watching(stack.config.database.url or "") as rows:
        # The holder of a row lock may need this event loop to release it.
        await asyncio.to_thread(rows.ask, "update channels_contact set avatar_due_at = now() returning 1")


async def test_a_hidden_phone_number_stays_unknown_until_it_is_reported(
    stack: Stack, agent: Peer, account: Json
) -> None:
    await stack.sandbox.ok("POST", "/sandbox/contacts", {"phone_number": BIA, "identity": "hidden"})
    await write(stack, "Oi")
    hidden = await chat_with(agent, account, name="Bia Lima")
    assert hidden["contact"]["phone"] is None and hidden["contact"]["provider_id"].endswith("@lid")
    # Listed, found and shown like others, by the name that WhatsApp finds them by.
    (listed,) = (await agent.ok("GET", "/api/channels/whatsapp/contacts?q=bia.lima"))["items"]
    assert (listed["id"], listed["username"]) == (hidden["contact"]["id"], f"bia.lima.{BIA[-4:]}")
    (message,) = await agent.messages(account["id"], hidden["id"])
    assert message["sender"]["phone"] is None
    await change(stack, identity="lid")
    await write(stack, "Agora sim")
    known = await chat_with(agent, account, phone=f"+{BIA}")
    assert known["contact"]["id"] == hidden["contact"]["id"]
    messages = await agent.messages(account["id"], hidden["id"])
    assert {m["sender"]["phone"] for m in messages} == {f"+{BIA}"}


async def test_a_contact_known_by_phone_is_recognised_by_lid(
    stack: Stack, agent: Peer, account: Json
) -> None:
    await stack.sandbox.ok("POST", "/sandbox/contacts", {"phone_number": BIA, "identity": "phone"})
    await write(stack, "Oi")
    first = await chat_with(agent, account, name="Bia Lima")
    (message,) = await agent.messages(account["id"], first["id"])
    assert message["sender"]["provider_id"] == f"{BIA}@s.whatsapp.net"
    await change(stack, identity="lid_only", name="Bia L.")
    await write(stack, "Sou eu")
    second = await chat_with(agent, account, name="Bia L.")
    assert second["contact"]["id"] == first["contact"]["id"] and second["title"] == "Bia L."
    newest, oldest = await agent.messages(account["id"], second["id"])
    assert newest["sender"]["provider_id"].endswith("@lid") and oldest["sender"]["name"] == "Bia L."


async def test_a_new_name_reaches_open_and_returning_sockets(
    stack: Stack, agent: Peer, account: Json
) -> None:
    await write(stack, "Oi")
    await chat_with(agent, account, name="Bia Lima")
    avatar = await picture_of(agent, account)
    head = (await agent.ok("GET", f"/api/channels/whatsapp/{account['id']}"))["account"]["seq"]
    socket = await agent.listen()
    await change(stack, name="Bia Souza")
    await write(stack, "Casei")
    (frame,) = await socket.wait_for_event("contact:updated", name="Bia Souza")
    assert frame["seq"] > head and frame["data"]["avatar"] == avatar
    path = f"/api/channels/whatsapp/{account['id']}/changes?since={head}"
    changes = (await agent.ok("GET", path))["items"]
    assert [c["data"]["name"] for c in changes if c["event"] == "contact:updated"] == ["Bia Souza"]


async def test_a_socket_in_one_group_receives_each_new_member_name_once(
    stack: Stack, agent: Peer, account: Json
) -> None:
    """Also when in two of the account's rooms, and after reconnecting."""
    await write(stack, "Oi")
    people = [{"phone_number": BIA, "name": "Bia Lima"}, {"phone_number": "4915112340003", "name": "Lea"}]
    body = {"account_id": "acc-1", "name": "Entregas", "members": people}
    group = await stack.sandbox.ok("POST", "/sandbox/groups", body)
    await write(stack, "Bom dia", chat_id=group["id"])
    chats = await eventually(lambda: _two_chats(agent, account))
    socket = await agent.open_socket()
    await socket.command("auth", token=agent.token)
    seqs = [(await socket.command("join-chat", chat_id=chat["id"]))["data"]["seq"] for chat in chats]
    await change(stack, name="Bia Souza")
    await write(stack, "Casei")
    (frame,) = await socket.wait_for_event("contact:updated", name="Bia Souza")
    (entregas,) = [chat["id"] for chat in chats if chat["kind"] == "group"]
    await socket.wait_for_event("message:new", body="Casei")
    assert len([f for f in socket.events("contact:updated") if f["seq"] == frame["seq"]]) == 1
    away = await agent.open_socket()
    await away.command("auth", token=agent.token)
    await away.command("join-chat", chat_id=entregas, since=max(seqs))
    assert [f["data"]["name"] for f in away.events("contact:updated")] == ["Bia Souza"]


async def _two_chats(agent: Peer, account: Json) -> list[Json] | None:
    chats = await agent.chats(account["id"])
    return chats if len(chats) == 2 else None


async def test_a_picture_is_copied_and_served_to_members_only(
    stack: Stack, agent: Peer, account: Json
) -> None:
    await write(stack, "Oi")
    avatar = await picture_of(agent, account)
    answer = await agent.call("GET", path_of(account, avatar))
    assert (answer.status, sniff(answer.raw), answer.headers["Content-Type"]) == (
        200,
        "image/png",
        "image/png",
    )
    assert answer.headers["Cache-Control"] == "private, max-age=31536000, immutable"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    tag = answer.headers["ETag"]
    again = await agent.call("GET", path_of(account, avatar), headers={"If-None-Match": tag})
    assert (again.status, again.raw) == (304, b"")
    (chat,) = await agent.chats(account["id"])
    (message,) = await agent.messages(account["id"], chat["id"])
    assert message["sender"]["avatar"] == avatar
    stranger = await stack.sign_in("stranger")
    assert (await stranger.call("GET", path_of(account, avatar))).status == 404
    own = await stack.sandbox.ok(
        "POST", "/sandbox/accounts", {"id": "acc-2"}
    ) and await stranger.link_account("acc-2")
    assert (await stranger.call("GET", path_of(own, avatar))).status == 404
    assert (await stack.stranger.call("GET", path_of(account, avatar))).status == 401


async def test_a_picture_is_replaced_and_removed(stack: Stack, agent: Peer, account: Json) -> None:
    await write(stack, "Oi")
    first = await picture_of(agent, account)
    socket = await agent.listen()
    await change(stack, picture=2)
    await make_due(stack)
    second = await picture_of(agent, account, first)
    await socket.wait_for_event("contact:updated", avatar=second)
    await socket.wait_for(
        lambda f: f.get("event") == "chat:updated" and f["data"]["contact"]["avatar"] == second
    )
    assert (await agent.call("GET", path_of(account, first))).status == 404
    await change(stack, picture=False)
    await make_due(stack)
    await socket.wait_for_event("contact:updated", avatar=None)
    assert (await agent.call("GET", path_of(account, second))).status == 404


async def test_an_unchanged_picture_does_not_block_messages(stack: Stack, agent: Peer, account: Json) -> None:
    """Pictures are polled constantly and rarely change: that must not take the account's lock."""
    await write(stack, "Oi")
    avatar = await picture_of(agent, account)
    url = stack.config.database.url or ""
    async with holding_accounts(url):
        await make_due(stack)

        with watching(url) as rows:

            async def is_settled() -> bool:
                return bool(
                    rows.ask("select 1 from channels_contact where avatar_due_at > now() + interval '1 day'")
                )

            await eventually(is_settled)
    assert await picture_of(agent, account) == avatar


async def test_a_group_member_is_shown_by_a_name_reported_later(
    stack: Stack, agent: Peer, account: Json
) -> None:
    """An import knows all members of a group, so their messages carry the sender's name."""
    people = [
        {"phone_number": BIA, "name": "Bia Lima"},
        {"phone_number": "4915112340003", "name": "Lea Baumann"},
    ]
    group = await stack.sandbox.ok(
        "POST", "/sandbox/groups", {"account_id": "acc-1", "name": "Entregas", "members": people}
    )
    await write(stack, "Bom dia", chat_id=group["id"])

    async def check() -> list[Json] | None:
        chats = [chat for chat in await agent.chats(account["id"]) if chat["kind"] == "group"]
        found = await agent.messages(account["id"], chats[0]["id"]) if chats else []
        spoken = [message for message in found if not message["is_event"]]
        return spoken if spoken and spoken[0]["sender"]["avatar"] else None

    (message, *_) = await eventually(check)
    assert message["sender"]["name"] == "Bia Lima"
    path = f"/api/channels/whatsapp/{account['id']}/chats/{message['chat_id']}/people"
    people = await agent.ok("GET", path)
    assert {who["name"]: who["phone"] for who in people["items"]} == {
        "Bia Lima": f"+{BIA}",
        "Lea Baumann": "+4915112340003",
    }
    assert message["sender"]["avatar"] in {who["avatar"] for who in people["items"]}
    ids = {who["name"]: who["id"] for who in people["items"]}
    found = await agent.ok("GET", f"/api/search?from={ids['Bia Lima']}")
    assert "Bom dia" in [row["body"] for row in found["messages"]]
    stranger = await stack.sign_in("stranger")
    assert (await stranger.call("GET", path)).status == 404
    broken = {"routes": [{"method": "GET", "path": "/chats/*/attendees", "status": 500}]}
    await stack.sandbox.ok("PUT", "/sandbox/faults", broken)
    assert (await agent.call("GET", path)).status == 502


async def test_the_contact_of_a_direct_chat_needs_no_request(
    stack: Stack, agent: Peer, account: Json
) -> None:
    await write(stack, "Oi")
    chat = await chat_with(agent, account, name="Bia Lima")
    await stack.sandbox.ok(
        "PUT", "/sandbox/faults", {"routes": [{"path": "/chats/*/attendees", "status": 500}]}
    )
    people = await agent.ok("GET", f"/api/channels/whatsapp/{account['id']}/chats/{chat['id']}/people")
    (bia,) = people["items"]
    assert (bia["name"], bia["phone"], people["files"]) == ("Bia Lima", f"+{BIA}", 0)
