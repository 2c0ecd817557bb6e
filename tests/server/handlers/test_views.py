"""Saved views over REST: shared or private, ordered, counted exactly up to 99; who may change them."""

from typing import Any

from aiopg import Cursor

from server.store.chats.chat_lists import ChatListQuery
from server.store.conversations.view_counts import count_statement
from server.web.app_keys import DATABASE
from tests.server.handlers.test_bulk import change, make_three
from tests.server.handlers.test_conversations import chat_path
from tests.server.handlers.test_labels import key_of
from tests.support.factories import (
    CHANNELS,
    add_member,
    make_account,
    make_chats,
    make_label,
    make_view,
    sign_in_as,
)
from tests.support.fixtures_stack import Stack
from tests.support.peers import Peer


async def views_of(peer: Peer) -> list[str]:
    return [view["name"] for view in (await peer.ok("GET", "/api/views"))["items"]]


async def count_of(peer: Peer, view_id: int) -> tuple[int, bool] | None:
    """How many chats the user sees in a view, and whether there are more; None if they do not see it."""
    counts = (await peer.ok("GET", "/api/views/counts"))["items"]
    return next(((one["chats"], one["more"]) for one in counts if one["view_id"] == view_id), None)


async def listed(peer: Peer, account_id: int, query: dict[str, Any]) -> int:
    """How many chats the list of the account has with the parameters of a view's query."""
    parts = {name: value for name, value in query.items() if name != "account_ids"}
    if "labels" in parts:
        parts["labels"] = ",".join(map(str, parts["labels"]))
    text = "&".join(f"{name}={value}" for name, value in parts.items())
    return len((await peer.ok("GET", f"{CHANNELS}/{account_id}/chats?{text}"))["items"])


async def test_each_view_counts_what_its_list_has(web_only: Stack) -> None:
    agent, ana, account_id, ids = await make_three(web_only)
    vip, late = await make_label(agent, "VIP"), await make_label(agent, "Late")
    await change(agent, account_id, ids, "label", label_id=vip)
    await change(agent, account_id, ids[:2], "label", label_id=late)
    await change(agent, account_id, ids[:1], "assign", user_id=agent.user_id)
    await change(agent, account_id, ids[2:], "close")
    await change(agent, account_id, ids[1:2], "read")
    await agent.ok("POST", chat_path(account_id, ids[0], "/notes"), {"text": "?", "mentions": [ana.user_id]})
    # Of a conversation that is closed: it no longer asks for a user.
    await agent.ok("POST", chat_path(account_id, ids[2], "/notes"), {"text": "?", "mentions": [ana.user_id]})
    queries: list[tuple[dict[str, Any], int, int]] = [
        ({}, 3, 3),
        ({"labels": [vip]}, 3, 3),
        ({"labels": [vip, late]}, 2, 2),
        ({"assignee": "me"}, 1, 0),
        ({"assignee": "none", "status": "open"}, 1, 1),
        ({"assignee": str(agent.user_id)}, 1, 1),
        ({"status": "closed"}, 1, 1),
        ({"filter": "unread"}, 2, 2),
        ({"filter": "archived"}, 0, 0),
        ({"mentioned": "me"}, 0, 1),
        ({"mentioned": "me", "labels": [vip]}, 0, 1),
        ({"mentioned": "me", "labels": [vip], "assignee": "none"}, 0, 0),
        ({"waiting_minutes": 0}, 2, 2),
        ({"waiting_minutes": 5_256_000}, 0, 0),
        ({"sort": "waiting"}, 2, 2),
        ({"account_ids": [account_id], "labels": [late], "filter": "unread"}, 1, 1),
    ]
    for query, mine, theirs in queries:
        view_id = await make_view(agent, "View", **query)
        assert await count_of(agent, view_id) == (mine, False), query
        assert await count_of(ana, view_id) == (theirs, False), query
        for peer, count in ((agent, mine), (ana, theirs)):
            assert await listed(peer, account_id, query) == count
    elsewhere = await make_view(agent, "View", account_ids=[account_id + 1])
    assert await count_of(agent, elsewhere) == (0, False)


async def test_a_view_of_mentions_is_the_viewers_and_live(web_only: Stack) -> None:
    """One shared view: each counts their own mentions, until the conversation is closed; a key those of its user."""
    agent, ana, account_id, ids = await make_three(web_only)
    view_id = await make_view(agent, "Mentions", mentioned="me")
    (view,) = (await ana.ok("GET", "/api/views"))["items"]
    assert view["query"]["mentioned"] == "me"
    for chat_id in ids[:2]:
        note = {"text": "Can you take this?", "mentions": [ana.user_id]}
        await agent.ok("POST", chat_path(account_id, chat_id, "/notes"), note)
    key = await key_of(ana)
    for peer, chats in ((ana, 2), (key, 2), (agent, 0)):
        assert await count_of(peer, view_id) == (chats, False)
    await change(ana, account_id, ids[:1], "close")
    assert await count_of(ana, view_id) == (1, False)
    # Who loses the account loses its chats in the count.
    path = f"{CHANNELS}/{account_id}/members/{ana.user_id}"
    assert (await agent.call("DELETE", path)).status == 204
    assert await count_of(ana, view_id) == (0, False)
    changed = await agent.ok("PATCH", f"/api/views/{view_id}", {"query": {"status": "closed"}})
    assert changed["view"]["query"]["mentioned"] is None


async def test_counting_mentions_reads_no_whole_table(web_only: Stack) -> None:
    """A scan would be in the plan, for all that it costs, where there is no index."""

    async def explain(cursor: Cursor) -> str:
        await cursor.execute("set local enable_seqscan = off")
        text = count_statement(ChatListQuery(is_mentioned=True))
        await cursor.execute(f"explain {text}", {"accounts": [1, 2], "user_id": 7})
        return "\n".join(row[0] for row in await cursor.fetchall())

    plan = await web_only.app[DATABASE].write(explain)
    assert "channels_note_mention_" in plan
    assert "Seq Scan" not in plan


async def test_a_count_ends_at_99(web_only: Stack) -> None:
    agent = await web_only.sign_in()
    account_id = await make_account(web_only, agent)
    await make_chats(web_only, account_id, [f"Chat {n}" for n in range(101)])
    view_id, snoozed = await make_view(agent, "All"), await make_view(agent, "Snoozed", status="snoozed")
    assert await count_of(agent, view_id) == (99, True)
    assert await count_of(agent, snoozed) == (0, False)
    # A user who is in none of the accounts sees none of their chats.
    eva = await web_only.sign_in("eva")
    assert await count_of(eva, view_id) == (0, False)
    await add_member(web_only, account_id, eva, "viewer")
    assert await count_of(eva, view_id) == (99, True)


async def test_private_views_and_their_order_are_their_owners(web_only: Stack) -> None:
    agent, ana, _, _ = await make_three(web_only)
    ids = [await make_view(agent, name, shared=False) for name in ("A", "B", "C")]
    shared = await make_view(agent, "Shared", status="open")
    assert await views_of(agent) == ["Shared", "A", "B", "C"]
    assert await views_of(ana) == await views_of(await key_of(agent)) == ["Shared"]
    assert await count_of(ana, ids[0]) is None
    socket, others = await agent.listen(), await ana.listen()
    moved = await agent.ok("PATCH", f"/api/views/{ids[2]}", {"position": 0, "name": "First"})
    assert (moved["view"]["position"], moved["view"]["shared"]) == (0, False)
    await socket.wait_for_event("views:changed")
    assert await views_of(agent) == ["Shared", "First", "A", "B"]
    for method, body in (("PATCH", {"name": "x"}), ("DELETE", None)):
        assert (await ana.call(method, f"/api/views/{ids[0]}", body)).status == 404
        assert (await ana.call(method, f"/api/views/{shared}", body)).status == 403
    owner = await sign_in_as(web_only, "owner")
    await owner.ok("PATCH", f"/api/views/{shared}", {"query": {"status": "closed"}})
    await others.wait_for_event("views:changed")
    assert len(others.events("views:changed")) == 1
    assert (await agent.call("DELETE", f"/api/views/{shared}")).status == 204
    assert await views_of(ana) == []


async def test_a_shared_view_has_no_private_label(web_only: Stack) -> None:
    agent, ana, account_id, ids = await make_three(web_only)
    private = await make_label(agent, "Mine", shared=False)
    await agent.ok("PUT", chat_path(account_id, ids[0], f"/labels/{private}"))
    mine = await make_view(agent, "Mine", shared=False, labels=[private])
    assert await count_of(agent, mine) == (1, False)
    body = {"name": "x", "query": {"labels": [private]}}
    for peer, shares in ((agent, True), (ana, False)):
        answer = await peer.call("POST", "/api/views", body | {"shared": shares})
        assert (answer.status, list(answer.body["error"]["fields"])) == (422, ["query"])
    shared = await make_view(agent, "Shared")
    answer = await agent.call("PATCH", f"/api/views/{shared}", {"query": {"labels": [private]}})
    assert answer.status == 422


async def test_there_are_at_most_fifty(web_only: Stack) -> None:
    agent = await web_only.sign_in()
    for n in range(50):
        await make_view(agent, f"View {n}", shared=False)
    assert (await agent.call("POST", "/api/views", {"name": "x", "query": {}})).status == 409
    assert await make_view(agent, "Shared")
    for query in (
        {"assignee": "you"},
        {"labels": [0]},
        {"account": 1},
        {"sort": "name"},
        {"mentioned": "ana"},
    ):
        answer = await agent.call("POST", "/api/views", {"name": "x", "query": query, "shared": True})
        assert answer.status == 422, query
    assert (await agent.call("POST", "/api/views", {"query": {}})).status == 422
