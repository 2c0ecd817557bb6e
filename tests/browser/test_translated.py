"""The page under a browser's translator, which keeps replacing every text node with its own elements."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from playwright.async_api import expect

from server.config import Config
from tests.browser.conversation import Agent
from tests.browser.screens import Inbox, connect_account
from tests.browser.test_live import NO_NETWORK, NO_SERVER, lose_network
from tests.support.fixtures_browser import Windows
from tests.support.fixtures_stack import Stack, run_stack

CHIDI = {"from": {"phone_number": "2348031110001", "name": "Chidi Okafor"}}
# As Google's translator does: the text moves into new elements, and React's node leaves the page.
# It also translates elements marked translate="no", as some extensions do.
TRANSLATE = """
() => {
  const SKIPPED = "script, style, noscript, textarea, title, option, font"
  const translate = (node) => {
    if (node.nodeType === Node.ELEMENT_NODE) [...node.childNodes].forEach(translate)
    if (node.nodeType !== Node.TEXT_NODE || node.data.trim() === "" || node.parentElement?.closest(SKIPPED)) return
    const inner = document.createElement("font")
    inner.append(node.data)
    const outer = document.createElement("font")
    outer.append(inner)
    node.replaceWith(outer)
  }
  translate(document.body)
  new MutationObserver((changes) => changes.forEach(({ addedNodes }) => addedNodes.forEach(translate)))
    .observe(document.body, { childList: true, subtree: true })
}
"""
# Exact values must be marked translate="no", which a compliant translator respects.
EXACT = (
    "time, code, [role=timer] span, "
    "[data-testid=chat-unread], [data-testid=unread-total], [data-testid=message-tick], [data-testid=chat-title], "
    "[data-testid=message-sender], [data-testid=audio-time], [data-testid=file-name]"
)
TRANSLATABLE = f"""
() => [...document.querySelectorAll("{EXACT}")]
  .filter((element) => element.textContent.trim() !== "" && element.closest("[translate=no]") === null)
  .filter((element) => element.querySelector("[translate=no]") === null)
  .map((element) => element.outerHTML)
"""


@pytest.fixture
async def paced(config: Config) -> AsyncIterator[Stack]:
    """Sends are paced 1.5 seconds apart: each bubble shows its time."""
    pace = replace(config.pace, enabled=True, burst=1, spacing_seconds=1.5)
    async with run_stack(replace(config, pace=pace), is_demo=True) as running:
        yield running


async def open_translated(demo: Stack, windows: Windows) -> Agent:
    await connect_account(demo)
    await demo.write("acc-1", "A question")
    await demo.write("acc-1", "From elsewhere", **CHIDI)
    inbox = await Inbox.signed_in(windows, demo)
    await inbox.open_chat("Bia Lima")
    await inbox.expect_bubbles("A question")
    await inbox.page.evaluate(TRANSLATE)
    return Agent(inbox.page)


async def expect_whole(inbox: Inbox) -> None:
    """The page did not crash, and shows the same content."""
    await expect(inbox.page.get_by_text("Something went wrong")).to_have_count(0)
    await expect(inbox.page.locator("font").first).to_be_attached()
    assert await inbox.page.evaluate(TRANSLATABLE) == []


async def test_paced_sends_in_a_translated_page(paced: Stack, windows: Windows) -> None:
    agent = await open_translated(paced, windows)
    texts = ["One", "Two", "Three"]
    for text in texts:
        await agent.answer(text)
    await expect(agent.bubble("Three")).to_contain_text("scheduled for")
    for text in texts:
        await agent.expect_status(text, "delivered")
    await expect(agent.page.get_by_text("scheduled for")).to_have_count(0)
    await agent.expect_bubbles("A question", *texts)
    await expect_whole(agent)


async def test_counts_in_a_translated_page_stay_current(demo: Stack, windows: Windows) -> None:
    agent = await open_translated(demo, windows)
    row = agent.chats.filter(has_text="Chidi Okafor")
    await expect(row.get_by_test_id("chat-unread")).to_have_text("1 unread")
    for index in range(2, 5):
        await demo.write("acc-1", f"More {index}", **CHIDI)
        await expect(row.get_by_test_id("chat-unread")).to_have_text(f"{index} unread")
        await expect(row).to_contain_text(f"More {index}")
    await expect(agent.page.get_by_test_id("unread-total")).to_have_text("4 unread")
    await row.click()
    await expect(agent.page.get_by_test_id("chat-unread")).to_have_count(0)
    await expect(agent.page.get_by_test_id("unread-total")).to_have_count(0)
    await expect_whole(agent)


async def test_messages_change_in_a_translated_page(demo: Stack, windows: Windows) -> None:
    agent = await open_translated(demo, windows)
    await agent.answer("Se https://example.com now")
    await agent.expect_status("Se https://example.com now", "delivered")
    await agent.change("Se https://example.com now", "See https://example.com/new tomorrow")
    await agent.change("See https://example.com/new tomorrow", "See you")
    await agent.react("A question", "👍")
    await expect(agent.reactions("A question")).to_be_visible()
    await agent.take_back("A question", "👍")
    await expect(agent.reactions("A question")).to_have_count(0)
    await agent.reply("A question", "An answer")
    await agent.expect_bubbles("A question", "See you", "An answer")
    await agent.delete("See you")
    await expect(agent.page.get_by_test_id("message-deleted")).to_have_text("You deleted this message")
    await expect_whole(agent)


async def test_offline_search_and_filters_in_a_translated_page(demo: Stack, windows: Windows) -> None:
    windows.expect_errors(NO_NETWORK)
    windows.expect_errors(NO_SERVER)
    agent = await open_translated(demo, windows)
    page = agent.page
    await lose_network(demo, agent)
    await agent.answer("Later")
    await expect(page.get_by_test_id("message-waiting")).to_contain_text("Waiting for connection")
    await page.context.set_offline(False)
    await agent.expect_status("Later", "delivered")
    await expect(page.get_by_test_id("message-waiting")).to_have_count(0)
    field = page.get_by_test_id("search")
    for wanted in ("quest", "later", "nowhere to be found", "oka"):
        await field.fill(wanted)
        await expect(page.get_by_test_id("search-results")).to_be_visible()
    await expect(page.get_by_test_id("search-results").get_by_test_id("chat-item")).to_have_count(1)
    await field.press("Escape")
    for _ in range(2):
        await page.get_by_test_id("filter-unread").click()
    await expect(agent.chats).to_have_count(2)
    await expect_whole(agent)


async def test_every_page_of_a_translated_app(demo: Stack, windows: Windows) -> None:
    agent = await open_translated(demo, windows)
    await agent.page.get_by_test_id("chat-details-open").click()
    await expect(agent.page.get_by_test_id("chat-details")).to_contain_text("Bia Lima")
    await agent.page.get_by_test_id("chat-details-open").click()
    for name in ("Numbers", "Usage", "Audit", "Settings", "Inbox", "Numbers", "Inbox"):
        await agent.go_to(name)
        await expect_whole(agent)
    await demo.write("acc-1", "Still live")
    await expect(agent.chats.filter(has_text="Still live")).to_have_count(1)


async def test_the_recorder_keeps_counting_in_a_translated_page(demo: Stack, talking: Windows) -> None:
    agent = await open_translated(demo, talking)
    await agent.page.get_by_test_id("voice-record").click()
    for seconds in (0, 1, 2):
        await expect(agent.page.get_by_role("timer")).to_have_text(f"Recording 0:0{seconds}")
    await agent.page.keyboard.press("Escape")
    await expect(agent.composer).to_be_visible()
    await expect_whole(agent)
