"""A message is held if a colleague answered before it was sent: nothing is lost, and it is sent at most once."""

import os
from pathlib import Path

from playwright.async_api import Page, expect

from tests.browser.checks import check_screen
from tests.browser.colleagues import open_colleague
from tests.browser.screens import Inbox, connect_account
from tests.support.fixtures_browser import Windows
from tests.support.fixtures_stack import Stack

OFFLINE = r"ERR_INTERNET_DISCONNECTED|status of 409|WebSocket connection"


async def save_screenshot(page: Page, name: str) -> None:
    if folder := os.environ.get("CONFAB_SCREENSHOTS"):
        await page.screenshot(path=Path(folder) / f"{name}.png")


async def answer_too_late(demo: Stack, windows: Windows) -> tuple[Inbox, Inbox]:
    """Two windows: the answer of the second was written while it had no connection, after that of the first."""
    windows.expect_errors(OFFLINE)
    account_id = await connect_account(demo)
    await demo.write("acc-1", "Is the blue one there?")
    own = await Inbox.signed_in(windows, demo)
    ana = await open_colleague(windows, demo, account_id, width=360, height=740, color_scheme="dark")
    for inbox in (own, ana):
        await inbox.open_chat("Bia Lima")
        await expect(inbox.bubble("Is the blue one there?")).to_be_visible()
    await ana.page.context.set_offline(True)
    await ana.answer("No, sold out")
    await expect(ana.bubble("No, sold out")).to_be_visible()
    await own.answer("Yes, it is")
    await own.expect_status("Yes, it is", "delivered")
    await ana.page.context.set_offline(False)
    await expect(ana.page.get_by_test_id("held")).to_contain_text("Demo answered while you were writing")
    await expect(ana.page.get_by_test_id("held-by")).to_contain_text("Yes, it is")
    return own, ana


async def test_a_late_answer_is_held_and_enter_sends_it(demo: Stack, windows: Windows) -> None:
    own, ana = await answer_too_late(demo, windows)
    await expect(own.bubble("No, sold out")).to_have_count(0)
    await expect(ana.page.get_by_test_id("message-held")).to_be_visible()
    await check_screen(ana.page)
    await save_screenshot(ana.page, "held")
    # It waits across a reload, too.
    await ana.page.reload()
    await expect(ana.page.get_by_test_id("held")).to_be_visible()
    await ana.composer.press("Enter")
    await own.expect_bubbles("Is the blue one there?", "Yes, it is", "No, sold out")
    await ana.expect_bubbles("Is the blue one there?", "Yes, it is", "No, sold out")
    await expect(ana.page.get_by_test_id("held")).to_have_count(0)


async def test_escape_puts_a_held_answer_back_into_the_composer(demo: Stack, windows: Windows) -> None:
    own, ana = await answer_too_late(demo, windows)
    await ana.composer.press("Escape")
    await expect(ana.composer).to_have_value("No, sold out")
    await expect(ana.page.get_by_test_id("held")).to_have_count(0)
    await ana.expect_bubbles("Is the blue one there?", "Yes, it is")
    # What was seen since then holds nothing back.
    await ana.answer("As my colleague says")
    await own.expect_bubbles("Is the blue one there?", "Yes, it is", "As my colleague says")


async def test_answers_in_turn_are_not_held(demo: Stack, windows: Windows) -> None:
    account_id = await connect_account(demo)
    await demo.write("acc-1", "Is the blue one there?")
    own = await Inbox.signed_in(windows, demo)
    ana = await open_colleague(windows, demo, account_id)
    for inbox in (own, ana):
        await inbox.open_chat("Bia Lima")
    await own.answer("Yes")
    await expect(ana.bubble("Yes")).to_be_visible()
    await ana.answer("In two sizes")
    await expect(own.bubble("In two sizes")).to_be_visible()
    await own.answer("And in red")
    await ana.expect_bubbles("Is the blue one there?", "Yes", "In two sizes", "And in red")
