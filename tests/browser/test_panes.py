"""The panes of the inbox: their widths, and the details of the open chat beside the thread, over it, or as a page."""

import asyncio
import os
import re
from typing import Any

import pytest
from playwright.async_api import Locator, Page, Route, expect

from tests.browser.checks import check_screen
from tests.browser.screens import Inbox, connect_account
from tests.support.fixtures_browser import Windows
from tests.support.fixtures_stack import Stack
from tests.support.media_files import PDF, enclosed, png

BIA = {"phone_number": "5511988880000", "name": "Bia Lima"}
LEA = {"phone_number": "4915112340003", "name": "Lea Baumann"}
PHONE: dict[str, Any] = {"width": 360, "height": 740, "has_touch": True, "is_mobile": True}


async def open_chat(demo: Stack, windows: Windows, **options: Any) -> Inbox:
    await connect_account(demo)
    await demo.write("acc-1", "The price list is at https://www.example.com/prices/2026.", **{"from": BIA})
    for number in range(4):
        picture = enclosed(f"{number}.png", png(50 * number + 40), "image/png")
        await demo.write("acc-1", "", attachments=[picture], **{"from": BIA})
    offer = enclosed("Offer for forty oak chairs.pdf", PDF, "application/pdf")
    await demo.write("acc-1", "Our offer", attachments=[offer], **{"from": BIA})
    inbox = await Inbox.signed_in(windows, demo, **options)
    await inbox.open_chat("Bia Lima")
    await expect(inbox.bubbles.first).to_be_visible()
    return inbox


def details_of(page: Page) -> Locator:
    return page.get_by_test_id("chat-details")


async def width_of(locator: Locator) -> float:
    box = await locator.bounding_box()
    assert box is not None
    return box["width"]


async def shoot(page: Page, name: str) -> None:
    if folder := os.environ.get("SHOTS"):
        await page.screenshot(path=f"{folder}/{name}.png")


async def test_details_show_what_was_shared(demo: Stack, windows: Windows) -> None:
    inbox = await open_chat(demo, windows)
    page, details = inbox.page, details_of(inbox.page)
    await page.get_by_test_id("chat-details-toggle").click()
    await expect(details.get_by_test_id("attachment-image").get_by_role("img")).to_have_count(4)
    await shoot(page, "details-light")
    await check_screen(page)
    await details.get_by_test_id("attachment-image").first.click()
    await expect(page.get_by_test_id("lightbox")).to_contain_text("4")
    await page.keyboard.press("ArrowRight")
    await page.keyboard.press("Escape")
    await expect(page.get_by_test_id("lightbox")).to_have_count(0)
    await expect(details.get_by_test_id("attachment-image").first).to_be_focused()
    await details.get_by_role("tab", name="Media").press("ArrowRight")
    await expect(details.get_by_test_id("file-name")).to_have_text("Offer for forty oak chairs.pdf")
    await details.get_by_role("tab", name="Files").press("ArrowRight")
    link = details.get_by_role("link", name="example.com/prices/2026")
    await expect(link).to_have_attribute("href", "https://www.example.com/prices/2026")
    await shoot(page, "details-links")
    await check_screen(page)
    await details.get_by_role("link", name="Show in chat").click()
    await expect(page.locator("[data-message-id]:focus")).to_contain_text("The price list")


async def test_details_say_when_nothing_was_shared(demo: Stack, windows: Windows) -> None:
    await connect_account(demo)
    await demo.write("acc-1", "Oi", **{"from": BIA})
    inbox = await Inbox.signed_in(windows, demo)
    page, details = inbox.page, details_of(inbox.page)
    await inbox.open_chat("Bia Lima")
    await page.get_by_test_id("thread").get_by_test_id("chat-details-toggle").click()
    for tab, words in (("Media", "No photos"), ("Files", "No files"), ("Links", "No links")):
        await details.get_by_role("tab", name=tab).click()
        await expect(details.get_by_text(words)).to_be_visible()
    await check_screen(page)
    # What comes in while the tab is open appears in it.
    await demo.write("acc-1", "See https://example.org", **{"from": BIA})
    await expect(details.get_by_role("link", name="example.org")).to_be_visible()


async def test_nothing_in_the_details_moves_under_the_pointer(demo: Stack, windows: Windows) -> None:
    """The buttons at their end wait for the sections above them, in whatever order these are loaded."""
    inbox = await open_chat(demo, windows)
    page, details = inbox.page, details_of(inbox.page)
    released = asyncio.Event()

    async def hold(route: Route) -> None:
        await released.wait()
        await route.continue_()

    await page.route(re.compile(r"/contacts/\d+$"), hold)
    async with page.expect_response(lambda response: "/api/search" in response.url) as shared:
        await page.get_by_test_id("chat-details-toggle").click()
    await (await shared.value).finished()
    await expect(details.get_by_role("status")).to_be_visible()
    await expect(page.get_by_test_id("contact-export")).to_have_count(0)
    released.set()
    await expect(details.get_by_test_id("contact-record")).to_be_visible()
    await page.get_by_test_id("contact-export").click()
    await expect(page.get_by_test_id("request-export")).to_be_visible()


async def test_panes_are_resized_by_key_and_pointer_and_remembered(demo: Stack, windows: Windows) -> None:
    inbox = await open_chat(demo, windows, width=1400)
    page = inbox.page
    await page.get_by_test_id("chat-details-toggle").click()
    panes = {name: page.locator(f"#pane-{name}") for name in ("list", "context")}
    lines = {name: page.get_by_test_id(f"resize-{name}") for name in panes}
    usual = {name: await width_of(pane) for name, pane in panes.items()}
    await lines["list"].press("ArrowRight")
    assert await width_of(panes["list"]) == usual["list"] + 16
    await expect(lines["list"]).to_have_attribute("aria-valuenow", str(round(usual["list"]) + 16))
    await lines["context"].press("ArrowLeft")
    assert await width_of(panes["context"]) == usual["context"] + 16
    await lines["list"].press("Home")
    narrow = await width_of(panes["list"])
    await lines["list"].press("ArrowLeft")
    assert await width_of(panes["list"]) == narrow < usual["list"]
    box = await lines["list"].bounding_box()
    assert box is not None
    await page.mouse.move(box["x"], 400)
    await page.mouse.down()
    await page.mouse.move(box["x"] + 100, 410, steps=4)
    await page.mouse.up()
    assert await width_of(panes["list"]) == narrow + 100
    await page.mouse.move(box["x"] + 300, 410)
    assert await width_of(panes["list"]) == narrow + 100
    await page.reload()
    await expect(details_of(page)).to_be_visible()
    assert await width_of(panes["list"]) == narrow + 100
    assert await width_of(panes["context"]) == usual["context"] + 16
    await lines["list"].dblclick()
    assert await width_of(panes["list"]) == usual["list"]


async def test_closed_details_stay_closed_on_this_device(demo: Stack, windows: Windows) -> None:
    """A wide window shows them at first; D shows and hides them."""
    inbox = await open_chat(demo, windows, width=1500)
    page, details = inbox.page, details_of(inbox.page)
    await expect(details).to_be_visible()
    await page.get_by_test_id("chat-details-toggle").focus()
    await page.keyboard.press("d")
    await expect(details).to_have_count(0)
    await page.reload()
    await expect(inbox.bubbles.first).to_be_visible()
    await expect(details).to_have_count(0)
    await page.get_by_test_id("chat-details-toggle").focus()
    await page.keyboard.press("d")
    await expect(details).to_be_visible()
    # Beside the thread they do not take Escape, which goes back to the list.
    await page.keyboard.press("Escape")
    await expect(page.get_by_test_id("thread")).to_have_count(0)


@pytest.mark.parametrize(
    ("name", "options"),
    [("tablet", {"width": 1024}), ("phone", PHONE | {"color_scheme": "dark"})],
)
async def test_details_over_the_thread_close_with_escape_and_back(
    demo: Stack, windows: Windows, name: str, options: dict[str, Any]
) -> None:
    inbox = await open_chat(demo, windows, **options)
    page, details, opener = inbox.page, details_of(inbox.page), inbox.page.get_by_test_id("chat-details-open")
    for leave in ("Escape", "back", "button"):
        await opener.click()
        await expect(details.get_by_test_id("chat-details-close")).to_be_focused()
        if leave == "Escape":
            await expect(details.get_by_test_id("attachment-image").get_by_role("img")).to_have_count(4)
            await shoot(page, f"details-{name}")
            await check_screen(page)
            await page.keyboard.press("Escape")
        elif leave == "back":
            await page.go_back()
        else:
            await details.get_by_test_id("chat-details-close").click()
        await expect(details).to_have_count(0)
        await expect(opener).to_be_focused()
        await expect(page.get_by_test_id("thread")).to_be_visible()
    assert re.search(r"/inbox/\d+/\d+$", page.url)


async def test_a_group_shows_its_members(demo: Stack, windows: Windows) -> None:
    await connect_account(demo)
    group = {"account_id": "acc-1", "name": "Entregas", "members": [BIA, LEA]}
    chat = await demo.sandbox.ok("POST", "/sandbox/groups", group)
    await demo.write("acc-1", "Bom dia", chat_id=chat["id"], **{"from": BIA})
    inbox = await Inbox.signed_in(windows, demo)
    page, details = inbox.page, details_of(inbox.page)
    await inbox.open_chat("Entregas")
    await page.evaluate("document.documentElement.dir = 'rtl'")
    await page.get_by_test_id("chat-details-open").click()
    members = details.get_by_role("region", name="Members")
    await expect(members.get_by_role("listitem")).to_have_count(2)
    await shoot(page, "details-rtl")
    await check_screen(page)
    await page.get_by_test_id("resize-context").press("ArrowRight")
    assert await width_of(page.locator("#pane-context")) == 336
    await members.get_by_role("button", name="Write to Lea Baumann").click()
    await expect(page.get_by_test_id("new-chat-phone")).to_have_value("+49 1511 2340003")
