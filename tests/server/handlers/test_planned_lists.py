"""The planned messages of all accounts of a caller: by time, of one author or of all, and of no other accounts."""

from typing import Any

from aiopg import Cursor

from server.store.sending import planned as rows
from server.web.app_keys import DATABASE
from tests.server.handlers.test_owners import make_pair
from tests.server.handlers.test_planned import plan, planned_path
from tests.support.factories import add_member, make_account, make_chat, walk
from tests.support.fixtures_stack import Stack
from tests.support.peers import Peer

ALL = "/api/channels/whatsapp/planned"


async def listed(peer: Peer, query: str = "") -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = (await peer.ok("GET", ALL + query))["items"]
    return items


async def texts(peer: Peer, query: str = "") -> list[str]:
    return [item["text"] for item in await listed(peer, query)]


async def fail(stack: Stack, planned: dict[str, Any]) -> None:
    """It could not be sent at its time."""

    async def execute(cursor: Cursor) -> None:
        found = await rows.lock_planned(cursor, planned["id"])
        assert found is not None
        await rows.mark_failed(cursor, found, "not_entitled", "No plan.")

    await stack.app[DATABASE].write(execute)


async def with_second_account(stack: Stack) -> tuple[Peer, Peer, tuple[int, int], tuple[int, int]]:
    """Two agents of one account, the first of whom has another one too; a chat in each."""
    agent, ana, account_id, chat_id, _ = await make_pair(stack)
    other = await make_account(stack, agent, "acc-2")
    return agent, ana, (account_id, chat_id), (other, await make_chat(stack, other, "chat-2"))


async def test_all_accounts_are_listed_together_by_time(web_only: Stack) -> None:
    agent, ana, first, second = await with_second_account(web_only)
    await plan(agent, *first, "late", send_at="2027-03-03T09:00:00Z")
    await plan(agent, *second, "middle", send_at="2027-03-02T09:00:00Z")
    planned = await plan(ana, *first, "early", send_at="2027-03-01T09:00:00Z")
    assert await texts(agent) == ["early", "middle", "late"]
    assert [item["text"] for item in await walk(agent, ALL, 1)] == ["early", "middle", "late"]
    assert [item["text"] for item in await walk(agent, ALL, 2)] == ["early", "middle", "late"]
    (shown, *_) = await listed(agent)
    assert {key: shown[key] for key in planned} == planned
    assert (shown["chat_kind"], shown["chat_avatar"]) == ("direct", None)
    # The other account is not Ana's.
    assert await texts(ana) == ["early", "late"]
    assert await texts(await web_only.sign_in("stranger")) == []


async def test_a_caller_can_ask_for_their_own(web_only: Stack) -> None:
    agent, ana, first, second = await with_second_account(web_only)
    for peer, target in ((agent, first), (ana, first), (agent, second)):
        await plan(peer, *target, f"{peer.user_id} in {target[0]}")
    assert await texts(ana, "?author=me") == [f"{ana.user_id} in {first[0]}"]
    assert len(await texts(agent, "?author=me")) == 2
    assert (await agent.call("GET", ALL + "?author=7")).status == 422
    assert (await agent.call("GET", ALL + "?state=sent")).status == 422


async def test_a_key_sees_its_accounts_and_what_it_planned(web_only: Stack) -> None:
    agent, _, first, second = await with_second_account(web_only)
    made = await agent.ok(
        "POST", "/api/keys", {"name": "crm", "scopes": ["read", "send"], "account_ids": [second[0]]}
    )
    key = Peer(agent.session, agent.url, made["secret"], agent.user_id)
    await plan(agent, *first, "of the other account")
    await plan(agent, *second, "of its user")
    await plan(key, *second, "its own")
    assert await texts(key) == ["of its user", "its own"]
    assert await texts(key, "?author=me") == ["its own"]
    assert "its own" not in await texts(agent, "?author=me")


async def test_what_was_planned_in_a_lost_account_is_absent(web_only: Stack) -> None:
    agent, ana, first, _ = await with_second_account(web_only)
    owner = await web_only.sign_in("owner")
    await add_member(web_only, first[0], owner, "owner")
    await plan(agent, *first)
    await fail(web_only, await plan(ana, *first))
    own_failed = "?state=failed&author=me"
    assert await texts(ana, own_failed) == ["Amanhã"]
    await owner.ok("DELETE", f"/api/channels/whatsapp/{first[0]}/members/{ana.user_id}")
    assert [await texts(ana, query) for query in ("", "?state=failed", own_failed)] == [[], [], []]


async def test_what_is_cancelled_or_sent_is_listed_no_more(web_only: Stack) -> None:
    agent, _, first, _ = await with_second_account(web_only)
    for rest in (("DELETE", ""), ("POST", "/send-now")):
        planned = await plan(agent, *first)
        await agent.ok(rest[0], planned_path(*first, f"/{planned['id']}{rest[1]}"))
    assert await listed(agent) == []
