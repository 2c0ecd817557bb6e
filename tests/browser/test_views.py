"""Saved views: what the list shows now is saved under a name, counted, and opened again by others."""

from playwright.async_api import expect

from tests.browser.checks import check_screen
from tests.browser.screens import sign_in_demo_user
from tests.browser.test_chat_list import list_of, named
from tests.browser.test_organising import colleague_of
from tests.support.factories import CHANNELS, make_label, make_view
from tests.support.fixtures_browser import Windows
from tests.support.fixtures_stack import Stack


async def test_a_narrowed_list_is_saved_and_opened_again(demo: Stack, windows: Windows) -> None:
    inbox = await list_of(demo, windows, 3)
    page = inbox.page
    await page.get_by_test_id("filter-unread").click()
    await expect(inbox.chats).to_have_count(1)
    await page.get_by_test_id("views").click()
    await page.get_by_test_id("view-save").click()
    await page.get_by_test_id("view-name").fill("To read")
    await check_screen(page)
    await page.get_by_test_id("view-submit").click()
    await expect(page.get_by_role("dialog")).to_have_count(0)
    await page.get_by_test_id("filter-unread").click()
    await expect(inbox.chats).to_have_count(4)
    await page.get_by_test_id("views").click()
    item = page.get_by_test_id("view-item")
    await expect(item).to_contain_text("To read")
    await expect(item).to_contain_text("1")
    await check_screen(page)
    await item.click()
    await expect(inbox.chats).to_have_count(1)


async def test_a_view_of_mentions_is_saved_from_the_list_and_live(demo: Stack, windows: Windows) -> None:
    inbox = await list_of(demo, windows, 3)
    page = inbox.page
    owner, ana = await sign_in_demo_user(demo), await colleague_of(demo)
    (account,) = (await ana.ok("GET", f"{CHANNELS}/accounts"))["items"]
    chats = (await ana.ok("GET", f"{CHANNELS}/{account['id']}/chats"))["items"]
    ids = {chat["title"]: f"{CHANNELS}/{account['id']}/chats/{chat['id']}" for chat in chats}
    note = {"text": "Can you take this?", "mentions": [owner.user_id]}
    for title in ("Old 1", "Old 2"):
        await ana.ok("PUT", ids[title] + "/status", {"status": "open"})
    await ana.ok("POST", ids["Old 1"] + "/notes", note)
    await page.get_by_test_id("list-menu").click()
    await page.get_by_role("menuitemradio", name="You are mentioned").click()
    await expect(inbox.chats).to_have_count(1)
    await expect(page.get_by_test_id("narrowed-by")).to_contain_text("You are mentioned")
    await page.get_by_test_id("views").click()
    await page.get_by_test_id("view-save").click()
    await page.get_by_test_id("view-name").fill("Mentions")
    await expect(page.get_by_test_id("view-mentioned")).to_be_checked()
    await check_screen(page)
    await page.get_by_test_id("view-submit").click()
    await expect(page.get_by_role("dialog")).to_have_count(0)
    # A colleague asks in another chat: it appears, and what happens elsewhere does not.
    await ana.ok("POST", ids["Old 2"] + "/notes", note)
    await expect(named(inbox, "Old 2")).to_be_visible()
    await ana.ok("POST", ids["Old 3"] + "/send", {"text": "Hello"})
    await ana.ok("PUT", ids["Old 1"] + "/status", {"status": "closed"})
    await expect(inbox.chats).to_have_count(1)
    await page.get_by_test_id("views").click()
    await expect(page.get_by_test_id("view-item")).to_contain_text("1")
    await check_screen(page)


async def test_a_view_of_a_label_is_live_and_managed_in_the_settings(demo: Stack, windows: Windows) -> None:
    inbox = await list_of(demo, windows, 3)
    page = inbox.page
    ana = await colleague_of(demo)
    owner = await sign_in_demo_user(demo)
    label_id = await make_label(owner, "VIP")
    await make_view(owner, "Key accounts", labels=[label_id])
    await make_view(owner, "Other")
    await page.get_by_test_id("views").click()
    await page.get_by_test_id("view-item").filter(has_text="Key accounts").click()
    await expect(inbox.chats).to_have_count(0)
    await expect(page.get_by_test_id("narrowed-by")).to_contain_text("VIP")
    # A colleague labels a chat: it appears.
    (account,) = (await ana.ok("GET", f"{CHANNELS}/accounts"))["items"]
    chats = (await ana.ok("GET", f"{CHANNELS}/{account['id']}/chats"))["items"]
    chat_id = next(chat["id"] for chat in chats if chat["title"] == "Old 2")
    await ana.ok("PUT", f"{CHANNELS}/{account['id']}/chats/{chat_id}/labels/{label_id}")
    await expect(named(inbox, "Old 2")).to_be_visible()
    await page.get_by_test_id("views").click()
    await page.get_by_test_id("view-manage").click()
    views = page.get_by_test_id("saved-view")
    await expect(views.locator("strong")).to_have_text(["Key accounts", "Other"])
    await page.get_by_role("button", name="Move Other up").click()
    await expect(views.locator("strong")).to_have_text(["Other", "Key accounts"])
    await check_screen(page)
    await views.first.get_by_test_id("view-delete").click()
    await expect(views).to_have_count(1)
