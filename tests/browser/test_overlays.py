"""Overlays fit, are accessible, work by keyboard, and restore the focus."""

import base64
import os
import re

import pytest
from playwright.async_api import Locator, Page, expect

from tests.browser.checks import check_screen, check_variant
from tests.browser.screens import Inbox, connect_account
from tests.browser.test_screens import VARIANTS
from tests.support.fixtures_browser import Windows
from tests.support.fixtures_stack import Stack

BIA = {"phone_number": "5511988880000", "name": "Bia Lima"}
LEA = {"phone_number": "4915112340003", "name": "Lea Baumann"}
PHONES = {variant for variant in VARIANTS if "phone" in variant}


async def check_overlay(page: Page, name: str) -> None:
    """Check the screen, and save a screenshot if requested."""
    await check_variant(page)
    if folder := os.environ.get("SHOTS"):
        await page.screenshot(path=f"{folder}/{name}.png")


async def open_and_leave(opener: Locator, opened: Locator, name: str) -> None:
    """Open by keyboard, close with Escape."""
    await opener.focus()
    await opener.press("Enter")
    await expect(opened).to_be_visible()
    await check_overlay(opener.page, name)
    await opener.page.keyboard.press("Escape")
    await expect(opened).to_have_count(0)
    await expect(opener).to_be_focused()


@pytest.mark.parametrize("variant", VARIANTS)
async def test_menus_and_dialogs_fit_and_restore_the_focus(
    demo: Stack, windows: Windows, variant: str
) -> None:
    await connect_account(demo)
    written = await demo.write("acc-1", "Pode entregar amanhã?", **{"from": BIA})
    inbox = await Inbox.signed_in(windows, demo, **VARIANTS[variant])
    page = inbox.page
    dialog, menu = page.get_by_role("dialog"), page.get_by_role("menu")
    await open_and_leave(page.get_by_test_id("new-chat"), dialog, f"{variant}-new-chat")
    await inbox.open_chat("Bia Lima")
    await inbox.answer("Claro")
    await inbox.expect_status("Claro", "delivered")
    await open_and_leave(page.get_by_test_id("chat-menu"), menu, f"{variant}-chat-menu")
    opener = inbox.bubble("Claro").get_by_role("button", name="Message menu")
    await open_and_leave(opener, menu, f"{variant}-message-menu")
    await demo.sandbox.ok(
        "PUT", f"/sandbox/messages/{written['message_id']}/reaction", {"value": "🙏", "from": BIA}
    )
    await open_and_leave(page.get_by_test_id("message-reactions"), dialog, f"{variant}-reactions")


async def test_reacting_replying_editing_and_deleting_work_by_keyboard(demo: Stack, windows: Windows) -> None:
    await connect_account(demo)
    await demo.write("acc-1", "Pode entregar amanhã?")
    inbox = await Inbox.signed_in(windows, demo)
    await inbox.open_chat("Bia Lima")
    page, keyboard = inbox.page, inbox.page.keyboard
    opener = inbox.bubble("Pode entregar amanhã?").get_by_role("button", name="Message menu")
    await opener.focus()
    await keyboard.press("Enter")
    await keyboard.press("ArrowRight")
    await expect(page.get_by_role("menuitemradio", name="React with ❤️")).to_be_focused()
    await keyboard.press("Enter")
    await expect(page.get_by_test_id("message-reactions")).to_have_accessible_name("Reactions: ❤️ You")
    await expect(opener).to_be_focused()

    await keyboard.press("Enter")
    await choose(page, "Reply")
    await expect(inbox.composer).to_be_focused()
    await keyboard.type("Sim")
    await keyboard.press("Enter")
    await inbox.expect_status("Sim", "delivered")
    own = inbox.bubble("Sim").get_by_role("button", name="Message menu")
    await own.focus()
    await keyboard.press("Enter")
    await choose(page, "Edit")
    await expect(inbox.composer).to_be_focused()
    await keyboard.press("End")
    await keyboard.type(", claro")
    await keyboard.press("Enter")
    await expect(inbox.bubble("Sim, claro")).to_contain_text("Edited")
    own = inbox.bubble("Sim, claro").get_by_role("button", name="Message menu")
    await own.focus()
    await keyboard.press("Enter")
    await choose(page, "Delete for everyone")
    await expect(page.get_by_role("dialog")).to_be_visible()
    await check_screen(page)
    await page.get_by_role("dialog").get_by_role("button", name="Delete").press("Enter")
    await expect(page.get_by_test_id("message-deleted")).to_have_count(1)


# As when the message of an open menu was sent meanwhile, which adds the items of a sent message.
GROW = "(menu) => menu.append(Object.assign(document.createElement('div'), { style: 'height: 300px' }))"


async def test_a_menu_that_grows_stays_inside_the_window(demo: Stack, windows: Windows) -> None:
    await connect_account(demo)
    await demo.write("acc-1", "Pode entregar amanhã?")
    inbox = await Inbox.signed_in(windows, demo)
    await inbox.open_chat("Bia Lima")
    await inbox.page.set_viewport_size({"width": 1280, "height": 560})
    await inbox.bubble("Pode entregar amanhã?").hover()
    await inbox.bubble("Pode entregar amanhã?").get_by_role("button", name="Message menu").click()
    menu = inbox.page.get_by_role("menu")
    await menu.evaluate(GROW)
    await expect(menu.get_by_role("menuitem").first).to_be_in_viewport(ratio=1)
    await expect(menu.locator("div").last).to_be_in_viewport(ratio=1)


async def choose(page: Page, entry: str) -> None:
    """Move down the open menu to this item and press Enter."""
    line = page.get_by_role("menuitem", name=entry)
    for _ in range(12):
        if await line.evaluate("(element) => element === document.activeElement"):
            break
        await page.keyboard.press("ArrowDown")
    await expect(line).to_be_focused()
    await page.keyboard.press("Enter")


@pytest.mark.parametrize("variant", VARIANTS)
async def test_recorder_and_attachments_fit_and_work_by_keyboard(
    demo: Stack, talking: Windows, variant: str
) -> None:
    await connect_account(demo)
    await demo.write("acc-1", "Fala comigo")
    inbox = await Inbox.signed_in(talking, demo, **VARIANTS[variant])
    await inbox.open_chat("Bia Lima")
    page = inbox.page
    await page.get_by_test_id("voice-record").press("Enter")
    await expect(page.get_by_role("timer")).to_have_text(re.compile("Recording 0:0[1-9]"))
    await check_overlay(page, f"{variant}-recorder")
    await page.keyboard.press("Escape")
    await expect(page.get_by_test_id("voice-recorder")).to_have_count(0)

    async with page.expect_file_chooser() as chosen:
        await page.get_by_role("button", name="Attach files").press("Enter")
    picture = await page.screenshot(clip={"x": 0, "y": 0, "width": 320, "height": 180})
    files = [{"name": name, "mimeType": "image/png", "buffer": picture} for name in ("a.png", "b.png")]
    await (await chosen.value).set_files(files)  # type: ignore[arg-type]
    tray = page.get_by_role("list", name="Attached files")
    await expect(tray.get_by_role("listitem")).to_have_count(2)
    await check_overlay(page, f"{variant}-tray")
    await tray.get_by_role("button", name="Remove a.png").press("Enter")
    await expect(tray.get_by_role("listitem")).to_have_count(1)
    await page.get_by_test_id("composer-send").press("Enter")
    await expect(page.get_by_test_id("attachment-image")).to_have_count(1)


async def test_a_screen_reader_announces_new_messages(demo: Stack, windows: Windows) -> None:
    """For any chat, whichever is open."""
    await connect_account(demo)
    await demo.write("acc-1", "Oi", **{"from": BIA})
    inbox = await Inbox.signed_in(windows, demo)
    await inbox.open_chat("Bia Lima")
    said = inbox.page.get_by_role("log", name="New messages")
    await expect(said).to_have_attribute("aria-live", "polite")
    await demo.write("acc-1", "Ist mein Paket da?", **{"from": LEA})
    await expect(said).to_have_text("New message from Lea Baumann: Ist mein Paket da?")
    await demo.write("acc-1", "Chegou!", **{"from": BIA})
    await expect(said).to_have_text("New message from Bia Lima: Chegou!")
    await inbox.answer("Que bom")
    await inbox.expect_status("Que bom", "delivered")
    await expect(said).to_have_text("New message from Bia Lima: Chegou!")


@pytest.mark.parametrize("variant", ["light", "phone"])
async def test_wide_tall_and_tiny_pictures_stay_in_their_bubbles(
    demo: Stack, windows: Windows, variant: str
) -> None:
    await connect_account(demo)
    inbox = await Inbox.signed_in(windows, demo, **VARIANTS[variant])
    page = inbox.page
    for width, height in ((380, 20), (30, 700), (12, 12)):
        picture = await page.screenshot(clip={"x": 0, "y": 0, "width": width, "height": height})
        data = base64.b64encode(picture).decode()
        # With a caption each has a bubble of its own; without, they are an album.
        file = {"name": "a.png", "mimetype": "image/png", "data": data}
        await demo.write("acc-1", f"{width} × {height}", attachments=[file])
    await inbox.open_chat("Bia Lima")
    pictures = page.locator("[data-testid=attachment-image] img")
    await expect(pictures).to_have_count(3)
    await check_overlay(page, f"{variant}-pictures")
    for index in range(3):
        shown = await pictures.nth(index).bounding_box()
        bubble = await inbox.bubbles.nth(index).bounding_box()
        assert shown is not None
        assert bubble is not None
        assert shown["x"] >= bubble["x"]
        assert shown["x"] + shown["width"] <= bubble["x"] + bubble["width"]
