"""The unread counts of each account: archived and muted chats, and chats beyond any loaded page."""

from datetime import timedelta
from typing import Any

import pytest

from server.web.app_keys import DATABASE
from tests.support.factories import CHANNELS, START, add_member, make_account, make_chat, make_messages
from tests.support.fixtures_stack import Stack
from tests.support.peers import Peer


async def read_unread(peer: Peer) -> dict[int, tuple[int, int, int]]:
    """By account: messages, those of them in archived chats, chats."""
    accounts = (await peer.ok("GET", f"{CHANNELS}/unread"))["accounts"]
    return {a["account_id"]: (a["messages"], a["archived"], len(a["chats"])) for a in accounts}


async def test_all_unread_chats_are_counted_however_old_they_are(web_only: Stack) -> None:
    """Of 120 chats the 90 newest are read; another account has one."""
    agent = await web_only.sign_in()
    account_id, other_id = [await make_account(web_only, agent, name) for name in ("acc-1", "acc-2")]
    for n in range(3):
        await make_chat(web_only, account_id, f"chat-{n}")  # with one message

    async def add_many(cursor: Any) -> None:
        await cursor.execute(
            """insert into channels_chat (account_id, provider_chat_id, seq, unread_count, last_message_at, archived)
               select %s, 'many-' || n, 0, case when n > 90 then 2 else 0 end, now() - make_interval(mins => n), n > 115
               from generate_series(1, 120) n""",
            (other_id,),
        )

    await web_only.app[DATABASE].write(add_many)
    assert await read_unread(agent) == {account_id: (3, 0, 3), other_id: (60, 10, 30)}


async def test_messages_of_archived_and_muted_chats_are_counted(web_only: Stack) -> None:
    agent = await web_only.sign_in()
    account_id = await make_account(web_only, agent)
    chat_id = await make_chat(web_only, account_id)
    path = f"{CHANNELS}/{account_id}/chats/{chat_id}"
    await agent.ok("PATCH", path, {"archived": True, "muted_until": "9999-12-31T00:00:00Z"})
    await make_messages(web_only, account_id, chat_id, [START + timedelta(days=1)])
    assert await read_unread(agent) == {account_id: (2, 2, 1)}
    (account,) = (await agent.ok("GET", f"{CHANNELS}/unread"))["accounts"]
    assert account["chats"] == [{"id": chat_id, "unread_count": 2, "archived": True, "kind": "direct"}]
    assert account["seq"] == (await agent.ok("GET", f"{CHANNELS}/{account_id}"))["account"]["seq"]


async def test_only_ones_own_accounts_are_counted_and_a_key_sees_those_it_is_bound_to(
    web_only: Stack,
) -> None:
    owner, viewer, stranger = [await web_only.sign_in(name) for name in ("owner", "viewer", "stranger")]
    first, second = [await make_account(web_only, owner, name) for name in ("acc-1", "acc-2")]
    await add_member(web_only, first, viewer, "viewer")
    made = await owner.ok("POST", "/api/keys", {"name": "k", "scopes": ["read"], "account_ids": [second]})
    key = Peer(owner.session, owner.url, made["secret"], owner.user_id)
    seen = [sorted(await read_unread(peer)) for peer in (owner, viewer, stranger, key)]
    assert seen == [[first, second], [first], [], [second]]


async def test_a_chat_is_read_up_to_a_seq(web_only: Stack) -> None:
    agent = await web_only.sign_in()
    account_id = await make_account(web_only, agent)
    chat_id = await make_chat(web_only, account_id)
    await make_messages(
        web_only, account_id, chat_id, [START + timedelta(days=1, minutes=n) for n in range(2)]
    )
    path = f"{CHANNELS}/{account_id}/chats/{chat_id}"
    seqs = sorted(row["arrived_seq"] for row in await agent.messages(account_id, chat_id))

    async def read(seq: int | None) -> int:
        body = {"read": True} | ({} if seq is None else {"read_seq": seq})
        return int((await agent.ok("PATCH", path, body))["chat"]["unread_count"])

    # The read seq never goes back; a seq above the head reads everything.
    assert [await read(seq) for seq in (0, seqs[0], seqs[1], seqs[0])] == [3, 2, 1, 1]
    assert await read(2**63 - 1) == 0
    await make_messages(web_only, account_id, chat_id, [START - timedelta(days=1)])
    assert (await agent.ok("GET", path))["chat"]["unread_count"] == 1
    assert await read(None) == 0


@pytest.mark.parametrize(
    "body",
    [
        {"read_seq": 3},
        {"read": False, "read_seq": 3},
        *({"read": True, "read_seq": seq} for seq in (-1, 2**63, 1.5, "3", None, True)),
    ],
)
async def test_an_impossible_seq_is_invalid(web_only: Stack, body: dict[str, Any]) -> None:
    agent = await web_only.sign_in()
    account_id = await make_account(web_only, agent)
    chat_id = await make_chat(web_only, account_id)
    answer = await agent.call("PATCH", f"{CHANNELS}/{account_id}/chats/{chat_id}", body)
    assert (answer.status, list(answer.body["error"]["fields"])) == (422, ["read_seq"])


@pytest.mark.parametrize("seq", [-1, 2**63, 1.5, "3", True])
async def test_a_send_with_an_impossible_seq_is_invalid(web_only: Stack, seq: object) -> None:
    agent = await web_only.sign_in()
    account_id = await make_account(web_only, agent)
    chat_id = await make_chat(web_only, account_id)
    path = f"{CHANNELS}/{account_id}/chats/{chat_id}/send"
    answer = await agent.call("POST", path, {"text": "Oi", "seen_seq": seq})
    assert (answer.status, list(answer.body["error"]["fields"])) == (422, ["seen_seq"])
