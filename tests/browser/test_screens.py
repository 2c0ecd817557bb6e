"""Every screen in desktop and phone size: it fits, is accessible, and works by keyboard."""

from typing import Any

import pytest
from playwright.async_api import Page, expect

from server.config import DEMO_EMAIL
from tests.browser.checks import check_one_scheme, check_tab_order, check_variant
from tests.browser.screens import Inbox, connect_account
from tests.support.fixtures_browser import Windows
from tests.support.fixtures_stack import DEMO_PASSWORD, Stack

# `check_variant` checks the colours of both schemes and the narrowest window, so no variant is dark or narrower.
VARIANTS: dict[str, dict[str, Any]] = {
    "light": {"color_scheme": "light"},
    "phone": {"color_scheme": "light", "width": 390, "height": 844, "has_touch": True, "is_mobile": True},
}
CUSTOMERS = {"Chidi Okafor": "2348031110001", "Hana Sato": "819012340002", "Lea Baumann": "4915112340003"}
HTML = "<script>alert(1)</script><img src=x onerror=alert(2)><b>bold</b>"
ARABIC = "مرحبا، هل يمكنني تغيير العنوان؟"
FAMILY = "🎉👨‍👩‍👧‍👦🇧🇷"
ENDLESS = "W" * 10_000


async def write_from_every_customer(demo: Stack) -> None:
    """One message of each customer, the last in the list first."""
    for name, index in CUSTOMERS.items():
        sender = {"phone_number": index, "name": name}
        await demo.write("acc-1", f"Hello from {name}, I have a question about my order", **{"from": sender})


@pytest.mark.parametrize("variant", VARIANTS)
async def test_every_screen_fits_and_is_accessible(demo: Stack, windows: Windows, variant: str) -> None:
    page = await windows.open(demo.stranger.url, **VARIANTS[variant])
    await expect(page.get_by_test_id("login-demo")).to_be_visible()
    await check_variant(page)
    await page.get_by_test_id("login-demo").click()
    inbox = Inbox(page)
    await close_first_dialog(page)
    await expect(page.get_by_text("Connect your first number")).to_be_visible()
    await check_variant(page)
    await check_connections(demo, inbox)
    await inbox.go_to("Inbox")
    await expect(page.get_by_text("No chats yet")).to_be_visible()
    await check_variant(page)
    await check_chats(demo, inbox)


async def check_connections(demo: Stack, inbox: Inbox) -> None:
    """Without an account, with the code of a new one, and with a connected one."""
    page = inbox.page
    await inbox.go_to("Numbers")
    # The inbox, shown until the page is loaded, invites to connect a number too.
    await expect(page.get_by_role("heading", name="Numbers", exact=True)).to_be_visible()
    await expect(page.get_by_role("heading", name="Connect your first number")).to_be_visible()
    await check_variant(page)
    await page.get_by_test_id("connect-number").click()
    await expect(page.get_by_test_id("connect-qr")).to_be_visible()
    await check_variant(page)
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("dialog")).to_have_count(0)
    await connect_account(demo)
    await expect(page.get_by_text("Connected", exact=True)).to_be_visible()
    await check_variant(page)


async def check_chats(demo: Stack, inbox: Inbox) -> None:
    """The list, and a thread with a reply."""
    await write_from_every_customer(demo)
    await expect(inbox.chats).to_have_count(len(CUSTOMERS))
    await check_variant(inbox.page)
    await inbox.open_chat("Hana Sato")
    await inbox.answer("One moment, please.")
    await inbox.expect_status("One moment, please.", "delivered")
    await check_variant(inbox.page)


@pytest.mark.parametrize("variant", ["light", "phone"])
async def test_hostile_text_is_shown_as_text_and_fits(demo: Stack, windows: Windows, variant: str) -> None:
    await connect_account(demo)
    name = "<i>Eve</i>"
    for text in (HTML, ARABIC, FAMILY, ENDLESS):
        await demo.write("acc-1", text, **{"from": {"phone_number": "5511977770000", "name": name}})
    inbox = await Inbox.signed_in(windows, demo, **VARIANTS[variant])
    await inbox.open_chat(name)
    # Of a long text only the beginning is shown at first.
    more = inbox.page.get_by_role("button", name="Read more")
    await more.click()
    await inbox.expect_bubbles(HTML, ARABIC, FAMILY, ENDLESS)
    await inbox.answer(HTML + ENDLESS)
    await more.click()
    await inbox.expect_status(HTML + ENDLESS, "delivered")
    await inbox.expect_bubbles(HTML, ARABIC, FAMILY, ENDLESS, HTML + ENDLESS)

    thread = inbox.page.get_by_test_id("thread")
    await expect(thread.locator("script, img:not([data-testid=avatar-picture]), b, i")).to_have_count(0)
    await expect(inbox.bubble(ARABIC).get_by_test_id("message-text")).to_have_css("direction", "rtl")
    await expect(inbox.composer).to_be_in_viewport(ratio=1)
    # Kerned, 10,000 letters take Chromium a second for each layout.
    for written in (inbox.bubble(ENDLESS).get_by_test_id("message-text"), inbox.composer):
        await expect(written).to_have_css("font-kerning", "none")
    await check_one_scheme(inbox.page)


async def test_the_keyboard_is_enough(demo: Stack, windows: Windows) -> None:
    page = await windows.open(demo.stranger.url)
    await log_in_by_keyboard(page)
    await close_first_dialog(page)
    await connect_account(demo)
    await write_from_every_customer(demo)
    inbox = Inbox(page)
    await expect(inbox.chats).to_have_count(len(CUSTOMERS))
    await check_tab_order(page)
    await walk_the_list(inbox)
    await check_tab_order(page)

    await page.get_by_role("navigation").get_by_role("link", name="Numbers").press("Enter")
    await expect(page.get_by_test_id("account-card")).to_be_visible()
    await check_tab_order(page)
    await use_the_dialog(page)


async def log_in_by_keyboard(page: Page) -> None:
    await expect(page.get_by_test_id("login-demo")).to_be_visible()
    await check_tab_order(page)
    await page.get_by_test_id("login-email").focus()
    await page.keyboard.type(DEMO_EMAIL)
    await page.keyboard.press("Tab")
    await page.keyboard.type(DEMO_PASSWORD)
    await page.keyboard.press("Enter")
    await expect(page.get_by_test_id("user-menu")).to_be_visible()


async def close_first_dialog(page: Page) -> None:
    """The inbox without a number has opened it."""
    await expect(page.get_by_test_id("connect-qr")).to_be_visible()
    async with page.expect_response(lambda answer: answer.request.method == "DELETE"):
        await page.keyboard.press("Escape")
    await expect(page.get_by_role("dialog")).to_have_count(0)


async def walk_the_list(inbox: Inbox) -> None:
    """Arrow keys move, Enter opens, Escape closes."""
    keyboard, chats = inbox.page.keyboard, inbox.chats
    await chats.first.focus()
    await keyboard.press("ArrowDown")
    await expect(chats.nth(1)).to_be_focused()
    await keyboard.press("End")
    await expect(chats.last).to_be_focused()
    await keyboard.press("ArrowUp")
    await keyboard.press("ArrowUp")
    await expect(chats.first).to_be_focused()
    await keyboard.press("Enter")
    await expect(inbox.composer).to_be_focused()
    await keyboard.press("Escape")
    await expect(inbox.page.get_by_text("No chat open")).to_be_visible()
    await chats.first.press("Enter")
    await expect(inbox.composer).to_be_focused()


async def use_the_dialog(page: Page) -> None:
    """The focus moves in, is trapped, and is restored on close."""
    opener = page.get_by_test_id("connect-number")
    await opener.press("Enter")
    await expect(page.get_by_test_id("connect-qr")).to_be_visible()
    await check_tab_order(page)
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("dialog")).to_have_count(0)
    await expect(opener).to_be_focused()
