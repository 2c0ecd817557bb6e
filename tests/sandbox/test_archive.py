"""What survives a restart and a kill, and command-line errors."""

import asyncio
import json
import re
import signal
import socket
import sqlite3
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest

from tests.sandbox.driver import Driver, Json, Receiver, Start

ROOT = Path(__file__).parent.parent.parent
PICTURE = {"name": "photo.png", "data": "iVBORw0KGgoAAAANSUhEUgAAAEAAAAAwCAIAAAA="}


async def everything(sandbox: Driver) -> list[Json]:
    return [
        await sandbox.api("GET", "/accounts"),
        await sandbox.api("GET", "/chats"),
        await sandbox.api("GET", "/messages"),
        await sandbox.api("GET", "/webhooks"),
        await sandbox.api("GET", "/chat_attendees"),
        await sandbox.control("GET", "/state"),
    ]


async def test_the_world_is_the_same_after_a_restart(
    start: Start, receiver: Receiver, tmp_path: Path
) -> None:
    first = await start(tmp_path)
    account_id = await first.account(name="Acme")
    await first.register(receiver)
    written = await first.write(account_id, "a\ud800b", attachments=[PICTURE])
    message_id = await first.send(written["chat_id"], quote_id=written["message_id"])
    await first.control("PUT", f"/messages/{message_id}/reaction", json={"value": "👍"})
    await receiver.event("message_delivered")
    doomed = await first.write(account_id, sender={"phone_number": "34600000001"})
    await first.api("DELETE", f"/chats/{doomed['chat_id']}")
    before = await everything(first)
    await first.client.close()

    second = await start(tmp_path)
    assert await everything(second) == before
    message = await second.api("GET", f"/messages/{written['message_id']}")
    path = f"/api/v1/messages/{message['id']}/attachments/{message['attachments'][0]['id']}"
    async with second.raw("GET", path) as answer:
        assert answer.status == 200 and answer.content_type == "image/png"


async def test_pending_events_continue_after_a_restart(
    start: Start, receiver: Receiver, tmp_path: Path
) -> None:
    first = await start(tmp_path, delivered_seconds=60)
    account_id = await first.account()
    chat_id = (await first.write(account_id))["chat_id"]
    await first.register(receiver, events=["message_delivered"])
    message_id = await first.send(chat_id)
    await first.client.close()
    await start(tmp_path)
    assert (await receiver.event("message_delivered"))["message_id"] == message_id


async def test_a_reset_clears_the_archive(start: Start, tmp_path: Path) -> None:
    first = await start(tmp_path)
    await first.write(await first.account())
    await first.control("POST", "/reset")
    await first.client.close()
    second = await start(tmp_path)
    assert (await second.api("GET", "/accounts"))["items"] == []
    assert len((await second.control("GET", "/state"))["contacts"]) == 5


async def test_a_failed_save_is_retried(start: Start, tmp_path: Path) -> None:
    first = await start(tmp_path)
    lock = sqlite3.connect(tmp_path / "sandbox.sqlite3", isolation_level=None)
    lock.execute("begin exclusive")
    account_id = await first.account()
    await first.control("GET", "/state")
    lock.execute("rollback")
    lock.close()
    await first.write(account_id)
    await first.client.close()
    second = await start(tmp_path)
    assert len((await second.api("GET", "/messages"))["items"]) == 1


@asynccontextmanager
async def running(*arguments: str) -> AsyncIterator[tuple[asyncio.subprocess.Process, str]]:
    """Run the sandbox as a command; yields the process and its first line."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "sandbox", *arguments),
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        assert process.stdout is not None
        async with asyncio.timeout(10):
            yield process, (await process.stdout.readline()).decode()
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def write_text(url: str, text: str) -> None:
    async with aiohttp.ClientSession(url) as session:
        await session.post("/sandbox/accounts", json={"id": "acme"})
        body = {"account_id": "acme", "from": {"phone_number": "5511988880000"}, "text": text}
        async with session.post("/sandbox/messages", json=body) as answer:
            assert answer.status == 201


async def read_texts(url: str, key: str) -> list[str]:
    headers = {"X-API-KEY": key}
    async with (
        aiohttp.ClientSession(url, headers=headers) as session,
        session.get("/api/v1/messages") as answer,
    ):
        return [item["text"] for item in json.loads(await answer.text())["items"]]


@pytest.mark.parametrize("signal_number", [signal.SIGTERM, signal.SIGINT])
async def test_a_signal_stops_it_with_everything_saved(tmp_path: Path, signal_number: int) -> None:
    arguments = ("--port", "0", "--data", str(tmp_path / "new"), "--api-key", "k")
    async with running(*arguments) as (process, line):
        found = re.fullmatch(r"UniPile sandbox on (http://127\.0\.0\.1:\d+)\n", line)
        assert found
        await write_text(found[1], "kept")
        process.send_signal(signal_number)
        assert await process.wait() == 0
    async with running(*arguments) as (_, line):
        assert await read_texts(line.split()[-1], "k") == ["kept"]


async def test_a_kill_loses_the_last_moments_at_most(tmp_path: Path) -> None:
    arguments = ("--port", "0", "--data", str(tmp_path))
    async with running(*arguments) as (process, line):
        await write_text(line.split()[-1], "kept")
        rows = 0
        while rows == 0:
            with sqlite3.connect(tmp_path / "sandbox.sqlite3") as connection:
                rows = connection.execute("select count(*) from entities where kind = 'Message'").fetchone()[
                    0
                ]
            connection.close()
        process.kill()
        await process.wait()
    async with running(*arguments) as (_, line):
        assert await read_texts(line.split()[-1], "sandbox-key") == ["kept"]


async def test_a_taken_port_and_a_broken_folder_are_reported(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("in the way")
    async with running("--port", "0") as (_, line):
        port = line.strip().rpartition(":")[2]
        for arguments, words in (
            (("--port", port), f"port {port}"),
            (("--port", "0", "--data", str(file)), str(file)),
        ):
            async with running(*arguments) as (process, _):
                assert process.stderr is not None
                said = (await process.stderr.read()).decode()
                assert await process.wait() == 1
                assert said.count("\n") == 1 and words in said and "Traceback" not in said


def address_of_this_machine() -> str | None:
    """A non-loopback address; looking up the route sends nothing."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
        except OSError:
            return None
        address: str = probe.getsockname()[0]
        return None if address.startswith("127.") else address


async def test_listening_on_all_addresses_exposes_the_api_only() -> None:
    """--host 0.0.0.0 is for an API that another machine calls with the key; the phone page stays local."""
    address = address_of_this_machine()
    if address is None:
        pytest.skip("this machine has no address but its own")
    async with running("--host", "0.0.0.0", "--port", "0") as (_, line):
        port = line.strip().rpartition(":")[2]
        async with aiohttp.ClientSession(headers={"X-API-KEY": "sandbox-key"}) as session:

            async def status_of(host: str, path: str, **headers: str) -> int:
                async with session.get(f"http://{host}:{port}{path}", headers=headers) as answer:
                    return answer.status

            assert await status_of(address, "/api/v1/accounts") == 200
            for path in ("/", "/page/app.js", "/sandbox/state", "/sandbox/live", "/sandbox/faults"):
                assert await status_of(address, path) == 403
                # Whatever Host it sends: what counts is the source of the connection.
                assert await status_of(address, path, Host="localhost") == 403
            assert await status_of("127.0.0.1", "/sandbox/state") == 200
