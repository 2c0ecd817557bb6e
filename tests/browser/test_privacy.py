"""Export, erasure and retention as the owner of an account sees them, in every theme and size."""

import zipfile

from playwright.async_api import expect

from tests.browser.checks import check_screen, check_sizes
from tests.browser.screens import Inbox, connect_account, sign_in_demo_user
from tests.support.factories import CHANNELS
from tests.support.fixtures_browser import Windows
from tests.support.fixtures_stack import Stack

# Requests in flight at the erasure: mostly pictures, which load some seconds after the text.
ERASED_MEANWHILE = r"status of 404 .*/api/(channels|media)/whatsapp/\d+/"


async def test_an_owner_exports_and_erases_a_contact(demo: Stack, windows: Windows) -> None:
    windows.expect_errors(ERASED_MEANWHILE)
    await connect_account(demo)
    await demo.write("acc-1", "My secret")
    inbox = await Inbox.signed_in(windows, demo)
    page = inbox.page
    await inbox.chats.first.click()
    await expect(inbox.bubble("My secret")).to_be_visible()
    await page.get_by_test_id("chat-details-open").click()
    await page.get_by_test_id("contact-export").click()
    await page.get_by_test_id("request-export").click()
    await expect(page.get_by_test_id("save-export")).to_be_visible()
    await check_sizes(page)
    async with page.expect_download() as download:
        await page.get_by_test_id("save-export").click()
    with zipfile.ZipFile(await (await download.value).path()) as archive:
        assert b"My secret" in archive.read("messages.jsonl")
    await page.keyboard.press("Escape")
    await page.get_by_test_id("contact-erase").click()
    await expect(page.get_by_test_id("confirm-erase-contact")).to_be_disabled()
    # In another size the details, and with them the dialog, close.
    await check_screen(page)
    await page.get_by_test_id("erase-contact").get_by_role("textbox").fill("delete")
    await page.get_by_test_id("confirm-erase-contact").click()
    await expect(page.get_by_text("My secret")).to_have_count(0)
    await expect(inbox.chats).to_have_count(0)


async def test_an_owner_exports_an_account_and_sets_its_retention(demo: Stack, windows: Windows) -> None:
    await connect_account(demo)
    inbox = await Inbox.signed_in(windows, demo, "/connections")
    page = inbox.page
    await page.get_by_test_id("account-menu").click()
    await page.get_by_test_id("account-export").click()
    await page.get_by_test_id("request-export").click()
    await expect(page.get_by_test_id("save-export")).to_be_visible()
    await check_sizes(page)
    async with page.expect_download() as download:
        await page.get_by_test_id("save-export").click()
    assert (await download.value).suggested_filename.endswith(".zip")
    await page.keyboard.press("Escape")
    await page.get_by_test_id("account-retention").select_option("90")
    await check_sizes(page)
    await page.get_by_test_id("confirm-retention").click()
    await expect(page.get_by_test_id("account-retention")).to_have_value("90")
    await check_sizes(page)


async def test_an_owner_erases_an_account_and_colleagues_lose_it_live(demo: Stack, windows: Windows) -> None:
    windows.expect_errors(ERASED_MEANWHILE)
    await connect_account(demo)
    await demo.write("acc-1", "My secret")
    colleague = await Inbox.signed_in(windows, demo)
    await colleague.chats.first.click()
    await expect(colleague.bubble("My secret")).to_be_visible()
    # UniPile does not respond: the account is erased in Confab anyway, and the page lists what is pending.
    away = {"method": "DELETE", "path": "/accounts/*", "status": 503}
    await demo.sandbox.ok("PUT", "/sandbox/faults", {"routes": [away]})
    owner = await Inbox.signed_in(windows, demo, "/connections")
    page = owner.page
    name = await page.get_by_test_id("account-card").get_by_role("heading").inner_text()
    await page.get_by_test_id("account-menu").click()
    await page.get_by_test_id("account-erase").click()
    await expect(page.get_by_test_id("confirm-erase-number")).to_be_disabled()
    await check_sizes(page)
    await page.get_by_test_id("export-first").click()
    await expect(page.get_by_test_id("exports")).to_be_visible()
    await page.keyboard.press("Escape")
    field = page.get_by_test_id("erase-number").get_by_role("textbox")
    await field.fill(name)
    await field.press("Enter")
    await expect(page.get_by_test_id("account-card")).to_have_count(0)
    await expect(page.get_by_test_id("erasure")).to_contain_text("hasn’t released it yet")
    await check_sizes(page)
    await expect(colleague.page.get_by_text("My secret")).to_have_count(0)
    await expect(colleague.chats).to_have_count(0)
    await check_screen(colleague.page)


async def test_a_draft_ends_with_its_chat_also_while_the_app_is_closed(demo: Stack, windows: Windows) -> None:
    windows.expect_errors(ERASED_MEANWHILE)
    account_id = await connect_account(demo)
    await demo.write("acc-1", "My secret")
    inbox = await Inbox.signed_in(windows, demo)
    page, url = inbox.page, inbox.page.url
    await inbox.open_chat("Bia Lima")
    await inbox.composer.fill("About your secret")
    await page.reload()
    await expect(inbox.composer).to_have_value("About your secret")
    await page.goto("about:blank")
    owner = await sign_in_demo_user(demo)
    (chat,) = await owner.chats(account_id)
    await owner.ok("DELETE", f"{CHANNELS}/{account_id}/contacts/{chat['contact']['id']}")
    await page.goto(url)
    await expect(page.get_by_text("No chats yet")).to_be_visible()
    await page.wait_for_function("() => !JSON.stringify(localStorage).includes('About your secret')")
