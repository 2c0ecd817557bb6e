"""The menu of the list says how many groups and archived chats there are, as the list would show them."""

from playwright.async_api import expect

from tests.browser.checks import check_screen
from tests.browser.test_chat_list import list_of, named
from tests.support.fixtures_browser import Windows
from tests.support.fixtures_stack import Stack


async def test_the_menu_counts_groups_and_archived_chats_as_they_change(
    demo: Stack, windows: Windows
) -> None:
    inbox = await list_of(demo, windows)
    page = inbox.page
    group = {
        "account_id": "acc-1",
        "name": "Wholesale",
        "members": [{"phone_number": "5511988880000", "name": "Bia"}],
    }
    chat = await demo.sandbox.ok("POST", "/sandbox/groups", group)
    await demo.write("acc-1", "To all", chat_id=chat["id"])
    await expect(named(inbox, "Wholesale")).to_be_visible()
    await page.get_by_test_id("list-menu").click()
    groups, archived = (page.get_by_role("menuitemradio", name=name) for name in ("Groups", "Archived chats"))
    await expect(groups).to_have_accessible_name("Groups 1 unread 1 chat")
    await expect(archived).to_have_accessible_name("Archived chats No chats")
    await check_screen(page)
    await page.keyboard.press("Escape")
    await named(inbox, "Wholesale").focus()
    await page.keyboard.press("y")
    await expect(named(inbox, "Wholesale")).to_have_count(0)
    await page.get_by_test_id("list-menu").click()
    await expect(groups).to_have_accessible_name("Groups No chats")
    await expect(archived).to_have_accessible_name("Archived chats 1 unread 1 chat")
    await archived.click()
    await expect(inbox.chats).to_have_count(1)
    await page.get_by_test_id("list-menu").click()
    await page.get_by_role("menuitemradio", name="Snoozed").click()
    await page.get_by_test_id("list-menu").click()
    await expect(archived).to_have_accessible_name("Archived chats No chats")
    await page.get_by_role("menuitemradio", name="Waiting longest first").click()
    await page.get_by_test_id("list-menu").click()
    await expect(archived).to_have_accessible_name("Archived chats")
