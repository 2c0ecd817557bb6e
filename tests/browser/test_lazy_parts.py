"""Parts of the app that are not loaded yet when the user asks for them."""

import asyncio

from playwright.async_api import Route, expect

from tests.browser.screens import Inbox, connect_account
from tests.browser.test_screens import write_from_every_customer
from tests.support.fixtures_browser import Windows
from tests.support.fixtures_stack import Stack


async def test_a_palette_that_is_not_loaded_yet_takes_the_keys(demo: Stack, windows: Windows) -> None:
    """On a slow line the palette opens as a dialog that waits: no key that is meant for it reaches the list."""
    await connect_account(demo)
    await write_from_every_customer(demo)
    inbox = await Inbox.signed_in(windows, demo, "/login", saves_data=False)
    page = await inbox.page.context.new_page()
    released = asyncio.Event()

    async def hold(route: Route) -> None:
        await released.wait()
        await route.continue_()

    await page.route("**/assets/CommandPalette-*.js", hold)
    await page.goto(f"{demo.stranger.url}/inbox")
    await expect(page.get_by_test_id("chat-item")).to_have_count(3)
    await page.get_by_test_id("chat-item").first.focus()
    await page.keyboard.press("Control+k")
    await expect(page.get_by_role("dialog")).to_be_visible()
    await page.keyboard.press("y")
    await expect(page.get_by_test_id("toast")).to_have_count(0)
    released.set()
    await expect(page.get_by_test_id("palette-input")).to_be_focused()
    await expect(page.get_by_test_id("chat-item")).to_have_count(3)


async def test_keys_pressed_before_their_commands_are_loaded_run_in_order(
    demo: Stack, windows: Windows
) -> None:
    """On a slow line J moves to the second row and I takes its chat as soon as the browser has what they do."""
    await connect_account(demo)
    await write_from_every_customer(demo)
    inbox = await Inbox.signed_in(windows, demo, "/login", saves_data=False)
    page = await inbox.page.context.new_page()
    released = asyncio.Event()

    async def hold(route: Route) -> None:
        await released.wait()
        await route.continue_()

    await page.route("**/assets/live-*.js", hold)
    await page.goto(f"{demo.stranger.url}/inbox")
    rows = page.get_by_test_id("chat-item")
    await expect(rows).to_have_count(3)
    for key in "jji":
        await page.keyboard.press(key)
    await expect(page.get_by_role("img", name="Assigned to")).to_have_count(0)
    released.set()
    await expect(rows.nth(1)).to_be_focused()
    await expect(rows.nth(1).get_by_role("img", name="Assigned to")).to_be_visible()
    await expect(page.get_by_role("img", name="Assigned to")).to_have_count(1)
