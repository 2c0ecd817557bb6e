"""The composer: drafts, emoji, several files, recordings, and what stands there when nothing can be sent."""

import os
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import FilePayload, Page, expect

from tests.browser.checks import check_screen, check_variant
from tests.browser.screens import Inbox, connect_account
from tests.browser.test_tabs import another_tab
from tests.browser.test_voice import open_chat, sent_by_us
from tests.support.fixtures_browser import Windows
from tests.support.fixtures_stack import Stack
from tests.support.peers import eventually

SHOTS = os.environ.get("SHOTS")
PHONE: dict[str, Any] = {"width": 360, "height": 740, "has_touch": True, "color_scheme": "dark"}
DRAFT = "Half a thought"


def text_file(name: str, size: int = 20) -> FilePayload:
    return {"name": name, "mimeType": "text/plain", "buffer": b"x" * size}


async def check(page: Page, name: str) -> None:
    """Check the screen, and save a screenshot if requested."""
    await save_screenshot(page, name)
    await check_screen(page)


async def check_each(page: Page, name: str) -> None:
    """The same in one of two windows, a large one and a phone."""
    await save_screenshot(page, name)
    await check_variant(page)


async def save_screenshot(page: Page, name: str) -> None:
    if SHOTS:
        await page.screenshot(path=Path(SHOTS) / f"{name}.png")


async def texts_sent(demo: Stack) -> list[str | None]:
    return [message["text"] for message in await sent_by_us(demo)]


async def expect_sent(demo: Stack, *texts: str | None) -> None:
    async def is_so() -> bool:
        return sorted(map(str, await texts_sent(demo))) == sorted(map(str, texts))

    await eventually(is_so)


async def test_a_draft_survives_a_reload_with_caret_quote_and_files(demo: Stack, windows: Windows) -> None:
    inbox = await open_chat(windows, demo)
    page = inbox.page
    await inbox.bubble("Fala comigo").hover()
    await inbox.bubble("Fala comigo").get_by_role("button", name="Message menu").click()
    await page.get_by_role("menuitem", name="Reply").click()
    await inbox.composer.fill(DRAFT)
    await page.get_by_test_id("composer-files").set_input_files(text_file("offer.txt"))
    await expect(page.get_by_test_id("tray-item")).to_have_count(1)
    await inbox.composer.press("Home")
    await inbox.composer.blur()
    await page.reload()
    await expect(inbox.composer).to_have_value(DRAFT)
    await expect(page.get_by_test_id("composer-reply")).to_contain_text("Fala comigo")
    await expect(page.get_by_test_id("tray-item")).to_contain_text("offer.txt")
    await expect(inbox.composer).to_be_focused()
    await check(page, "draft")
    await page.keyboard.type("> ")
    await expect(inbox.composer).to_have_value(f"> {DRAFT}")
    await inbox.composer.press("Enter")
    await expect_sent(demo, f"> {DRAFT}")
    ((attachment,),) = [message["attachments"] for message in await sent_by_us(demo)]
    assert attachment["file_name"] == "offer.txt"
    await page.reload()
    await expect(inbox.composer).to_have_value("")
    await expect(page.get_by_test_id("tray-item")).to_have_count(0)


async def test_two_tabs_show_the_same_draft(demo: Stack, windows: Windows) -> None:
    one = await open_chat(windows, demo)
    other = await another_tab(one)
    await one.composer.fill(DRAFT)
    await expect(other.composer).to_have_value(DRAFT)
    await other.composer.press("End")
    await other.page.keyboard.type(", and the rest")
    await expect(one.composer).to_have_value(f"{DRAFT}, and the rest")
    await one.composer.press("Enter")
    await expect(other.composer).to_have_value("")
    await expect_sent(demo, f"{DRAFT}, and the rest")


async def test_an_edit_survives_a_reload(demo: Stack, windows: Windows) -> None:
    inbox = await open_chat(windows, demo)
    await inbox.answer("Helo")
    await inbox.expect_status("Helo", "delivered", "read")
    await inbox.composer.press("ArrowUp")
    await expect(inbox.page.get_by_test_id("composer-edit")).to_contain_text("Helo")
    await inbox.composer.fill("Hello")
    await inbox.page.reload()
    await expect(inbox.composer).to_have_value("Hello")
    await inbox.composer.press("Enter")
    await expect(inbox.bubble("Hello")).to_have_count(1)


async def test_formatting_keys_and_undo(demo: Stack, windows: Windows) -> None:
    inbox = await open_chat(windows, demo)
    await inbox.composer.fill("very good")
    await inbox.composer.press("Control+A")
    await expect(inbox.page.get_by_test_id("format-bar")).to_be_visible()
    await check(inbox.page, "format-bar")
    await inbox.composer.press("Control+B")
    await expect(inbox.composer).to_have_value("*very good*")
    await inbox.composer.press("Control+Z")
    await expect(inbox.composer).to_have_value("very good")
    await inbox.composer.press("Control+A")
    await inbox.page.get_by_role("button", name="Strikethrough").click()
    await expect(inbox.composer).to_have_value("~very good~")


@pytest.mark.parametrize("variant", ["desktop", "phone"])
async def test_emoji_by_picker_and_by_colon(demo: Stack, windows: Windows, variant: str) -> None:
    inbox = await open_chat(windows, demo, **(PHONE if variant == "phone" else {}))
    page = inbox.page
    await page.get_by_test_id("composer-emoji").click()
    picker = page.get_by_role("dialog", name="Emoji")
    await expect(picker.get_by_role("gridcell").first).to_be_visible()
    await check_each(page, f"emoji-picker-{variant}")
    await picker.get_by_label("Search emoji").fill("party popper")
    await expect(picker.get_by_role("gridcell", name="party popper")).to_be_visible()
    await picker.get_by_label("Search emoji").press("Enter")
    await expect(inbox.composer).to_have_value("🎉")
    await expect(picker).to_have_count(0)
    await expect(inbox.composer).to_be_focused()
    await page.keyboard.type(" and :rocke")
    await expect(page.get_by_role("option", name="rocket")).to_be_visible()
    await check_each(page, f"emoji-suggestions-{variant}")
    await page.keyboard.press("Enter")
    await expect(inbox.composer).to_have_value("🎉 and 🚀 ")
    await page.keyboard.type(":wave:")
    await expect(inbox.composer).to_have_value("🎉 and 🚀 👋")
    await page.get_by_test_id("composer-emoji").click()
    await expect(picker.get_by_test_id("emoji-recent").get_by_role("button")).to_have_text(["👋", "🚀", "🎉"])
    await page.keyboard.press("Escape")
    await expect(picker).to_have_count(0)
    await expect(inbox.composer).to_be_focused()


async def test_several_files_with_a_caption_each(demo: Stack, windows: Windows) -> None:
    inbox = await open_chat(windows, demo)
    page = inbox.page
    files = [text_file(name) for name in ("one.txt", "two.txt", "three.txt")]
    await page.get_by_test_id("composer-files").set_input_files(files)
    rows = page.get_by_test_id("tray-item")
    await page.get_by_label("Caption for two.txt").fill("The second")
    await page.get_by_role("button", name="Move three.txt up").press("Enter")
    await page.get_by_role("button", name="Move three.txt up").press("Enter")
    await expect(rows.get_by_test_id("file-name")).to_have_text(["three.txt", "one.txt", "two.txt"])
    await page.get_by_role("button", name="Remove one.txt").click()
    await check(page, "files")
    await inbox.composer.fill("Here they are")
    await inbox.composer.press("Enter")
    await expect(rows).to_have_count(0)
    await expect_sent(demo, "Here they are", None, "The second")
    names = [item["file_name"] for message in await sent_by_us(demo) for item in message["attachments"]]
    assert sorted(names) == ["three.txt", "two.txt"]


async def test_what_cannot_be_attached_is_named_before_sending(
    demo: Stack, windows: Windows, tmp_path: Path
) -> None:
    inbox = await open_chat(windows, demo)
    page = inbox.page
    limit = demo.config.media.max_upload_bytes
    sizes = {"fine.txt": 20, "film.txt": limit + 1, "none.txt": 0}
    for name, size in sizes.items():
        (tmp_path / name).write_bytes(b"x" * size)
    await page.get_by_test_id("composer-files").set_input_files([tmp_path / name for name in sizes])
    problems = page.get_by_test_id("tray-problems")
    await expect(problems).to_contain_text("film.txt is too large: the limit is")
    await expect(problems).to_contain_text("none.txt is empty.")
    await expect(page.get_by_test_id("tray-item")).to_have_count(1)
    await check(page, "files-refused")


async def test_one_failed_file_stops_no_other(demo: Stack, windows: Windows) -> None:
    inbox = await open_chat(windows, demo)
    page = inbox.page
    windows.expect_errors(r"status of 413")

    async def refuse_first(route: Any) -> None:
        if b"one.txt" in (route.request.post_data_buffer or b""):
            await route.fulfill(
                status=413, json={"error": {"code": "too_large", "message": "one.txt is too large."}}
            )
        else:
            await route.continue_()

    await page.route("**/send", refuse_first)
    await page.get_by_test_id("composer-files").set_input_files([text_file("one.txt"), text_file("two.txt")])
    await page.get_by_test_id("composer-send").click()
    await expect(inbox.bubbles.filter(has_text="one.txt")).to_have_attribute("data-status", "failed")
    await expect(page.get_by_role("alert").filter(has_text="Not sent. That’s too large.")).to_have_count(1)
    await expect_sent(demo, None)


async def test_an_upload_can_be_cancelled(demo: Stack, windows: Windows) -> None:
    inbox = await open_chat(windows, demo)
    page = inbox.page

    async def hold(route: Any) -> None:
        if b"one.txt" not in (route.request.post_data_buffer or b""):
            await route.continue_()

    await page.route("**/send", hold)
    await page.get_by_test_id("composer-files").set_input_files([text_file("one.txt"), text_file("two.txt")])
    await page.get_by_test_id("composer-send").click()
    await expect(page.get_by_test_id("upload")).to_have_count(2)
    await page.get_by_test_id("upload-cancel").first.click()
    await expect_sent(demo, None)
    await expect(page.get_by_test_id("upload")).to_have_count(0)


async def test_a_recording_is_kept_when_another_chat_is_opened(demo: Stack, talking: Windows) -> None:
    inbox = await open_chat(talking, demo)
    page = inbox.page
    await demo.write("acc-1", "Another chat", **{"from": {"phone_number": "5511955550003", "name": "Chidi"}})
    await page.get_by_test_id("voice-record").click()
    await expect(page.get_by_role("timer")).to_contain_text("0:01")
    await inbox.chats.filter(has_text="Another chat").click()
    await expect(inbox.composer).to_be_visible()
    await inbox.open_chat("Bia Lima")
    await expect(page.get_by_test_id("voice-listen")).to_be_visible()
    await check(page, "voice-kept")
    await page.get_by_test_id("composer-send").click()

    async def has_arrived() -> bool:
        return [len(message["attachments"]) for message in await sent_by_us(demo)] == [1]

    await eventually(has_arrived)
    ((voice,),) = [message["attachments"] for message in await sent_by_us(demo)]
    assert voice["voice_note"] is True


async def test_a_discarded_recording_can_be_brought_back(demo: Stack, talking: Windows) -> None:
    inbox = await open_chat(talking, demo)
    page = inbox.page
    await page.get_by_test_id("voice-record").click()
    await expect(page.get_by_role("timer")).to_contain_text("0:01")
    await page.keyboard.press("Escape")
    await page.get_by_role("button", name="Undo").click()
    await expect(
        page.get_by_test_id("tray-item").get_by_role("button", name="Listen to the recording")
    ).to_be_visible()


@pytest.mark.parametrize("variant", ["desktop", "phone"])
async def test_a_recording_pauses_on_enter_and_can_be_heard(
    demo: Stack, talking: Windows, variant: str
) -> None:
    inbox = await open_chat(talking, demo, **(PHONE if variant == "phone" else {}))
    page = inbox.page
    await page.get_by_test_id("voice-record").click()
    await expect(page.get_by_role("timer")).to_contain_text("Recording 0:01")
    await check_each(page, f"recording-{variant}")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("timer")).to_contain_text("Paused")
    listen = page.get_by_test_id("voice-listen")
    await listen.get_by_role("button", name="Listen to the recording").click()
    await expect(listen.get_by_role("button", name="Stop listening")).to_be_visible()
    await check_each(page, f"recording-paused-{variant}")
    assert await sent_by_us(demo) == []


async def test_while_the_number_is_down_the_composer_says_so_and_keeps_the_draft(
    demo: Stack, windows: Windows
) -> None:
    await connect_account(demo)
    await demo.write("acc-1", "A question")
    inbox = await Inbox.signed_in(windows, demo)
    await inbox.open_chat("Bia Lima")
    await inbox.composer.fill(DRAFT)
    await demo.sandbox.ok("POST", "/sandbox/accounts/acc-1/status", {"status": "CREDENTIALS"})
    notice = inbox.page.get_by_test_id("thread").get_by_test_id("number-notice")
    await expect(notice.get_by_role("button", name="Reconnect")).to_be_visible()
    await expect(inbox.composer).to_have_count(0)
    await expect(inbox.page.get_by_test_id("composer-closed")).to_contain_text("Your draft is saved.")
    await check(inbox.page, "closed")
    await demo.sandbox.ok("POST", "/sandbox/accounts/acc-1/status", {"status": "OK"})
    await expect(inbox.composer).to_have_value(DRAFT)
