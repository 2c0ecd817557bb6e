"""What the team records about contacts: fields defined in the settings, filled in beside a chat, found in the list."""

import os
from pathlib import Path

from playwright.async_api import expect

from tests.browser.checks import check_screen
from tests.browser.screens import Inbox, connect_account
from tests.support.fixtures_browser import Windows
from tests.support.fixtures_stack import Stack

# Where to save screenshots for review.
PICTURES = os.environ.get("SCREENSHOTS", "")

BIA = {"phone_number": "5511988880000", "name": "Bia Lima"}


async def test_a_field_is_defined_filled_in_and_found(demo: Stack, windows: Windows) -> None:
    await connect_account(demo)
    await demo.write("acc-1", "Oi", **{"from": BIA})
    inbox = await Inbox.signed_in(windows, demo, "/settings/fields")
    page = inbox.page
    await page.get_by_test_id("field-new").click()
    await page.get_by_test_id("field-name").fill("Plan")
    await page.get_by_test_id("field-kind").select_option("list")
    await page.get_by_test_id("field-options").fill("Small\nLarge")
    await page.get_by_test_id("field-save").click()
    await expect(page.get_by_test_id("field")).to_contain_text("Small, Large")
    await check_screen(page)
    await inbox.go_to("Inbox")
    await inbox.open_chat("Bia Lima")
    await page.get_by_test_id("chat-details-open").click()
    # What is empty is shown, and starts the form at its own field.
    await page.get_by_test_id("contact-value-empty").get_by_role("button", name="Add Plan").press("Enter")
    await expect(page.get_by_test_id("contact-field")).to_be_focused()
    await check_screen(page)
    await page.get_by_test_id("contact-own-name").fill("Bia of the bakery")
    await page.get_by_test_id("contact-field").select_option("Large")
    await page.get_by_test_id("contact-save").click()
    await expect(page.get_by_test_id("contact-value")).to_have_text("PlanLarge")
    await expect(inbox.chats).to_contain_text("Bia of the bakery")
    await check_screen(page)
    await inbox.go_to("Contacts")
    await page.get_by_test_id("contacts-search").fill("large")
    await page.get_by_test_id("contact-row").click()
    await expect(page.get_by_test_id("contact-card")).to_contain_text("~Bia Lima")
    await check_screen(page)
    await page.get_by_test_id("contact-chat").click()
    await expect(inbox.bubble("Oi")).to_be_visible()


async def test_a_table_is_imported_in_three_steps(demo: Stack, windows: Windows) -> None:
    await connect_account(demo)
    inbox = await Inbox.signed_in(windows, demo, "/contacts")
    page = inbox.page
    table = "Phone,Name,Nickname\n+351910000001,Tomás Almeida,Tom\n910000002,No country,x\n"
    await page.get_by_test_id("contacts-import").click()
    await page.get_by_test_id("contacts-import-file").set_input_files(
        {"name": "contacts.csv", "mimeType": "text/csv", "buffer": table.encode()}
    )
    targets = page.get_by_test_id("contacts-import-target")
    await expect(targets.nth(0)).to_have_value("phone")
    await expect(targets.nth(2)).to_have_value("")
    await check_screen(page)
    await page.get_by_test_id("contacts-import-check").click()
    await expect(page.get_by_test_id("contacts-import-checked")).to_have_text(
        "New1Known0Rejected1", timeout=40_000
    )
    await check_screen(page)
    reasons = page.get_by_test_id("contacts-import-reasons").get_by_role("row")
    await expect(reasons.last).to_contain_text("Phone: Add the country code")
    await check_screen(page)
    if PICTURES:
        await page.screenshot(path=Path(PICTURES) / "rejected-rows.png")
    await page.get_by_test_id("contacts-import-start").click()
    await expect(page.get_by_test_id("contacts-import-done")).to_have_text(
        "New1Updated0Unchanged0Rejected1", timeout=40_000
    )
    async with page.expect_download() as downloading:
        await page.get_by_test_id("contacts-import-rejected").click()
    rejected = await (await downloading.value).path()
    assert "910000002" in rejected.read_text("utf-8-sig")
    await page.get_by_role("button", name="Close").first.click()
    await expect(page.get_by_test_id("contact-row")).to_contain_text("Tomás Almeida")
