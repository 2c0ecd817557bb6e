"""The phone page in a real browser: a customer's actions reach UniPile, and vice versa."""

import os
import shutil
import time
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, BrowserContext, Page, async_playwright, expect

from tests.sandbox.driver import Driver, Start


@pytest.fixture(scope="module")
async def browser() -> AsyncIterator[Browser]:
    path = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    async with async_playwright() as playwright:
        running = await playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield running
        await running.close()


@pytest.fixture
async def context(browser: Browser) -> AsyncIterator[BrowserContext]:
    context = await browser.new_context()
    yield context
    await context.close()


@pytest.fixture
async def live(start: Start) -> Driver:
    """A sandbox with a running clock, because the page counts down by its own."""
    return await start(clock=time.time)


async def open_page(context: BrowserContext, sandbox: Driver) -> Page:
    """Open the page; an error in its scripts fails the test at the next step."""
    page = await context.new_page()
    page.set_default_timeout(10_000)
    await page.goto(str(sandbox.client.make_url("/")))
    await expect(page.get_by_role("status").first).to_have_text("Live")
    return page


async def choose(page: Page, name: str) -> None:
    await page.get_by_test_id("phone-contact").filter(has_text=name).click()


async def say(page: Page, text: str) -> None:
    await page.get_by_test_id("phone-composer").fill(text)
    await page.get_by_test_id("phone-composer").press("Enter")


async def pick(page: Page, text: str, entry: str) -> None:
    bubble = page.get_by_test_id("phone-message").filter(has_text=text).first
    await bubble.hover()
    await bubble.get_by_test_id("phone-message-menu").click()
    await bubble.get_by_role("menuitem", name=entry).click()


async def test_a_code_is_scanned_and_two_pages_show_two_chats(live: Driver, context: BrowserContext) -> None:
    one, other = await open_page(context, live), await open_page(context, live)
    account_id = (await live.api("POST", "/accounts", 201, json={"provider": "WHATSAPP"}))["account_id"]
    await one.get_by_test_id("phone-scan").click()
    await expect(other.get_by_test_id("phone-account")).to_have_attribute("data-status", "OK")
    await choose(one, "Bia Lima")
    await say(one, "Oi!")
    await expect(one.get_by_test_id("phone-ticks")).to_have_attribute("data-ticks", "delivered")
    await expect(other.get_by_test_id("phone-contact").first).to_contain_text("You: Oi!")

    chat_id = (await live.api("GET", f"/chats?account_id={account_id}"))["items"][0]["id"]
    await live.api("PATCH", f"/chats/{chat_id}", json={"action": "setReadStatus", "value": True})
    await expect(one.get_by_test_id("phone-ticks")).to_have_attribute("data-ticks", "read")
    message_id = await live.send(chat_id, "Hello <b>Bia</b>")
    answer = one.locator("[data-from=business]")
    await expect(answer).to_contain_text("Hello <b>Bia</b>")
    # It is on an open page, so it has been read.
    while not (await live.api("GET", f"/messages/{message_id}"))["seen"]:
        pass
    await choose(other, "Bia Lima")
    await expect(other.get_by_test_id("phone-message")).to_have_count(2)


async def test_a_customer_sends_media_replies_reacts_edits_and_deletes(
    live: Driver, context: BrowserContext
) -> None:
    account_id = await live.account()
    chat_id = (await live.write(account_id, "First"))["chat_id"]
    await live.send(chat_id, "Answer")
    page = await open_page(context, live)
    await choose(page, "Bia Lima")
    for kind, count in (("picture", 3), ("voice", 4), ("location", 5), ("contact", 6)):
        await page.get_by_test_id("phone-attach").click()
        await page.get_by_test_id(f"phone-attach-{kind}").click()
        await expect(page.get_by_test_id("phone-message")).to_have_count(count)
    await pick(page, "Answer", "Reply")
    await say(page, "About that")
    await pick(page, "Answer", "React with 👍")
    await expect(page.locator(".reactions")).to_have_text("👍")
    await pick(page, "About that", "Edit")
    await say(page, "About this")
    await expect(page.get_by_text("About this", exact=True)).to_be_visible()
    await pick(page, "First", "Delete for everyone")
    await expect(page.get_by_text("This message was deleted")).to_be_visible()

    newest = (await live.api("GET", f"/chats/{chat_id}/messages"))["items"]
    reply, card, location, voice, picture, answer, first = newest
    assert reply["text"] == "About this" and reply["edited"] == 1
    assert reply["quoted"]["message_id"] == answer["id"]
    assert voice["attachments"][0]["voice_note"] is True and voice["attachments"][0]["duration"] == 3
    assert picture["attachments"][0]["size"] == {"width": 960, "height": 640}
    assert answer["reactions"][0]["value"] == "👍" and first["deleted"] == 1
    assert answer["seen"] == 1  # the chat is open on the phone
    assert location["attachments"][0]["type"] == "location" and location["attachments"][0]["latitude"] < 0
    assert card["attachments"][0]["mimetype"] == "text/vcard"


async def test_an_offline_phone_shows_nothing_new_until_it_is_on(
    live: Driver, context: BrowserContext
) -> None:
    chat_id = (await live.write(await live.account()))["chat_id"]
    page = await open_page(context, live)
    await choose(page, "Bia Lima")
    await page.get_by_test_id("phone-offline").check()
    await expect(page.get_by_test_id("phone-composer")).to_be_disabled()
    message_id = await live.send(chat_id, "Are you there?")
    await expect(page.get_by_test_id("phone-contact").first).to_contain_text("Are you there?")
    await expect(page.locator("[data-from=business]")).to_have_count(0)
    assert (await live.api("GET", f"/messages/{message_id}"))["delivered"] == 0
    await page.get_by_test_id("phone-offline").uncheck()
    await expect(page.locator("[data-from=business]")).to_have_count(1)


async def test_a_pairing_code_works_on_its_phone(live: Driver, context: BrowserContext) -> None:
    page = await open_page(context, live)
    body = {"provider": "WHATSAPP", "pairing_phone_number": "5511977770001"}
    checkpoint = (await live.api("POST", "/accounts", 201, json=body))["checkpoint"]
    card = page.get_by_test_id("phone-waiting")
    await expect(card).to_contain_text("+5511977770001: waiting to be linked")
    await page.get_by_test_id("phone-code").fill("AAAA-AAAA")
    await page.get_by_test_id("phone-type-code").click()
    await expect(page.get_by_role("alert")).to_contain_text("code is wrong")
    await page.get_by_test_id("phone-code").fill(checkpoint["code"].lower())
    await page.get_by_test_id("phone-code").press("Enter")
    await expect(page.get_by_test_id("phone-account")).to_have_attribute("data-status", "OK")
    (account,) = (await live.api("GET", "/accounts"))["items"]
    assert account["connection_params"]["im"]["phone_number"] == "5511977770001"
    await expect(card).to_have_count(0)


async def test_the_page_expires_media_and_removes_reactions(live: Driver, context: BrowserContext) -> None:
    chat_id = (await live.write(await live.account(), "First"))["chat_id"]
    await live.send(chat_id, "Answer")
    page = await open_page(context, live)
    await choose(page, "Bia Lima")
    for value, shown in (("👍", "👍"), ("🙏", "🙏")):
        await pick(page, "Answer", f"React with {value}")
        await expect(page.locator(".reactions")).to_have_text(shown)
    await pick(page, "Answer", "React with 🙏")
    await expect(page.locator(".reactions")).to_have_count(0)
    await page.get_by_test_id("phone-attach").click()
    await page.get_by_test_id("phone-attach-picture").click()
    await expect(page.get_by_alt_text("Photo")).to_have_count(1)
    picture = page.get_by_test_id("phone-message").last
    await picture.hover()
    await picture.get_by_test_id("phone-message-menu").click()
    await picture.get_by_role("menuitem", name="Let the media expire").click()
    await expect(page.get_by_text("Media expired", exact=True)).to_be_visible()


async def test_the_page_creates_contacts_groups_and_switches(live: Driver, context: BrowserContext) -> None:
    account_id = await live.account()
    page = await open_page(context, live)
    await page.get_by_test_id("phone-new-contact").click()
    await page.get_by_label("Name").fill("Pilar Ruiz")
    await page.get_by_label("Phone number").fill("+34 600 000 001")
    await page.get_by_role("button", name="Add contact").click()
    await say(page, "Hola")
    await expect(page.get_by_test_id("phone-message")).to_have_count(1)
    await page.get_by_test_id("phone-new-group").click()
    await page.get_by_label("Name of the group").fill("Friends")
    await page.get_by_label("Bia Lima").check()
    await page.get_by_label("Pilar Ruiz").check()
    await page.get_by_role("button", name="Start group").click()
    await page.get_by_label("Whose phone").select_option("34600000001")
    await say(page, "Hola a todos")
    await expect(page.get_by_test_id("phone-message")).to_have_count(1)
    await page.get_by_label("Deliver everything twice").check()
    await page.get_by_label("Answer reads with old data").check()
    await page.get_by_test_id("phone-status-CREDENTIALS").click()
    await expect(page.get_by_test_id("phone-account")).to_have_attribute("data-status", "CREDENTIALS")
    switches = await live.control("GET", "/faults")
    assert (switches["duplicate"], switches["stale_reads"]) == (1, True)
    texts = (await live.api("GET", f"/messages?account_id={account_id}"))["items"]
    assert [(item["text"], item["is_event"]) for item in texts][:2] == [("Hola a todos", 0), (None, 1)]
