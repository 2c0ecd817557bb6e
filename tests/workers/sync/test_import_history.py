"""An account's history is imported: completely, once, as read, resumable, and beside live messages."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from server.store.accounts import sync_state as history_rows
from server.unipile.history import History, RawPage
from tests.support.fixtures_stack import Stack
from tests.support.peers import Peer, eventually, message_received
from tests.support.worker_harness import Listener, WorkerHarness
from workers.context import open_parts
from workers.sync import import_history

EXTERNAL_ID = "acc-past"


class Archive:
    """An account with a history at UniPile; the test runs the import job, no worker runs."""

    def __init__(self, stack: Stack, harness: WorkerHarness, account_id: int) -> None:
        self.stack = stack
        self.harness = harness
        self.account_id = account_id

    async def run(self) -> None:
        await import_history.import_history(self.harness.context(), self.account_id)

    async def account(self) -> dict[str, Any]:
        (account,) = await self.harness.fetch("select * from channels_account")
        return account

    async def at_unipile(self) -> list[str]:
        path = f"/api/v1/messages?account_id={EXTERNAL_ID}&limit=250"
        page = await self.stack.sandbox.ok("GET", path, headers={"X-API-KEY": "sandbox-key"})
        return sorted(message["id"] for message in page["items"])


async def open_archive(stack: Stack, harness: WorkerHarness, past: dict[str, int]) -> Archive:
    await stack.sandbox.ok("POST", "/sandbox/accounts", {"id": EXTERNAL_ID, "history": past})
    return Archive(stack, harness, await harness.make_account(EXTERNAL_ID))


@pytest.fixture
async def harness(web_only: Stack) -> AsyncIterator[WorkerHarness]:
    async with open_parts(web_only.config) as parts:
        yield await WorkerHarness(parts).open()


@pytest.fixture
async def archive(web_only: Stack, harness: WorkerHarness) -> Archive:
    return await open_archive(web_only, harness, {"chats": 4, "messages": 40, "days": 30, "seed": 7})


async def stored(archive: Archive) -> list[str]:
    return sorted(message["provider_msg_id"] for message in await archive.harness.messages())


async def test_everything_is_imported_once_read_and_uncounted(archive: Archive) -> None:
    await archive.run()
    messages = await archive.harness.messages()
    assert len(messages) == 160
    assert {message["status"] for message in messages} == {"received", "read"}
    assert [chat["unread_count"] for chat in await archive.harness.chats()] == [0, 0, 0, 0]
    assert all(chat["title"] for chat in await archive.harness.chats())
    assert await archive.harness.usage() == (0, 0)
    account = await archive.account()
    assert (account["import_state"], account["imported_messages"]) == ("done", 160)
    assert await archive.harness.fetch("select * from channels_import") == []


async def test_a_second_run_finds_nothing_to_do(archive: Archive) -> None:
    await archive.run()
    before = await archive.account()
    await archive.run()
    assert await archive.account() == before


async def test_more_history_is_imported_when_unipile_has_more(archive: Archive) -> None:
    await archive.run()
    more = {"timestamp": "2026-01-01T00:00:00.000Z", "silent": True}
    await archive.stack.write(EXTERNAL_ID, "from long ago", **more)
    body = {
        "AccountStatus": {"account_id": EXTERNAL_ID, "account_type": "WHATSAPP", "message": "SYNC_SUCCESS"}
    }
    await archive.harness.store(body, source="account-status")
    await archive.run()
    account = await archive.account()
    assert (account["import_state"], account["imported_messages"]) == ("done", 161)
    assert await archive.harness.usage() == (0, 0)


async def test_every_chat_has_its_newest_page_before_any_is_deep(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    pages: list[tuple[str, bool]] = []
    read = History.list_chat_messages

    async def noted(history: History, chat: str, cursor: str | None, limit: int) -> RawPage:
        pages.append((chat, cursor is None))
        return await read(history, chat, cursor, limit)

    monkeypatch.setattr(History, "list_chat_messages", noted)
    await archive.run()
    assert [is_first for _, is_first in pages] == [True] * 4 + [False] * 4
    rows = await archive.harness.fetch(
        "select provider_chat_id from channels_chat order by last_message_at desc"
    )
    assert [chat for chat, _ in pages[:4]] == [row["provider_chat_id"] for row in rows]


@pytest.mark.parametrize("cut_after", [1, 3, 5, 7])
async def test_an_interrupted_import_continues(
    archive: Archive, monkeypatch: pytest.MonkeyPatch, cut_after: int
) -> None:
    """Wherever it is cancelled: nothing is missing, nothing is stored twice, and no chat is started again."""
    pages: list[str] = []
    original_save = history_rows.save_position
    running: list[asyncio.Task[None]] = []

    async def cut_off(cursor: Any, account_id: int, chat: str, kind: str, following: str | None) -> None:
        pages.append(chat)
        if len(pages) == cut_after:
            running[0].cancel()
            await asyncio.Event().wait()
        await original_save(cursor, account_id, chat, kind, following)

    monkeypatch.setattr(history_rows, "save_position", cut_off)
    running.append(asyncio.create_task(archive.run()))
    with pytest.raises(asyncio.CancelledError):
        await running[0]
    assert (await archive.account())["import_state"] == "running"
    await archive.run()
    assert await stored(archive) == await archive.at_unipile()
    account = await archive.account()
    assert (account["import_state"], account["imported_messages"]) == ("done", 160)
    assert len(pages) == 9  # eight pages, one of them twice


async def test_a_killed_workers_import_is_taken_over_when_its_lease_expires(archive: Archive) -> None:
    original_lease = history_rows.lease_import
    assert await archive.harness.parts.database.write(original_lease, archive.account_id, 60)
    await archive.run()
    assert await archive.harness.messages() == []
    await archive.harness.execute(
        "update channels_account set import_claimed_until = now() - interval '1 second'"
    )
    await archive.run()
    assert len(await archive.harness.messages()) == 160


async def test_a_long_import_is_done_in_stints(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(import_history, "STINT_SECONDS", 0.05)
    for _ in range(40):
        await archive.run()
        if (await archive.account())["import_state"] == "done":
            break
    assert await stored(archive) == await archive.at_unipile()


async def test_progress_is_published(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    listener = await Listener(archive.harness.parts.redis, archive.account_id).open()
    await archive.run()
    heard = [frame["data"] for _, frame in await listener.heard() if frame["event"] == "account:updated"]
    await listener.close()
    assert [account["import_state"] for account in (heard[0], heard[-1])] == ["running", "done"]
    assert heard[-1]["imported_messages"] == 160
    assert len(heard) <= 4  # at most once a second, and at the end


@pytest.mark.parametrize("is_webhook_first", [True, False])
async def test_a_message_that_comes_during_the_import_is_unread_and_counted_once(
    archive: Archive, is_webhook_first: bool
) -> None:
    written = await archive.stack.write(EXTERNAL_ID, "just now")
    event = message_received(
        EXTERNAL_ID, "just now", message_id=written["message_id"], chat_id=written["chat_id"]
    )
    if is_webhook_first:
        await archive.harness.store(event)
    await archive.run()
    if not is_webhook_first:
        await archive.harness.store(event)
    assert len(await archive.harness.messages()) == 161
    assert sum(chat["unread_count"] for chat in await archive.harness.chats()) == 1
    assert await archive.harness.usage() == (0, 1)


@pytest.mark.parametrize("is_webhook_first", [True, False])
async def test_a_webhooks_message_is_new_even_if_it_is_older_than_the_connection(
    archive: Archive, is_webhook_first: bool
) -> None:
    """WhatsApp's clock and ours differ: the same outcome whichever stores it first."""
    moment = "2026-03-02T09:00:00.000Z"
    written = await archive.stack.write(EXTERNAL_ID, "a second ago", timestamp=moment)
    event = message_received(
        EXTERNAL_ID,
        "a second ago",
        message_id=written["message_id"],
        chat_id=written["chat_id"],
        timestamp=moment,
    )
    if is_webhook_first:
        await archive.harness.store(event)
    await archive.run()
    if not is_webhook_first:
        await archive.harness.store(event)
        await archive.harness.store(event)
    assert sum(chat["unread_count"] for chat in await archive.harness.chats()) == 1
    assert await archive.harness.usage() == (0, 1)


async def test_one_unreadable_chat_does_not_delay_the_others(archive: Archive) -> None:
    state = await archive.stack.sandbox.ok("GET", "/sandbox/state")
    deleted = state["chats"][0]["id"]
    routes = [{"method": "GET", "path": f"/chats/{deleted}/messages", "status": 404}]
    await archive.stack.sandbox.ok("PATCH", "/sandbox/faults", {"routes": routes})
    await archive.run()
    assert (await archive.account())["import_state"] == "done"
    assert len(await archive.harness.messages()) == 120


async def test_temporary_failures_are_retried(archive: Archive) -> None:
    routes = [{"method": "GET", "path": "/chats*", "status": 500, "probability": 0.4}]
    await archive.stack.sandbox.ok("PATCH", "/sandbox/faults", {"seed": 3, "routes": routes})
    await archive.run()
    assert len(await archive.harness.messages()) == 160


async def test_a_newly_connected_account_is_imported(stack: Stack) -> None:
    agent: Peer = await stack.sign_in()
    past = {"chats": 3, "messages": 5}
    await stack.sandbox.ok("POST", "/sandbox/accounts", {"id": EXTERNAL_ID, "history": past})
    account = await agent.link_account(EXTERNAL_ID)

    async def is_done() -> bool:
        shown = (await agent.ok("GET", f"/api/channels/whatsapp/{account['id']}"))["account"]
        return bool(shown["import_state"] == "done" and shown["imported_messages"] == 15)

    await eventually(is_done)
    chats = await agent.chats(account["id"])
    assert [chat["unread_count"] for chat in chats] == [0, 0, 0]
    assert [len(await agent.messages(account["id"], chat["id"])) for chat in chats] == [5, 5, 5]
