"""The list of chats by when their target is breached, those at risk and breached, and views of them."""

from typing import Any

from server.store.chats.chat_lists import ChatListQuery, list_statement
from server.web.app_keys import DATABASE
from tests.server.handlers.test_views import count_of
from tests.support.factories import CHANNELS, make_account, make_chats, make_view
from tests.support.fixtures_stack import Stack
from tests.support.peers import Peer

# Minutes from now until it is at risk, and until it is breached.
SET_TARGET = """
    update channels_chat set target_kind = 'close', target_began_at = now() - interval '1 day',
        target_at_risk_at = now() + make_interval(mins => %s), target_due_at = now() + make_interval(mins => %s)
    where id = %s"""


async def make_timed(stack: Stack, agent: Peer) -> tuple[int, list[int]]:
    """On track, at risk, breached, breached for longer, and without a target."""
    account_id = await make_account(stack, agent)
    ids = await make_chats(stack, account_id, [f"chat-{n}" for n in range(5)])
    for chat_id, minutes in zip(ids, ((10, 70), (-10, 50), (-70, -10), (-90, -30)), strict=False):
        await stack.execute(SET_TARGET, *minutes, chat_id)
    return account_id, ids


async def listed(peer: Peer, account_id: int, **query: Any) -> list[int]:
    words = "&".join(f"{name}={value}" for name, value in query.items())
    items = (await peer.ok("GET", f"{CHANNELS}/{account_id}/chats?{words}"))["items"]
    return [chat["id"] for chat in items]


async def test_chats_are_listed_by_target(web_only: Stack) -> None:
    agent = await web_only.sign_in()
    account_id, (on_track, at_risk, breached, longest, _) = await make_timed(web_only, agent)
    in_order = [longest, breached, at_risk, on_track]
    assert await listed(agent, account_id, sort="due") == in_order
    assert await listed(agent, account_id, sort="due", target="at_risk") == [at_risk]
    assert await listed(agent, account_id, sort="due", target="breached") == [longest, breached]
    assert set(await listed(agent, account_id, target="breached")) == {longest, breached}
    # Page by page.
    seen: list[int] = []
    path = f"{CHANNELS}/{account_id}/chats?sort=due&limit=1"
    page = await agent.ok("GET", path)
    while page["items"]:
        seen += [chat["id"] for chat in page["items"]]
        if page["next_cursor"] is None:
            break
        page = await agent.ok("GET", f"{path}&cursor={page['next_cursor']}")
    assert seen == in_order
    for wrong in ("target=on_track", "sort=late"):
        assert (await agent.call("GET", f"{CHANNELS}/{account_id}/chats?{wrong}")).status == 422
    other = await web_only.sign_in("other")
    assert (await other.call("GET", f"{CHANNELS}/{account_id}/chats?sort=due")).status == 404


async def test_views_have_targets(web_only: Stack) -> None:
    agent = await web_only.sign_in()
    await make_timed(web_only, agent)
    queries: list[tuple[dict[str, Any], int]] = [
        ({"target": "at_risk"}, 1),
        ({"target": "breached"}, 2),
        ({"sort": "due"}, 4),
    ]
    for query, count in queries:
        assert await count_of(agent, await make_view(agent, "View", **query)) == (count, False), query
    answer = await agent.call("POST", "/api/views", {"name": "View", "query": {"target": "late"}})
    assert answer.status == 422


async def test_the_next_breach_is_found_by_an_index(web_only: Stack) -> None:
    agent = await web_only.sign_in()
    account_id, _ = await make_timed(web_only, agent)
    query = ChatListQuery(sort="due", target="breached")

    async def explain(cursor: Any) -> str:
        for plan in ("seqscan", "bitmapscan", "sort"):
            await cursor.execute(f"set local enable_{plan} = off")
        values = {"user_id": agent.user_id, "provider": "whatsapp", "account_id": account_id, "limit": 20}
        await cursor.execute(f"explain {list_statement(query, is_later=False)}", values)
        return "\n".join(row[0] for row in await cursor.fetchall())

    plan = await web_only.app[DATABASE].write(explain)
    assert "channels_chat_target_due" in plan
