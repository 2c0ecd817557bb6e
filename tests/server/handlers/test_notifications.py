"""Who is told of what; never of history, muted chats or what one did oneself."""

from typing import Any

from aiopg import Cursor

from server.store.people import notifications
from server.web.app_keys import DATABASE
from tests.server.handlers.test_conversations import chat_path
from tests.server.handlers.test_messages import make_thread
from tests.server.handlers.test_user_feed import listen
from tests.support.factories import CHANNELS, add_member
from tests.support.fixtures_stack import Stack
from tests.support.peers import Peer, Socket, eventually

BELL = "/api/me/notifications"


async def make_pair(stack: Stack) -> tuple[Peer, Peer, int, int]:
    """Two agents of an account in the sandbox, and a chat without an owner that both have seen."""
    agent, ana = await stack.sign_in(), await stack.sign_in("ana")
    account = await stack.make_account(agent)
    await add_member(stack, account["id"], ana, "agent")
    socket = await agent.listen()
    await stack.write("acc-1", "Oi")
    (new,) = await socket.wait_for_event("message:new")
    for peer in (agent, ana):
        await wait_for_lines(peer, 1)
        await peer.ok("PATCH", BELL, {"all": True})
    return agent, ana, account["id"], new["data"]["chat_id"]


async def unread_lines(peer: Peer) -> list[dict[str, Any]]:
    items = (await peer.ok("GET", BELL))["items"]
    return [line for line in items if line["read_at"] is None]


async def wait_for_lines(peer: Peer, count: int) -> list[dict[str, Any]]:
    async def are_there() -> tuple[list[dict[str, Any]]] | None:
        found = await unread_lines(peer)
        return (found,) if len(found) == count else None

    lines: list[dict[str, Any]] = (await eventually(are_there))[0]
    return lines


async def write_and_wait(stack: Stack, socket: Socket, text: str) -> None:
    """The contact writes, it is stored, and the worker has written the notifications of it."""

    async def is_noted() -> bool:
        return not await stack.execute("select 1 from notification_due limit 1")

    await stack.write("acc-1", text)
    await socket.wait_for_event("message:new", body=text)
    await eventually(is_noted)


def kinds_of(lines: list[dict[str, Any]]) -> list[str]:
    return [line["kind"] for line in lines]


async def test_all_users_are_notified_of_an_unassigned_chat_until_one_takes_it(stack: Stack) -> None:
    agent, ana, account_id, chat_id = await make_pair(stack)
    (socket, _), (elsewhere, _) = await listen(agent), await listen(ana)
    await write_and_wait(stack, socket, "Ainda?")
    await write_and_wait(stack, socket, "Alô")
    (line,) = await wait_for_lines(agent, 1)
    assert (line["kind"], line["chat_id"], line["preview"]) == ("unassigned", chat_id, "Ainda?")
    assert line["title"] is not None
    (frame,) = await elsewhere.wait_for_event("notification:updated", read_at=None)
    assert (frame["user_id"], frame["data"]["kind"]) == (ana.user_id, "unassigned")
    assert (await ana.ok("GET", BELL))["unread"] == 1
    await ana.ok("PUT", chat_path(account_id, chat_id, "/assignee"), {"user_id": ana.user_id})
    await wait_for_lines(agent, 0)
    await wait_for_lines(ana, 0)  # taking it oneself is no news
    await socket.wait_for(
        lambda f: f.get("event") == "notification:updated" and f["data"]["read_at"] is not None
    )


async def test_only_the_owner_is_told_of_their_chat(stack: Stack) -> None:
    agent, ana, account_id, chat_id = await make_pair(stack)
    socket = await agent.listen()
    await agent.ok("PUT", chat_path(account_id, chat_id, "/assignee"), {"user_id": ana.user_id})
    (line,) = await wait_for_lines(ana, 1)
    assert (line["kind"], line["actor"]["id"]) == ("assigned", agent.user_id)
    await write_and_wait(stack, socket, "Ainda?")
    assert sorted(kinds_of(await wait_for_lines(ana, 2))) == ["assigned", "mine"]
    assert await unread_lines(agent) == []
    await ana.ok("PATCH", BELL, {"chat_id": chat_id})
    assert await unread_lines(ana) == []
    await write_and_wait(stack, socket, "Alô")
    assert kinds_of(await wait_for_lines(ana, 1)) == ["mine"]


async def test_muted_and_archived_chats_and_the_phone_are_silent(stack: Stack) -> None:
    agent, ana, account_id, chat_id = await make_pair(stack)
    socket = await agent.listen()
    for change in ({"muted_until": "2036-01-01T00:00:00.000Z"}, {"muted_until": None, "archived": True}):
        await agent.ok("PATCH", chat_path(account_id, chat_id), change)
        await write_and_wait(stack, socket, f"{change}")
        assert await unread_lines(ana) == []
    await agent.ok("PATCH", chat_path(account_id, chat_id), {"archived": False})
    await stack.write("acc-1", "From the phone", is_sender=True)
    await socket.wait_for_event("message:new", body="From the phone")
    assert await unread_lines(ana) == []


async def test_what_a_person_does_not_want_is_not_written(stack: Stack) -> None:
    agent, ana, _, _ = await make_pair(stack)
    await ana.ok("PATCH", "/api/me/preferences", {"notifications": {"unassigned": {"bell": False}}})
    socket = await agent.listen()
    await write_and_wait(stack, socket, "Ainda?")
    await wait_for_lines(agent, 1)
    assert await unread_lines(ana) == []


async def test_history_is_no_news(stack: Stack) -> None:
    agent = await stack.sign_in()
    await stack.sandbox.ok("POST", "/sandbox/accounts", {"id": "acc-1"})
    await stack.write("acc-1", "Before", silent=True, timestamp="2026-03-02T09:00:00.000Z")
    account = await agent.link_account("acc-1")
    await eventually(lambda: agent.chats(account["id"]))
    assert await unread_lines(agent) == []


async def test_one_is_told_when_a_snooze_is_over(stack: Stack) -> None:
    agent, ana, account_id, chat_id = await make_pair(stack)
    await ana.ok("PUT", chat_path(account_id, chat_id, "/assignee"), {"user_id": ana.user_id})
    until = {"status": "snoozed", "until": "2036-01-01T00:00:00.000Z"}
    await ana.ok("PUT", chat_path(account_id, chat_id, "/status"), until)

    async def expire(cursor: Cursor) -> None:
        await cursor.execute("update channels_chat set snoozed_until = now() where id = %s", (chat_id,))

    await stack.app[DATABASE].write(expire)
    (line,) = await wait_for_lines(ana, 1)
    assert (line["kind"], line["actor"]) == ("snooze_over", None)
    assert await unread_lines(agent) == []


async def test_owners_of_a_number_are_told_that_it_needs_attention(stack: Stack) -> None:
    agent, ana, account_id, _ = await make_pair(stack)
    await stack.sandbox.ok("POST", "/sandbox/accounts/acc-1/status", {"status": "CREDENTIALS"})
    (line,) = await wait_for_lines(agent, 1)
    assert (line["kind"], line["account_id"], line["chat_id"]) == ("number_down", account_id, None)
    assert await unread_lines(ana) == []  # she cannot link it again


async def test_users_are_told_once_and_only_of_what_they_may_see(web_only: Stack) -> None:
    agent, account_id, chat_id, _ = await make_thread(web_only)
    stranger = await web_only.sign_in("stranger")
    rows: list[Any] = [
        {
            "user_id": user_id,
            "kind": "mentioned",
            "account_id": account_id,
            "chat_id": chat_id,
            "message_id": None,
            "note_id": 5,
            "actor_id": actor_id,
        }
        for user_id, actor_id in ((agent.user_id, stranger.user_id), (stranger.user_id, agent.user_id))
    ]
    own: Any = {**rows[0], "actor_id": agent.user_id, "note_id": 6}
    await web_only.app[DATABASE].write(notifications.notify_users, [*rows, rows[0], own])
    await web_only.app[DATABASE].write(notifications.notify_users, rows)
    (line,) = await unread_lines(agent)
    assert (line["note_id"], line["actor"]["id"]) == (5, stranger.user_id)
    assert await unread_lines(stranger) == []


async def test_all_are_read_with_one_change(web_only: Stack) -> None:
    agent, account_id, chat_id, _ = await make_thread(web_only)
    empty: Any = {"account_id": account_id, "chat_id": chat_id, "message_id": None, "actor_id": None}
    rows: list[Any] = [
        {**empty, "user_id": agent.user_id, "kind": "mentioned", "note_id": n} for n in range(1, 6)
    ]
    await web_only.app[DATABASE].write(notifications.notify_users, rows)
    first = await agent.ok("GET", BELL + "?limit=2")
    rest = await agent.ok("GET", f"{BELL}?limit=10&cursor={first['next_cursor']}")
    assert [len(page["items"]) for page in (first, rest)] == [2, 3]
    assert await agent.ok("PATCH", BELL, {"ids": [first["items"][0]["id"]]}) == {"unread": 4}
    socket, head = await listen(agent)
    assert head == 6
    assert await agent.ok("PATCH", BELL, {"all": True}) == {"unread": 0}
    (frame,) = await socket.wait_for_event("notifications:read")
    assert frame["data"] == {"up_to": first["items"][0]["id"], "seq": 7}
    changes = (await agent.ok("GET", f"/api/me/changes?since={head}"))["items"]
    assert [change["event"] for change in changes] == ["notifications:read"]
    other = await web_only.sign_in("other")
    await other.ok("PATCH", BELL, {"ids": [first["items"][0]["id"]]})  # absent for others: nothing happens


async def test_what_is_to_be_read_must_be_named(web_only: Stack) -> None:
    agent = await web_only.sign_in()
    bodies: list[Any] = [{}, {"all": True, "ids": [1]}, {"ids": [0]}, {"ids": ["1"]}, {"all": 1}]
    for body in bodies:
        assert (await agent.call("PATCH", BELL, body)).status == 422, body


async def test_a_removed_member_loses_their_notifications(stack: Stack) -> None:
    agent, ana, account_id, _ = await make_pair(stack)
    socket = await agent.listen()
    await write_and_wait(stack, socket, "Ainda?")
    await wait_for_lines(ana, 1)
    await agent.call("DELETE", f"{CHANNELS}/{account_id}/members/{ana.user_id}")
    assert (await ana.ok("GET", BELL))["items"] == []
