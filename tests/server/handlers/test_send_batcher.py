"""Sends that arrive while others of their account are being stored share a transaction, each with its own answer."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiopg import Cursor
from structlog.testing import capture_logs

from server.messages import send_batcher
from server.messages.sending import SendRequest, StoredSend, store_sends
from server.rules.account_states import Seen
from server.web.app_keys import SENDS
from tests.flows.rows import holding_accounts, watching
from tests.support.factories import CHANNELS, add_member, make_account, make_chat
from tests.support.fixtures_stack import Stack
from tests.support.fixtures_tiny import used
from tests.support.peers import Answer, Peer, eventually

TEXT = {"text": "Olá"}


@pytest.fixture
def together(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """How many sends each shared transaction stored."""
    sizes: list[int] = []

    async def counted(cursor: Cursor, requests: list[SendRequest]) -> list[StoredSend]:
        stored = await store_sends(cursor, requests)
        sizes.append(len(requests))
        return stored

    monkeypatch.setattr(send_batcher, "store_sends", counted)
    with capture_logs() as logs:
        yield sizes
    # Sends that cannot be batched are recognised before the database rejects them.
    assert not [line for line in logs if line["event"] == "send_batch_failed"]


def count_waiting(stack: Stack) -> int:
    """How many sends wait for the transaction of their account that runs now."""
    return sum(len(group._waiting) for group in stack.app[SENDS]._groups.values())


@asynccontextmanager
async def delayed(stack: Stack, waiting: int) -> AsyncIterator[None]:
    """Nothing is stored until this many sends wait behind the first."""

    async def are_there() -> bool:
        return count_waiting(stack) == waiting

    async with holding_accounts(stack.config.database.url or ""):
        yield
        await eventually(are_there)


async def send_all(stack: Stack, requests: list[tuple[Peer, str, dict[str, Any]]]) -> list[Answer]:
    """The first alone, and all others while it waits for the account's row lock."""
    tasks: list[asyncio.Task[Answer]] = []
    async with delayed(stack, len(requests) - 1):
        for user, path, body in requests:
            tasks.append(asyncio.create_task(user.call("POST", path, body)))

            async def is_in_line() -> bool:
                return bool(stack.app[SENDS]._groups) and count_waiting(stack) == len(tasks) - 1

            await eventually(is_in_line)
    return list(await asyncio.gather(*tasks))


def ids(answers: list[Answer]) -> list[int]:
    return [answer.body["message"]["id"] for answer in answers]


async def test_waiting_sends_are_stored_together_in_order(web_only: Stack, together: list[int]) -> None:
    ana, eva = await web_only.sign_in("ana"), await web_only.sign_in("eva")
    account_id = await make_account(web_only, ana)
    await add_member(web_only, account_id, eva, "agent")
    chats = [await make_chat(web_only, account_id, name) for name in ("chat-1", "chat-2")]
    paths = [f"{CHANNELS}/{account_id}/chats/{chat}/send" for chat in chats]
    socket = await ana.listen()
    requests = [((ana, eva)[n % 2], paths[n % 3 == 0], {"text": f"text {n}"}) for n in range(12)]
    answers = await send_all(web_only, requests)
    assert [answer.status for answer in answers] == [201] * 12
    assert together == [11]
    messages = [answer.body["message"] for answer in answers]
    assert [m["body"] for m in messages] == [f"text {n}" for n in range(12)]
    # In order of arrival, with seqs without a gap, and pushed in this order.
    assert sorted(ids(answers)) == ids(answers)
    assert [m["seq"] for m in messages[1:]] == list(range(messages[1]["seq"], messages[1]["seq"] + 11))
    frames = await socket.wait_for_event("message:updated", 12)
    assert [frame["data"]["id"] for frame in frames] == ids(answers)
    newest = {m["chat_id"]: m["id"] for m in messages}
    shown = {chat["id"]: chat for chat in await ana.chats(account_id)}
    assert {chat_id: shown[chat_id]["last_message_id"] for chat_id in chats} == newest
    assert {shown[chat_id]["last_message_preview"] for chat_id in chats} == {"text 11", "text 9"}
    assert await used(ana) == (12, 0, 12)
    with watching(web_only.config.database.url or "") as rows:
        ((seq,),) = rows.ask("select seq from channels_account where id = %s", account_id)
        ((newest_chat,),) = rows.ask("select max(seq) from channels_chat where account_id = %s", account_id)
        assert newest_chat == seq


async def test_of_waiting_sends_as_many_are_sent_as_the_plan_allows(tiny: Stack, together: list[int]) -> None:
    agent = await tiny.sign_in()
    account_id = await make_account(tiny, agent)
    path = f"{CHANNELS}/{account_id}/chats/{await make_chat(tiny, account_id)}/send"
    answers = await send_all(tiny, [(agent, path, TEXT)] * 12)
    # In the order in which they came.
    assert [answer.status for answer in answers] == [201] * 5 + [402] * 7
    assert await used(agent) == (5, 0, 5)
    assert together == []


async def test_each_send_of_a_batch_gets_its_own_answer(web_only: Stack, together: list[int]) -> None:
    agent, stranger = await web_only.sign_in(), await web_only.sign_in("stranger")
    account_id = await make_account(web_only, agent)
    other = await make_account(web_only, stranger, "acc-other")
    chat_id = await make_chat(web_only, account_id)
    path = f"{CHANNELS}/{account_id}/chats/{chat_id}/send"
    foreign = f"{CHANNELS}/{account_id}/chats/{await make_chat(web_only, other)}/send"
    known = await agent.ok("POST", path, TEXT | {"client_id": "before"})
    answers = await send_all(
        web_only,
        [
            (agent, path, TEXT),
            (agent, path, TEXT | {"client_id": "twice"}),
            (agent, foreign, TEXT),
            (agent, path, TEXT | {"client_id": "before"}),
            (agent, path, TEXT | {"client_id": "twice"}),
            (agent, path, TEXT),
        ],
    )
    assert [answer.status for answer in answers] == [201, 201, 404, 201, 201, 201]
    others = await send_all(web_only, [(agent, path, TEXT), (agent, foreign, TEXT), (agent, path, TEXT)])
    assert [answer.status for answer in others] == [201, 404, 201]
    again = [(agent, path, TEXT), *[(agent, path, TEXT | {"client_id": "again"})] * 2]
    assert len(set(ids(await send_all(web_only, again)))) == 2
    assert answers[3].body["message"]["id"] == known["message"]["id"]
    assert answers[4].body["message"]["id"] == answers[1].body["message"]["id"]
    assert len([m for m in await agent.messages(account_id, chat_id) if m["direction"] == "out"]) == 8
    assert await used(agent) == (8, 0, 8)
    assert together == []


async def test_a_signed_out_account_rejects_all_waiting_sends(web_only: Stack, together: list[int]) -> None:
    agent = await web_only.sign_in()
    account_id = await make_account(web_only, agent, seen=Seen.SIGNED_OUT)
    path = f"{CHANNELS}/{account_id}/chats/{await make_chat(web_only, account_id)}/send"
    answers = await send_all(web_only, [(agent, path, TEXT)] * 4)
    assert [answer.status for answer in answers] == [409] * 4
    assert together == []
    assert await used(agent) == (0, 0, 0)
