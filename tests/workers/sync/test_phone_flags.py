"""Flags set on the phone reach the inbox with the next sweep, and never undo a choice made here."""

from collections.abc import AsyncIterator
from typing import Any, cast

import pytest
from aiopg import Cursor

from server.messages.sending import advance_chat
from server.store.accounts import accounts
from server.store.chats.flags import ChatChanges, patch_chat
from server.store.sending.sends import Author, insert_send
from tests.support.fixtures_stack import Stack
from tests.support.worker_harness import Listener
from tests.workers.sync.test_sweeps import EXTERNAL_ID, SweepScenario
from tests.workers.sync.test_sweeps import scenario as scenario
from workers.messages.outcomes import settle_send

KEY = {"X-API-KEY": "sandbox-key"}


@pytest.fixture
async def swept_chat(scenario: SweepScenario) -> AsyncIterator[tuple[SweepScenario, str]]:
    """One chat with one unread message, after a sweep."""
    written = await scenario.write("Oi", 10)
    await scenario.sweep()
    yield scenario, written["chat_id"]


async def set_on_phone(stack: Stack, chat_id: str, action: str, value: object) -> None:
    body = {"action": action, "value": value}
    await stack.sandbox.ok("PATCH", f"/api/v1/chats/{chat_id}", body, headers=KEY)


async def choose_here(scenario: SweepScenario, minutes_ago: int, **marks: Any) -> None:
    """A user made the choice this long ago; UniPile has not got it, or rejected it."""
    chat = await scenario.harness.chat()
    changes = cast(ChatChanges, marks)
    await scenario.harness.parts.database.write(patch_chat, chat["account_id"], chat["id"], changes)
    await scenario.harness.execute(
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
    swept_chat: tuple[SweepScenario, str], action: str, value: object, column: str, expected: object
) -> None:
    scenario, chat_id = swept_chat
    before = await scenario.harness.chat()
    assert before[column] != expected
    listener = await Listener(scenario.harness.parts.redis, scenario.account_id).open()
    await set_on_phone(scenario.stack, chat_id, action, value)
    for _ in range(2):
        await scenario.sweep()
    heard = [(seq, f["data"]) for seq, f in await listener.heard() if f["event"] == "chat:updated"]
    ((seq, data),) = heard
    chat = await scenario.harness.chat()
    assert (chat[column], data[column], chat["seq"]) == (expected, expected, seq)
    await listener.close()


@pytest.mark.parametrize("value", [True, "2099-01-01T00:00:00.000Z"])
async def test_muted_and_unmuted_on_the_phone(swept_chat: tuple[SweepScenario, str], value: object) -> None:
    scenario, chat_id = swept_chat
    await set_on_phone(scenario.stack, chat_id, "setMuteStatus", value)
    await scenario.sweep()
    assert (await scenario.harness.chat())["muted_until"].year == (9999 if value is True else 2099)
    await set_on_phone(scenario.stack, chat_id, "setMuteStatus", False)
    await scenario.sweep()
    assert (await scenario.harness.chat())["muted_until"] is None


@pytest.mark.parametrize("minutes_ago", [0, 30])
async def test_a_choice_made_here_is_not_undone(
    swept_chat: tuple[SweepScenario, str], minutes_ago: int
) -> None:
    """UniPile reports the old value: our choice is still being sent, or was rejected."""
    scenario, _ = swept_chat
    await choose_here(scenario, minutes_ago, archived=True, pinned=True, read=True)
    await scenario.sweep()
    chat = await scenario.harness.chat()
    assert (chat["archived"], chat["pinned"], chat["unread_count"]) == (True, True, 0)


async def test_a_choice_made_a_moment_ago_wins_over_the_phones(swept_chat: tuple[SweepScenario, str]) -> None:
    scenario, chat_id = swept_chat
    await set_on_phone(scenario.stack, chat_id, "setArchiveStatus", True)
    await choose_here(scenario, 0, archived=False)
    await scenario.sweep()
    assert not (await scenario.harness.chat())["archived"]
    await scenario.harness.execute("update channels_chat set marked_at = now() - interval '30 minutes'")
    await scenario.sweep()  # nothing changed it back at UniPile
    assert (await scenario.harness.chat())["archived"]


async def test_later_arrivals_stay_unread_after_a_read_on_the_phone(
    swept_chat: tuple[SweepScenario, str],
) -> None:
    scenario, chat_id = swept_chat
    await set_on_phone(scenario.stack, chat_id, "setReadStatus", True)
    await scenario.write("mais uma coisa", 0)
    await scenario.sweep()
    assert (await scenario.harness.chat())["unread_count"] == 2  # UniPile's count is one: the phone is behind
    await set_on_phone(scenario.stack, chat_id, "setReadStatus", True)
    await scenario.sweep()
    assert (await scenario.harness.chat())["unread_count"] == 0


async def test_another_accounts_chat_is_left_alone(swept_chat: tuple[SweepScenario, str]) -> None:
    scenario, chat_id = swept_chat
    assert await scenario.harness.make_account("acc-other")
    await scenario.harness.execute(
        "update channels_chat set account_id = (select id from channels_account where external_account_id <> %(own)s)",
        own=EXTERNAL_ID,
    )
    await set_on_phone(scenario.stack, chat_id, "setArchiveStatus", True)
    await scenario.sweep()
    assert not any(
        chat["archived"]
        for chat in await scenario.harness.chats()
        if chat["account_id"] != scenario.account_id
    )


async def faults(stack: Stack, **switches: Any) -> None:
    await stack.sandbox.ok("PATCH", "/sandbox/faults", switches)


async def reports_unread(scenario: SweepScenario) -> bool:
    return bool((await scenario.account())["tells_unread"])


async def test_a_unipile_that_always_reports_zero_unread_marks_nothing_as_read(
    scenario: SweepScenario,
) -> None:
    """Its zero means something only once it has reported another count for a chat with messages."""
    await faults(scenario.stack, never_unread=True)
    for minutes_ago in (10, 5, 1):
        written = await scenario.write("Oi", minutes_ago)
        await scenario.sweep()
    assert (await scenario.harness.chat())["unread_count"] == 3
    assert not await reports_unread(scenario)
    await faults(scenario.stack, never_unread=False)
    await scenario.sweep()
    assert await reports_unread(scenario)
    assert (await scenario.harness.chat())["unread_count"] == 3
    await set_on_phone(scenario.stack, written["chat_id"], "setReadStatus", True)
    await scenario.sweep()
    assert (await scenario.harness.chat())["unread_count"] == 0


async def test_a_chat_that_we_marked_as_unread_proves_nothing(scenario: SweepScenario) -> None:
    """UniPile may show our own flag and still count no messages."""
    await faults(scenario.stack, never_unread=True)
    written = await scenario.write("Oi", 10)
    other = {"from": {"phone_number": "5511977770002", "name": "Caio"}}
    await scenario.write("Hello", 9, **other)
    await scenario.sweep()
    await scenario.harness.execute(
        "update channels_chat set marked_at = now() - interval '1 hour' where provider_chat_id = %(id)s",
        id=written["chat_id"],
    )
    await set_on_phone(scenario.stack, written["chat_id"], "setReadStatus", False)
    (caio,) = [c for c in await scenario.harness.chats() if c["provider_chat_id"] != written["chat_id"]]
    await set_on_phone(scenario.stack, caio["provider_chat_id"], "setReadStatus", True)
    await faults(scenario.stack, never_unread=False)
    await scenario.sweep()
    assert not await reports_unread(scenario)
    assert [chat["unread_count"] for chat in await scenario.harness.chats()] == [1, 1]


@pytest.mark.parametrize("reported_as", [None, "unread_as_flag", "unread_as_minus_one"])
async def test_marked_as_unread_on_the_phone_is_applied_in_every_form(
    swept_chat: tuple[SweepScenario, str], reported_as: str | None
) -> None:
    scenario, chat_id = swept_chat
    if reported_as is not None:
        await faults(scenario.stack, **{reported_as: True})
    await set_on_phone(scenario.stack, chat_id, "setReadStatus", True)
    await scenario.sweep()
    assert (await scenario.harness.chat())["unread_count"] == 0
    await set_on_phone(scenario.stack, chat_id, "setReadStatus", False)
    listener = await Listener(scenario.harness.parts.redis, scenario.account_id).open()
    for _ in range(2):
        await scenario.sweep()
    (heard,) = [f["data"] for _, f in await listener.heard() if f["event"] == "chat:updated"]
    assert (heard["unread_count"], (await scenario.harness.chat())["unread_count"]) == (1, 1)
    await listener.close()
    # Read here meanwhile, and the phone repeats its report: nothing new.
    await choose_here(scenario, 30, read=True)
    await scenario.sweep()
    assert (await scenario.harness.chat())["unread_count"] == 0
    await set_on_phone(scenario.stack, chat_id, "setReadStatus", True)
    await scenario.sweep()
    await set_on_phone(scenario.stack, chat_id, "setReadStatus", False)
    await scenario.sweep()
    assert (await scenario.harness.chat())["unread_count"] == 1


async def test_a_reply_sent_through_us_is_not_a_read_on_the_phone(
    swept_chat: tuple[SweepScenario, str],
) -> None:
    """It sets UniPile's count to 0, even for earlier messages that are not stored yet."""
    scenario, chat_id = swept_chat
    await scenario.write("its webhook was lost", 5)
    body = {"account_id": EXTERNAL_ID, "text": "answer"}
    sent = await scenario.stack.sandbox.ok("POST", f"/api/v1/chats/{chat_id}/messages", body, headers=KEY)
    chat = await scenario.harness.chat()

    async def answer(cursor: Cursor) -> int:
        await accounts.lock_account(cursor, scenario.account_id)
        row = await insert_send(
            cursor, scenario.account_id, chat["id"], "c-1", "answer", author=Author("user", 1), seen_seq=10**6
        )
        assert row is not None
        await advance_chat(cursor, *row, "answer", Author("user", 1))
        return row[0].id

    message_id = await scenario.harness.parts.database.write(answer)
    await settle_send(scenario.harness.parts, message_id, "sent", provider_msg_id=sent["message_id"])
    assert (await scenario.harness.chat())["unread_count"] == 0
    await scenario.harness.execute(
        "update channels_account set last_sweep_at = now() - interval '30 minutes'"
    )
    for _ in range(2):
        await scenario.sweep()
        assert (await scenario.harness.chat())["unread_count"] == 1
