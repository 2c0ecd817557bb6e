"""Two users of one account see each other's presence: who has the chat open, who is typing."""

from typing import Any

from playwright.async_api import expect

from tests.browser.checks import check_screen
from tests.browser.screens import Inbox, connect_account
from tests.support.factories import add_member
from tests.support.fixtures_browser import Windows
from tests.support.fixtures_stack import Stack
from tests.support.peers import Socket, eventually

PHONE = {"width": 390, "height": 844}
VARIANTS: tuple[dict[str, Any], ...] = ({}, {"color_scheme": "dark"}, PHONE)


def names(socket: Socket, event: str) -> list[str]:
    pushes = socket.events(event)
    return [user["name"] for user in pushes[-1]["data"]["users"]] if pushes else []


async def test_colleagues_see_each_other_in_the_chat_and_in_the_list(demo: Stack, windows: Windows) -> None:
    account_id = await connect_account(demo)
    await demo.write("acc-1", "A question")
    ana = await demo.sign_in("Ana Souza")
    await add_member(demo, account_id, ana, "agent")
    (chat,) = await eventually(lambda: ana.chats(account_id))
    socket = await ana.listen()
    inboxes = [await Inbox.signed_in(windows, demo, **variant) for variant in VARIANTS]
    for inbox in inboxes:
        await inbox.open_chat("Bia Lima")
    page = inboxes[0].page

    await socket.command("join-chat", chat_id=chat["id"])
    await expect(page.get_by_test_id("thread-here")).to_contain_text("Ana Souza is viewing · via")
    await expect(page.get_by_label("Ana Souza is viewing")).to_be_visible()
    await socket.command("typing", chat_id=chat["id"], on=True)
    await expect(page.get_by_test_id("chat-typing")).to_have_text("Ana Souza is replying…")
    for inbox in inboxes:
        await expect(inbox.page.get_by_test_id("thread-typing")).to_have_text("Ana Souza is replying…")
        await expect(inbox.page.get_by_test_id("thread-collision")).to_contain_text("Ana Souza is replying…")
        await check_screen(inbox.page)
    await socket.command("typing", chat_id=chat["id"], on=False)
    await expect(page.get_by_test_id("thread-collision")).to_have_count(0)
    await socket.close()
    await expect(page.get_by_test_id("thread-here")).to_have_count(0)


async def test_a_screen_reader_hears_what_a_colleague_does(demo: Stack, windows: Windows) -> None:
    account_id = await connect_account(demo)
    await demo.write("acc-1", "A question")
    ana = await demo.sign_in("Ana Souza")
    await add_member(demo, account_id, ana, "agent")
    socket = await ana.listen()
    inbox = await Inbox.signed_in(windows, demo)
    await inbox.open_chat("Bia Lima")

    async def until(event: str, *wanted: str) -> None:
        async def is_so() -> bool:
            return names(socket, event) == list(wanted)

        await eventually(is_so)

    await socket.wait_for_event("presence")
    (name,) = names(socket, "presence")
    await inbox.composer.press_sequentially("Let me")
    await until("typing", name)
    await inbox.composer.press("Enter")
    await until("typing")
    await inbox.page.keyboard.press("Escape")
    await until("presence")
