"""How many chats are mine, unassigned, open, snoozed and waiting, how many groups and archived ones there are: for each
member of an account, as of its seq.
"""

from typing import Any

from server.store.chats.chat_counts import LIST_COUNTS
from server.web.app_keys import DATABASE
from tests.server.handlers.test_conversations import chat_path, in_days
from tests.server.handlers.test_owners import make_pair
from tests.support.factories import CHANNELS, make_account, make_chat, make_chats
from tests.support.fixtures_stack import Stack
from tests.support.peers import Peer

NONE = {"open": 0, "snoozed": 0, "closed": 0}
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


async def make_groups(stack: Stack, account_id: int, keys: list[str]) -> list[int]:
    ids = await make_chats(stack, account_id, keys)

    async def change(cursor: Any) -> None:
        await cursor.execute("update channels_chat set kind = 'group' where id = any(%s)", (ids,))

    await stack.app[DATABASE].write(change)
    return ids


async def test_groups_and_archived_chats_are_counted_as_their_lists_show_them(web_only: Stack) -> None:
    agent, ana, account_id, direct, _ = await make_pair(web_only)
    mine, free, closed, archived = await make_groups(web_only, account_id, [f"group-{n}" for n in range(4)])
    await agent.ok("PUT", chat_path(account_id, mine, "/assignee"), {"user_id": agent.user_id})
    await agent.ok("PUT", chat_path(account_id, free, "/status"), {"status": "snoozed", "until": in_days(1)})
    await agent.ok("PUT", chat_path(account_id, closed, "/status"), {"status": "closed"})
    for chat_id in (archived, direct):
        await agent.ok("PATCH", chat_path(account_id, chat_id), {"archived": True})

    async def listed(peer: Peer, **wanted: str) -> int:
        query = "&".join(f"{name}={value}" for name, value in wanted.items())
        return len((await peer.ok("GET", f"{CHANNELS}/{account_id}/chats?limit=100&{query}"))["items"])

    for peer, own in ((agent, 1), (ana, 0)):
        (counts,) = (await peer.ok("GET", f"{CHANNELS}/counts"))["accounts"]
        assert counts["groups"]["mine"] == NONE | {"open": own}
        assert counts["groups"]["unassigned"] == {"open": 0, "snoozed": 1, "closed": 1}
        assert counts["groups"]["all"] == {"open": 1, "snoozed": 1, "closed": 1}
        assert counts["archived"] == NONE | {"open": 2}
        assignees = {"mine": {"assignee": "me"}, "unassigned": {"assignee": "none"}, "all": {}}
        for view, assignee in assignees.items():
            for status, n in counts["groups"][view].items():
                assert await listed(peer, filter="groups", status=status, **assignee) == n, (view, status)
        for status, n in counts["archived"].items():
            assert await listed(peer, filter="archived", status=status) == n, status


async def test_they_are_as_of_the_accounts_seq_and_also_in_the_first_answer(web_only: Stack) -> None:
    agent = await web_only.sign_in()
    account_id, empty = [await make_account(web_only, agent, name) for name in ("acc-1", "acc-2")]
    await make_chats(web_only, account_id, ["chat-1"])
    counts = await agent.ok("GET", f"{CHANNELS}/counts")
    seqs = [(await agent.ok("GET", f"{CHANNELS}/{n}"))["account"]["seq"] for n in (account_id, empty)]
    assert [row["seq"] for row in counts["accounts"]] == seqs
    filters = {"groups": dict.fromkeys(("mine", "unassigned", "all"), NONE), "archived": NONE}
    assert counts["accounts"][1] == {"account_id": empty, "seq": seqs[1]} | dict.fromkeys(NAMES, 0) | filters
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


async def test_a_message_writes_no_counter_of_groups_unless_it_changes_the_state(web_only: Stack) -> None:
    """What stores messages pays for what changes seldom only."""
    agent = await web_only.sign_in()
    account_id = await make_account(web_only, agent)
    (group,) = await make_groups(web_only, account_id, ["group-1"])

    async def written(sql: str) -> tuple[Any, ...]:
        async def run(cursor: Any) -> tuple[Any, ...]:
            await cursor.execute(f"update channels_chat set {sql} where id = %s", (group,))
            await cursor.execute("select xmin, chats from channels_filter_count where chats > 0")
            return tuple(await cursor.fetchone())

        return await web_only.app[DATABASE].write(run)

    before = await written("archived = archived")
    assert (
        await written("unread_count = 3, last_message_at = now(), waiting_since = now(), pinned = true")
        == before
    )
    assert await written("status = 'snoozed', snoozed_until = now()") != before
