"""Stored messages: seqs without a gap, pages without a gap or a repeat, ticks that only move forward."""

import asyncio
import random
from typing import Any, cast

import orjson
import psycopg2
import pytest
from aiopg import Cursor

from server.store.accounts import accounts
from server.store.chats import chats
from server.store.chats.chat_rows import WantedChat
from server.store.messages import changes, messages
from server.store.messages.message_rows import NewMessage, NewReceipt
from server.store.sending import outbox, sends
from tests.server.store.conftest import RowOwner

SEED = 20260302
MOMENTS = [f"2026-03-02T09:00:0{second}.000+00:00" for second in range(5)]


def row_of(owner: RowOwner, chat_id: int, name: str, /, **changes_: Any) -> NewMessage:
    row: NewMessage = {
        "account_id": owner.account_id,
        "chat_id": chat_id,
        "provider_msg_id": name,
        "direction": "in",
        "status": "received",
        "body": name,
        "attachments": [],
        "sender": None,
        "quoted": None,
        "is_event": False,
        "event_type": None,
        "sent_at": MOMENTS[0],
    }
    return cast(NewMessage, {**row, **changes_})


async def open_chat(owner: RowOwner, name: str = "chat-1") -> int:
    wanted: WantedChat = {
        "account_id": owner.account_id,
        "provider_chat_id": name,
        "address": None,
        "kind": "direct",
    }
    known = await owner.database.write(chats.ensure_chats, [wanted])
    return known[(owner.account_id, name)].id


async def store(owner: RowOwner, rows: list[NewMessage]) -> list[messages.InsertedMessage]:
    """Lock the account first, like the ingest job."""

    async def work(cursor: Cursor) -> list[messages.InsertedMessage]:
        await accounts.lock_account(cursor, owner.account_id)
        return await messages.insert_messages(cursor, rows)

    return await owner.database.write(work)


async def head(owner: RowOwner) -> int:
    ((_, seq),) = await owner.database.read(accounts.list_seqs, [owner.account_id])
    return seq


async def test_seqs_have_no_gap_and_become_visible_in_order(owner: RowOwner) -> None:
    """Twelve concurrent writers, each id sent by three of them, while a reader polls for changes."""
    chat_id, dice = await open_chat(owner), random.Random(SEED)
    names = [f"m-{n}" for n in range(60)]
    batches = [dice.sample(names, 15) for _ in range(12)]
    seen: list[int] = []
    done = asyncio.Event()

    async def follow() -> None:
        since = 0
        while not done.is_set() or since < await head(owner):
            found = await owner.database.read(changes.list_changes, owner.account_id, since, 7)
            seen.extend(change.seq for change in found.items)
            since = found.head

    reader = asyncio.create_task(follow())
    stored = await asyncio.gather(
        *(store(owner, [row_of(owner, chat_id, name) for name in batch]) for batch in batches)
    )
    done.set()
    await reader
    taken = sorted(message.seq for batch in stored for message in batch)
    distinct = {name for batch in batches for name in batch}
    assert taken == seen == list(range(1, len(distinct) + 1))
    assert await head(owner) == len(distinct)


async def test_a_rolled_back_batch_leaves_no_gap(owner: RowOwner) -> None:
    chat_id = await open_chat(owner)
    await store(owner, [row_of(owner, chat_id, "m-1")])
    with pytest.raises(psycopg2.IntegrityError):
        await store(owner, [row_of(owner, chat_id, "m-2"), row_of(owner, chat_id, "m-3", direction="up")])
    ((second),) = await store(owner, [row_of(owner, chat_id, "m-2")])
    assert second.seq == 2


async def test_a_stored_message_takes_no_seq(owner: RowOwner) -> None:
    chat_id = await open_chat(owner)
    rows = [row_of(owner, chat_id, "m-1"), row_of(owner, chat_id, "m-2")]
    assert len(await store(owner, rows)) == 2
    assert await store(owner, rows) == []
    assert await head(owner) == 2


async def page_names(owner: RowOwner, chat_id: int, limit: int, key: Any) -> tuple[list[str], Any]:
    page = await owner.database.read(
        messages.list_messages,
        owner.user_id,
        "whatsapp",
        owner.account_id,
        chat_id,
        limit=limit,
        after=key,
    )
    return [orjson.loads(item)["provider_msg_id"] for item in page.items], page.next_key


@pytest.mark.parametrize("limit", [1, 3, 10, 40])
async def test_pages_meet_without_a_gap_or_a_repeat(owner: RowOwner, limit: int) -> None:
    """Many messages of the same time: the id decides on both sides of a page boundary."""
    chat_id, dice = await open_chat(owner), random.Random(SEED)
    rows = [row_of(owner, chat_id, f"m-{n}", sent_at=dice.choice(MOMENTS)) for n in range(30)]
    stored = await store(owner, rows)
    moment_of = {row["provider_msg_id"]: row["sent_at"] for row in rows}
    newest_first = sorted(stored, key=lambda m: (moment_of[m.provider_msg_id], m.id), reverse=True)
    read: list[str] = []
    key = None
    while True:
        names, key = await page_names(owner, chat_id, limit, key)
        assert len(names) <= limit
        read += names
        if key is None:
            break
        # New messages are added at the front and do not shift later pages.
        await store(owner, [row_of(owner, chat_id, f"new-{len(read)}", sent_at="2026-03-03T00:00:00+00:00")])
    assert read == [message.provider_msg_id for message in newest_first]


async def test_a_page_of_another_users_chat_is_empty(owner: RowOwner) -> None:
    chat_id = await open_chat(owner)
    await store(owner, [row_of(owner, chat_id, "m-1")])
    for user_id, account_id in ((owner.user_id + 1, owner.account_id), (owner.user_id, owner.account_id + 1)):
        page = await owner.database.read(
            messages.list_messages, user_id, "whatsapp", account_id, chat_id, limit=10, after=None
        )
        assert page.items == []


async def tick(owner: RowOwner, name: str, status: str) -> list[messages.ChangedMessage]:
    async def work(cursor: Cursor) -> list[messages.ChangedMessage]:
        await accounts.lock_account(cursor, owner.account_id)
        receipt: NewReceipt = {"account_id": owner.account_id, "provider_msg_id": name, "status": status}
        await messages.insert_receipts(cursor, [receipt])
        return await messages.apply_receipts(cursor, [owner.account_id])

    return await owner.database.write(work)


async def test_ticks_only_move_forward_and_each_step_takes_a_seq(owner: RowOwner) -> None:
    chat_id = await open_chat(owner)
    await store(owner, [row_of(owner, chat_id, "m-1", direction="out", status="sent")])
    steps = [await tick(owner, "m-1", status) for status in ("delivered", "delivered", "read", "delivered")]
    assert [[(m.status, m.seq) for m in step] for step in steps] == [
        [("delivered", 2)],
        [],
        [("read", 3)],
        [],
    ]


async def test_of_several_waiting_ticks_the_furthest_is_stored(owner: RowOwner) -> None:
    for status in ("delivered", "read", "delivered"):
        assert await tick(owner, "m-1", status) == []
    await store(owner, [row_of(owner, await open_chat(owner), "m-1", direction="out", status="sent")])

    async def work(cursor: Cursor) -> list[messages.ChangedMessage]:
        return await messages.apply_receipts(cursor, [owner.account_id])

    assert [m.status for m in await owner.database.write(work)] == ["read"]


async def test_only_one_of_many_workers_takes_a_send(owner: RowOwner) -> None:
    chat_id = await open_chat(owner)
    for n in range(3):
        await owner.database.write(
            sends.insert_send,
            owner.account_id,
            chat_id,
            f"c-{n}",
            f"texto {n}",
            author=sends.Author("user", 1),
        )
    attempts = await asyncio.gather(*(owner.database.write(outbox.take_attempt, chat_id) for _ in range(12)))
    assert [attempt.body for attempt in attempts if attempt is not None] == ["texto 0"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"direction": "out", "status": "received"},
        {"direction": "in", "status": "sent"},
        {"status": "gone"},
        {"provider_msg_id": ""},
        {"provider_msg_id": "x" * 256},
        {"chat_id": 999_999},
        {"body": None, "sent_at": None},
    ],
)
async def test_the_table_rejects_impossible_messages(owner: RowOwner, wrong: dict[str, Any]) -> None:
    chat_id = await open_chat(owner)
    with pytest.raises(psycopg2.IntegrityError):
        await store(owner, [row_of(owner, chat_id, "m-1", **wrong)])
    assert await head(owner) == 0
