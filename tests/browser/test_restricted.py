"""A restricted agent in the browser: one tab, a chat that comes, and one that is taken away."""

import os
from pathlib import Path

from playwright.async_api import Page, expect

from tests.browser.checks import check_screen
from tests.browser.colleagues import open_colleague
from tests.browser.screens import Inbox, connect_account
from tests.support.fixtures_browser import Windows
from tests.support.fixtures_stack import Stack


async def save_screenshot(page: Page, name: str) -> None:
    if folder := os.environ.get("CONFAB_SCREENSHOTS"):
        await page.screenshot(path=Path(folder) / f"{name}.png")


async def assign_to(inbox: Inbox, name: str, found: str) -> None:
    await inbox.page.get_by_test_id("chat-owner").click()
    await inbox.page.get_by_test_id("palette-input").fill(name)
    await inbox.page.keyboard.press("Enter")
    await expect(inbox.page.get_by_test_id("chat-owner")).to_contain_text(found)


async def test_a_restricted_agent_sees_chats_come_and_go(demo: Stack, windows: Windows) -> None:
    account_id = await connect_account(demo)
    await demo.write("acc-1", "Is the blue one there?")
    own = await Inbox.signed_in(windows, demo)
    ana = await open_colleague(windows, demo, account_id, width=360, height=740, color_scheme="dark")
    await expect(ana.page.get_by_test_id("view-all")).to_be_visible()
    await expect(ana.page.get_by_test_id("chat-title")).to_have_count(1)

    # It is open, and a colleague's: it closes when its reader is restricted.
    await ana.open_chat("Bia Lima")
    windows.expect_errors("404")
    marks: list[str] = []
    ana.page.on("request", lambda request: marks.append(request.url) if request.method == "PATCH" else None)
    await own.go_to("Numbers")
    await own.page.get_by_test_id("account-menu").click()
    await own.page.get_by_test_id("account-members").click()
    await own.page.get_by_test_id("member-restricted").click()
    await expect(own.page.get_by_test_id("member-restricted")).to_be_checked()
    await check_screen(own.page)
    await save_screenshot(own.page, "members-light")
    await expect(ana.page.get_by_test_id("toast")).to_contain_text("no longer yours")
    await ana.page.get_by_test_id("toast").get_by_role("button").click()
    # The whole list goes, without a reload; there is one tab now.
    await expect(ana.page.get_by_test_id("chat-title")).to_have_count(0)
    await expect(ana.page.get_by_test_id("view-mine")).to_be_visible()
    await expect(ana.page.get_by_test_id("view-all")).to_have_count(0)
    await expect(ana.page.get_by_test_id("view-unassigned")).to_have_count(0)
    await check_screen(ana.page)
    await save_screenshot(ana.page, "restricted-none-dark")

    await own.page.get_by_role("button", name="Close").click()
    await own.go_to("Inbox")
    await own.open_chat("Bia Lima")
    await assign_to(own, "souza", "Ana Souza")
    # What is hidden is not asked for again and again.
    assert len(marks) <= 2
    await ana.open_chat("Bia Lima")
    await ana.answer("Yes, it is")
    await ana.expect_status("Yes, it is", "delivered")
    await save_screenshot(ana.page, "restricted-own-dark")
    await own.page.get_by_test_id("messages").focus()
    await own.page.keyboard.press("i")
    await expect(ana.page.get_by_test_id("toast")).to_contain_text("no longer yours")
    await expect(ana.page.get_by_test_id("chat-title")).to_have_count(0)
    assert ana.page.url.endswith("/inbox")
    await save_screenshot(ana.page, "restricted-taken-dark")
