"""Conversations over REST: opened by messages, answered, closed, snoozed, reopened; each change by what was seen."""

from datetime import UTC, datetime, timedelta
from typing import Any

from tests.server.handlers.test_messages import make_thread
from tests.support.factories import CHANNELS, add_member, make_chat, make_messages
from tests.support.fixtures_stack import Stack
from tests.support.peers import Peer


def chat_path(account_id: int, chat_id: int, what: str = "") -> str:
    return f"{CHANNELS}/{account_id}/chats/{chat_id}{what}"


async def chat_of(peer: Peer, account_id: int, chat_id: int) -> dict[str, Any]:
    found: dict[str, Any] = (await peer.ok("GET", chat_path(account_id, chat_id)))["chat"]
    return found


async def write_again(stack: Stack, account_id: int, chat_id: int) -> None:
    await make_messages(stack, account_id, chat_id, [datetime.now(UTC)])


def in_days(days: int) -> str:
    return (datetime.now(UTC) + timedelta(days=days)).isoformat(timespec="milliseconds")


async def test_a_message_opens_a_conversation_that_an_answer_and_a_closing_end(web_only: Stack) -> None:
    agent, account_id, chat_id, send = await make_thread(web_only)
    await agent.ok("PUT", chat_path(account_id, chat_id, "/status"), {"status": "closed"})
    await write_again(web_only, account_id, chat_id)
    chat = await chat_of(agent, account_id, chat_id)
    assert (chat["status"], chat["assignee"]) == ("open", None)
    assert chat["waiting_since"] == chat["last_message_at"]
    socket = await agent.listen()
    await agent.ok("POST", send, {"text": "Oi"})
    chat = await chat_of(agent, account_id, chat_id)
    assert (chat["status"], chat["waiting_since"], chat["assignee"]["id"]) == ("open", None, agent.user_id)
    closing = {
        "status": "closed",
        "category": "billing",
        "seen_seq": chat["seq"],
        "state_seq": chat["state_seq"],
    }
    closed = (await agent.ok("PUT", chat_path(account_id, chat_id, "/status"), closing))["chat"]
    assert (closed["status"], closed["assignee"]["id"]) == ("closed", agent.user_id)  # the owner stays
    (pushed,) = await socket.wait_for_event("chat:updated", status="closed")
    assert pushed["data"] == closed
    (done,) = await socket.wait_for_event("activity:new", kind="closed")
    assert done["data"]["details"] == {"category": "billing"}
    listed = (await agent.ok("GET", chat_path(account_id, chat_id, "/conversations")))["items"]
    newest, first = listed
    assert (newest["opened_by"], newest["category"], newest["closed_by"]) == (
        "contact",
        "billing",
        agent.user_id,
    )
    assert newest["first_reply_by"] == agent.user_id
    assert newest["follows_id"] == first["id"]


async def test_nothing_is_closed_over_an_unseen_message(web_only: Stack) -> None:
    agent, account_id, chat_id, _ = await make_thread(web_only)
    path = chat_path(account_id, chat_id, "/status")
    chat = await chat_of(agent, account_id, chat_id)
    await write_again(web_only, account_id, chat_id)
    answer = await agent.call("PUT", path, {"status": "closed", "seen_seq": chat["seq"]})
    assert (answer.status, answer.body["error"]["code"]) == (409, "newer_messages")
    assert (await chat_of(agent, account_id, chat_id))["status"] == "open"


async def test_of_two_who_change_a_state_the_second_sees_what_the_first_did(web_only: Stack) -> None:
    agent, account_id, chat_id, _ = await make_thread(web_only)
    ana = await web_only.sign_in("ana")
    await add_member(web_only, account_id, ana, "agent")
    seen = (await chat_of(agent, account_id, chat_id))["state_seq"]
    path = chat_path(account_id, chat_id)
    await ana.ok("PUT", path + "/assignee", {"user_id": ana.user_id, "state_seq": seen})
    for what, body in (
        ("/assignee", {"user_id": agent.user_id}),
        ("/status", {"status": "closed"}),
        ("/status", {"status": "snoozed", "until": in_days(1)}),
    ):
        answer = await agent.call("PUT", path + what, body | {"state_seq": seen})
        assert (answer.status, answer.body["error"]["code"]) == (409, "changed")
        assert answer.body["error"]["details"]["chat"]["assignee"]["id"] == ana.user_id
    # What is there already is no change, for any caller.
    await agent.ok("PUT", path + "/assignee", {"user_id": ana.user_id, "state_seq": seen})


async def test_a_snooze_ends_with_a_message_unless_it_is_to_last(web_only: Stack) -> None:
    agent, account_id, chat_id, _ = await make_thread(web_only)
    path = chat_path(account_id, chat_id, "/status")
    for wakes, status in ((True, "open"), (False, "snoozed")):
        until = in_days(1)
        body = {"status": "snoozed", "until": until, "wake_on_message": wakes}
        snoozed = (await agent.ok("PUT", path, body))["chat"]
        assert (snoozed["status"], snoozed["snoozed_until"] is None) == ("snoozed", False)
        await write_again(web_only, account_id, chat_id)
        chat = await chat_of(agent, account_id, chat_id)
        assert (chat["status"], chat["snoozed_until"] is None) == (status, wakes)
        assert chat["waiting_since"] is not None


async def test_a_reopened_chat_waits_again_for_an_unanswered_message(web_only: Stack) -> None:
    agent, account_id, chat_id, _ = await make_thread(web_only)
    path = chat_path(account_id, chat_id, "/status")
    before = await chat_of(agent, account_id, chat_id)
    assert (await agent.ok("PUT", path, {"status": "closed"}))["chat"]["waiting_since"] is None
    opened = (await agent.ok("PUT", path, {"status": "open"}))["chat"]
    assert (opened["waiting_since"], opened["conversation_id"]) == (
        before["waiting_since"],
        before["conversation_id"],
    )
    kinds = [
        a["kind"] for a in (await agent.ok("GET", chat_path(account_id, chat_id, "/activities")))["items"]
    ]
    assert kinds == ["opened", "closed"]


async def test_a_status_says_what_goes_with_it(web_only: Stack) -> None:
    agent, account_id, chat_id, _ = await make_thread(web_only)
    path = chat_path(account_id, chat_id, "/status")
    for body in (
        {"status": "snoozed"},
        {"status": "open", "until": in_days(1)},
        {"status": "closed", "wake_on_message": False},
        {"status": "open", "category": "x"},
        {"status": "gone"},
    ):
        assert (await agent.call("PUT", path, body)).status == 422


async def test_a_channel_has_no_conversation(web_only: Stack) -> None:
    agent, account_id, _, _ = await make_thread(web_only)
    channel = await make_chat(web_only, account_id, "news", kind="channel")
    assert (await chat_of(agent, account_id, channel))["status"] == "closed"
    answer = await agent.call("PUT", chat_path(account_id, channel, "/status"), {"status": "open"})
    assert (answer.status, answer.body["error"]["code"]) == (409, "conflict")


async def test_the_list_shows_open_chats_by_owner_and_by_waiting_time(web_only: Stack) -> None:
    agent, account_id, first, send = await make_thread(web_only)
    second = await make_chat(web_only, account_id, "chat-2")
    third = await make_chat(web_only, account_id, "chat-3")
    await agent.ok("POST", send, {"text": "Oi"})
    await agent.ok("PUT", chat_path(account_id, third, "/status"), {"status": "closed"})
    await write_again(web_only, account_id, second)

    async def ids(query: str) -> list[int]:
        items = (await agent.ok("GET", f"{CHANNELS}/{account_id}/chats?limit=50&{query}"))["items"]
        return [chat["id"] for chat in items]

    assert sorted(await ids("status=open")) == sorted([first, second])
    assert await ids("status=closed") == [third]
    assert await ids("assignee=me") == await ids(f"assignee={agent.user_id}") == [first]
    assert await ids("status=open&assignee=none") == [second]
    assert await ids("sort=waiting") == [second]
    assert await ids("status=snoozed") == await ids("assignee=999999") == []
    for query in ("status=gone", "assignee=x", "assignee=-1", "team_id=x", "sort=x"):
        assert (await agent.call("GET", f"{CHANNELS}/{account_id}/chats?{query}")).status == 422


async def test_changes_replay_activities(web_only: Stack) -> None:
    agent, account_id, chat_id, _ = await make_thread(web_only)
    since = (await agent.ok("GET", f"{CHANNELS}/{account_id}/changes?since=0"))["seq"]
    await agent.ok("PUT", chat_path(account_id, chat_id, "/assignee"), {"user_id": agent.user_id})
    items = (await agent.ok("GET", f"{CHANNELS}/{account_id}/changes?since={since}"))["items"]
    assert [item["event"] for item in items] == ["chat:updated", "activity:new"]
    details = items[1]["data"]["details"]
    assert (details["assignee_id"], details["before_id"]) == (agent.user_id, None)
