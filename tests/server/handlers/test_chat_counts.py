"""How many chats are mine, unassigned, open, snoozed and waiting: for each member of an account, as of its seq."""

from typing import Any

from server.store.chats.chat_counts import LIST_COUNTS
from server.web.app_keys import DATABASE
from tests.server.handlers.test_conversations import chat_path, in_days
from tests.server.handlers.test_owners import make_pair
from tests.support.factories import CHANNELS, make_account, make_chat, make_chats
from tests.support.fixtures_stack import Stack
from tests.support.peers import Peer

NAMES = ("mine", "unassigned", "open", "snoozed", "waiting")


async def read_counts(peer: Peer) -> dict[int, tuple[int, ...]]:
    accounts = (await peer.ok("GET", f"{CHANNELS}/counts"))["accounts"]
    return {row["account_id"]: tuple(row[name] for name in NAMES) for row in accounts}


async def test_each_user_sees_their_own_and_the_unassigned_chats(web_only: Stack) -> None:
    agent, ana, account_id, chat_id, send = await make_pair(web_only)
    await make_chats(web_only, account_id, ["chat-2", "chat-3"])
    assert await read_counts(agent) == {account_id: (0, 3, 3, 0, 3)}
    await agent.ok("POST", send, {"text": "Oi"})  # takes the chat, and answers it
    assert await read_counts(agent) == {account_id: (1, 2, 3, 0, 2)}
    assert await read_counts(ana) == {account_id: (0, 2, 3, 0, 2)}
    await ana.ok("PUT", chat_path(account_id, chat_id, "/assignee"), {"user_id": ana.user_id})
    assert (await read_counts(agent), await read_counts(ana)) == (
        {account_id: (0, 2, 3, 0, 2)},
        {account_id: (1, 2, 3, 0, 2)},
    )


async def test_snoozed_closed_and_archived_chats_leave_the_open_ones(web_only: Stack) -> None:
    agent = await web_only.sign_in()
    account_id = await make_account(web_only, agent)
    first, second, third, _ = await make_chats(web_only, account_id, [f"chat-{n}" for n in range(4)])
    until = {"status": "snoozed", "until": in_days(1)}
    await agent.ok("PUT", chat_path(account_id, first, "/status"), until)
    await agent.ok("PUT", chat_path(account_id, second, "/status"), {"status": "closed"})
    await agent.ok("PATCH", chat_path(account_id, third), {"archived": True})
    assert await read_counts(agent) == {account_id: (0, 1, 1, 1, 1)}
    await agent.ok("PATCH", chat_path(account_id, third), {"archived": False})
    await agent.ok("PUT", chat_path(account_id, first, "/status"), {"status": "open"})
    await agent.ok("PUT", chat_path(account_id, second, "/status"), {"status": "open"})
    assert await read_counts(agent) == {account_id: (0, 4, 4, 0, 4)}


async def test_they_are_as_of_the_accounts_seq_and_also_in_the_first_answer(web_only: Stack) -> None:
    agent = await web_only.sign_in()
    account_id, empty = [await make_account(web_only, agent, name) for name in ("acc-1", "acc-2")]
    await make_chats(web_only, account_id, ["chat-1"])
    counts = await agent.ok("GET", f"{CHANNELS}/counts")
    seqs = [(await agent.ok("GET", f"{CHANNELS}/{n}"))["account"]["seq"] for n in (account_id, empty)]
    assert [row["seq"] for row in counts["accounts"]] == seqs
    assert counts["accounts"][1] == {"account_id": empty, "seq": seqs[1]} | dict.fromkeys(NAMES, 0)
    assert (await agent.ok("GET", "/api/bootstrap"))["counts"] == counts


async def test_counts_have_only_the_chats_of_the_caller_and_of_the_keys_accounts(
    web_only: Stack,
) -> None:
    agent, stranger = await web_only.sign_in(), await web_only.sign_in("eva")
    first, second = [await make_account(web_only, agent, name) for name in ("acc-1", "acc-2")]
    made = await agent.ok("POST", "/api/keys", {"name": "k", "scopes": ["read"], "account_ids": [second]})
    key = Peer(agent.session, agent.url, made["secret"], agent.user_id)
    seen = [list(await read_counts(peer)) for peer in (agent, stranger, key)]
    assert seen == [[first, second], [], [second]]


async def test_counting_reads_no_chats(web_only: Stack) -> None:
    """The cost does not grow with the chats: their table is read for restricted agents only."""
    agent = await web_only.sign_in()
    await make_chat(web_only, await make_account(web_only, agent))

    async def explain(cursor: Any) -> list[str]:
        values = {"user_id": agent.user_id, "provider": "whatsapp", "only": None}
        await cursor.execute(f"explain (analyze, timing off) {LIST_COUNTS}", values)
        return [row[0] for row in await cursor.fetchall()]

    scans = [line for line in await web_only.app[DATABASE].read(explain) if " on channels_chat" in line]
    read = {
        "count" if "channels_chat_count" in line else "chats": "never executed" not in line for line in scans
    }
    assert read == {"count": True, "chats": False}
