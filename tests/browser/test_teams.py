"""Teams in the settings, and going away."""

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
        await page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


async def test_an_admin_makes_a_team_that_chats_are_assigned_to(demo: Stack, windows: Windows) -> None:
    await connect_account(demo)
    await demo.write("acc-1", "Is the blue one there?")
    own = await Inbox.signed_in(windows, demo, "/settings/team")
    page = own.page
    await expect(page.get_by_test_id("teams-none")).to_be_visible()
    await page.get_by_test_id("team-new").click()
    await page.get_by_test_id("team-name").fill("Support")
    await page.get_by_test_id("team-form").get_by_role("checkbox").first.check()
    await check_screen(page)
    await page.get_by_test_id("team-save").click()
    await expect(page.get_by_test_id("team-row")).to_contain_text("Support")
    await expect(page.get_by_test_id("team-row")).to_contain_text("1 member")
    # Shown as off once it is saved.
    await page.get_by_test_id("team-setting-answer_assigns").click()
    await expect(page.get_by_test_id("team-setting-answer_assigns")).not_to_be_checked()
    await check_screen(page)
    await save_screenshot(page, "teams")

    await own.go_to("Inbox")
    await own.open_chat("Bia Lima")
    await page.get_by_test_id("chat-owner").click()
    await page.get_by_test_id("palette-input").fill("supp")
    await page.keyboard.press("Enter")
    await expect(page.get_by_test_id("chat-owner")).to_contain_text("Support")
    # Answering does not take it now.
    await own.answer("Yes")
    await own.expect_status("Yes", "delivered")
    await expect(page.get_by_test_id("chat-owner")).to_contain_text("Support")


async def test_who_goes_away_gives_back_their_chats(demo: Stack, windows: Windows) -> None:
    account_id = await connect_account(demo)
    await demo.write("acc-1", "Is the blue one there?")
    own = await Inbox.signed_in(windows, demo)
    ana = await open_colleague(windows, demo, account_id)
    for inbox in (own, ana):
        await inbox.open_chat("Bia Lima")
    await ana.page.get_by_test_id("messages").focus()
    await ana.page.keyboard.press("i")
    await expect(own.page.get_by_test_id("chat-owner")).to_contain_text("Ana Souza")
    await ana.page.get_by_test_id("user-menu").click()
    await ana.page.get_by_test_id("menu-away").click()
    await expect(own.page.get_by_test_id("chat-owner")).to_contain_text("Unassigned")
    await own.page.get_by_test_id("chat-owner").click()
    await expect(own.page.get_by_test_id("palette-item").filter(has_text="Ana Souza")).to_contain_text("Away")
    await ana.page.get_by_test_id("user-menu").click()
    await expect(ana.page.get_by_test_id("menu-away")).to_have_text("I’m back")
