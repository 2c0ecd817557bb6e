"""Shared drafts: a colleague's in the list and at the foot of the thread, taken over; one's own, seen by colleagues."""

from playwright.async_api import expect

from tests.browser.test_composer import check, expect_sent
from tests.browser.test_organising import chat_named, colleague_of
from tests.browser.test_voice import open_chat
from tests.server.handlers.test_conversations import chat_path
from tests.server.handlers.test_drafts import save
from tests.support.fixtures_browser import Windows
from tests.support.fixtures_stack import Stack
from tests.support.peers import eventually


async def test_a_colleagues_draft_is_used_and_ones_own_is_shared(demo: Stack, windows: Windows) -> None:
    inbox = await open_chat(windows, demo, width=1440, height=900)
    page = inbox.page
    await page.keyboard.press("Escape")
    ana = await colleague_of(demo)
    chat = await chat_named(ana, "Bia Lima")
    path = chat_path(chat["account_id"], chat["id"], "/draft")
    await save(ana, path, "Seu pedido chega\nna terça.", is_shared=True)
    row = page.get_by_test_id("chat-item").first
    await expect(row).to_contain_text("Draft by Ana: Seu pedido chega na terça.")
    await check(page, "shared-row")
    # It is read again, not only pushed.
    await page.reload()
    await expect(row).to_contain_text("Draft by Ana:")
    await row.click()
    shared = page.get_by_test_id("shared-draft")
    await expect(shared).to_contain_text("Seu pedido chega")
    await shared.get_by_test_id("shared-draft-use").click()
    await expect(inbox.composer).to_have_value("Seu pedido chega\nna terça.")
    await page.get_by_test_id("composer-more").click()
    await check(page, "share-menu")
    await page.get_by_test_id("composer-share").click()
    await expect(page.get_by_test_id("draft-shared")).to_be_visible()
    await check(page, "shared-desk")

    async def texts() -> list[str]:
        return [item["text"] for item in (await ana.ok("GET", path + "s"))["items"]]

    async def is_seen() -> bool:
        return await texts() == ["Seu pedido chega\nna terça."]

    async def is_seen_no_more() -> bool:
        return await texts() == []

    await eventually(is_seen)
    await page.set_viewport_size({"width": 360, "height": 740})
    await check(page, "shared-phone")
    await save(ana, path, "", is_shared=True)
    await expect(shared).to_have_count(0)
    await page.get_by_test_id("composer-send").click()
    await expect_sent(demo, "Seu pedido chega\nna terça.")
    await eventually(is_seen_no_more)
