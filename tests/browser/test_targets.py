"""Targets on screen: promised in the settings, seen in the list and the thread, and kept by an answer."""

from playwright.async_api import Page, expect

from tests.browser.checks import check_screen
from tests.browser.screens import visit
from tests.browser.test_voice import open_chat
from tests.support.fixtures_browser import Windows
from tests.support.fixtures_stack import Stack

LATE = "Reply overdue by 1 hr"


async def promise(page: Page, demo: Stack) -> None:
    """A first reply within an hour, at any time of the day."""
    await visit(page, "/settings/targets")
    await expect(page.get_by_text("No targets yet")).to_be_visible()
    await page.get_by_test_id("target-new").click()
    await page.get_by_test_id("target-name").fill("Fast")
    await page.get_by_test_id("target-first_reply").fill("0,5 h 30")
    await expect(page.get_by_text("That is 1 hour.")).to_be_visible()
    await page.get_by_test_id("target-office").uncheck()
    await check_screen(page)
    await page.get_by_test_id("target-save").click()
    await expect(page.get_by_test_id("target")).to_contain_text("First reply: 1 hour")
    await check_screen(page)


async def narrow(page: Page, choice: str) -> None:
    await page.get_by_test_id("list-menu").click()
    await page.get_by_role("menuitemradio", name=choice).click()


async def test_a_late_reply_is_seen_until_it_is_written(demo: Stack, windows: Windows) -> None:
    inbox = await open_chat(windows, demo)
    page, chat = inbox.page, inbox.page.url
    await demo.execute("update channels_conversation set opened_at = opened_at - interval '126 minutes'")
    await promise(page, demo)
    await visit(page, chat)
    await expect(page.get_by_test_id("thread-target")).to_contain_text(LATE)
    await expect(page.get_by_test_id("chat-target")).to_contain_text("−1h")
    await narrow(page, "Breached")
    await narrow(page, "Due next first")
    await expect(page.get_by_test_id("narrowed-by")).to_contain_text("BreachedDue next first")
    await expect(inbox.chats).to_have_count(1)
    await check_screen(page)
    await inbox.answer("Here I am.")
    await expect(page.get_by_test_id("thread-target")).to_have_count(0)
