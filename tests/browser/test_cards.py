"""Locations, contact cards and unsupported messages as an agent sees them; a card starts a chat."""

from playwright.async_api import expect

from tests.browser.checks import check_sizes
from tests.browser.screens import Inbox, connect_account
from tests.support.fixtures_browser import Windows
from tests.support.fixtures_stack import Stack

LOCATION = {
    "latitude": -23.561414,
    "longitude": -46.655881,
    "name": "MASP",
    "address": "Av. Paulista, 1578, São Paulo",
}
NINA = {"name": "Nina Rocha", "phone_numbers": ["+55 11 97777 0001"]}


async def test_cards_fit_and_a_contact_card_starts_a_chat(demo: Stack, windows: Windows) -> None:
    await connect_account(demo)
    await demo.write("acc-1", "", location=LOCATION)
    await demo.write("acc-1", "", contacts=[NINA])
    await demo.write("acc-1", "", unsupported=True)
    inbox = await Inbox.signed_in(windows, demo)
    page = inbox.page
    await expect(page.get_by_text("Unsupported message")).to_be_visible()
    await inbox.chats.first.click()
    link = page.get_by_test_id("attachment-location")
    await expect(link).to_have_attribute("rel", "noreferrer noopener")
    await expect(page.get_by_test_id("message-unsupported")).to_be_visible()
    start = page.get_by_role("button", name="Start a chat with Nina Rocha, +5511977770001")
    await expect(start).to_be_visible()
    await check_sizes(page)
    await start.click()
    await expect(page.get_by_test_id("new-chat-phone")).to_have_value("+55 11 97777 0001")
    await check_sizes(page)
    await page.get_by_test_id("new-chat-text").fill("Oi, Nina!")
    await page.get_by_test_id("new-chat-send").click()
    await expect(inbox.bubble("Oi, Nina!")).to_be_visible()
