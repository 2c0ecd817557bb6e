"""What users did with a chat stands between its messages, in the windows of all."""

import os
from pathlib import Path

from playwright.async_api import Locator, Page, expect

from tests.browser.checks import check_screen
from tests.browser.colleagues import open_colleague
from tests.browser.screens import Inbox, connect_account
from tests.support.fixtures_browser import Windows
from tests.support.fixtures_stack import Stack


async def save_screenshot(page: Page, name: str) -> None:
    if folder := os.environ.get("CONFAB_SCREENSHOTS"):
        await page.screenshot(path=Path(folder) / f"{name}.png")


def words(page: Page) -> Locator:
    """Every line of the thread in its order: messages, and what was done."""
    kinds = ("thread-activity", "thread-conversation")
    done = [f"[data-testid={kind}] > :first-child" for kind in kinds]
    return page.get_by_test_id("thread").locator(", ".join(["[data-testid=message-text]", *done]))


async def test_the_thread_tells_who_did_what(demo: Stack, windows: Windows) -> None:
    account_id = await connect_account(demo)
    await demo.write("acc-1", "Is the blue one there?")
    own = await Inbox.signed_in(windows, demo)
    ana = await open_colleague(windows, demo, account_id, width=360, height=740, color_scheme="dark")
    for inbox in (own, ana):
        await inbox.open_chat("Bia Lima")
        await expect(inbox.bubble("Is the blue one there?")).to_be_visible()
    await own.page.get_by_test_id("messages").focus()
    await own.page.keyboard.press("i")
    await expect(words(ana.page)).to_have_text(["Is the blue one there?", "Demo took this chat"])
    await ana.answer("Yes, it is")
    await own.expect_status("Yes, it is", "delivered")
    await own.page.keyboard.press("Shift+e")
    await own.page.get_by_test_id("close-category").fill("Stock")
    await own.page.keyboard.press("Enter")
    await expect(words(ana.page).last).to_have_text("Demo closed this chat as Stock")
    await demo.write("acc-1", "And the red one?")

    def lines(who: str) -> list[str]:
        took, closed = f"{who} took this chat", f"{who} closed this chat as Stock"
        return ["Is the blue one there?", took, "Yes, it is", closed, "New conversation", "And the red one?"]

    await expect(words(own.page)).to_have_text(lines("You"))
    await expect(words(ana.page)).to_have_text(lines("Demo"))
    for inbox in (own, ana):
        await check_screen(inbox.page)
        await save_screenshot(inbox.page, f"activities-{inbox is ana}")
    # The same after it was read again.
    await ana.page.reload()
    await expect(words(ana.page)).to_have_text(lines("Demo"))
