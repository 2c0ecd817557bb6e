"""Changes of many chats at once: one push, an answer for each chat, nothing overwritten that was not seen."""

import asyncio
from collections.abc import Sequence
from typing import Any

from tests.server.handlers.test_conversations import chat_of, in_days, write_again
from tests.server.handlers.test_owners import make_pair
from tests.support.factories import CHANNELS, make_account, make_chat, make_label
from tests.support.fixtures_stack import Stack
from tests.support.peers import Peer


async def change(
    peer: Peer, account_id: int, chat_ids: Sequence[int], action: str, **more: Any
) -> dict[str, Any]:
    body = {"chat_ids": list(chat_ids), "action": action, **more}
    done: dict[str, Any] = await peer.ok("POST", f"{CHANNELS}/{account_id}/chats/bulk", body)
    return done


def changed(done: dict[str, Any]) -> dict[int, dict[str, Any]]:
    return {chat["id"]: chat for chat in done["changed"]}


def seqs(done: dict[str, Any]) -> dict[str, int]:
    return {str(chat["id"]): chat["state_seq"] for chat in done["changed"]}


async def make_three(stack: Stack) -> tuple[Peer, Peer, int, list[int]]:
    """Two agents and three chats of an account, none of them read."""
    agent, ana, account_id, chat_id, _ = await make_pair(stack)
    ids = [chat_id, *[await make_chat(stack, account_id, f"chat-{n}") for n in (2, 3)]]
    for each in ids:
        await write_again(stack, account_id, each)
    return agent, ana, account_id, ids


async def test_many_chats_change_at_once_and_back(web_only: Stack) -> None:
    agent, ana, account_id, ids = await make_three(web_only)
    socket = await ana.listen()
    done = await change(agent, account_id, ids, "assign", user_id=ana.user_id)
    assert {chat["assignee"]["id"] for chat in changed(done).values()} == {ana.user_id}
    for chat_id in ids:
        (frame,) = await socket.wait_for_event("chat:updated", id=chat_id)
        assert frame["data"] == changed(done)[chat_id] == await chat_of(ana, account_id, chat_id)
    assert len(await socket.wait_for_event("activity:new", 3, kind="assigned")) == 3
    closed = await change(agent, account_id, ids, "close", category="spam", state_seqs=seqs(done))
    assert {chat["status"] for chat in closed["changed"]} == {"closed"}
    assert {chat["waiting_since"] for chat in closed["changed"]} == {None}
    # The inverse, with what was seen: the contacts wait again as before.
    opened = await change(agent, account_id, ids, "open", state_seqs=seqs(closed))
    for chat_id in ids:
        chat = await chat_of(ana, account_id, chat_id)
        assert (chat["status"], chat["waiting_since"]) == ("open", changed(done)[chat_id]["waiting_since"])
        assert chat == changed(opened)[chat_id]
    again = await change(agent, account_id, ids, "open")
    assert (again["changed"], again["unchanged"]) == ([], sorted(ids))
    until = in_days(1)
    snoozed = await change(agent, account_id, ids[:2], "snooze", until=until)
    assert {chat["status"] for chat in snoozed["changed"]} == {"snoozed"}


async def test_a_chat_that_cannot_be_changed_stops_no_other(web_only: Stack) -> None:
    agent, ana, account_id, ids = await make_three(web_only)
    foreign = await make_chat(
        web_only, await make_account(web_only, await web_only.sign_in("eva"), "acc-9"), "chat-9"
    )
    stale = {str(chat_id): (await chat_of(agent, account_id, chat_id))["state_seq"] for chat_id in ids}
    seen = {str(chat_id): (await chat_of(agent, account_id, chat_id))["seq"] for chat_id in ids}
    await change(ana, account_id, ids[:1], "assign", user_id=ana.user_id)
    await write_again(web_only, account_id, ids[1])
    done = await change(agent, account_id, [*ids, foreign, 10**15], "close", state_seqs=stale, seen_seqs=seen)
    assert list(changed(done)) == [ids[2]]
    assert done["skipped"] == [
        {"chat_id": ids[0], "code": "changed"},
        {"chat_id": ids[1], "code": "newer_messages"},
        {"chat_id": foreign, "code": "not_found"},
        {"chat_id": 10**15, "code": "not_found"},
    ]
    assert (await chat_of(agent, account_id, ids[0]))["status"] == "open"


async def test_of_two_who_change_the_same_chats_each_is_told(web_only: Stack) -> None:
    """Each chat has one of the two owners: the second request skipped it, and neither overwrote the other."""
    agent, ana, account_id, ids = await make_three(web_only)
    stale = {str(chat_id): (await chat_of(agent, account_id, chat_id))["state_seq"] for chat_id in ids}
    mine, theirs = await asyncio.gather(
        change(agent, account_id, ids, "assign", user_id=agent.user_id, state_seqs=stale),
        change(ana, account_id, list(reversed(ids)), "assign", user_id=ana.user_id, state_seqs=stale),
    )
    for chat_id in ids:
        owners = [done for done in (mine, theirs) if chat_id in changed(done)]
        assert len(owners) == 1
        assert await chat_of(agent, account_id, chat_id) == changed(owners[0])[chat_id]
    told = [skipped for done in (mine, theirs) for skipped in done["skipped"]]
    assert sorted(one["chat_id"] for one in told) == sorted(ids)
    assert {one["code"] for one in told} == {"changed"}


async def test_many_chats_are_labelled_read_and_archived(web_only: Stack) -> None:
    agent, ana, account_id, ids = await make_three(web_only)
    vip, private = await make_label(agent, "VIP"), await make_label(agent, "Mine", shared=False)
    done = await change(agent, account_id, ids, "label", label_id=vip)
    assert {tuple(chat["labels"]) for chat in done["changed"]} == {(vip,)}
    assert (await change(ana, account_id, ids, "label", label_id=vip))["unchanged"] == sorted(ids)
    assert len((await change(ana, account_id, ids[:1], "unlabel", label_id=vip))["changed"]) == 1
    before = [await chat_of(ana, account_id, chat_id) for chat_id in ids]
    labelled = await change(agent, account_id, ids, "label", label_id=private)
    assert sorted(changed(labelled)) == sorted(ids)
    assert [await chat_of(ana, account_id, chat_id) for chat_id in ids] == before
    assert (await change(agent, account_id, ids, "unlabel", label_id=private))["unchanged"] == []
    path, body = (
        f"{CHANNELS}/{account_id}/chats/bulk",
        {"chat_ids": ids, "action": "label", "label_id": private},
    )
    assert list((await ana.call("POST", path, body)).body["error"]["fields"]) == ["label_id"]
    read = await change(agent, account_id, ids, "read")
    assert {chat["unread_count"] for chat in read["changed"]} == {0}
    assert (await change(agent, account_id, ids, "read"))["unchanged"] == sorted(ids)
    assert {chat["unread_count"] for chat in (await change(agent, account_id, ids, "unread"))["changed"]} == {
        1
    }
    archived = await change(agent, account_id, ids[:2], "archive")
    assert {chat["archived"] for chat in archived["changed"]} == {True}
    assert len((await change(agent, account_id, ids, "unarchive"))["changed"]) == 2


async def test_read_goes_up_to_what_was_seen(web_only: Stack) -> None:
    agent, _, account_id, ids = await make_three(web_only)
    seen = {str(ids[0]): (await chat_of(agent, account_id, ids[0]))["seq"]}
    await write_again(web_only, account_id, ids[0])
    done = await change(agent, account_id, ids, "read", seen_seqs=seen)
    assert {chat_id: chat["unread_count"] for chat_id, chat in changed(done).items()} == {
        ids[0]: 1,
        ids[1]: 0,
        ids[2]: 0,
    }


async def test_what_does_not_fit_the_action_is_rejected(web_only: Stack) -> None:
    agent, _, account_id, ids = await make_three(web_only)
    path = f"{CHANNELS}/{account_id}/chats/bulk"
    for body, name in (
        ({"chat_ids": [], "action": "read"}, "chat_ids"),
        ({"chat_ids": list(range(1, 202)), "action": "read"}, "chat_ids"),
        ({"chat_ids": ids, "action": "erase"}, "action"),
        ({"chat_ids": ids, "action": "assign"}, "user_id"),
        ({"chat_ids": ids, "action": "assign", "user_id": 2**40}, "user_id"),
        ({"chat_ids": ids, "action": "snooze"}, "until"),
        ({"chat_ids": ids, "action": "label"}, "label_id"),
        ({"chat_ids": ids, "action": "read", "category": "x"}, "category"),
        ({"chat_ids": ids, "action": "open", "state_seqs": {"x": 1}}, "state_seqs"),
    ):
        answer = await agent.call("POST", path, body)
        assert (answer.status, list(answer.body["error"]["fields"])) == (422, [name]), body
