"""A chat read from its middle: around one message and in both directions, without gaps and repetitions."""

from datetime import timedelta
from typing import Any

from tests.support.factories import CHANNELS, START, make_account, make_chat, make_messages
from tests.support.fixtures_stack import Stack
from tests.support.peers import Peer

LIMITS = (1, 2, 3, 5, 8, 21, 100)


async def walk_both_ways(peer: Peer, path: str, message_id: int, limit: int) -> list[int]:
    """All messages of the chat, newest first, starting around one of them."""
    page = await peer.ok("GET", f"{path}?around={message_id}&limit={limit}")
    ids = [row["id"] for row in page["items"]]
    assert message_id in ids
    assert len(ids) <= limit
    older, newer = page["next_cursor"], page["previous_cursor"]
    while older is not None:
        page = await peer.ok("GET", f"{path}?cursor={older}&limit={limit}")
        ids, older = ids + [row["id"] for row in page["items"]], page["next_cursor"]
    while newer is not None:
        page = await peer.ok("GET", f"{path}?newer={newer}&limit={limit}")
        assert len(page["items"]) <= limit
        ids, newer = [row["id"] for row in page["items"]] + ids, page["previous_cursor"]
    return ids


async def test_from_any_message_the_whole_chat_is_read(web_only: Stack) -> None:
    """Also if many messages have the same time and are ordered by id."""
    agent = await web_only.sign_in()
    account_id = await make_account(web_only, agent)
    chat_id = await make_chat(web_only, account_id)
    moments = [START + timedelta(minutes=1 + n // 4) for n in range(20)]
    await make_messages(web_only, account_id, chat_id, moments)
    path = f"{CHANNELS}/{account_id}/chats/{chat_id}/messages"
    everything = [row["id"] for row in await agent.messages(account_id, chat_id)]
    assert len(everything) == 21
    for message_id in (everything[0], everything[1], everything[9], everything[-1]):
        for limit in LIMITS:
            assert await walk_both_ways(agent, path, message_id, limit) == everything, (message_id, limit)


async def test_a_newer_page_includes_later_arrivals(web_only: Stack) -> None:
    agent = await web_only.sign_in()
    account_id = await make_account(web_only, agent)
    chat_id = await make_chat(web_only, account_id)
    await make_messages(web_only, account_id, chat_id, [START + timedelta(minutes=n) for n in range(1, 9)])
    path = f"{CHANNELS}/{account_id}/chats/{chat_id}/messages"
    oldest = (await agent.messages(account_id, chat_id))[-1]["id"]
    window = await agent.ok("GET", f"{path}?around={oldest}&limit=4")
    assert window["next_cursor"] is None
    await make_messages(web_only, account_id, chat_id, [START + timedelta(hours=1)])
    page = await agent.ok("GET", f"{path}?newer={window['previous_cursor']}")
    everything = await agent.messages(account_id, chat_id)
    assert page["items"] + window["items"] == everything
    assert page["previous_cursor"] is None
    # What the answer's own cursor leads to is what lies before it.
    before = await agent.ok("GET", f"{path}?cursor={page['next_cursor']}")
    assert before["items"] == window["items"]


async def test_a_message_is_found_in_its_own_chat_only(web_only: Stack) -> None:
    owner, other = await web_only.sign_in("owner"), await web_only.sign_in("other")
    account_id, foreign_id = (
        await make_account(web_only, owner),
        await make_account(web_only, other, "acc-2"),
    )
    chat_id = await make_chat(web_only, account_id)
    second, foreign = (
        await make_chat(web_only, account_id, "second"),
        await make_chat(web_only, foreign_id, "x"),
    )
    (message,) = await owner.messages(account_id, chat_id)
    (hidden,) = await other.messages(foreign_id, foreign)
    window = await owner.ok("GET", f"{CHANNELS}/{account_id}/chats/{chat_id}/messages?around={message['id']}")
    assert window == {"items": [message], "next_cursor": None, "previous_cursor": None}
    ways: list[tuple[Peer, int, int, int]] = [
        (owner, account_id, second, message["id"]),
        (owner, account_id, chat_id, hidden["id"]),
        (owner, account_id, chat_id, message["id"] + 1000),
        (owner, foreign_id, foreign, hidden["id"]),
        (other, account_id, chat_id, message["id"]),
        (other, foreign_id, chat_id, message["id"]),
    ]
    for peer, account, chat, wanted in ways:
        path = f"{CHANNELS}/{account}/chats/{chat}/messages"
        answer = await peer.call("GET", f"{path}?around={wanted}")
        assert (answer.status, answer.body["error"]["code"]) == (404, "not_found"), (account, chat, wanted)
    answer = await other.call(
        "GET", f"{CHANNELS}/{account_id}/chats/{chat_id}/messages?newer=MjAyNi0wMS0wMVQwMDowMDowMFp8MQ"
    )
    assert answer.status == 404


BAD_QUERIES: dict[str, str] = {
    "around=0": "around",
    "around=-1": "around",
    "around=x": "around",
    "around=": "around",
    f"around={2**63}": "around",
    "newer=x": "newer",
    "newer=": "newer",
    "around=1&newer=MjAyNi0wMS0wMVQwMDowMDowMFp8MQ": "newer",
    "cursor=MjAyNi0wMS0wMVQwMDowMDowMFp8MQ&around=1": "around",
}


async def test_a_bad_cursor_is_invalid(web_only: Stack) -> None:
    agent = await web_only.sign_in()
    account_id = await make_account(web_only, agent)
    chat_id = await make_chat(web_only, account_id)
    for query, field in BAD_QUERIES.items():
        answer: Any = await agent.call("GET", f"{CHANNELS}/{account_id}/chats/{chat_id}/messages?{query}")
        assert (answer.status, list(answer.body["error"]["fields"])) == (422, [field]), query
