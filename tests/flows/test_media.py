"""Media end to end: a contact's files are copied and served, an agent's files arrive."""

from dataclasses import replace
from typing import Any

import pytest

from server.config import Config
from server.web.app_keys import DATABASE
from tests.flows.chats import STORED, open_chat
from tests.flows.stored_files import stored_blobs
from tests.support.fixtures_stack import Stack, run_stack
from tests.support.media_files import HTML, OPUS, PDF, SVG, enclosed, file_path, form, png, post, receive
from tests.support.peers import Peer, eventually
from workers.context import Parts
from workers.media.cleanup import clear_media
from workers.media.copy import copy_media, queue_due_copies

pytestmark = pytest.mark.usefixtures("no_avatars")


async def test_a_picture_a_voice_note_and_a_file_are_copied_and_served(
    stack: Stack, agent: Peer, account: dict[str, Any]
) -> None:
    files = [
        ("praia.png", png(), "image/png"),
        ("voz.ogg", OPUS, "audio/ogg; codecs=opus"),
        ("nota fiscal.pdf", PDF, "application/pdf"),
    ]
    for name, data, mimetype in files:
        more = {"voice_note": True} if data is OPUS else {}
        message = await receive(stack, agent, account["id"], enclosed(name, data, mimetype, **more))
        (chat,) = await agent.chats(account["id"])
        assert chat["last_message_preview"] == {PDF: "File", OPUS: "Voice message"}.get(data, "Photo")
        (attachment,) = message["attachments"]
        assert {key: attachment[key] for key in STORED} == STORED
        assert attachment["mimetype"] == mimetype.partition(";")[0]
        assert (attachment["file_size"], attachment["voice_note"]) == (len(data), data is OPUS)
        answer = await agent.call("GET", file_path(message))
        assert (answer.status, answer.raw) == (200, data)
        assert answer.headers["Content-Type"] == mimetype.partition(";")[0]
        assert answer.headers["Content-Disposition"].startswith("inline; ")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Content-Security-Policy"].startswith("sandbox")
        assert answer.headers["Cache-Control"] == "private, max-age=31536000, immutable"
        short = file_path(message).replace(f"/chats/{message['chat_id']}", "")
        assert (await agent.call("GET", short)).raw == data


@pytest.mark.parametrize(
    ("data", "mimetype"), [(SVG, "image/svg+xml"), (HTML, "text/html"), (HTML, "image/png")]
)
async def test_files_that_can_contain_scripts_are_downloads_only(
    stack: Stack, agent: Peer, account: dict[str, Any], data: bytes, mimetype: str
) -> None:
    message = await receive(stack, agent, account["id"], enclosed("a.svg", data, mimetype))
    assert message["attachments"][0]["type"] == "file"
    answer = await agent.call("GET", file_path(message))
    assert answer.raw == data
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["Content-Disposition"].startswith("attachment; ")


async def test_equal_files_are_stored_once(stack: Stack, agent: Peer, account: dict[str, Any]) -> None:
    first = await receive(stack, agent, account["id"], enclosed("a.png", png(), "image/png"))
    second = await receive(stack, agent, account["id"], enclosed("b.png", png(), "image/png"))
    assert await stored_blobs(stack) == 1
    tags = {(await agent.call("GET", file_path(m))).headers["ETag"] for m in (first, second)}
    assert len(tags) == 1


async def test_an_expired_file_is_reported_and_a_retry_fetches_it(
    stack: Stack, agent: Peer, account: dict[str, Any]
) -> None:
    await stack.sandbox.ok("PUT", "/sandbox/faults", {"media_expired": True})
    message = await receive(stack, agent, account["id"], enclosed("a.png", png(), "image/png"))
    assert message["attachments"][0]["state"] in ("expired", "unavailable")
    assert (await agent.call("GET", file_path(message))).status == 404
    await stack.sandbox.ok("PUT", "/sandbox/faults", {})
    socket = await agent.listen()
    again = await agent.ok("POST", file_path(message) + "/retry")
    assert again["message"]["attachments"][0]["state"] == "waiting"
    await socket.wait_for(
        lambda f: f.get("event") == "message:updated" and f["data"]["attachments"][0]["state"] == "stored"
    )
    assert (await agent.call("GET", file_path(message))).raw == png()
    rejected = await agent.call("POST", file_path(message) + "/retry")
    assert (rejected.status, rejected.body["error"]["code"]) == (409, "conflict")


@pytest.mark.parametrize("status", [429, 500, 503])
async def test_a_temporary_unipile_fault_is_retried(
    stack: Stack, agent: Peer, account: dict[str, Any], status: int
) -> None:
    fault = {"method": "GET", "path": "/messages/*/attachments/*", "status": status, "times": 2}
    await stack.sandbox.ok("PUT", "/sandbox/faults", {"routes": [fault]})
    message = await receive(stack, agent, account["id"], enclosed("a.png", png(), "image/png"))
    assert message["attachments"][0]["state"] == "stored"


async def test_a_hanging_download_times_out_and_is_retried(config: Config) -> None:
    config = replace(config, media=replace(config.media, deadline_seconds=1.0))
    async with run_stack(config) as stack:
        agent = await stack.sign_in()
        account = await stack.make_account(agent)
        fault = {"method": "GET", "path": "/messages/*/attachments/*", "status": "hang", "times": 1}
        await stack.sandbox.ok("PUT", "/sandbox/faults", {"routes": [fault]})
        message = await receive(stack, agent, account["id"], enclosed("a.png", png(), "image/png"))
        assert message["attachments"][0]["state"] == "stored"


async def test_a_file_that_always_fails_is_given_up(
    stack: Stack, agent: Peer, account: dict[str, Any], parts: Parts
) -> None:
    fault = {"method": "GET", "path": "/messages/*/attachments/*", "status": 500}
    await stack.sandbox.ok("PUT", "/sandbox/faults", {"routes": [fault]})
    socket = await agent.listen()
    await stack.write("acc-1", "", attachments=[enclosed("a.png", png(), "image/png")])
    (frame,) = await socket.wait_for_event("message:new")
    await copy_media({"confab": parts, "job_try": stack.config.worker.tries}, frame["data"]["id"])
    (updated,) = await socket.wait_for_event("message:updated", id=frame["data"]["id"])
    assert updated["data"]["attachments"][0]["state"] == "failed"
    assert updated["data"]["attachments"][0]["error"] == "unexpected_error"


async def test_unreferenced_uploads_are_removed_after_a_day(
    stack: Stack, agent: Peer, account: dict[str, Any], parts: Parts
) -> None:
    _, path = await open_chat(stack, agent, account)
    await post(agent, path, form(("a.png", png(), "image/png"), client_id="c-1"))
    rejected = await post(agent, path, form(("b.png", png(2), "image/png"), client_id="x" * 101))
    assert rejected.status == 422
    assert await stored_blobs(stack) == 2
    await clear_media(parts)
    assert await stored_blobs(stack) == 2

    async def age(cursor: Any) -> None:
        await cursor.execute("update channels_media_blob set touched_at = now() - interval '2 days'")

    await stack.app[DATABASE].write(age)
    await clear_media(parts)
    assert await stored_blobs(stack) == 1
    answer = await post(agent, path, form(("b.png", png(2), "image/png"), client_id="c-2"))
    assert (await agent.call("GET", file_path(answer.body["message"]))).raw == png(2)


async def test_a_copy_whose_job_was_lost_is_found_by_the_periodic_check(
    stack: Stack, agent: Peer, account: dict[str, Any], parts: Parts
) -> None:
    message = await receive(stack, agent, account["id"], enclosed("a.png", png(), "image/png"))

    async def forget(cursor: Any) -> None:
        await cursor.execute(
            """update channels_message set updated_at = now() - interval '1 hour',
               attachments = jsonb_set(attachments, '{0,state}', '"waiting"')"""
        )

    await stack.app[DATABASE].write(forget)
    socket = await agent.listen()
    await queue_due_copies(parts)
    await socket.wait_for_event("message:updated", id=message["id"])
    (known,) = await agent.messages(account["id"], message["chat_id"])
    assert known["attachments"][0]["state"] == "stored"


async def test_a_file_missing_in_the_storage_is_reported_and_copied_again(
    stack: Stack, agent: Peer, account: dict[str, Any]
) -> None:
    """An ephemeral disk, empty after each start."""
    message = await receive(stack, agent, account["id"], enclosed("a.png", png(), "image/png"))

    async def is_lost_and_asked_for() -> bool:  # the import may be copying the same file concurrently
        for path in (stack.config.data_dir / "media").rglob("*"):
            if path.is_file():
                path.unlink(missing_ok=True)
        if (await agent.call("GET", file_path(message))).status != 404:
            return False
        (known,) = await agent.messages(account["id"], message["chat_id"])
        if (known["attachments"][0]["state"], known["attachments"][0]["error"]) != ("failed", "lost"):
            return False
        return (await agent.call("POST", file_path(message) + "/retry")).status == 200

    await eventually(is_lost_and_asked_for)

    async def is_back() -> bool:
        return (await agent.call("GET", file_path(message))).raw == png()

    await eventually(is_back)
