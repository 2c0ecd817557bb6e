"""Labels and changes of many chats, by mouse and keyboard, and what a colleague sees of them."""

from typing import Any

from playwright.async_api import Locator, expect

from tests.browser.checks import check_screen
from tests.browser.screens import Inbox, sign_in_demo_user, visit
from tests.browser.test_chat_list import list_of, named
from tests.support.factories import CHANNELS, add_member, make_label
from tests.support.fixtures_browser import Windows
from tests.support.fixtures_stack import Stack
from tests.support.peers import Peer, eventually

PHONE: dict[str, Any] = {"width": 360, "height": 740, "has_touch": True, "is_mobile": True}


def chips(inbox: Inbox, title: str) -> Locator:
    return named(inbox, title).get_by_test_id("label-chip")


async def colleague_of(demo: Stack) -> Peer:
    """Another agent of the demo user's account."""
    owner = await sign_in_demo_user(demo)
    (account,) = (await owner.ok("GET", f"{CHANNELS}/accounts"))["items"]
    ana = await demo.sign_in("Ana")
    await add_member(demo, account["id"], ana, "agent")
    return ana


async def chat_named(peer: Peer, title: str) -> dict[str, Any]:
    """The chat as another user sees it."""
    (account,) = (await peer.ok("GET", f"{CHANNELS}/accounts"))["items"]
    found = (await peer.ok("GET", f"{CHANNELS}/{account['id']}/chats"))["items"]
    return next(chat for chat in found if chat["title"] == title)


async def test_a_label_is_created_and_removed_by_keyboard(demo: Stack, windows: Windows) -> None:
    inbox = await list_of(demo, windows, 3)
    page = inbox.page
    await named(inbox, "Old 1").focus()
    await page.keyboard.press("l")
    picker = page.get_by_role("dialog", name="Label the chat")
    await picker.get_by_test_id("palette-input").fill("Urgent")
    await page.keyboard.press("Enter")
    await expect(chips(inbox, "Old 1")).to_have_text(["Urgent"])
    await expect(picker.get_by_test_id("palette-item")).to_contain_text(["Urgent"])
    await check_screen(page)
    await page.keyboard.press("Enter")
    await expect(chips(inbox, "Old 1")).to_have_count(0)
    await page.keyboard.press("Escape")
    await page.keyboard.press("z")
    await expect(chips(inbox, "Old 1")).to_have_text(["Urgent"])


async def test_a_private_label_is_seen_by_its_owner_only(demo: Stack, windows: Windows) -> None:
    inbox = await list_of(demo, windows, 3)
    ana = await colleague_of(demo)
    owner = await sign_in_demo_user(demo)
    await make_label(owner, "Difficult", shared=False)
    vip = await make_label(ana, "VIP")
    await named(inbox, "Old 1").focus()
    await inbox.page.keyboard.press("l")
    picker = inbox.page.get_by_role("dialog", name="Label the chat")
    for name in ("Difficult", "VIP"):
        await picker.get_by_text(name, exact=True).click()
    await inbox.page.keyboard.press("Escape")
    await expect(chips(inbox, "Old 1")).to_have_text(["VIP", "Difficult"])

    async def has_the_shared_one() -> bool:
        labels: list[int] = (await chat_named(ana, "Old 1"))["labels"]
        return labels == [vip]

    await eventually(has_the_shared_one)


async def test_selected_chats_are_changed_together_and_undone_together(demo: Stack, windows: Windows) -> None:
    inbox = await list_of(demo, windows, 6)
    page = inbox.page
    bar = page.get_by_test_id("selection-bar")
    await named(inbox, "Old 2").focus()
    await page.keyboard.press("x")
    await expect(bar).to_contain_text("1 chat selected")
    await named(inbox, "Old 4").click(modifiers=["Shift"])
    await expect(bar).to_contain_text("3 chats selected")
    await expect(page.get_by_test_id("chat-picked")).to_have_count(3)
    await check_screen(page)
    await bar.get_by_test_id("selection-archive").click()
    await expect(bar).to_have_count(0)
    for title in ("Old 2", "Old 3", "Old 4"):
        await expect(named(inbox, title)).to_have_count(0)
    await expect(page.get_by_text("3 chats archived").first).to_be_visible()
    await page.keyboard.press("z")
    for title in ("Old 2", "Old 3", "Old 4"):
        await expect(named(inbox, title)).to_be_visible()
    # While some are selected a click selects; Escape ends it, and clicks open chats again.
    await named(inbox, "Old 1").focus()
    await page.keyboard.press("x")
    await named(inbox, "Old 3").click()
    await expect(bar).to_contain_text("2 chats selected")
    await page.keyboard.press("Escape")
    await expect(bar).to_have_count(0)
    await inbox.open_chat("Old 3")


async def test_what_a_colleague_changed_meanwhile_stays(demo: Stack, windows: Windows) -> None:
    """Two windows: both assign the same chats, and the undo of one leaves what the other has done since."""
    inbox = await list_of(demo, windows, 3)
    ana = await colleague_of(demo)
    page = inbox.page
    await named(inbox, "Old 1").focus()
    await page.keyboard.press("x")
    bar = page.get_by_test_id("selection-bar")
    await bar.get_by_test_id("selection-all").click()
    await bar.get_by_test_id("selection-person").click()
    await expect(page.get_by_role("dialog", name="Assign 4 chats")).to_contain_text("Demo (me)")
    await page.keyboard.press("Enter")
    await expect(bar).to_have_count(0)
    chat = await chat_named(ana, "Old 2")
    path = f"{CHANNELS}/{chat['account_id']}/chats/{chat['id']}/assignee"
    await ana.ok("PUT", path, {"user_id": ana.user_id})
    await page.keyboard.press("z")
    await expect(page.get_by_text("1 chat was left as it is").first).to_be_visible()
    owners = {title: (await chat_named(ana, title))["assignee"] for title in ("Old 1", "Old 2", "Bia Lima")}
    assert owners == {"Old 1": None, "Old 2": {"id": ana.user_id, "name": "Ana"}, "Bia Lima": None}


async def test_several_chats_are_assigned_and_snoozed_by_their_dialogs(demo: Stack, windows: Windows) -> None:
    inbox = await list_of(demo, windows, 3)
    ana = await colleague_of(demo)
    page = inbox.page
    for title in ("Old 1", "Old 2"):
        await named(inbox, title).focus()
        await page.keyboard.press("x")
    await page.keyboard.press("a")
    await expect(page.get_by_role("dialog", name="Assign 2 chats")).to_contain_text("Ana")
    await page.get_by_test_id("palette-input").fill("Ana")
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("2 chats assigned").first).to_be_visible()
    for title in ("Old 1", "Old 2"):
        await named(inbox, title).focus()
        await page.keyboard.press("x")
    await page.keyboard.press("h")
    await expect(page.get_by_role("dialog", name="Snooze 2 chats")).to_be_visible()
    await page.get_by_test_id("palette-input").fill("in 3 days")
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("2 chats snoozed").first).to_be_visible()

    async def are_changed() -> bool:
        chats = [await chat_named(ana, title) for title in ("Old 1", "Old 2")]
        return all(chat["assignee"]["name"] == "Ana" and chat["status"] == "snoozed" for chat in chats)

    await eventually(are_changed)


async def test_a_long_press_selects_on_a_phone(demo: Stack, windows: Windows) -> None:
    await list_of(demo, windows, 4)
    phone = await Inbox.signed_in(windows, demo, **PHONE)
    row = named(phone, "Old 1")
    await expect(row).to_be_visible()
    box = await row.bounding_box()
    assert box is not None
    touch = {
        "pointerType": "touch",
        "isPrimary": True,
        "pointerId": 1,
        "clientX": box["x"] + 90,
        "clientY": box["y"] + 20,
    }
    await row.dispatch_event("pointerdown", touch)
    bar = phone.page.get_by_test_id("selection-bar")
    await expect(bar).to_contain_text("1 chat selected")
    await row.dispatch_event("pointerup", touch)
    await named(phone, "Old 2").tap()
    await expect(bar).to_contain_text("2 chats selected")
    await check_screen(phone.page)
    await bar.get_by_test_id("selection-inbox").tap()
    await expect(bar).to_have_count(0)
    await expect(phone.page.get_by_text("2 chats reopened").first).to_be_visible()


async def test_labels_are_managed_in_the_settings(demo: Stack, windows: Windows) -> None:
    inbox = await list_of(demo, windows, 2)
    page = inbox.page
    await named(inbox, "Old 1").focus()
    await page.keyboard.press("l")
    await page.get_by_test_id("palette-input").fill("Urgent")
    await page.keyboard.press("Enter")
    await expect(chips(inbox, "Old 1")).to_have_text(["Urgent"])
    await visit(page, "/settings/labels")
    row = page.get_by_test_id("label")
    await expect(row).to_contain_text("1 chat · Everyone")
    await row.get_by_test_id("label-rename").fill("Very urgent")
    await row.get_by_role("button", name="Save the name").click()
    await expect(row.get_by_test_id("label-chip")).to_have_text("Very urgent")
    await page.get_by_test_id("label-name").fill("Difficult")
    await page.get_by_label("Who sees it").select_option("private")
    await page.get_by_test_id("label-submit").click()
    await expect(row).to_have_count(2)
    await check_screen(page)
    await row.filter(has_text="Very urgent").get_by_role("button", name="Delete").click()
    await expect(page.get_by_role("dialog")).to_contain_text("1 chat loses it.")
    await page.get_by_test_id("label-delete").click()
    await expect(row).to_have_count(1)
