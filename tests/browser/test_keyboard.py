"""The whole app by keyboard: the key map, the palette, the help, undo, and a focus that is never lost."""

import re
from typing import Any

import pytest
from playwright.async_api import Page, Route, expect

from tests.browser.checks import check_screen
from tests.browser.keyboard import expect_focus_kept, focused_chat, press, press_sequence, tab_to
from tests.browser.screens import Inbox, Phones, connect_account
from tests.browser.test_screens import VARIANTS, write_from_every_customer
from tests.support.fixtures_browser import Windows
from tests.support.fixtures_stack import Stack

TOP, SECOND, THIRD = "Lea Baumann", "Hana Sato", "Chidi Okafor"


async def open_inbox(demo: Stack, windows: Windows, **options: Any) -> Inbox:
    """Three unread chats: Lea, Hana, Chidi."""
    await connect_account(demo)
    await write_from_every_customer(demo)
    inbox = await Inbox.signed_in(windows, demo, **options)
    await expect(inbox.chats).to_have_count(3)
    return inbox


async def expect_row(inbox: Inbox, name: str) -> None:
    """The row of this chat gets the focus."""
    await expect(inbox.page.locator("[data-chat] a:focus").get_by_test_id("chat-title")).to_have_text(name)


async def test_a_day_by_keyboard_alone(demo: Stack, windows: Windows) -> None:
    """Sign in, connect, read, answer, archive, undo, search, settings: without a mouse, with a focus at every step."""
    page = await windows.open(demo.stranger.url)
    inbox = Inbox(page)
    await expect(page.get_by_test_id("login-demo")).to_be_visible()
    await tab_to(page, "login-demo")
    await page.keyboard.press("Enter")
    await expect(page.get_by_test_id("user-menu")).to_be_visible()
    phones = await connect_by_keyboard(demo, windows, page)
    await phones.page.bring_to_front()
    await phones.pick_up("Bia Lima")
    await phones.write("Oi, tudo bem?")
    await page.bring_to_front()
    await press_sequence(page, "g", "i")
    await expect(inbox.chats).to_have_count(1)
    await press(page, "j")
    await expect_row(inbox, "Bia Lima")
    await press(page, "Enter")
    await expect(inbox.composer).to_be_focused()
    await page.keyboard.type("Tudo bem!")
    await press(page, "Enter")
    await inbox.expect_status("Tudo bem!", "delivered", "read")
    await press(page, "Escape")
    await expect_row(inbox, "Bia Lima")
    await press(page, "y")
    await expect(inbox.chats).to_have_count(0)
    await press(page, "z")
    await expect(inbox.chats).to_have_count(1)
    await press(page, "/")
    await expect(page.get_by_test_id("search")).to_be_focused()
    await page.keyboard.type("tudo")
    await expect(page.get_by_test_id("search-message").first).to_be_visible()
    await press(page, "Escape", "Escape")
    await press_sequence(page, "g", "s")
    await expect(page).to_have_url(re.compile("/settings/profile$"))
    await expect_focus_kept(page)


async def test_escape_leaves_the_search_field_without_a_row_below(demo: Stack, windows: Windows) -> None:
    await connect_account(demo)
    page = (await Inbox.signed_in(windows, demo)).page
    search = page.get_by_test_id("search")
    await expect(search).to_be_visible()
    await page.locator("#main").focus()
    await press(page, "/")
    await expect(search).to_be_focused()
    await press(page, "Escape")
    await press_sequence(page, "g", "s")
    await expect(page).to_have_url(re.compile("/settings/profile$"))


async def connect_by_keyboard(demo: Stack, windows: Windows, page: Page) -> Phones:
    """The empty inbox shows the code, the phone is another device, and the success leads to the inbox."""
    await expect(page.get_by_role("log")).to_be_attached()
    await expect(page.get_by_test_id("connect-qr")).to_be_visible()
    phones = Phones(await windows.open(demo.sandbox.url))
    await phones.page.get_by_test_id("phone-scan").click()
    await page.bring_to_front()
    await expect(page.get_by_test_id("connect-success")).to_be_visible()
    await tab_to(page, "connect-open-inbox")
    await page.keyboard.press("Enter")
    await expect(page).to_have_url(re.compile("/inbox$"))
    await expect(page.get_by_role("dialog")).to_have_count(0)
    await expect_focus_kept(page)
    return phones


async def test_keys_move_over_the_list_and_act_on_the_focused_chat(demo: Stack, windows: Windows) -> None:
    inbox = await open_inbox(demo, windows)
    page = inbox.page
    await press(page, "j", "j")
    await expect_row(inbox, SECOND)
    await press(page, "k")
    await expect_row(inbox, TOP)
    await press(page, "p")
    await expect(inbox.chats.first.get_by_role("img", name="Pinned")).to_be_visible()
    await press(page, "m")
    await expect(inbox.chats.first.get_by_role("img", name="Muted")).to_be_visible()
    await press(page, "u")
    await expect(inbox.chats.first.get_by_test_id("chat-unread")).to_have_count(0)
    await press(page, "z", "z", "z")
    await expect(inbox.chats.first.get_by_test_id("chat-unread")).to_be_visible()
    await expect(inbox.chats.first.get_by_role("img", name=re.compile("Pinned|Muted"))).to_have_count(0)
    await expect_row(inbox, TOP)


async def test_an_archived_chat_leaves_the_focus_on_the_row_in_its_place(
    demo: Stack, windows: Windows
) -> None:
    inbox = await open_inbox(demo, windows)
    page = inbox.page
    await press(page, "j", "y")
    await expect_row(inbox, SECOND)
    await press(page, "Enter")
    await expect(inbox.composer).to_be_focused()
    await page.get_by_test_id("chat-menu").focus()
    await press(page, "y")  # the open chat
    await expect(inbox.chats).to_have_count(1)
    await expect(page).to_have_url(re.compile("/inbox$"))
    await expect_row(inbox, THIRD)
    await press(page, "y")
    await expect(inbox.chats).to_have_count(0)
    await expect_focus_kept(page)


async def test_a_refused_change_is_taken_back_and_reported(demo: Stack, windows: Windows) -> None:
    windows.expect_errors(r"status of 503 .*/chats/\d+")
    inbox = await open_inbox(demo, windows)

    async def refuse(route: Route) -> None:
        if route.request.method == "PATCH":
            await route.fulfill(status=503, json={"error": {"code": "unavailable", "message": "Not now."}})
        else:
            await route.continue_()

    await inbox.page.route("**/chats/*", refuse)
    await press(inbox.page, "j", "p")
    toast = inbox.page.get_by_test_id("toast")
    await expect(toast).not_to_contain_text("pinned")
    await expect(toast.get_by_test_id("toast-action")).to_have_count(0)  # nothing to undo
    await expect(inbox.chats.get_by_role("img", name="Pinned")).to_have_count(0)


async def test_the_next_unread_chat_opens_by_key_until_none_is_left(demo: Stack, windows: Windows) -> None:
    page = (inbox := await open_inbox(demo, windows)).page
    for name in (TOP, SECOND, THIRD):
        await page.locator("#main").focus()
        await page.keyboard.press("n")
        await expect(page.get_by_test_id("thread").get_by_role("heading", name=name)).to_be_visible()
        await expect(inbox.chats.filter(has_text=name).get_by_test_id("chat-unread")).to_have_count(0)
    await page.locator("#main").focus()
    await page.keyboard.press("n")
    await expect(page.get_by_test_id("toast")).to_contain_text("No unread chats")


async def test_reply_by_key_quotes_the_focused_message(demo: Stack, windows: Windows) -> None:
    inbox = await open_inbox(demo, windows)
    page = inbox.page
    await inbox.open_chat(TOP)
    menu = inbox.bubbles.first.get_by_role("button", name="Message menu")
    await menu.focus()
    await press(page, "r")
    await expect(page.get_by_test_id("composer-reply")).to_be_visible()
    await expect(inbox.composer).to_be_focused()
    await press(page, "Escape")
    await expect(page.get_by_test_id("composer-reply")).to_have_count(0)
    await page.get_by_test_id("chat-menu").focus()
    await press(page, "r")
    await expect(inbox.composer).to_be_focused()
    await expect(page.get_by_test_id("composer-reply")).to_have_count(0)


@pytest.mark.parametrize("variant", VARIANTS)
async def test_palette_and_help_fit_and_restore_the_focus(
    demo: Stack, windows: Windows, variant: str
) -> None:
    inbox = await open_inbox(demo, windows, **VARIANTS[variant])
    page = inbox.page
    await press(page, "j")
    await press(page, "Control+k")
    await expect(page.get_by_test_id("palette-input")).to_be_focused()
    await check_screen(page)
    await page.keyboard.type("zzz")
    await expect(page.get_by_text("No command and no chat")).to_be_visible()
    await check_screen(page)
    await press(page, "Control+k")
    await expect(page.get_by_test_id("palette")).to_have_count(0)
    await expect_row(inbox, TOP)
    await press(page, "?")
    help_ = page.get_by_test_id("key-help")
    await expect(help_.get_by_text(re.compile("^(Send|Strikethrough)$"))).to_have_count(2)
    # On a touch screen the button sends.
    new_line = help_.locator("div", has=page.get_by_text("New line", exact=True)).last
    keys = "Enter" if variant.endswith("phone") else "ShiftEnter"
    await expect(new_line).to_have_text(f"New line{keys}")
    await check_screen(page)
    await press(page, "Escape")
    await expect_row(inbox, TOP)


async def test_the_palette_runs_commands_and_opens_chats_by_name(demo: Stack, windows: Windows) -> None:
    inbox = await open_inbox(demo, windows)
    page = inbox.page
    await press(page, "j", "j", "Control+k")
    await expect(page.get_by_test_id("palette-input")).to_be_focused()
    await page.keyboard.type("arch")
    await expect(page.locator("[data-command='chat.archive']")).to_have_attribute("data-selected", "true")
    await press(page, "Enter")
    await expect(inbox.chats).to_have_count(2)
    await expect_row(inbox, THIRD)
    await press(page, "Control+k")
    await page.keyboard.type("hana")  # archived, so the server finds her
    await expect(page.get_by_test_id("palette-item").filter(has_text=SECOND)).to_be_visible()
    await press(page, "Enter")
    await expect(page.get_by_test_id("thread").get_by_role("heading", name=SECOND)).to_be_visible()
    await press(page, "Control+k")
    await page.keyboard.type("theme dark")
    await press(page, "Enter")
    await expect(page.locator("html")).to_have_attribute("data-theme", "dark")


async def test_palette_and_help_are_in_the_user_menu(demo: Stack, windows: Windows) -> None:
    inbox = await open_inbox(demo, windows)
    page = inbox.page
    for item, opened in (("menu-app.palette", "palette"), ("menu-app.help", "key-help")):
        await page.get_by_test_id("user-menu").click()
        await page.get_by_test_id(item).click()
        await expect(page.get_by_test_id(opened)).to_be_visible()
        await press(page, "Escape")
        await expect(page.get_by_test_id(opened)).to_have_count(0)
        await expect(page.get_by_test_id("user-menu")).to_be_focused()


async def test_switched_off_single_keys_do_nothing(demo: Stack, windows: Windows) -> None:
    inbox = await open_inbox(demo, windows)
    page = inbox.page
    await press(page, "?")
    await page.get_by_test_id("character-keys").uncheck()
    await press(page, "Escape")
    await inbox.chats.first.focus()
    for key in ("j", "e", "y", "a", "i", "h", "u", "p", "m", "n", "z", "?", "/", "g", "s"):
        await page.keyboard.press(key)
    await expect_row(inbox, TOP)
    await expect(inbox.chats).to_have_count(3)
    await expect(page.get_by_test_id("toast")).to_have_count(0)
    await expect(page.get_by_role("dialog")).to_have_count(0)
    await press(page, "ArrowDown")
    await expect_row(inbox, SECOND)
    await page.reload()
    await expect(inbox.chats).to_have_count(3)
    await inbox.chats.first.focus()
    await page.keyboard.press("y")
    await press(page, "Control+k")
    await expect(page.get_by_test_id("palette-input")).to_be_focused()
    await expect(page.locator("[data-command='chat.archive'] kbd")).to_have_count(0)
    await expect(inbox.chats).to_have_count(3)


async def test_fields_dialogs_menus_and_input_methods_keep_their_keys(demo: Stack, windows: Windows) -> None:
    inbox = await open_inbox(demo, windows)
    page = inbox.page
    await inbox.open_chat(TOP)
    await inbox.composer.press_sequentially("je?/zg")
    await expect(inbox.composer).to_have_value("je?/zg")
    await inbox.composer.fill("")
    await page.get_by_test_id("chat-menu").click()
    await page.keyboard.press("y")
    await page.keyboard.press("Control+k")
    await expect(page.get_by_test_id("palette")).to_have_count(0)
    await page.keyboard.press("Escape")
    await page.get_by_test_id("new-chat").click()
    await page.get_by_role("dialog").get_by_role("button").last.focus()
    await page.keyboard.press("y")
    await page.keyboard.press("?")
    await expect(page.get_by_role("dialog")).to_have_count(1)
    await page.keyboard.press("Escape")
    await inbox.chats.first.focus()
    for extra in ({"isComposing": True}, {"keyCode": 229}):
        await inbox.chats.first.dispatch_event("keydown", {"key": "y", "bubbles": True} | extra)
    await expect(page.get_by_test_id("toast")).to_have_count(0)
    await expect(inbox.chats).to_have_count(3)
    assert await focused_chat(inbox) == TOP
