"""Nothing in the page waits forever: stalled connections, unplugged microphones, frozen tabs."""

import asyncio
import os
import socket
import ssl
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import replace

import pytest
from playwright.async_api import FilePayload, expect

from tests.browser.screens import Inbox, connect_account
from tests.browser.test_offline import expect_arrived
from tests.browser.test_tabs import another_tab, set_lifecycle
from tests.browser.test_voice import open_chat, sent_by_us
from tests.faults.gates import CHUNK, Filter, Gate
from tests.support.fixtures_browser import Windows
from tests.support.fixtures_stack import Stack
from tests.support.peers import eventually

DEAF_AFTER = 222_000
FILE: FilePayload = {
    "name": "film.bin",
    "mimeType": "application/octet-stream",
    "buffer": os.urandom(5_000_000),
}
STEP_MS = 5_000
HOLD_STREAM = """
() => {
const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices)
navigator.mediaDevices.getUserMedia = async (constraints) => (window.heldStream = await ask(constraints))
}
"""


class DeafGate(Gate):
    """A connection that stops reading in the middle of a large upload until it is resumed."""

    def __init__(self, target: int) -> None:
        super().__init__(target)
        self.has_stopped = asyncio.Event()
        self._hears = asyncio.Event()

    async def open(self, tls: ssl.SSLContext | None = None) -> Gate:
        listening = socket.create_server(("127.0.0.1", self.port))
        # Otherwise the kernel buffers the whole file, and the page waits for a response instead of progress.
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, CHUNK)
        self._server = await asyncio.start_server(self._carry, sock=listening)
        return self

    def resume(self) -> None:
        """Resume reading."""
        self._hears.set()

    async def close(self) -> None:
        self.resume()
        await super().close()

    def passes_up(self) -> Filter:
        return _Up()

    async def _pump(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, variant: Filter
    ) -> None:
        carried = 0
        with suppress(OSError, RuntimeError):
            while data := await reader.read(CHUNK):
                carried += len(data)
                if isinstance(variant, _Up) and carried > DEAF_AFTER:
                    self.has_stopped.set()
                    await self._hears.wait()
                writer.write(data)
                await writer.drain()
        writer.transport.abort()


class _Up(Filter):
    """Marks the direction to the server."""


@pytest.fixture
async def gate(demo: Stack) -> AsyncIterator[DeafGate]:
    opened = DeafGate(demo.config.web.port)
    await opened.open()
    yield opened
    await opened.close()


async def test_a_stalled_upload_is_retried_and_texts_overtake_it(
    demo: Stack, gate: DeafGate, windows: Windows
) -> None:
    await connect_account(demo)
    await demo.write("acc-1", "A question")
    near = replace(demo.stranger, url=gate.url)
    inbox = await Inbox.signed_in(windows, replace(demo, stranger=near))
    page = inbox.page
    await inbox.open_chat("Bia Lima")
    await page.clock.install()
    await page.get_by_test_id("composer-files").set_input_files(FILE)
    await page.get_by_test_id("composer-send").click()
    await expect(page.get_by_test_id("upload")).to_be_visible()
    await inbox.answer("still there?")
    await inbox.expect_status("still there?", "sending")

    waiting = page.get_by_test_id("message-waiting")
    await gate.has_stopped.wait()

    async def has_stalled() -> bool:
        # In small steps: a jump would also time out the text request that overtakes the upload.
        await page.clock.run_for(STEP_MS)
        return await waiting.count() == 1

    await eventually(has_stalled)
    await expect(waiting).to_contain_text("The upload stalled")
    await inbox.expect_status("still there?", "delivered")
    await expect_arrived(demo, "A question", "still there?")

    gate.resume()
    await expect(page.get_by_test_id("upload")).to_have_count(0, timeout=60_000)
    await expect(page.get_by_test_id("attachment-download")).to_contain_text("film.bin")
    await expect_arrived(demo, "A question", "still there?", None)


async def test_unplugging_the_microphone_loses_no_recorded_audio(demo: Stack, talking: Windows) -> None:
    await connect_account(demo)
    await demo.write("acc-1", "Fala comigo")
    inbox = await Inbox.signed_in(talking, demo)
    page = inbox.page
    await page.evaluate(HOLD_STREAM)
    await inbox.open_chat("Bia Lima")
    await page.get_by_test_id("voice-record").click()
    await expect(page.get_by_role("timer")).to_have_text("Recording 0:02")
    await page.evaluate("heldStream.getTracks().forEach((track) => track.stop())")
    recorder = page.get_by_test_id("voice-recorder")
    await expect(recorder).to_contain_text("The microphone was disconnected")
    await recorder.get_by_role("button", name="Send voice message").click()
    await expect(recorder).to_have_count(0)

    async def has_arrived() -> bool:
        return len(await sent_by_us(demo)) == 1

    await eventually(has_arrived)
    ((voice,),) = [message["attachments"] for message in await sent_by_us(demo)]
    assert (voice["voice_note"], voice["duration"] >= 1) == (True, True)


async def test_a_recording_stopped_at_once_is_not_sent(demo: Stack, talking: Windows) -> None:
    inbox = await open_chat(talking, demo)
    await inbox.page.get_by_test_id("voice-record").click()
    await expect(inbox.page.get_by_role("timer")).to_be_visible()
    await inbox.page.get_by_test_id("voice-send").click()
    await expect(inbox.page.get_by_test_id("thread-sentence")).to_contain_text("Too short")
    await expect(inbox.composer).to_be_visible()
    assert await sent_by_us(demo) == []


async def test_a_frozen_tab_does_not_delay_messages_of_another_tab(
    demo: Stack, gate: DeafGate, windows: Windows
) -> None:
    await connect_account(demo)
    await demo.write("acc-1", "A question")
    near = replace(demo, stranger=replace(demo.stranger, url=gate.url))
    one = await Inbox.signed_in(windows, near)
    await one.open_chat("Bia Lima")
    other = await another_tab(one)
    await other.expect_bubbles("A question")
    await other.page.clock.install()
    await one.page.get_by_test_id("composer-files").set_input_files(FILE)
    await one.page.get_by_test_id("composer-send").click()
    await expect(other.page.get_by_test_id("message-bubble")).to_have_count(2)
    await set_lifecycle(one, "frozen")
    await other.answer("From the other")

    # It asks the frozen tab, gets no response, takes over, and allows the stalled upload its timeout.
    async def is_sent() -> bool:
        await other.page.clock.fast_forward(12_000)
        return (await other.tick("From the other").get_attribute("data-status")) != "sending"

    await eventually(is_sent)
    await set_lifecycle(one, "active")
    await expect_arrived(demo, "A question", "From the other")
