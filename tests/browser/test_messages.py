"""What a message shows: formatting, albums, the viewer, videos, voice messages, its steps and its failures."""

import base64
import re
from typing import Any

import pytest
from playwright.async_api import Page, expect

from server.config import ROOT
from tests.browser.checks import check_screen
from tests.browser.screens import Inbox, connect_account
from tests.support.fixtures_browser import Windows
from tests.support.fixtures_stack import Stack
from tests.support.media_files import enclosed

VOICE = (ROOT / "sandbox" / "page" / "voice-note.ogg").read_bytes()
# A second of VP8, which every Chromium can decode.
RECORD_VIDEO = """async () => {
  const canvas = Object.assign(document.createElement("canvas"), { width: 320, height: 240 })
  const pen = canvas.getContext("2d")
  const recorder = new MediaRecorder(canvas.captureStream(25), { mimeType: "video/webm" })
  const parts = []
  recorder.ondataavailable = ({ data }) => parts.push(data)
  const stopped = new Promise((resolve) => { recorder.onstop = resolve })
  recorder.start()
  for (let frame = 0; frame < 20; frame += 1) {
    pen.fillStyle = `hsl(${frame * 9} 60% 50%)`
    pen.fillRect(0, 0, 320, 240)
    await new Promise((resolve) => setTimeout(resolve, 40))
  }
  recorder.stop()
  await stopped
  const bytes = new Uint8Array(await new Blob(parts).arrayBuffer())
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""))
}"""


async def draw(page: Page, hue: int) -> bytes:
    """A picture of 320 by 240 pixels."""
    await page.set_content(f"<body style='margin:0;height:240px;background:hsl({hue} 60% 50%)'>")
    return await page.screenshot(clip={"x": 0, "y": 0, "width": 320, "height": 240}, type="jpeg")


async def open_chat(windows: Windows, demo: Stack, **options: Any) -> Inbox:
    inbox = await Inbox.signed_in(windows, demo, **options)
    await inbox.open_chat("Bia Lima")
    return inbox


async def send_pictures(windows: Windows, demo: Stack, count: int) -> None:
    page = await windows.open("about:blank")
    for number in range(count):
        file = enclosed(f"{number}.jpg", await draw(page, number * 60), "image/jpeg")
        await demo.write("acc-1", "", attachments=[file])
    await page.close()


@pytest.mark.parametrize("options", [{"width": 1280}, {"width": 360, "color_scheme": "dark"}])
async def test_a_text_is_shown_as_whatsapp_formats_it(
    demo: Stack, windows: Windows, options: dict[str, Any]
) -> None:
    await connect_account(demo)
    await demo.write("acc-1", "A *bold*, _leaning_ and ~struck~ `word`")
    await demo.write("acc-1", "Bring:\n- apples\n- pears\n1. first\n> said\n```\nif x:\n  go\n```")
    await demo.write("acc-1", "Call +55 11 97777 0000 or see https://x.example/a_b_c")
    await demo.write("acc-1", "😀")
    inbox = await open_chat(windows, demo, **options)
    page = inbox.page
    first = inbox.bubble("A bold, leaning and struck word")
    for tag, text in (("strong", "bold"), ("em", "leaning"), ("s", "struck"), ("code", "word")):
        await expect(first.locator(tag)).to_have_text(text)
    await expect(page.get_by_role("listitem").filter(has_text="apples")).to_be_visible()
    await expect(page.locator("blockquote")).to_have_text("said")
    await expect(page.locator("pre")).to_have_text("if x:\n  go")
    await expect(page.get_by_role("link", name="https://x.example/a_b_c")).to_be_visible()
    await check_screen(page)
    await page.get_by_role("button", name="+55 11 97777 0000").click()
    await page.get_by_role("menuitem", name="Start a chat").click()
    await expect(page.get_by_test_id("new-chat-phone")).to_have_value("+55 11 97777 0000")


async def test_a_long_text_is_folded_until_it_is_opened(demo: Stack, windows: Windows) -> None:
    await connect_account(demo)
    await demo.write("acc-1", "Many words of a long story. " * 60 + "The end.")
    inbox = await open_chat(windows, demo)
    text = inbox.page.get_by_test_id("message-text")
    await expect(text).to_have_text(re.compile("…$"))
    await inbox.page.get_by_role("button", name="Read more").click()
    await expect(text).to_have_text(re.compile("The end.$"))


async def test_pictures_sent_together_are_an_album_in_a_viewer_with_keys(
    demo: Stack, windows: Windows
) -> None:
    await connect_account(demo)
    await send_pictures(windows, demo, 5)
    inbox = await open_chat(windows, demo)
    page = inbox.page
    album = page.get_by_role("group", name="5 photos and videos")
    await expect(album.get_by_role("img")).to_have_count(4)
    await expect(album).to_contain_text("+1")
    await check_screen(page)
    first = album.get_by_test_id("attachment-image").first
    await first.focus()
    await page.keyboard.press("Enter")
    viewer = page.get_by_test_id("lightbox")
    await expect(viewer).to_contain_text("1 of 5")
    await check_screen(page)
    await page.keyboard.press("ArrowLeft")
    await expect(viewer).to_contain_text("1 of 5")
    for number in range(2, 6):
        await page.keyboard.press("ArrowRight")
        await expect(viewer).to_contain_text(f"{number} of 5")
    picture = viewer.get_by_test_id("viewer-image")
    await page.keyboard.press("+")
    await expect(picture).to_have_attribute("style", re.compile(r"scale\(1\.5\)"))
    await page.keyboard.press("0")
    await expect(picture).to_have_attribute("style", re.compile(r"scale\(1\)"))
    async with page.expect_download() as downloaded:
        await page.keyboard.press("d")
    assert (await (await downloaded.value).path()).stat().st_size > 0
    await page.keyboard.press("Escape")
    await expect(viewer).to_have_count(0)
    await expect(first).to_be_focused()
    await expect(page.get_by_test_id("thread")).to_be_visible()


async def test_a_picture_that_comes_in_to_the_open_chat_is_loaded(demo: Stack, windows: Windows) -> None:
    """It is announced before its file is stored."""
    await connect_account(demo)
    await demo.write("acc-1", "Look:")
    inbox = await open_chat(windows, demo)
    await expect(inbox.bubble("Look:")).to_be_visible()
    await send_pictures(windows, demo, 1)
    await expect(inbox.page.get_by_test_id("attachment-image").get_by_role("img")).to_be_visible()


async def test_a_video_has_a_poster_and_plays_in_the_viewer(demo: Stack, windows: Windows) -> None:
    await connect_account(demo)
    page = await windows.open("about:blank")
    video = base64.b64decode(await page.evaluate(RECORD_VIDEO))
    await page.close()
    await demo.write("acc-1", "", attachments=[enclosed("clip.webm", video, "video/webm")])
    inbox = await open_chat(windows, demo)
    await expect(inbox.page.get_by_test_id("attachment-poster")).to_be_visible()
    await inbox.page.get_by_role("button", name="Play Video").click()
    await expect(inbox.page.get_by_test_id("lightbox").get_by_test_id("attachment-video")).to_be_visible()


async def test_one_voice_message_plays_at_a_time_and_goes_on_to_the_next(
    demo: Stack, windows: Windows
) -> None:
    await connect_account(demo)
    for _ in range(2):
        await demo.write("acc-1", "", attachments=[enclosed("v.ogg", VOICE, "audio/ogg", voice_note=True)])
    inbox = await open_chat(windows, demo)
    first, second = (inbox.page.get_by_test_id("attachment-audio").nth(index) for index in (0, 1))
    await expect(first.get_by_test_id("audio-played")).to_have_attribute("data-played", "false")
    await first.get_by_role("button", name="Play Voice message").click()
    await expect(first.get_by_role("button", name="Pause Voice message")).to_be_visible()
    await first.get_by_role("button", name="Speed: 1×").click()
    await first.get_by_role("button", name="Speed: 1.5×").click()
    await expect(first.get_by_test_id("audio-speed")).to_have_text("2×")
    # It ends, and the one right after it begins by itself.
    await expect(second.get_by_role("button", name="Pause Voice message")).to_be_visible()
    await expect(first.get_by_role("button", name="Play Voice message")).to_be_visible()
    await expect(first.get_by_test_id("audio-played")).to_have_attribute("data-played", "true")
    await first.get_by_role("button", name="Play Voice message").click()
    await expect(second.get_by_role("button", name="Play Voice message")).to_be_visible()


async def test_a_message_tells_its_steps_and_its_earlier_texts(demo: Stack, windows: Windows) -> None:
    await connect_account(demo)
    await demo.write("acc-1", "Tem azul?")
    await demo.write("acc-1", "Typed there", is_sender=True)
    inbox = await open_chat(windows, demo)
    page = inbox.page
    await expect(inbox.bubble("Typed there").get_by_test_id("message-from-phone")).to_be_visible()
    await inbox.answer("Tem")
    await inbox.expect_status("Tem", "delivered")
    await expect(inbox.bubble("Tem").get_by_test_id("message-from-phone")).to_have_count(0)
    await inbox.bubble("Tem").hover()
    await inbox.bubble("Tem").get_by_role("button", name="Message menu").click()
    await page.get_by_role("menuitem", name="Edit").click()
    await inbox.answer("Tem, sim")
    await inbox.bubble("Tem, sim").get_by_role("button", name="Edited").click()
    details = page.get_by_role("dialog", name="Message info")
    await expect(details.get_by_test_id("message-info")).to_contain_text("Delivered")
    await expect(details.get_by_test_id("message-earlier")).to_contain_text("Tem")
    await check_screen(page)


async def test_a_failed_message_has_the_reason_of_now_and_can_be_deleted(
    demo: Stack, windows: Windows
) -> None:
    await connect_account(demo)
    await demo.write("acc-1", "Tem azul?")
    inbox = await open_chat(windows, demo)
    fault = {
        "method": "POST",
        "path": "/chats/*/messages",
        "status": 422,
        "kind": "invalid_message",
        "times": 1,
    }
    await demo.sandbox.ok("PATCH", "/sandbox/faults", {"routes": [fault]})
    await inbox.answer("Nunca chegou")
    await inbox.expect_status("Nunca chegou", "failed")
    await expect(inbox.page.get_by_role("alert")).to_contain_text("Not sent: WhatsApp rejected this message.")
    delete = inbox.page.get_by_role("alert").get_by_role("button", name="Delete")
    await delete.click()
    await inbox.expect_bubbles("Tem azul?")
    # Also above a dialog, which lets nothing outside it be pressed.
    await inbox.page.get_by_test_id("new-chat").click()
    toast = inbox.page.get_by_role("dialog").get_by_test_id("toast")
    await expect(toast).to_contain_text("Message deleted")
    await toast.get_by_role("button", name="Undo").click()
    await inbox.page.keyboard.press("Escape")
    await inbox.expect_status("Nunca chegou", "failed")
    # Leaving the page deletes at once.
    await delete.click()
    await inbox.expect_bubbles("Tem azul?")
    await inbox.page.reload()
    await inbox.expect_bubbles("Tem azul?")
