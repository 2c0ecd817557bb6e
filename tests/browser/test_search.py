"""Search as an agent uses it: type, select a result by keyboard, and arrive at the message."""

import os
import re

import pytest
from playwright.async_api import expect

from tests.browser.checks import check_screen, check_variant
from tests.browser.screens import Inbox, connect_account
from tests.browser.test_screens import VARIANTS
from tests.support.fixtures_browser import Windows
from tests.support.fixtures_stack import Stack
from tests.support.media_files import PDF, enclosed

MESSAGES = 120
BIA = {"phone_number": "5511988880000", "name": "Bia Lima"}
LEA = {"phone_number": "4915112340003", "name": "Lea Baumann"}
CHIDI = {"from": {"phone_number": "2348031110001", "name": "Chidi Okafor"}}


async def test_a_search_result_opens_its_message(demo: Stack, windows: Windows) -> None:
    await connect_account(demo)
    await demo.write("acc-1", "A *entrega* é ~hoje~ amanhã")
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
    await expect(finds).to_contain_text("A entrega é hoje amanhã")
    await expect(finds.locator("mark")).to_have_text("amanhã")
    await field.press("ArrowDown")
    await expect(finds).to_be_focused()
    await inbox.page.keyboard.press("Enter")
    words = inbox.page.get_by_test_id("message-text").filter(has_text=re.compile("^A entrega é hoje amanhã$"))
    await expect(words).to_be_in_viewport()
    await expect(inbox.page.locator("[data-message-id]:focus")).to_contain_text("A entrega")
    await inbox.page.wait_for_function(
        "() => String([...(CSS.highlights.get('found-words') ?? [])]) === 'amanhã'"
    )

    await field.fill("okaf")
    await expect(inbox.page.get_by_role("region", name="Chats").get_by_test_id("chat-item")).to_have_count(1)
    await expect(inbox.chats).to_contain_text("Chidi Okafor")
    await expect(inbox.chats.locator("mark")).to_have_text("Okaf")
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
    await check_variant(inbox.page)
    await field.fill("nowhere to be found")
    await expect(inbox.page.get_by_text("Nothing found", exact=True)).to_be_visible()
    await check_variant(inbox.page)


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
    await expect(people.locator("mark")).to_have_text("Baumann")
    await field.press("ArrowDown")
    await expect(people).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page.get_by_test_id("new-chat-phone")).to_have_value("+49 1511 2340003")
    await page.get_by_test_id("new-chat-text").fill("Guten Tag")
    await page.get_by_test_id("new-chat-send").click()
    await expect(page.get_by_test_id("thread").get_by_role("heading", name="Lea Baumann")).to_be_visible()

    await field.fill("+55 11 98888")
    await expect(inbox.chats).to_have_count(1)
    await expect(people).to_have_count(0)
    await inbox.chats.click()
    await expect(page.get_by_test_id("thread").get_by_role("heading", name="Bia Lima")).to_be_visible()


async def test_filters_narrow_a_search(demo: Stack, windows: Windows) -> None:
    """In one chat, by who wrote it and by what it holds; without a text too."""
    await connect_account(demo)
    await demo.write("acc-1", "Order of Bia", **{"from": BIA})
    await demo.write(
        "acc-1", "Our offer", attachments=[enclosed("offer.pdf", PDF, "application/pdf")], **{"from": BIA}
    )
    await demo.write("acc-1", "Order of Chidi", **CHIDI)
    inbox = await Inbox.signed_in(windows, demo)
    page = inbox.page
    await inbox.open_chat("Bia Lima")
    await inbox.answer("Order received")
    await inbox.expect_status("Order received", "sent", "delivered", "read")
    field, found = page.get_by_test_id("search"), page.get_by_test_id("search-message")
    await field.fill("order")
    await expect(found).to_have_count(3)
    await page.get_by_test_id("search-in-chat").click()
    await expect(found).to_have_count(2)
    await page.get_by_test_id("search-from").click()
    await page.get_by_test_id("palette-item").filter(has_text="From you").click()
    await expect(found).to_have_count(1)
    await expect(found).to_contain_text("You: Order received")
    if folder := os.environ.get("SHOTS"):
        await page.screenshot(path=f"{folder}/search-filters.png")
    await check_screen(page)
    await page.get_by_label("Date").select_option("day")
    await expect(found).to_have_count(1)
    await page.get_by_label("Contains").select_option("location")
    await expect(page.get_by_text("No message matches these filters.")).to_be_visible()
    await page.get_by_role("button", name="Clear filters").click()
    await expect(found).to_have_count(3)
    await field.fill("")
    await page.get_by_label("Contains").select_option("file")
    await expect(found).to_have_count(1)
    await expect(found).to_contain_text("offer.pdf")
    # Of the team: what the user sent here, and nothing from the phone.
    await page.get_by_label("Contains").select_option("")
    author = page.get_by_test_id("search-author")
    await author.select_option("phone")
    await expect(page.get_by_text("No message matches these filters.")).to_be_visible()
    await author.select_option(label="Demo")
    await expect(found).to_have_count(1)
    await expect(found).to_contain_text("You: Order received")
    await check_screen(page)
    if folder := os.environ.get("SHOTS"):
        await page.screenshot(path=f"{folder}/search-author.png")
    await field.press("Escape")
    await expect(inbox.chats).to_have_count(2)


@pytest.mark.parametrize("variant", VARIANTS)
async def test_members_and_contacts_are_filters_and_so_are_dates(
    demo: Stack, windows: Windows, variant: str
) -> None:
    await connect_account(demo)
    await demo.write("acc-1", "Order of Chidi", **CHIDI)
    group = {"account_id": "acc-1", "name": "Entregas", "members": [BIA, LEA]}
    chat = await demo.sandbox.ok("POST", "/sandbox/groups", group)
    for person in (BIA, LEA):
        await demo.write("acc-1", f"Order of {person['name']}", chat_id=chat["id"], **{"from": person})
    inbox = await Inbox.signed_in(windows, demo, **VARIANTS[variant])
    page, field = inbox.page, inbox.page.get_by_test_id("search")
    found, choices = page.get_by_test_id("search-message"), page.get_by_test_id("palette-item")
    await field.fill("order")
    await expect(found).to_have_count(3)
    await page.get_by_test_id("search-from").click()
    await expect(choices).to_have_text(["From anyone", "From you"])
    await page.keyboard.type("okaf")
    await expect(choices).to_have_text([re.compile("Chidi Okafor")])
    await check_screen(page)
    await page.keyboard.press("Enter")
    await expect(found).to_have_count(1)
    await expect(found).to_contain_text("Order of Chidi")
    await expect(page.get_by_test_id("search-from")).to_contain_text("Chidi Okafor")
    await page.get_by_label("Date").select_option("range")
    await page.get_by_label("First day").fill("2020-01-01")
    await expect(found).to_have_count(1)
    await check_screen(page)
    if folder := os.environ.get("SHOTS"):
        await page.screenshot(path=f"{folder}/search-{variant}.png")
    await page.get_by_label("Last day").fill("2020-12-31")
    await expect(page.get_by_text("No message matches these filters.")).to_be_visible()


async def test_who_is_in_the_open_group_can_be_chosen(demo: Stack, windows: Windows) -> None:
    await connect_account(demo)
    group = {"account_id": "acc-1", "name": "Entregas", "members": [BIA, LEA]}
    chat = await demo.sandbox.ok("POST", "/sandbox/groups", group)
    for person in (BIA, LEA):
        await demo.write("acc-1", f"Order of {person['name']}", chat_id=chat["id"], **{"from": person})
    inbox = await Inbox.signed_in(windows, demo)
    page = inbox.page
    await inbox.open_chat("Entregas")
    await page.get_by_test_id("search").fill("order")
    await page.get_by_test_id("search-from").click()
    members = page.get_by_role("group", name="In this chat").get_by_test_id("palette-item")
    await expect(members).to_have_count(2)
    await page.keyboard.type("lea")
    await expect(page.get_by_test_id("palette-item")).to_have_count(1)
    if folder := os.environ.get("SHOTS"):
        await page.screenshot(path=f"{folder}/search-members.png")
    await page.keyboard.press("Enter")
    await expect(page.get_by_test_id("search-message")).to_have_count(1)
    await expect(page.get_by_test_id("search-message")).to_contain_text("Order of Lea")


async def test_recent_searches_are_offered_and_details_search_in_the_chat(
    demo: Stack, windows: Windows
) -> None:
    await connect_account(demo)
    await demo.write("acc-1", "Order of Bia", **{"from": BIA})
    await demo.write("acc-1", "Order of Chidi", **CHIDI)
    inbox = await Inbox.signed_in(windows, demo)
    page, field = inbox.page, inbox.page.get_by_test_id("search")
    recent, found = page.get_by_test_id("recent-searches"), page.get_by_test_id("search-message")
    await field.fill("order")
    await expect(found).to_have_count(2)
    await field.press("Enter")
    await field.press("Escape")
    await expect(recent).to_be_visible()
    await check_screen(page)
    await field.press("ArrowDown")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await expect(field).to_have_value("order")
    await expect(found).to_have_count(2)
    await field.press("Escape")
    await inbox.open_chat("Chidi Okafor")
    await page.get_by_test_id("chat-details-toggle").click()
    await page.get_by_test_id("chat-details").get_by_role("button", name="Search").click()
    await expect(field).to_be_focused()
    await field.press_sequentially("order")
    await expect(found).to_have_count(1)
    await expect(found).to_contain_text("Order of Chidi")
