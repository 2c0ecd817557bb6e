"""Two people in two windows answer the same chats."""

import os
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page, Route, expect

from tests.browser.checks import check_screen, check_variant
from tests.browser.colleagues import open_colleague
from tests.browser.screens import Inbox, connect_account, sign_in_demo_user, visit
from tests.support.fixtures_browser import Windows
from tests.support.fixtures_stack import Stack

PHONE: dict[str, Any] = {"width": 360, "height": 740, "color_scheme": "dark"}


async def save_screenshot(page: Page, name: str) -> None:
    if folder := os.environ.get("CONFAB_SCREENSHOTS"):
        await page.screenshot(path=Path(folder) / f"{name}.png")


async def expect_state(inbox: Inbox, status: str, owner: str) -> None:
    state = inbox.page.get_by_test_id("chat-state")
    await expect(state).to_have_attribute("data-status", status)
    await expect(state.get_by_test_id("chat-owner")).to_contain_text(owner)


async def leave_composer(inbox: Inbox) -> None:
    """The keys of a field belong to the field."""
    await inbox.page.get_by_test_id("messages").focus()


async def test_each_message_says_who_of_the_team_wrote_it(demo: Stack, windows: Windows) -> None:
    account_id = await connect_account(demo)
    await demo.write("acc-1", "Is the blue one there?")
    await demo.write("acc-1", "One moment", is_sender=True)
    own = await Inbox.signed_in(windows, demo)
    ana = await open_colleague(windows, demo, account_id, width=360, height=740, color_scheme="dark")
    for inbox in (own, ana):
        await inbox.open_chat("Bia Lima")
    await ana.answer("Yes, it is")
    await own.expect_status("Yes, it is", "delivered")
    await own.answer("Shall I keep it?")
    await ana.expect_status("Shall I keep it?", "delivered")

    await expect(own.bubble("One moment").get_by_test_id("message-from-phone")).to_have_text("From the phone")
    await expect(own.bubble("Yes, it is").get_by_test_id("message-author")).to_have_text("Ana Souza")
    await expect(own.bubble("Shall I keep it?").get_by_test_id("message-author")).to_have_count(0)
    await expect(ana.bubble("Yes, it is").get_by_test_id("message-author")).to_have_count(0)
    await expect(ana.bubble("Shall I keep it?").get_by_test_id("message-author")).to_have_count(1)
    for inbox in (own, ana):
        await check_screen(inbox.page)
        await save_screenshot(inbox.page, f"authors-{inbox is ana}")

    await own.bubble("Yes, it is").hover()
    await own.bubble("Yes, it is").get_by_role("button", name="Message menu").click()
    await own.page.get_by_test_id("message-details").click()
    await expect(own.page.get_by_test_id("message-info-author")).to_have_text("Written by Ana Souza.")


async def test_both_see_who_has_a_chat_and_how_it_stands(demo: Stack, windows: Windows) -> None:
    account_id = await connect_account(demo)
    await demo.write("acc-1", "Is the blue one there?")
    own = await Inbox.signed_in(windows, demo)
    ana = await open_colleague(windows, demo, account_id, width=360, height=740, color_scheme="dark")
    for inbox in (own, ana):
        await inbox.open_chat("Bia Lima")
        await expect_state(inbox, "open", "Unassigned")
    await leave_composer(own)
    await own.page.keyboard.press("i")
    await expect_state(own, "open", "Me")
    await expect_state(ana, "open", "Demo")

    await ana.page.get_by_test_id("chat-owner").click()
    await check_screen(ana.page)
    await save_screenshot(ana.page, "assign")
    await ana.page.get_by_test_id("palette-input").fill("souza")
    await ana.page.keyboard.press("Enter")
    await expect_state(ana, "open", "Me")
    await expect_state(own, "open", "Ana Souza")
    await ana.page.get_by_test_id("toast-action").click()
    await expect_state(own, "open", "Me")

    await own.page.keyboard.press("e")
    await expect_state(ana, "closed", "Demo")
    await expect(ana.page.get_by_test_id("chat-standing")).to_have_text("Closed")
    await check_screen(ana.page)
    await own.page.keyboard.press("z")
    await expect_state(ana, "open", "Demo")

    await own.page.keyboard.press("h")
    await own.page.get_by_test_id("palette-input").fill("next tue 3pm")
    await expect(own.page.get_by_test_id("palette-item").first).to_contain_text("Tue")
    await check_screen(own.page)
    await save_screenshot(own.page, "snooze")
    await own.page.keyboard.press("Enter")
    await expect_state(ana, "snoozed", "Demo")
    await expect(ana.page.get_by_test_id("chat-standing")).to_contain_text("15:00")
    for inbox in (own, ana):
        await check_screen(inbox.page)
        await save_screenshot(inbox.page, f"snoozed-{inbox is ana}")
    # The customer writes again: the snooze is over.
    await demo.write("acc-1", "Hello?")
    for inbox, owner in ((own, "Me"), (ana, "Demo")):
        await expect_state(inbox, "open", owner)


async def test_closing_may_name_what_it_was_about(demo: Stack, windows: Windows) -> None:
    account_id = await connect_account(demo)
    await demo.write("acc-1", "Is the blue one there?")
    own = await Inbox.signed_in(windows, demo)
    await own.open_chat("Bia Lima")
    await own.page.get_by_test_id("chat-menu").click()
    await own.page.get_by_test_id("menu-category").click()
    await own.page.get_by_test_id("close-category").fill("Order")
    await own.page.get_by_test_id("close-note").fill("Sent her the blue one")
    await check_screen(own.page)
    await own.page.get_by_test_id("close-submit").click()
    await expect_state(own, "closed", "Unassigned")
    await expect(own.page.get_by_test_id("note")).to_contain_text("Sent her the blue one")
    peer = await sign_in_demo_user(demo)
    (chat,) = await peer.chats(account_id)
    listed = await peer.ok("GET", f"/api/channels/whatsapp/{account_id}/chats/{chat['id']}/conversations")
    assert [conversation["category"] for conversation in listed["items"]] == ["Order"]


@pytest.mark.parametrize("window", [{}, PHONE], ids=["desk", "phone"])
async def test_where_a_category_is_asked_for_closing_asks_first(
    demo: Stack, windows: Windows, window: dict[str, Any]
) -> None:
    await connect_account(demo)
    await demo.write("acc-1", "Is the blue one there?")
    own = await Inbox.signed_in(windows, demo, "/connections", **window)
    switch = own.page.get_by_test_id("account-category-required")
    await switch.click()
    await expect(switch).to_be_enabled()
    await expect(switch).to_be_checked()
    await check_variant(own.page)
    await save_screenshot(own.page, f"category-setting-{len(window)}")
    await visit(own.page, "/inbox")
    await own.open_chat("Bia Lima")
    await own.page.get_by_test_id("chat-finish").click()
    await expect(own.page.get_by_test_id("close-submit")).to_be_disabled()
    await check_variant(own.page)
    await save_screenshot(own.page, f"category-{len(window)}")
    await own.page.keyboard.press("Escape")
    await expect_state(own, "open", "Unassigned")
    # The message is sent, then the category is asked for. The answer takes the chat: closing may be tried again.
    windows.expect_errors("status of 409")
    await own.composer.fill("Yes")
    await own.composer.press("Control+Shift+Enter")
    await own.page.get_by_test_id("close-category").fill("Order")
    await own.page.get_by_test_id("close-category").press("Enter")
    await expect_state(own, "closed", "Me")
    await own.expect_bubbles("Is the blue one there?", "Yes")
    await expect(own.page.get_by_text("You closed this chat as Order")).to_be_visible()


async def test_who_is_too_late_is_told_and_may_do_it_all_the_same(demo: Stack, windows: Windows) -> None:
    account_id = await connect_account(demo)
    await demo.write("acc-1", "Is the blue one there?")
    ana = await open_colleague(windows, demo, account_id)
    await ana.open_chat("Bia Lima")
    owner = await sign_in_demo_user(demo)
    (chat,) = await owner.chats(account_id)
    path = f"/api/channels/whatsapp/{account_id}/chats/{chat['id']}"

    async def be_faster(route: Route) -> None:
        await owner.ok("PUT", f"{path}/assignee", {"user_id": owner.user_id})
        await route.continue_()

    windows.expect_errors("status of 409")
    await ana.page.route("**/assignee", be_faster, times=1)
    await leave_composer(ana)
    await ana.page.keyboard.press("i")
    await expect(ana.page.get_by_test_id("status-changed")).to_contain_text("Demo took this chat")
    await expect_state(ana, "open", "Demo")
    await check_screen(ana.page)
    await save_screenshot(ana.page, "changed")
    await ana.page.get_by_test_id("status-anyway").click()
    await expect_state(ana, "open", "Me")


async def test_a_chat_is_not_closed_over_a_message_that_was_not_seen(demo: Stack, windows: Windows) -> None:
    await connect_account(demo)
    await demo.write("acc-1", "Is the blue one there?")
    own = await Inbox.signed_in(windows, demo)
    await own.open_chat("Bia Lima")
    await expect(own.bubble("Is the blue one there?")).to_be_visible()
    waiting: list[Route] = []

    async def hold(route: Route) -> None:
        waiting.append(route)
        await demo.write("acc-1", "And the red one?")
        await expect(own.bubble("And the red one?")).to_be_visible()
        await route.continue_()

    windows.expect_errors("status of 409")
    await own.page.route("**/status", hold)
    await leave_composer(own)
    await own.page.keyboard.press("e")
    await expect(own.page.get_by_test_id("toast")).to_contain_text("Not closed: new messages came in.")
    await expect_state(own, "open", "Unassigned")
    assert len(waiting) == 1


async def test_an_answer_can_close_its_chat(demo: Stack, windows: Windows) -> None:
    await connect_account(demo)
    await demo.write("acc-1", "Is the blue one there?")
    own = await Inbox.signed_in(windows, demo)
    await own.open_chat("Bia Lima")
    # The answer takes the chat: closing is tried again if the app has not heard of it yet.
    windows.expect_errors("status of 409")
    await own.composer.fill("Yes")
    await own.page.get_by_test_id("composer-more").click()
    await expect(own.page.get_by_test_id("composer-send-close")).to_be_visible()
    await check_screen(own.page)
    await own.page.keyboard.press("Escape")
    await own.composer.press("Control+Shift+Enter")
    await own.expect_bubbles("Is the blue one there?", "Yes")
    await expect_state(own, "closed", "Me")
