"""The chat list: rows hold still under the pointer, the keyboard and the reader, and settle afterwards."""

from typing import Any

from playwright.async_api import Locator, expect

from server.web.app_keys import DATABASE
from tests.browser.screens import Inbox, connect_account
from tests.support.fixtures_browser import Windows
from tests.support.fixtures_stack import Stack

DAVI = {"from": {"phone_number": "5511977770000", "name": "Davi"}}
TITLES_IN_VIEW = """
() => {
  const box = document.querySelector("#chat-list").getBoundingClientRect()
  return [...document.querySelectorAll("#chat-list [data-testid=chat-item]")]
    .map((row) => [row.querySelector("[data-testid=chat-title]").textContent, row.getBoundingClientRect()])
    .filter(([, { top, bottom }]) => top >= box.top && bottom <= box.bottom)
    .sort(([, one], [, other]) => one.top - other.top)
    .map(([title, { top }]) => [title, Math.round(top)])
}
"""


async def add_chats(demo: Stack, account_id: int, count: int) -> None:
    """Chats "Old 1" (the newest) to "Old n", all read."""

    async def add(cursor: Any) -> None:
        await cursor.execute(
            """insert into channels_chat (account_id, provider_chat_id, kind, title, seq, last_message_at)
               select %s, 'old-' || n, 'direct', 'Old ' || n, 0, now() - make_interval(mins => n)
               from generate_series(1, %s) n""",
            (account_id, count),
        )

    await demo.app[DATABASE].write(add)


async def list_of(demo: Stack, windows: Windows, chats: int = 30) -> Inbox:
    """The inbox of an account whose chat with Bia Lima is on top of older ones."""
    await add_chats(demo, await connect_account(demo), chats)
    await demo.write("acc-1", "First")
    inbox = await Inbox.signed_in(windows, demo)
    await expect(inbox.chats.first).to_contain_text("Bia Lima")
    return inbox


def named(inbox: Inbox, title: str) -> Locator:
    """The row of the chat with exactly this title."""
    return inbox.chats.filter(has=inbox.page.get_by_text(title, exact=True))


async def rows(inbox: Inbox) -> list[list[Any]]:
    """The rows in view with their places."""
    found: list[list[Any]] = await inbox.page.evaluate(TITLES_IN_VIEW)
    return found


async def test_rows_hold_still_under_the_pointer_and_settle_when_it_leaves(
    demo: Stack, windows: Windows
) -> None:
    inbox = await list_of(demo, windows)
    await inbox.chats.nth(4).hover()
    before = await rows(inbox)
    await demo.write("acc-1", "From a new customer", **DAVI)
    await demo.write("acc-1", "Second")
    await expect(inbox.page).to_have_title("(3) Inbox · Confab")
    await expect(inbox.chats.first).to_contain_text("Second")
    assert await rows(inbox) == before
    await inbox.page.get_by_test_id("search").hover()
    await expect(inbox.chats.nth(1)).to_contain_text("From a new customer")


async def test_rows_flow_again_when_the_pointer_rests(demo: Stack, windows: Windows) -> None:
    inbox = await list_of(demo, windows)
    await inbox.page.clock.install()
    await inbox.chats.nth(4).hover()
    await demo.write("acc-1", "From a new customer", **DAVI)
    await expect(inbox.page).to_have_title("(2) Inbox · Confab")
    await expect(inbox.chats.first).to_contain_text("Bia Lima")
    await inbox.page.clock.run_for(15_000)
    await expect(inbox.chats.first).to_contain_text("Davi")


async def test_a_scrolled_list_stays_where_it_is_read(demo: Stack, windows: Windows) -> None:
    inbox = await list_of(demo, windows)
    await inbox.page.evaluate("() => document.querySelector('#chat-list').scrollTo(0, 900)")
    await expect(inbox.chats.filter(has_text="Old 16")).to_be_in_viewport()
    before = await rows(inbox)
    await demo.write("acc-1", "From a new customer", **DAVI)
    await demo.write("acc-1", "Second")
    pill = inbox.page.get_by_test_id("chats-above")
    await expect(pill).to_have_text("2 chats with new messages")
    assert await rows(inbox) == before
    await pill.click()
    await expect(inbox.chats.first).to_contain_text("Second")
    await expect(inbox.chats.nth(1)).to_contain_text("From a new customer")
    await expect(pill).to_have_count(0)


async def test_scrolling_back_to_the_top_settles_the_list(demo: Stack, windows: Windows) -> None:
    inbox = await list_of(demo, windows)
    await inbox.page.evaluate("() => document.querySelector('#chat-list').scrollTo(0, 900)")
    await expect(inbox.chats.filter(has_text="Old 16")).to_be_in_viewport()
    await demo.write("acc-1", "From a new customer", **DAVI)
    await expect(inbox.page.get_by_test_id("chats-above")).to_be_visible()
    await inbox.page.evaluate("() => document.querySelector('#chat-list').scrollTo(0, 0)")
    await expect(inbox.chats.first).to_contain_text("Davi")


async def test_rows_hold_still_around_the_focused_row(demo: Stack, windows: Windows) -> None:
    inbox = await list_of(demo, windows)
    await inbox.chats.nth(2).focus()
    await inbox.page.keyboard.press("j")
    await expect(inbox.chats.nth(3)).to_be_focused()
    before = await rows(inbox)
    await demo.write("acc-1", "From a new customer", **DAVI)
    await expect(inbox.page).to_have_title("(2) Inbox · Confab")
    assert await rows(inbox) == before
    await inbox.page.get_by_test_id("search").focus()
    await expect(inbox.chats.first).to_contain_text("Davi")


async def test_the_menu_of_a_row_acts_at_once_and_can_be_undone(demo: Stack, windows: Windows) -> None:
    inbox = await list_of(demo, windows)
    page, row = inbox.page, named(inbox, "Old 3")
    await row.hover()
    await page.get_by_role("button", name="Actions for Old 3").click()
    await page.get_by_test_id("chat-archive").click()
    await expect(row).to_have_count(0)
    await page.get_by_test_id("toast-action").click()
    await expect(inbox.chats.nth(3)).to_contain_text("Old 3")

    await inbox.chats.nth(3).click(button="right")
    await page.get_by_test_id("chat-pin").click()
    await expect(inbox.chats.first).to_contain_text("Old 3")
    await expect(inbox.chats.first.get_by_role("img", name="Pinned")).to_be_visible()
    await inbox.chats.first.press("Shift+F10")
    await page.get_by_test_id("chat-mute-always").click()
    await expect(inbox.chats.first.get_by_role("img", name="Muted")).to_be_visible()


async def test_a_change_that_fails_is_reverted(demo: Stack, windows: Windows) -> None:
    windows.expect_errors("status of 500")
    inbox = await list_of(demo, windows)
    await inbox.page.route("**/chats/*", lambda route: route.fulfill(status=500, json={}))
    await inbox.chats.nth(3).click(button="right")
    await inbox.page.get_by_test_id("chat-archive").click()
    await expect(inbox.chats.nth(3)).to_contain_text("Old 3")
    toast = inbox.page.get_by_test_id("toast")
    await expect(toast).to_contain_text("Something went wrong")
    await expect(toast.get_by_test_id("toast-action")).to_have_count(0)  # nothing to undo


async def test_the_keys_of_the_list(demo: Stack, windows: Windows) -> None:
    """One stop of the Tab key; J and K move, Y archives and goes on, U marks as unread, Escape returns to the row."""
    inbox = await list_of(demo, windows)
    keyboard, chats = inbox.page.keyboard, inbox.chats
    assert await chats.evaluate_all("rows => rows.filter((row) => row.tabIndex >= 0).length") == 1
    await keyboard.press("j")
    await expect(chats.first).to_be_focused()
    for key, position in (("j", 1), ("j", 2), ("k", 1), ("ArrowDown", 2)):
        await keyboard.press(key)
        await expect(chats.nth(position)).to_be_focused()
    await keyboard.press("y")
    await expect(named(inbox, "Old 2")).to_have_count(0)
    await expect(chats.nth(2)).to_be_focused()
    await expect(chats.nth(2)).to_contain_text("Old 3")
    await keyboard.press("Home")
    await keyboard.press("Enter")
    await expect(inbox.composer).to_be_focused()
    await expect(chats.first.get_by_test_id("chat-unread")).to_have_count(0)
    await keyboard.press("Escape")
    await expect(chats.first).to_be_focused()
    await keyboard.press("u")
    await expect(chats.first.get_by_test_id("chat-unread")).to_have_text("1 unread")
    await keyboard.press("End")
    await expect(named(inbox, "Old 30")).to_be_focused()


async def test_groups_and_the_archive_are_filters_that_survive_a_reload(
    demo: Stack, windows: Windows
) -> None:
    inbox = await list_of(demo, windows)
    page = inbox.page
    people = [{"phone_number": "5511988880000", "name": "Bia Lima"}]
    group = {"account_id": "acc-1", "name": "Wholesale", "members": people}
    chat = await demo.sandbox.ok("POST", "/sandbox/groups", group)
    await demo.write("acc-1", "To all", chat_id=chat["id"])
    await expect(page.get_by_role("button", name="Unread 2 unread")).to_be_visible()
    await page.get_by_test_id("list-menu").click()
    await page.get_by_role("menuitemradio", name="Groups").click()
    await expect(inbox.chats).to_have_count(1)
    await expect(inbox.chats).to_contain_text("Bia: To all")
    await page.reload()
    await expect(inbox.chats).to_have_count(1)
    await page.get_by_role("button", name="Remove filter: Groups").click()
    await expect(named(inbox, "Bia Lima")).to_be_visible()
    await page.get_by_test_id("list-menu").click()
    await page.get_by_role("menuitemradio", name="Archived chats").click()
    await expect(page.get_by_role("tabpanel")).to_contain_text("No archived chats")


async def test_a_read_chat_stays_in_the_unread_list_while_the_list_is_used(
    demo: Stack, windows: Windows
) -> None:
    inbox = await list_of(demo, windows)
    await demo.write("acc-1", "From a new customer", **DAVI)
    await inbox.page.get_by_test_id("filter-unread").click()
    await expect(inbox.chats).to_have_count(2)
    await inbox.open_chat("Davi")
    await expect(inbox.page.get_by_test_id("filter-unread")).to_contain_text("1")
    await expect(inbox.chats).to_have_count(2)
    await inbox.open_chat("Bia Lima")
    await inbox.page.get_by_test_id("search").hover()
    await expect(inbox.chats).to_have_count(1)


async def test_a_finger_swipes_a_row(demo: Stack, windows: Windows) -> None:
    await add_chats(demo, await connect_account(demo), 5)
    phone: dict[str, Any] = {"width": 390, "height": 844, "has_touch": True, "is_mobile": True}
    inbox = await Inbox.signed_in(windows, demo, **phone)
    row = inbox.chats.filter(has_text="Old 2")
    await swipe(inbox, row, 150)
    await expect(row.get_by_test_id("chat-unread")).to_have_text("1 unread")
    await swipe(inbox, row, -150)
    await expect(row).to_have_count(0)
    await expect(inbox.page.get_by_test_id("toast")).to_contain_text("archived")
    await inbox.page.get_by_test_id("toast-action").tap()
    await expect(row).to_be_visible()
    await swipe(inbox, row, -40)
    await expect(row).to_be_visible()


async def swipe(inbox: Inbox, row: Locator, distance: int) -> None:
    """Move a finger over the row sideways."""
    box = await row.bounding_box()
    assert box is not None
    touch = await inbox.page.context.new_cdp_session(inbox.page)
    start, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2

    async def send(kind: str, *points: float) -> None:
        body = {"type": kind, "touchPoints": [{"x": x, "y": y} for x in points]}
        await touch.send("Input.dispatchTouchEvent", body)

    await send("touchStart", start)
    for share in (0.25, 0.5, 0.75, 1):
        await send("touchMove", start + share * distance)
    await send("touchEnd")


async def test_compact_rows_are_remembered(demo: Stack, windows: Windows) -> None:
    inbox = await list_of(demo, windows)

    async def height() -> float:
        box = await inbox.chats.first.bounding_box()
        assert box is not None
        return box["height"]

    assert await height() == 64
    await inbox.page.get_by_test_id("list-menu").click()
    await inbox.page.get_by_role("menuitemradio", name="Compact rows").click()
    await expect(inbox.page.locator("[data-density=compact]")).to_be_visible()
    assert await height() == 52
    await inbox.page.reload()
    await expect(inbox.page.locator("[data-density=compact]")).to_be_visible()


async def test_twelve_chats_fit_on_a_screen_and_the_dom_stays_small(demo: Stack, windows: Windows) -> None:
    await add_chats(demo, await connect_account(demo), 10_000)
    inbox = await Inbox.signed_in(windows, demo, width=1280, height=900)
    await expect(inbox.chats.first).to_contain_text("Old 1")
    assert len(await rows(inbox)) >= 12
    for _ in range(12):
        await inbox.page.evaluate("() => document.querySelector('#chat-list').scrollBy(0, 1e6)")
        await expect(inbox.page.get_by_text("Loading more chats…")).to_have_count(0)
    assert await inbox.chats.count() <= 40


async def test_an_unsent_text_is_shown_in_the_row(demo: Stack, windows: Windows) -> None:
    inbox = await list_of(demo, windows)
    await inbox.open_chat("Bia Lima")
    await inbox.composer.fill("We deliver on")
    await expect(inbox.page.get_by_test_id("chat-draft")).to_have_count(0)
    await named(inbox, "Old 1").click()
    await expect(inbox.chats.first.get_by_test_id("chat-draft")).to_have_text("Draft: We deliver on")
    await inbox.page.reload()
    await expect(inbox.chats.first.get_by_test_id("chat-draft")).to_have_text("Draft: We deliver on")
