"""Search as an agent uses it: type, walk to a find by keyboard, and stand at the message."""

import re

import pytest
from playwright.async_api import expect

from tests.browser.checks import check_screen
from tests.browser.screens import Inbox, connect_number
from tests.browser.test_screens import LOOKS
from tests.fixtures_browser import Windows
from tests.fixtures_stack import Stack

MESSAGES = 120
CHIDI = {"from": {"phone_number": "2348031110001", "name": "Chidi Okafor"}}


async def test_a_find_leads_to_its_message(demo: Stack, windows: Windows) -> None:
    await connect_number(demo)
    await demo.write("acc-1", "A entrega é amanhã")
    for number in range(MESSAGES):
        await demo.write("acc-1", f"Message {number}.")
    await demo.write("acc-1", "Hello", **CHIDI)
    inbox = await Inbox.signed_in(windows, demo)
    await expect(inbox.chats).to_have_count(2)
    field = inbox.page.get_by_label("Search people, chats and messages")
    await field.fill("AMANHA")
    finds = inbox.page.get_by_test_id("search-message")
    await expect(finds).to_have_count(1)
    await expect(finds).to_contain_text("Bia Lima")
    await expect(finds.locator("mark")).to_have_text("amanhã")
    await field.press("ArrowDown")
    await expect(finds).to_be_focused()
    await inbox.page.keyboard.press("Enter")
    words = inbox.page.locator(".bubble-text").filter(has_text=re.compile("^A entrega é amanhã$"))
    await expect(words).to_be_in_viewport()
    await expect(inbox.page.locator("[data-message-id]:focus")).to_contain_text("A entrega")

    await field.fill("okaf")
    await expect(inbox.page.get_by_role("region", name="Chats").get_by_test_id("chat-item")).to_have_count(1)
    await expect(inbox.chats).to_contain_text("Chidi Okafor")
    await field.press("Escape")
    await expect(field).to_have_value("")
    await expect(inbox.chats).to_have_count(2)


@pytest.mark.parametrize("look", LOOKS)
async def test_finds_fit_and_are_accessible(demo: Stack, windows: Windows, look: str) -> None:
    await connect_number(demo)
    await demo.write("acc-1", "My order of " + "long words " * 20 + "never came")
    await demo.write("acc-1", "Orders, orders", **CHIDI)
    inbox = await Inbox.signed_in(windows, demo, **LOOKS[look])
    await expect(inbox.chats).to_have_count(2)
    field = inbox.page.get_by_label("Search people, chats and messages")
    await field.fill("order")
    await expect(inbox.page.get_by_test_id("search-message")).to_have_count(2)
    await check_screen(inbox.page)
    await field.fill("nowhere to be found")
    await expect(inbox.page.get_by_text("Nothing found", exact=True)).to_be_visible()
    await check_screen(inbox.page)
