"""Numbers that were disconnected take one line above the chat list, and the reader to the next step."""

import pytest
from playwright.async_api import expect

from tests.browser.checks import check_screen
from tests.browser.screens import Inbox, sign_in_demo_user
from tests.support.fixtures_browser import Windows
from tests.support.fixtures_stack import Stack

# The height of one line, and of the gap below it.
MAX_LINE_PX = 52


async def disconnect(demo: Stack, *names: str) -> None:
    """Accounts of the demo user that WhatsApp logged out."""
    user = await sign_in_demo_user(demo)
    for name in names:
        await demo.make_account(user, name)
        await demo.sandbox.ok("POST", f"/sandbox/accounts/{name}/status", {"status": "CREDENTIALS"})


@pytest.mark.parametrize("width", [1280, 360])
async def test_one_disconnected_number_is_one_line_with_its_action(
    demo: Stack, windows: Windows, width: int
) -> None:
    await disconnect(demo, "acc-1")
    page = (await Inbox.signed_in(windows, demo, width=width)).page
    line = page.get_by_test_id("number-notice")
    await expect(line).to_contain_text("disconnected")
    await expect(line).to_contain_text("This number was logged out of WhatsApp.")
    box = await line.bounding_box()
    assert box is not None and box["height"] <= MAX_LINE_PX
    await check_screen(page)
    await line.get_by_role("button", name="Reconnect").click()
    await expect(page.get_by_role("dialog")).to_be_visible()


@pytest.mark.parametrize("width", [1280, 360])
async def test_several_disconnected_numbers_are_one_line_that_opens(
    demo: Stack, windows: Windows, width: int
) -> None:
    await disconnect(demo, "acc-1", "acc-2", "acc-3")
    page = (await Inbox.signed_in(windows, demo, width=width)).page
    line, each = page.get_by_test_id("number-notices"), page.get_by_test_id("number-notice")
    await expect(line).to_have_text("3 numbers are disconnected")
    await expect(each.first).to_be_hidden()
    await line.click()
    await expect(each).to_have_count(3)
    button = each.first.get_by_role("button", name="Reconnect")
    await expect(button).to_be_in_viewport(ratio=1)
    await check_screen(page)
    await line.click()
    await expect(each.first).to_be_hidden()
