"""Canned replies: inserted from the composer with their values and files, filled in, and managed in the settings."""

from typing import Any

import pytest
from playwright.async_api import FilePayload, Page, expect

from tests.browser.checks import check_screen
from tests.browser.screens import Inbox, sign_in_demo_user, visit
from tests.browser.test_composer import PHONE, check, check_each, expect_sent
from tests.browser.test_voice import open_chat
from tests.support.fixtures_browser import Windows
from tests.support.fixtures_stack import Stack

PRICES: FilePayload = {"name": "prices.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4 prices"}


async def create(page: Page, demo: Stack, name: str, text: str, shortcut: str, *, file: bool = False) -> None:
    await visit(page, "/settings/replies")
    await page.get_by_test_id("reply-new").click()
    await page.get_by_test_id("reply-name").fill(name)
    await page.get_by_test_id("reply-shortcut").fill(shortcut)
    await page.get_by_test_id("reply-text").fill(text)
    if file:
        await page.get_by_test_id("reply-files").set_input_files(PRICES)
    await page.get_by_test_id("reply-save").click()
    await expect(page.get_by_test_id("reply").filter(has_text=name)).to_be_visible()


@pytest.mark.parametrize("window", [{}, PHONE], ids=["desk", "phone"])
async def test_a_slash_finds_and_inserts_a_reply_with_its_values_and_files(
    demo: Stack, windows: Windows, window: dict[str, Any]
) -> None:
    inbox = await open_chat(windows, demo, **window)
    page, chat = inbox.page, inbox.page.url
    await create(page, demo, "Saudação", "Oi {{contact.first_name | default: 'there'}}!", "oi")
    await create(page, demo, "Prices", "The prices, {{contact.name}}", "precos", file=True)
    await check_each(page, f"replies-{len(window)}")
    await visit(page, chat)
    await inbox.composer.press("/")
    await expect(page.get_by_test_id("reply-option")).to_have_count(2)
    await check_each(page, f"reply-picker-{len(window)}")
    await page.get_by_test_id("palette-input").fill("saudacao")
    await expect(page.get_by_test_id("reply-option")).to_have_count(1)
    await page.keyboard.press("Enter")
    await expect(inbox.composer).to_have_value("Oi Bia!")
    await inbox.composer.fill("")
    await page.get_by_test_id("composer-replies").click()
    await page.get_by_test_id("palette-input").fill("/precos")
    await page.keyboard.press("Enter")
    await expect(page.get_by_test_id("tray-item")).to_contain_text("prices.pdf")
    await visit(page, "/settings/replies")
    await expect(page.get_by_test_id("reply").filter(has_text="Prices")).to_contain_text("Used once")


async def test_what_has_no_value_is_asked_for_and_what_is_left_is_asked_about(
    demo: Stack, windows: Windows
) -> None:
    inbox = await open_chat(windows, demo)
    page, chat = inbox.page, inbox.page.url
    await create(page, demo, "Shop", "Here is {{account.name}}", "shop")
    await visit(page, chat)
    await inbox.composer.press("/")
    await page.get_by_test_id("reply-option").click()
    form = page.get_by_test_id("reply-fill")
    if await form.count():
        await check(page, "reply-fill")
        await form.get_by_role("textbox").fill("Loja")
        await page.get_by_test_id("reply-insert").click()
    await expect(inbox.composer).not_to_have_value("/")
    await inbox.composer.fill("Hello {{contact.name}}")
    await inbox.composer.press("Enter")
    await expect(page.get_by_test_id("reply-unresolved")).to_contain_text("{{contact.name}}")
    await check(page, "reply-unresolved")
    await page.get_by_role("button", name="Edit the message").click()
    await inbox.composer.fill("Hello Bia")
    await inbox.composer.press("Enter")
    await expect_sent(demo, "Hello Bia")


async def test_escape_leaves_the_slash_and_unknown_variables_are_not_saved(
    demo: Stack, windows: Windows
) -> None:
    inbox = await open_chat(windows, demo)
    page = inbox.page
    await inbox.composer.press("/")
    await expect(page.get_by_test_id("palette-input")).to_be_focused()
    await page.keyboard.press("Escape")
    await expect(inbox.composer).to_have_value("/")
    await visit(page, "/settings/replies")
    await page.get_by_test_id("reply-new").click()
    await page.get_by_test_id("reply-name").fill("Wrong")
    await page.get_by_test_id("reply-text").fill("{{contact.nme}}")
    await expect(page.get_by_role("alert")).to_contain_text("{{contact.nme}}")
    await expect(page.get_by_test_id("reply-save")).to_be_disabled()
    await check_screen(page)


async def test_a_table_is_imported_and_its_rejected_rows_are_named(demo: Stack, windows: Windows) -> None:
    inbox = await Inbox.signed_in(windows, demo, "/settings/replies")
    table = "name,shortcut,text\r\nGood,good,Oi\r\nBad,bad,{{contact.nme}}\r\n"
    file: FilePayload = {"name": "replies.csv", "mimeType": "text/csv", "buffer": table.encode()}
    await inbox.page.get_by_test_id("replies-import").set_input_files(file)
    await expect(inbox.page.get_by_test_id("reply")).to_have_count(1)
    await expect(inbox.page.get_by_test_id("replies-rejected")).to_contain_text("Row 2, Bad")


@pytest.mark.parametrize("window", [{}, PHONE], ids=["desk", "phone"])
async def test_a_reply_is_given_to_a_team(demo: Stack, windows: Windows, window: dict[str, Any]) -> None:
    owner = await sign_in_demo_user(demo)
    team = (await owner.ok("POST", "/api/teams", {"name": "Sales", "user_ids": []}))["team"]
    await owner.ok("POST", "/api/replies", {"name": "Prices", "text": "From 10"})
    inbox = await Inbox.signed_in(windows, demo, "/settings/replies", **window)
    page, row = inbox.page, inbox.page.get_by_test_id("reply")
    await expect(row).to_contain_text("Only you")
    await page.get_by_test_id("reply-edit").click()
    await page.get_by_test_id("reply-reach").select_option(str(team["id"]))
    await check_each(page, f"reply-team-{len(window)}")
    await page.get_by_test_id("reply-save").click()
    await expect(row).to_contain_text("Sales")
    (stored,) = (await owner.ok("GET", "/api/replies"))["items"]
    assert (stored["shared"], stored["team"]["name"]) == (True, "Sales")
    # The dialog shows what was chosen, and it can be shared with all again.
    await page.get_by_test_id("reply-edit").click()
    reach = page.get_by_test_id("reply-reach")
    await expect(reach.locator("option:checked")).to_contain_text("Sales")
    await reach.select_option("all")
    await page.get_by_test_id("reply-save").click()
    await expect(row).to_contain_text("Shared")
