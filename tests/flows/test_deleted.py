"""A deleted message loses its files and its unread count, and no late event restores it."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import psycopg2
import pytest
from aiopg import Cursor

from tests.support.fixtures_stack import Stack
from tests.support.media_files import enclosed, png
from tests.support.peers import Peer, Socket, eventually
from workers.context import PARTS, Parts
from workers.media import avatars, cleanup
from workers.media.cleanup import clear_released
from workers.media.copy import copy_media

ROOT = "/api/channels/whatsapp"
PICTURE = enclosed("photo.png", png(), "image/png")


@pytest.fixture(autouse=True)
def _no_grace(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cleanup, "RELEASED_SECONDS", 0.0)


class Scenario:
    """An agent of one account, and the files on the disk."""

    def __init__(self, stack: Stack, agent: Peer, socket: Socket, account_id: int) -> None:
        self.stack, self.agent, self.socket, self.account_id = stack, agent, socket, account_id

    async def picture(self) -> dict[str, Any]:
        """A received and copied picture, with the sandbox's id of its message."""
        written = await self.stack.write("acc-1", "", attachments=[PICTURE])
        (frame,) = await self.socket.wait_for(
            lambda f: (
                f.get("event") == "message:updated"
                and f["data"]["provider_msg_id"] == written["message_id"]
                and f["data"]["attachments"][0]["state"] == "stored"
            )
        )
        data: dict[str, Any] = frame["data"]
        return data

    async def delete(self, message: Mapping[str, Any]) -> dict[str, Any]:
        """The customer deletes it; returns the pushed message."""
        provider_id = message["provider_msg_id"]
        await self.stack.sandbox.ok("DELETE", f"/sandbox/messages/{provider_id}")
        (frame,) = await self.socket.wait_for(
            lambda f: (
                f.get("event") == "message:updated"
                and f["data"]["id"] == message["id"]
                and f["data"]["deleted_at"] is not None
            )
        )
        data: dict[str, Any] = frame["data"]
        return data

    def files(self) -> list[Path]:
        return [path for path in (self.stack.config.data_dir / "media").rglob("*") if path.is_file()]


@pytest.fixture(autouse=True)
def _no_portraits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files are counted here, and contacts' pictures are files too."""
    monkeypatch.setattr(avatars, "BATCH_SIZE", 0)


@pytest.fixture
async def scenario(stack: Stack) -> Scenario:
    agent = await stack.sign_in()
    account = await stack.make_account(agent)
    return Scenario(stack, agent, await agent.listen(), account["id"])


async def rows(parts: Parts, table: str) -> int:
    async def count(cursor: Cursor) -> int:
        await cursor.execute(f"select count(*) from {table}")
        return int((await cursor.fetchone())[0])

    return await parts.database.read(count)


async def test_deleting_a_message_removes_its_file(scenario: Scenario, parts: Parts) -> None:
    message = await scenario.picture()
    assert len(scenario.files()) == 1
    deleted = await scenario.delete(message)
    assert (deleted["body"], deleted["attachments"], deleted["deleted_by"]) == (None, [], None)
    await clear_released(parts)
    assert scenario.files() == []
    assert await rows(parts, "channels_media_blob") == await rows(parts, "channels_media") == 0
    address = (
        f"{ROOT}/{scenario.account_id}/messages/{message['id']}/attachments/{message['attachments'][0]['id']}"
    )
    assert (await scenario.agent.call("GET", address)).status == 404
    assert (await scenario.agent.call("POST", f"{address}/retry")).status == 404


async def test_a_shared_file_is_removed_with_its_last_message(scenario: Scenario, parts: Parts) -> None:
    first, second = await scenario.picture(), await scenario.picture()
    await scenario.delete(first)
    await clear_released(parts)
    assert len(scenario.files()) == 1
    await scenario.delete(second)
    await clear_released(parts)
    assert scenario.files() == []


async def test_recently_touched_files_are_not_removed(
    scenario: Scenario, parts: Parts, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A request may have touched them just before referring to them."""
    await scenario.delete(await scenario.picture())
    monkeypatch.setattr(cleanup, "RELEASED_SECONDS", 600.0)
    await clear_released(parts)
    assert len(scenario.files()) == 1


async def test_a_crash_between_file_and_row_is_recovered(
    scenario: Scenario, parts: Parts, monkeypatch: pytest.MonkeyPatch
) -> None:
    await scenario.delete(await scenario.picture())

    async def crash(*_: object) -> None:
        raise psycopg2.OperationalError("the server went away")

    with monkeypatch.context() as broken, pytest.raises(Exception, match=r"."):
        broken.setattr("workers.media.cleanup.attachments.delete_blobs", crash)
        await clear_released(parts)
    assert (scenario.files(), await rows(parts, "channels_media_blob")) == ([], 1)
    # The same picture again: its bytes are fetched again whatever the row says.
    await scenario.picture()
    assert len(scenario.files()) == 1
    await clear_released(parts)
    assert len(scenario.files()) == await rows(parts, "channels_media_blob") == 1


async def test_a_running_copy_of_a_deleted_message_stores_nothing(
    scenario: Scenario, parts: Parts, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The message is deleted between the download and the row that would refer to it."""
    rule = {"method": "GET", "path": "/messages/*/attachments/*", "status": 503}
    await scenario.stack.sandbox.ok("PUT", "/sandbox/faults", {"routes": [rule]})
    written = await scenario.stack.write("acc-1", "", attachments=[PICTURE])
    (frame,) = await scenario.socket.wait_for_event("message:new", provider_msg_id=written["message_id"])
    store = parts.storage.commit

    async def commit_and_delete(incoming: Any) -> None:
        await store(incoming)
        await scenario.delete(frame["data"])

    monkeypatch.setattr(parts.storage, "commit", commit_and_delete)
    await scenario.stack.sandbox.ok("PUT", "/sandbox/faults", {"routes": []})
    await copy_media({PARTS: parts, "job_try": 1}, frame["data"]["id"])
    assert await rows(parts, "channels_media") == 0
    await clear_released(parts)
    assert scenario.files() == []


async def test_a_deleted_message_is_not_unread(scenario: Scenario) -> None:
    written = [await scenario.stack.write("acc-1", text) for text in ("um", "dois")]
    frames = [
        (await scenario.socket.wait_for_event("message:new", provider_msg_id=w["message_id"]))[0]["data"]
        for w in written
    ]
    await scenario.delete(frames[0])
    await scenario.socket.wait_for_event("chat:updated", unread_count=1, last_message_preview="dois")
    await scenario.delete(frames[1])
    await scenario.socket.wait_for_event(
        "chat:updated", unread_count=0, last_message_preview="This message was deleted"
    )


async def test_deleting_a_read_message_does_not_lower_the_unread_count(scenario: Scenario) -> None:
    written = await scenario.stack.write("acc-1", "um")
    (frame,) = await scenario.socket.wait_for_event("message:new", provider_msg_id=written["message_id"])
    path = f"{ROOT}/{scenario.account_id}/chats/{frame['data']['chat_id']}"
    await scenario.agent.ok("PATCH", path, {"read": True})
    await scenario.stack.write("acc-1", "dois")
    await scenario.socket.wait_for_event("chat:updated", unread_count=1, last_message_preview="dois")
    await scenario.delete(frame["data"])
    assert (await scenario.agent.ok("GET", path))["chat"]["unread_count"] == 1


async def test_a_late_duplicate_does_not_restore_a_deleted_message(scenario: Scenario, parts: Parts) -> None:
    message = await scenario.picture()
    await scenario.delete(message)
    await clear_released(parts)
    path = f"/api/v1/messages/{message['provider_msg_id']}"
    body = await scenario.stack.sandbox.ok("GET", path, headers={"X-API-KEY": "sandbox-key"})
    late = {
        "event": "message_received",
        "account_id": "acc-1",
        "chat_id": body["chat_id"],
        "message_id": body["id"],
        "timestamp": body["timestamp"],
        "message": "olha",
        "attachments": [{"id": message["attachments"][0]["id"], "type": "img"}],
        "is_sender": False,
    }
    assert (await scenario.agent.deliver(late)).status == 200
    other = await scenario.stack.write("acc-1", "depois")
    await scenario.socket.wait_for_event("message:new", provider_msg_id=other["message_id"])

    async def shown() -> Any:
        found = await scenario.agent.messages(scenario.account_id, message["chat_id"])
        return [m for m in found if m["id"] == message["id"]]

    (row,) = await eventually(shown)
    assert (row["body"], row["attachments"]) == (None, [])
    assert scenario.files() == []


async def test_a_deleted_own_message_is_marked_as_deleted_by_us(scenario: Scenario) -> None:
    written = await scenario.stack.write("acc-1", "Tem?")
    (frame,) = await scenario.socket.wait_for_event("message:new", provider_msg_id=written["message_id"])
    chat = f"{ROOT}/{scenario.account_id}/chats/{frame['data']['chat_id']}"
    sent = (await scenario.agent.ok("POST", f"{chat}/send", {"text": "Tem.", "client_id": "c-1"}))["message"]
    await scenario.socket.wait_for(
        lambda f: (
            str(f.get("event")).startswith("message:")
            and f["data"]["id"] == sent["id"]
            and f["data"]["provider_msg_id"] is not None
        )
    )
    answer = await scenario.agent.ok("DELETE", f"{chat}/messages/{sent['id']}")
    assert answer["message"]["deleted_by"] == "account"
    await scenario.socket.wait_for_event("chat:updated", last_message_preview="You deleted this message")
