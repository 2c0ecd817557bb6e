"""A number hands out its new chats: as its owner sets it, and as everyone sees it."""

import os
from pathlib import Path

from playwright.async_api import Page, expect

from tests.browser.checks import check_one_scheme
from tests.browser.colleagues import open_colleague
from tests.browser.screens import Inbox, connect_account, visit
from tests.support.fixtures_browser import Windows
from tests.support.fixtures_stack import Stack


async def save_screenshots(page: Page, name: str) -> None:
    if folder := os.environ.get("CONFAB_SCREENSHOTS"):
        for scheme in ("light", "dark"):
            await page.emulate_media(color_scheme=scheme)
            for width, height in ((1440, 900), (360, 740)):
                await page.set_viewport_size({"width": width, "height": height})
                await page.screenshot(path=Path(folder) / f"{name}-{scheme}-{width}.png", full_page=True)
        await page.set_viewport_size({"width": 1280, "height": 800})


async def test_new_chats_find_their_owner(demo: Stack, windows: Windows) -> None:
    account_id = await connect_account(demo)
    own = await Inbox.signed_in(windows, demo, "/connections")
    ana = await open_colleague(windows, demo, account_id)
    page = own.page
    await page.get_by_test_id("account-assignment").select_option("balanced")
    await page.get_by_test_id("account-chat-limit").fill("5")
    await page.keyboard.press("Enter")
    await check_one_scheme(page)
    await save_screenshots(page, "numbers")

    await visit(page, "/settings/team")
    limit = page.get_by_test_id("person").filter(has_text="Ana Souza").get_by_test_id("user-chat-limit")
    await limit.fill("20")
    await page.keyboard.press("Tab")
    await expect(limit).to_have_attribute("aria-busy", "false")
    await check_one_scheme(page)
    await save_screenshots(page, "team")
    await page.get_by_test_id("team-new").click()
    await expect(page.get_by_test_id("team-mode")).to_be_visible()
    await save_screenshots(page, "team-dialog")
    await page.keyboard.press("Escape")
    # Only Ana is left to get it.
    await page.get_by_test_id("user-menu").click()
    await page.get_by_test_id("menu-away").click()
    await own.go_to("Inbox")

    await demo.write("acc-1", "Is the blue one there?")
    await ana.open_chat("Bia Lima")
    await expect(ana.page.get_by_test_id("chat-owner")).to_contain_text("Me")
    await expect(ana.page.get_by_text("This chat was assigned to you automatically")).to_be_visible()
    await page.get_by_role("tab", name="All").click()
    await own.open_chat("Bia Lima")
    await expect(page.get_by_text("This chat was assigned to Ana Souza automatically")).to_be_visible()
    await page.get_by_test_id("chat-owner").click()
    await expect(page.get_by_test_id("palette-item").filter(has_text="Ana Souza")).to_contain_text(
        "1/5 · 1/20"
    )
    await check_one_scheme(page)
    await save_screenshots(page, "picker")
    await page.keyboard.press("Escape")
    await own.go_to("Numbers")
    await page.get_by_test_id("account-menu").click()
    await page.get_by_role("menuitem", name="Access").click()
    await expect(page.get_by_test_id("member").filter(has_text="Ana Souza")).to_contain_text("1/5 · 1/20")
    await save_screenshots(page, "members")
