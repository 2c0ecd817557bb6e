"""Rules and macros on screen: written in plain words, tried, switched on, run by the worker and by hand."""

from playwright.async_api import Page, expect

from tests.browser.checks import check_screen
from tests.browser.screens import sign_in_demo_user, visit
from tests.browser.test_voice import open_chat
from tests.support.factories import CHANNELS, make_label, make_rule
from tests.support.fixtures_browser import Windows
from tests.support.fixtures_stack import Stack


async def create_rule(page: Page, demo: Stack) -> None:
    """When a contact writes, if the message contains refund, then add the label Urgent."""
    await visit(page, "/settings/rules")
    await page.get_by_test_id("rule-new").click()
    await page.get_by_test_id("rule-name").fill("Refunds")
    await page.get_by_test_id("rule-add-condition").click()
    await page.get_by_test_id("rule-texts").fill("refund, money back")
    await page.get_by_test_id("rule-action-kind").select_option("label")
    await page.get_by_role("combobox", name="Label").select_option("Urgent")
    await page.get_by_test_id("rule-try").click()
    await expect(page.get_by_test_id("rule-trial")).to_contain_text("Would not run.")
    await check_screen(page)
    await page.get_by_test_id("rule-save").click()
    await expect(page.get_by_test_id("rule")).to_contain_text("Has not run yet")


async def order(page: Page, demo: Stack) -> None:
    """By mouse, and back by key."""
    owner = await sign_in_demo_user(demo)
    (account,) = (await owner.ok("GET", f"{CHANNELS}/accounts"))["items"]
    await make_rule(owner, account["id"], name="Second")
    await page.reload()
    rules = page.get_by_test_id("rule")
    await expect(rules).to_contain_text(["Refunds", "Second"])
    await rules.nth(1).drag_to(rules.nth(0))
    await expect(rules).to_contain_text(["Second", "Refunds"])
    await page.get_by_role("button", name="Move Second down").press("Enter")
    await expect(rules).to_contain_text(["Refunds", "Second"])


async def test_a_rule_is_tried_switched_on_and_runs(demo: Stack, windows: Windows) -> None:
    inbox = await open_chat(windows, demo)
    page, chat = inbox.page, inbox.page.url
    await make_label(await sign_in_demo_user(demo), "Urgent")
    await create_rule(page, demo)
    await page.get_by_test_id("rule-switch").click()
    await expect(page.get_by_test_id("rule-switch")).to_be_checked()
    await check_screen(page)
    await order(page, demo)
    await demo.write("acc-1", "I want a refund")
    await visit(page, chat)
    await expect(page.get_by_text("The rule Refunds added the label Urgent")).to_be_visible()
    await visit(page, "/settings/rules")
    await page.get_by_test_id("rule-runs").first.click()
    await expect(page.get_by_test_id("rule-run")).to_contain_text("Done")
    await check_screen(page)


async def test_a_macro_is_run_by_key_and_says_why_not(demo: Stack, windows: Windows) -> None:
    inbox = await open_chat(windows, demo)
    page, chat = inbox.page, inbox.page.url
    await visit(page, "/settings/macros")
    await page.get_by_test_id("macro-new").click()
    await page.get_by_test_id("macro-name").fill("Call back")
    await page.get_by_test_id("rule-action-kind").select_option("note")
    await page.get_by_test_id("rule-note").fill("Calls back at 9")
    await page.get_by_test_id("rule-add-action").click()
    await page.get_by_test_id("rule-action-kind").nth(1).select_option("snooze")
    await check_screen(page)
    await page.get_by_test_id("macro-save").click()
    await expect(page.get_by_test_id("macro")).to_contain_text("Write a note, Snooze")
    await visit(page, chat)
    await expect(inbox.composer).to_be_visible()
    await page.get_by_test_id("chat-menu").click()
    await page.get_by_test_id("menu-macro").click()
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("Calls back at 9", exact=True)).to_be_visible()
    await expect(page.get_by_test_id("chat-standing")).to_contain_text("Until")
    # A closed chat is not snoozed: then nothing is done.
    windows.expect_errors("status of 409 .*/macros/")
    await page.get_by_test_id("chat-reopen").click()
    await page.get_by_test_id("chat-finish").click()
    await expect(page.get_by_test_id("chat-reopen")).to_be_visible()
    await page.locator("#main").press("Shift+m")
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("Nothing was done. Snooze: The chat is closed.").first).to_be_visible()
    await expect(page.get_by_text("Calls back at 9", exact=True)).to_have_count(1)
