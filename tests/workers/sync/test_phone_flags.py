"""Flags set on the phone reach the inbox with the next sweep, and never undo a choice made here."""

from collections.abc import AsyncIterator
from typing import Any, cast

import pytest
from aiopg import Cursor

from server.messages.sending import advance_chat
from server.store.accounts import accounts
from server.store.chats.flags import ChatChanges, patch_chat
from server.store.sending.sends import insert_send
from tests.support.fixtures_stack import Stack
from tests.support.worker_harness import Listener
from tests.workers.sync.test_sweeps import EXTERNAL_ID, Beach
from tests.workers.sync.test_sweeps import beach as beach
from workers.messages.outcomes import settle_send

KEY = {"X-API-KEY": "sandbox-key"}


@pytest.fixture
async def shore(beach: Beach) -> AsyncIterator[tuple[Beach, str]]:
    """One chat with one unread message, after a sweep."""
    written = await beach.write("Oi", 10)
    await beach.sweep()
    yield beach, written["chat_id"]


async def set_on_phone(stack: Stack, chat_id: str, action: str, value: object) -> None:
    body = {"action": action, "value": value}
    await stack.sandbox.ok("PATCH", f"/api/v1/chats/{chat_id}", body, headers=KEY)


async def choose_here(beach: Beach, minutes_ago: int, **marks: Any) -> None:
    """A user made the choice this long ago; UniPile has not got it, or rejected it."""
    chat = await beach.harness.chat()
    changes = cast(ChatChanges, marks)
    await beach.harness.parts.database.write(patch_chat, chat["account_id"], chat["id"], changes)
    await beach.harness.execute(
        "update channels_chat set marked_at = now() - make_interval(mins => %(m)s)", m=minutes_ago
    )


@pytest.mark.parametrize(
    ("action", "value", "column", "expected"),
    [
        ("setArchiveStatus", True, "archived", True),
        ("setPinnedStatus", True, "pinned", True),
        ("setReadStatus", True, "unread_count", 0),
    ],
)
async def test_a_flag_of_the_phone_is_applied_and_published_once(
    shore: tuple[Beach, str], action: str, value: object, column: str, expected: object
) -> None:
    beach, chat_id = shore
    before = await beach.harness.chat()
    assert before[column] != expected
    listener = await Listener(beach.harness.parts.redis, beach.account_id).open()
    await set_on_phone(beach.stack, chat_id, action, value)
    for _ in range(2):
        await beach.sweep()
    heard = [(seq, f["data"]) for seq, f in await listener.heard() if f["event"] == "chat:updated"]
    ((seq, data),) = heard
    chat = await beach.harness.chat()
    assert (chat[column], data[column], chat["seq"]) == (expected, expected, seq)
    await listener.close()


@pytest.mark.parametrize("value", [True, "2099-01-01T00:00:00.000Z"])
async def test_muted_and_unmuted_on_the_phone(shore: tuple[Beach, str], value: object) -> None:
    beach, chat_id = shore
    await set_on_phone(beach.stack, chat_id, "setMuteStatus", value)
    await beach.sweep()
    assert (await beach.harness.chat())["muted_until"].year == (9999 if value is True else 2099)
    await set_on_phone(beach.stack, chat_id, "setMuteStatus", False)
    await beach.sweep()
    assert (await beach.harness.chat())["muted_until"] is None


@pytest.mark.parametrize("minutes_ago", [0, 30])
async def test_a_choice_made_here_is_not_undone(shore: tuple[Beach, str], minutes_ago: int) -> None:
    """UniPile reports the old value: our choice is still being sent, or was rejected."""
    beach, _ = shore
    await choose_here(beach, minutes_ago, archived=True, pinned=True, read=True)
    await beach.sweep()
    chat = await beach.harness.chat()
    assert (chat["archived"], chat["pinned"], chat["unread_count"]) == (True, True, 0)


async def test_a_choice_made_a_moment_ago_wins_over_the_phones(shore: tuple[Beach, str]) -> None:
    beach, chat_id = shore
    await set_on_phone(beach.stack, chat_id, "setArchiveStatus", True)
    await choose_here(beach, 0, archived=False)
    await beach.sweep()
    assert not (await beach.harness.chat())["archived"]
    await beach.harness.execute("update channels_chat set marked_at = now() - interval '30 minutes'")
    await beach.sweep()  # nothing changed it back at UniPile
    assert (await beach.harness.chat())["archived"]


async def test_what_came_in_after_the_phone_was_read_stays_unread(shore: tuple[Beach, str]) -> None:
    beach, chat_id = shore
    await set_on_phone(beach.stack, chat_id, "setReadStatus", True)
    await beach.write("mais uma coisa", 0)
    await beach.sweep()
    assert (await beach.harness.chat())["unread_count"] == 2  # UniPile's count is one: the phone is behind
    await set_on_phone(beach.stack, chat_id, "setReadStatus", True)
    await beach.sweep()
    assert (await beach.harness.chat())["unread_count"] == 0


async def test_another_accounts_chat_is_left_alone(shore: tuple[Beach, str]) -> None:
    beach, chat_id = shore
    assert await beach.harness.make_account("acc-other")
    await beach.harness.execute(
        "update channels_chat set account_id = (select id from channels_account where external_account_id <> %(own)s)",
        own=EXTERNAL_ID,
    )
    await set_on_phone(beach.stack, chat_id, "setArchiveStatus", True)
    await beach.sweep()
    assert not any(
        chat["archived"] for chat in await beach.harness.chats() if chat["account_id"] != beach.account_id
    )


async def faults(stack: Stack, **switches: Any) -> None:
    await stack.sandbox.ok("PATCH", "/sandbox/faults", switches)


async def tells_unread(beach: Beach) -> bool:
    return bool((await beach.account())["tells_unread"])


async def test_a_unipile_that_always_says_nothing_is_unread_reads_nothing(beach: Beach) -> None:
    """Its zero means something only once it has reported another count for a chat with messages."""
    await faults(beach.stack, never_unread=True)
    for minutes_ago in (10, 5, 1):
        written = await beach.write("Oi", minutes_ago)
        await beach.sweep()
    assert (await beach.harness.chat())["unread_count"] == 3
    assert not await tells_unread(beach)
    await faults(beach.stack, never_unread=False)
    await beach.sweep()
    assert await tells_unread(beach)
    assert (await beach.harness.chat())["unread_count"] == 3
    await set_on_phone(beach.stack, written["chat_id"], "setReadStatus", True)
    await beach.sweep()
    assert (await beach.harness.chat())["unread_count"] == 0


async def test_a_chat_that_we_marked_as_unread_proves_nothing(beach: Beach) -> None:
    """UniPile may show our own flag and still count no messages."""
    await faults(beach.stack, never_unread=True)
    written = await beach.write("Oi", 10)
    other = {"from": {"phone_number": "5511977770002", "name": "Caio"}}
    await beach.write("Hello", 9, **other)
    await beach.sweep()
    await beach.harness.execute(
        "update channels_chat set marked_at = now() - interval '1 hour' where provider_chat_id = %(id)s",
        id=written["chat_id"],
    )
    await set_on_phone(beach.stack, written["chat_id"], "setReadStatus", False)
    (caio,) = [c for c in await beach.harness.chats() if c["provider_chat_id"] != written["chat_id"]]
    await set_on_phone(beach.stack, caio["provider_chat_id"], "setReadStatus", True)
    await faults(beach.stack, never_unread=False)
    await beach.sweep()
    assert not await tells_unread(beach)
    assert [chat["unread_count"] for chat in await beach.harness.chats()] == [1, 1]


@pytest.mark.parametrize("told_as", [None, "unread_as_flag", "unread_as_minus_one"])
async def test_marked_as_unread_on_the_phone_is_applied_in_every_form(
    shore: tuple[Beach, str], told_as: str | None
) -> None:
    beach, chat_id = shore
    if told_as is not None:
        await faults(beach.stack, **{told_as: True})
    await set_on_phone(beach.stack, chat_id, "setReadStatus", True)
    await beach.sweep()
    assert (await beach.harness.chat())["unread_count"] == 0
    await set_on_phone(beach.stack, chat_id, "setReadStatus", False)
    listener = await Listener(beach.harness.parts.redis, beach.account_id).open()
    for _ in range(2):
        await beach.sweep()
    (heard,) = [f["data"] for _, f in await listener.heard() if f["event"] == "chat:updated"]
    assert (heard["unread_count"], (await beach.harness.chat())["unread_count"]) == (1, 1)
    await listener.close()
    # Read here meanwhile, and the phone repeats itself: that is no news.
    await choose_here(beach, 30, read=True)
    await beach.sweep()
    assert (await beach.harness.chat())["unread_count"] == 0
    await set_on_phone(beach.stack, chat_id, "setReadStatus", True)
    await beach.sweep()
    await set_on_phone(beach.stack, chat_id, "setReadStatus", False)
    await beach.sweep()
    assert (await beach.harness.chat())["unread_count"] == 1


async def test_a_reply_sent_through_us_is_not_a_read_on_the_phone(shore: tuple[Beach, str]) -> None:
    """It sets UniPile's count to 0, even for earlier messages that are not stored yet."""
    beach, chat_id = shore
    await beach.write("its webhook was lost", 5)
    body = {"account_id": EXTERNAL_ID, "text": "answer"}
    sent = await beach.stack.sandbox.ok("POST", f"/api/v1/chats/{chat_id}/messages", body, headers=KEY)
    chat = await beach.harness.chat()

    async def answer(cursor: Cursor) -> int:
        await accounts.lock_account(cursor, beach.account_id)
        row = await insert_send(cursor, beach.account_id, chat["id"], "c-1", "answer", seen_seq=10**6)
        assert row is not None
        await advance_chat(cursor, *row, "answer")
        return row[0].id

    message_id = await beach.harness.parts.database.write(answer)
    await settle_send(beach.harness.parts, message_id, "sent", provider_msg_id=sent["message_id"])
    assert (await beach.harness.chat())["unread_count"] == 0
    await beach.harness.execute("update channels_account set last_sweep_at = now() - interval '30 minutes'")
    for _ in range(2):
        await beach.sweep()
        assert (await beach.harness.chat())["unread_count"] == 1
