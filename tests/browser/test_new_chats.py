"""A number that starts no new chats for now: who tries is told until when, its owner resumes, and the chat begins."""

from playwright.async_api import expect

from tests.browser.checks import check_screen
from tests.browser.screens import Inbox, sign_in_demo_user
from tests.support.fixtures_browser import Windows
from tests.support.fixtures_stack import Stack


async def test_a_restricted_number_is_explained_and_resumed(demo: Stack, windows: Windows) -> None:
    windows.expect_errors("status of 429 .*/chats$")
    user = await sign_in_demo_user(demo)
    await demo.make_account(user)
    await demo.sandbox.ok("PATCH", "/sandbox/faults", {"stranger_error": "limit_exceeded"})
    numbers = await Inbox.signed_in(windows, demo, "/connections", color_scheme="dark", width=360, height=740)
    inbox = await Inbox.signed_in(windows, demo)
    page = inbox.page
    await page.get_by_test_id("new-chat").click()
    await page.get_by_test_id("new-chat-phone").fill("+55 11 97777 0000")
    await page.get_by_test_id("new-chat-text").fill("Oi, Nina!")
    await page.get_by_test_id("new-chat-send").click()
    await expect(page.get_by_test_id("new-chat-stopped")).to_contain_text("starts no new chats until")
    await check_screen(page)

    stopped = numbers.page.get_by_test_id("new-chats-stopped")
    await expect(stopped).to_contain_text("WhatsApp has restricted this number")
    await check_screen(numbers.page)
    await demo.sandbox.ok("PATCH", "/sandbox/faults", {"stranger_error": None})
    await numbers.page.get_by_test_id("new-chats-resume").click()
    await check_screen(numbers.page)
    await numbers.page.get_by_test_id("confirm-resume").click()
    await expect(stopped).to_have_count(0)

    await page.get_by_test_id("new-chat-send").click()
    await inbox.expect_bubbles("Oi, Nina!")
