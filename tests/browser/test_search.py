"""Search as an agent uses it: type, select a result by keyboard, and arrive at the message."""

import re

import pytest
from playwright.async_api import expect

from tests.browser.checks import check_screen
from tests.browser.screens import Inbox, connect_account
from tests.browser.test_screens import VARIANTS
from tests.support.fixtures_browser import Windows
from tests.support.fixtures_stack import Stack

MESSAGES = 120
BIA = {"phone_number": "5511988880000", "name": "Bia Lima"}
LEA = {"phone_number": "4915112340003", "name": "Lea Baumann"}
CHIDI = {"from": {"phone_number": "2348031110001", "name": "Chidi Okafor"}}


async def test_a_search_result_opens_its_message(demo: Stack, windows: Windows) -> None:
    await connect_account(demo)
    await demo.write("acc-1", "A entrega é amanhã")
    for index in range(MESSAGES):
        await demo.write("acc-1", f"Message {index}.")
    await demo.write("acc-1", "Hello", **CHIDI)
    inbox = await Inbox.signed_in(windows, demo)
    await expect(inbox.chats).to_have_count(2)
    field = inbox.page.get_by_label("Search contacts, chats and messages")
    await field.fill("AMANHA")
    finds = inbox.page.get_by_test_id("search-message")
    await expect(finds).to_have_count(1)
    await expect(finds).to_contain_text("Bia Lima")
    await expect(finds.locator("mark")).to_have_text("amanhã")
    await field.press("ArrowDown")
    await expect(finds).to_be_focused()
    await inbox.page.keyboard.press("Enter")
    words = inbox.page.get_by_test_id("message-text").filter(has_text=re.compile("^A entrega é amanhã$"))
    await expect(words).to_be_in_viewport()
    await expect(inbox.page.locator("[data-message-id]:focus")).to_contain_text("A entrega")

    await field.fill("okaf")
    await expect(inbox.page.get_by_role("region", name="Chats").get_by_test_id("chat-item")).to_have_count(1)
    await expect(inbox.chats).to_contain_text("Chidi Okafor")
    await field.press("Escape")
    await expect(field).to_have_value("")
    await expect(inbox.chats).to_have_count(2)


@pytest.mark.parametrize("variant", VARIANTS)
async def test_search_results_fit_and_are_accessible(demo: Stack, windows: Windows, variant: str) -> None:
    await connect_account(demo)
    await demo.write("acc-1", "My order of " + "long words " * 20 + "never came")
    await demo.write("acc-1", "Orders, orders", **CHIDI)
    inbox = await Inbox.signed_in(windows, demo, **VARIANTS[variant])
    await expect(inbox.chats).to_have_count(2)
    field = inbox.page.get_by_label("Search contacts, chats and messages")
    await field.fill("order")
    await expect(inbox.page.get_by_test_id("search-message")).to_have_count(2)
    await check_screen(inbox.page)
    await field.fill("nowhere to be found")
    await expect(inbox.page.get_by_text("Nothing found", exact=True)).to_be_visible()
    await check_screen(inbox.page)


async def test_a_contact_found_opens_their_chat_or_a_first_message(demo: Stack, windows: Windows) -> None:
    """Group members: one has a direct chat, one has none yet."""
    await connect_account(demo)
    await demo.write("acc-1", "Oi", **{"from": BIA})
    group = {"account_id": "acc-1", "name": "Entregas", "members": [BIA, LEA]}
    chat = await demo.sandbox.ok("POST", "/sandbox/groups", group)
    for person in (BIA, LEA):
        await demo.write("acc-1", f"Bom dia de {person['name']}", chat_id=chat["id"], **{"from": person})
    inbox = await Inbox.signed_in(windows, demo)
    page, field = inbox.page, inbox.page.get_by_label("Search contacts, chats and messages")
    people = page.get_by_role("region", name="People").get_by_test_id("search-person")
    await field.fill("baumann")
    await expect(people).to_have_text(re.compile("Lea Baumann.*Start a chat"))
    await field.press("ArrowDown")
    await expect(people).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page.get_by_test_id("new-chat-phone")).to_have_value("+4915112340003")
    await page.get_by_test_id("new-chat-text").fill("Guten Tag")
    await page.get_by_test_id("new-chat-send").click()
    await expect(page.get_by_test_id("thread").get_by_role("heading", name="Lea Baumann")).to_be_visible()

    await field.fill("+55 11 98888")
    await expect(inbox.chats).to_have_count(1)
    await expect(people).to_have_count(0)
    await inbox.chats.click()
    await expect(page.get_by_test_id("thread").get_by_role("heading", name="Bia Lima")).to_be_visible()
