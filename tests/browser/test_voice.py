"""A voice message recorded in Chromium (WebM) arrives as the Ogg/Opus that WhatsApp plays as a voice note."""

import re
from typing import Any

import pytest
from playwright.async_api import FilePayload, expect

from tests.browser.checks import check_variant
from tests.browser.screens import Inbox, connect_account
from tests.support.fixtures_browser import Windows
from tests.support.fixtures_stack import Stack
from tests.support.peers import eventually


async def open_chat(windows: Windows, demo: Stack, **options: Any) -> Inbox:
    await connect_account(demo)
    await demo.write("acc-1", "Fala comigo")
    inbox = await Inbox.signed_in(windows, demo, **options)
    await inbox.open_chat("Bia Lima")
    return inbox


async def sent_by_us(demo: Stack) -> list[dict[str, Any]]:
    key = {"X-API-KEY": demo.config.unipile.api_key}
    items = (await demo.sandbox.ok("GET", "/api/v1/messages?account_id=acc-1", headers=key))["items"]
    return [item for item in items if item["is_sender"]]


@pytest.mark.parametrize("width", [1280, 390])
async def test_a_voice_message_is_recorded_sent_and_playable(
    demo: Stack, talking: Windows, width: int
) -> None:
    inbox = await open_chat(talking, demo, width=width)
    page = inbox.page
    await page.get_by_role("button", name="Record a voice message").click()
    await expect(page.get_by_role("timer")).to_have_text(re.compile("Recording 0:0[2-9]"))
    await check_variant(page)
    await expect(page.get_by_role("button", name="Pause recording")).to_be_focused()
    await page.get_by_role("button", name="Send voice message").click()
    await expect(page.get_by_test_id("voice-recorder")).to_have_count(0)
    await expect(inbox.composer).to_be_visible()

    sound = page.get_by_test_id("attachment-audio")
    await expect(sound).to_have_attribute("data-voice", "true")
    await expect(sound.get_by_test_id("audio-time")).to_have_text(re.compile("0:0[2-9]"))

    async def has_arrived() -> bool:
        return len(await sent_by_us(demo)) == 1

    await eventually(has_arrived)
    (message,) = await sent_by_us(demo)
    (voice,) = message["attachments"]
    # The sandbox reads the length from the last page of the Ogg file.
    assert (voice["type"], voice["voice_note"], voice["mimetype"]) == ("audio", True, "audio/ogg")
    assert 2 <= voice["duration"] < 10
    path = f"/api/v1/messages/{message['id']}/attachments/{voice['id']}"
    key = {"X-API-KEY": demo.config.unipile.api_key}
    raw = (await demo.sandbox.call("GET", path, headers=key)).raw
    assert raw.startswith(b"OggS")
    assert b"OpusHead" in raw[:64]
    assert b"OpusTags" in raw[:200]

    await sound.get_by_role("button", name="Play Voice message").click()
    await expect(sound.get_by_role("slider", name="Position")).to_be_enabled()
    await expect(sound.get_by_role("button", name="Pause Voice message")).to_be_visible()


async def test_escape_discards_a_recording_and_stays_in_the_chat(demo: Stack, talking: Windows) -> None:
    inbox = await open_chat(talking, demo)
    await inbox.page.get_by_test_id("voice-record").click()
    await expect(inbox.page.get_by_role("timer")).to_have_text("Recording 0:00")
    await inbox.page.keyboard.press("Escape")
    await expect(inbox.composer).to_be_focused()
    await expect(inbox.page.get_by_test_id("voice-recorder")).to_have_count(0)
    await inbox.answer("In Worten")
    await inbox.expect_status("In Worten", "delivered")
    assert [message["text"] for message in await sent_by_us(demo)] == ["In Worten"]


async def test_a_denied_microphone_is_reported(demo: Stack, windows: Windows) -> None:
    """Without its fake-device switch Chromium has no microphone here, or may not use it."""
    inbox = await open_chat(windows, demo)
    await inbox.page.get_by_test_id("voice-record").click()
    await expect(inbox.page.get_by_test_id("thread-sentence")).to_contain_text("microphone")
    await expect(inbox.composer).to_be_visible()


async def test_a_sent_picture_has_its_size_at_once(demo: Stack, windows: Windows) -> None:
    inbox = await open_chat(windows, demo)
    picture = await inbox.page.screenshot(clip={"x": 0, "y": 0, "width": 320, "height": 180})
    file: FilePayload = {"name": "a.png", "mimeType": "image/png", "buffer": picture}
    async with inbox.page.expect_response(lambda answer: answer.url.endswith("/send")) as answered:
        await inbox.page.get_by_test_id("composer-files").set_input_files(file)
        await inbox.page.get_by_test_id("composer-send").click()
    shown = (await (await answered.value).json())["message"]["attachments"][0]
    assert (shown["width"], shown["height"]) == (320, 180)
    await expect(inbox.page.get_by_test_id("attachment-image")).to_be_visible()
