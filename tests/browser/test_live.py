"""The inbox stays complete with two windows, a network loss, a server restart and a failed send."""

import re

from playwright.async_api import Route, expect

from server.web.app_keys import HUB
from tests.browser.screens import Inbox, connect_account
from tests.support.fixtures_browser import Windows
from tests.support.fixtures_stack import DEMO_PASSWORD, Stack
from tests.support.peers import eventually

CHIDI = {"from": {"phone_number": "2348031110001", "name": "Chidi Okafor"}}
NO_NETWORK = r"ERR_INTERNET_DISCONNECTED|WebSocket connection .* failed"
NO_SERVER = r"ERR_CONNECTION_REFUSED|WebSocket connection .* failed"


async def test_two_windows_of_one_user_show_the_same(demo: Stack, windows: Windows) -> None:
    await connect_account(demo)
    one, other = [await Inbox.signed_in(windows, demo) for _ in range(2)]
    await demo.write("acc-1", "First")
    for inbox in (one, other):
        await expect(inbox.page.get_by_test_id("chat-unread")).to_have_text("1 unread")
    await one.open_chat("Bia Lima")
    await expect(other.page.get_by_test_id("chat-unread")).to_have_count(0)

    await other.open_chat("Bia Lima")
    await one.answer("From the one")
    await other.expect_bubbles("First", "From the one")
    await other.answer("From the other")
    for inbox in (one, other):
        await inbox.expect_bubbles("First", "From the one", "From the other")
        await inbox.expect_status("From the other", "delivered")
    await demo.write("acc-1", "Last")
    for inbox in (one, other):
        await inbox.expect_bubbles("First", "From the one", "From the other", "Last")
        await expect(inbox.chats).to_have_count(1)


async def test_messages_missed_offline_arrive_once_and_in_order(demo: Stack, windows: Windows) -> None:
    windows.expect_errors(NO_NETWORK)
    await connect_account(demo)
    await demo.write("acc-1", "Before")
    inbox = await Inbox.signed_in(windows, demo)
    await inbox.open_chat("Bia Lima")
    await inbox.expect_bubbles("Before")

    await lose_network(demo, inbox)
    for index in range(1, 6):
        await demo.write("acc-1", f"Missed {index}")
    await demo.write("acc-1", "Are you there?", **CHIDI)
    # The browser may never report the end of the socket; an unanswered ping detects it.
    await expect(inbox.banner).to_contain_text("Reconnecting", timeout=40_000)
    await inbox.expect_bubbles("Before")

    await inbox.page.context.set_offline(False)
    missed = [f"Missed {index}" for index in range(1, 6)]
    await inbox.expect_bubbles("Before", *missed)
    await expect(inbox.banner).to_have_text("Back online, 6 new")
    await expect(inbox.chats).to_have_count(2)
    await expect(inbox.chats.first).to_contain_text("Chidi Okafor")
    # The open chat is marked as read by calls that are retried until they succeed; a call that hangs in a lost network
    # times out after 35 s.
    await expect(inbox.page.get_by_test_id("chat-unread")).to_have_count(1, timeout=45_000)
    await expect(inbox.page.get_by_test_id("chat-unread")).to_have_text("1 unread")

    await demo.write("acc-1", "After")
    await inbox.expect_bubbles("Before", *missed, "After")
    await expect(inbox.chats.first).to_contain_text("Bia Lima")


async def has_socket(demo: Stack) -> bool:
    return bool(demo.app[HUB].membership.connections)


async def lose_network(demo: Stack, inbox: Inbox) -> None:
    """New connections fail, and open ones are dropped without a close frame."""
    await eventually(lambda: has_socket(demo))
    await inbox.page.context.set_offline(True)
    for connection in list(demo.app[HUB].membership.connections):
        connection._transport.abort()


async def test_the_page_reconnects_after_a_server_restart(demo: Stack, windows: Windows) -> None:
    windows.expect_errors(NO_SERVER)
    await connect_account(demo)
    await demo.write("acc-1", "Before")
    inbox = await Inbox.signed_in(windows, demo)
    await inbox.open_chat("Bia Lima")
    await inbox.expect_bubbles("Before")

    await demo.server.stop()
    await demo.write("acc-1", "Meanwhile")
    await demo.server.start()
    await inbox.expect_bubbles("Before", "Meanwhile")
    await inbox.answer("After")
    await inbox.expect_status("After", "delivered")
    await inbox.expect_bubbles("Before", "Meanwhile", "After")


async def test_a_rejected_send_shows_the_reason_and_can_be_retried(demo: Stack, windows: Windows) -> None:
    windows.expect_errors("status of 403")
    await connect_account(demo)
    await demo.write("acc-1", "A question")
    inbox = await Inbox.signed_in(windows, demo)
    await inbox.open_chat("Bia Lima")

    rejection = {"error": {"code": "not_entitled", "message": "Your plan has ended.", "fields": {}}}
    await inbox.page.route("**/send", lambda route: route.fulfill(status=403, json=rejection))
    await inbox.answer("An answer")
    await expect(inbox.page.get_by_role("alert")).to_contain_text("Not sent. The plan does not include this.")
    await inbox.expect_bubbles("A question", "An answer")
    await inbox.expect_status("An answer", "failed")

    await inbox.page.unroute("**/send")
    await inbox.page.get_by_test_id("message-retry").click()
    await inbox.expect_status("An answer", "delivered")
    await expect(inbox.page.get_by_test_id("message-retry")).to_have_count(0)
    await inbox.expect_bubbles("A question", "An answer")


async def test_a_lost_response_does_not_duplicate_the_bubble(demo: Stack, windows: Windows) -> None:
    windows.expect_errors("ERR_CONNECTION_RESET")
    await connect_account(demo)
    await demo.write("acc-1", "A question")
    inbox = await Inbox.signed_in(windows, demo)
    await inbox.open_chat("Bia Lima")

    async def lose_answer(route: Route) -> None:
        await route.fetch()
        await route.abort("connectionreset")

    await inbox.page.route("**/send", lose_answer)
    await inbox.answer("An answer")
    await inbox.expect_status("An answer", "delivered")
    await inbox.expect_bubbles("A question", "An answer")
    await expect(inbox.page.get_by_test_id("message-retry")).to_have_count(0)


async def test_a_chat_has_a_url_and_the_session_survives_a_reload(demo: Stack, windows: Windows) -> None:
    await connect_account(demo)
    await demo.write("acc-1", "Keep me")
    inbox = await Inbox.signed_in(windows, demo)
    await inbox.open_chat("Bia Lima")
    address = inbox.page.url
    assert re.fullmatch(rf"{demo.stranger.url}/inbox/\d+/\d+", address)

    await inbox.page.reload()
    await inbox.expect_bubbles("Keep me")
    assert inbox.page.url == address

    await inbox.sign_out()
    await expect(inbox.page.get_by_test_id("login-email")).to_be_visible()
    await inbox.page.reload()
    await expect(inbox.page.get_by_test_id("login-email")).to_be_visible()
    await inbox.page.goto(address)
    await inbox.page.get_by_test_id("login-email").fill("demo@confab.local")
    await inbox.page.get_by_test_id("login-password").fill(DEMO_PASSWORD)
    await inbox.page.get_by_test_id("login-submit").click()
    await inbox.expect_bubbles("Keep me")
    assert inbox.page.url == address
