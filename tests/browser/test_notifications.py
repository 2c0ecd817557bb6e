"""The bell: what a user is told, in every tab, until they have seen it; and drafts that go on on another device."""

from typing import Any

from playwright.async_api import expect

from tests.browser.checks import check_screen
from tests.browser.screens import Inbox, connect_account
from tests.support.fixtures_browser import Windows
from tests.support.fixtures_stack import Stack

PHONE: dict[str, Any] = {"width": 360, "height": 740}
# `check_screen` checks the colours of both schemes, so no variant is dark.
VARIANTS: tuple[dict[str, Any], ...] = ({}, PHONE)


async def test_the_bell_leads_to_the_chat_and_is_quiet_about_the_one_in_view(
    demo: Stack, windows: Windows
) -> None:
    await connect_account(demo)
    inboxes = [await Inbox.signed_in(windows, demo, **variant) for variant in VARIANTS]
    await demo.write("acc-1", "A question")
    for inbox in inboxes:
        await expect(inbox.page.get_by_test_id("bell-count")).to_contain_text("1")
        await inbox.page.get_by_test_id("bell").click()
        line = inbox.page.get_by_test_id("bell-line")
        await expect(line).to_contain_text("A question")
        await expect(line).to_contain_text("Message in an unassigned chat")
        await check_screen(inbox.page)
    page = inboxes[0].page
    await page.bring_to_front()
    await page.get_by_test_id("bell-line").click()
    await expect(inboxes[0].bubble("A question")).to_be_visible()
    for inbox in inboxes:
        await expect(inbox.page.get_by_test_id("bell-count")).to_have_count(0)
    await demo.write("acc-1", "Still there?")
    await expect(inboxes[0].bubble("Still there?")).to_be_visible()
    await expect(page.get_by_test_id("bell-count")).to_have_count(0)


async def test_what_one_is_told_of_is_chosen_in_the_settings(demo: Stack, windows: Windows) -> None:
    for variant in VARIANTS:
        inbox = await Inbox.signed_in(windows, demo, "/settings/profile", **variant)
        page = inbox.page
        bell = page.get_by_test_id("notify-unassigned-bell")
        await expect(bell).to_be_checked()
        await bell.uncheck()
        await expect(page.get_by_test_id("notify-unassigned-sound")).to_be_disabled()
        await check_screen(page)
        await page.reload()
        await expect(bell).not_to_be_checked()
        await bell.check()
        await expect(page.get_by_test_id("notify-unassigned-sound")).to_be_enabled()


async def test_a_draft_goes_on_on_another_device(demo: Stack, windows: Windows) -> None:
    await connect_account(demo)
    await demo.write("acc-1", "A question")
    here, there = [await Inbox.signed_in(windows, demo, **variant) for variant in ({}, PHONE)]
    await here.open_chat("Bia Lima")
    await here.composer.press_sequentially("We deliver")
    await expect(there.page.get_by_test_id("chat-draft")).to_contain_text("We deliver")
    await there.open_chat("Bia Lima")
    await expect(there.composer).to_have_value("We deliver")
    await there.composer.press_sequentially(" on Friday")
    await expect(here.composer).to_have_value("We deliver on Friday")
    await there.composer.press("Enter")
    await expect(here.composer).to_have_value("")
