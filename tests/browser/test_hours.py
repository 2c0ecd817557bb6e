"""Office hours and automatic replies: set under Numbers, sent to a contact, and shown above the composer."""

import os
from pathlib import Path

from playwright.async_api import Page, expect

from tests.browser.checks import check_sizes
from tests.browser.screens import Inbox, connect_account, visit
from tests.support.fixtures_browser import Windows
from tests.support.fixtures_stack import Stack

AWAY = "We are back {{hours.opens_at | default: 'soon'}}, {{contact.first_name | default: 'there'}}"


async def save_screenshot(page: Page, name: str) -> None:
    if folder := os.environ.get("CONFAB_SCREENSHOTS"):
        await page.screenshot(path=Path(folder) / f"{name}.png")


async def test_a_closed_number_answers_by_itself(demo: Stack, windows: Windows) -> None:
    await connect_account(demo)
    own = await Inbox.signed_in(windows, demo, "/connections")
    page = own.page
    await expect(page.get_by_test_id("account-hours-state")).to_have_text("Always open")
    await page.get_by_test_id("account-hours").click()
    await page.get_by_test_id("hours-on").check()
    days = page.get_by_test_id("hours-day")
    await days.first.get_by_test_id("hours-to").fill("12:00")
    await days.first.get_by_test_id("hours-add").click()
    await page.get_by_test_id("holiday-add").click()
    await page.get_by_test_id("holiday-date").fill("2027-12-24")
    await page.get_by_test_id("holiday-name").fill("Christmas Eve")
    await page.get_by_test_id("hours-away").check()
    await page.get_by_test_id("hours-away-text").fill(AWAY)
    await check_sizes(page)
    await save_screenshot(page, "hours-dialog-end")
    await page.get_by_test_id("hours-on").scroll_into_view_if_needed()
    await save_screenshot(page, "hours-dialog")
    # Closed for good, whatever the day of the test is: one closed day, copied to all.
    await days.last.get_by_test_id("hours-copy").click()
    await page.get_by_test_id("hours-save").click()
    await expect(page.get_by_test_id("hours-dialog")).to_have_count(0)
    await expect(page.get_by_test_id("account-hours-state")).to_contain_text("Closed")
    await expect(page.get_by_test_id("account-replies-state")).to_have_text("Away message on")
    await save_screenshot(page, "hours-card")

    await demo.write("acc-1", "Is anybody there?")
    await visit(page, "/inbox")
    await own.open_chat("Bia Lima")
    await own.expect_status("We are back soon, Bia", "delivered")
    await expect(page.get_by_test_id("outside-hours")).to_contain_text("Outside office hours")
    await check_sizes(page)
    await save_screenshot(page, "hours-thread")
