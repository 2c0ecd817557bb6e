"""Messages written offline stay visible, survive a reload, and are sent automatically, in order and once."""

from pathlib import Path

from playwright.async_api import expect

from tests.browser.screens import Inbox, connect_account, sign_in_demo_user
from tests.browser.test_live import NO_NETWORK, NO_SERVER, lose_network
from tests.browser.test_tabs import another_tab
from tests.support.fixtures_browser import Windows
from tests.support.fixtures_stack import Stack

CHIDI = {"from": {"phone_number": "2348031110001", "name": "Chidi Okafor"}}


async def open_inbox(demo: Stack, windows: Windows) -> Inbox:
    windows.expect_errors(NO_NETWORK)
    windows.expect_errors(NO_SERVER)
    await connect_account(demo)
    await demo.write("acc-1", "A question")
    inbox = await Inbox.signed_in(windows, demo)
    await inbox.open_chat("Bia Lima")
    await inbox.expect_bubbles("A question")
    return inbox


async def expect_arrived(demo: Stack, *texts: str | None) -> None:
    """On the server the first chat has exactly these messages, oldest first."""
    peer = await sign_in_demo_user(demo)
    (account,) = (await peer.ok("GET", "/api/channels/whatsapp/accounts"))["items"]
    chats = await peer.chats(account["id"])
    (chat,) = [chat for chat in chats if chat["title"] == "Bia Lima"]
    rows = await peer.messages(account["id"], chat["id"])
    assert [row["body"] for row in reversed(rows)] == list(texts)


async def test_messages_written_offline_wait_and_are_sent_in_order(demo: Stack, windows: Windows) -> None:
    inbox = await open_inbox(demo, windows)
    await lose_network(demo, inbox)
    texts = [f"Answer {index}" for index in range(4)]
    for text in texts:
        await inbox.answer(text)
    waiting = inbox.page.get_by_test_id("message-waiting")
    await expect(waiting).to_have_count(4)
    await expect(waiting.first).to_contain_text("Waiting for connection")
    await inbox.page.get_by_test_id("message-discard").nth(1).click()
    await expect(waiting).to_have_count(3)
    await inbox.expect_bubbles("A question", texts[0], *texts[2:])

    await inbox.page.context.set_offline(False)
    for text in (texts[0], *texts[2:]):
        await inbox.expect_status(text, "delivered")
    await expect(waiting).to_have_count(0)
    await inbox.expect_bubbles("A question", texts[0], *texts[2:])
    await expect_arrived(demo, "A question", texts[0], *texts[2:])


async def test_waiting_messages_and_files_survive_a_reload(
    demo: Stack, windows: Windows, tmp_path: Path
) -> None:
    inbox = await open_inbox(demo, windows)
    (tmp_path / "offer.txt").write_text("Two for one")
    # The page can be loaded again; its API calls still fail.
    await inbox.page.route("**/send", lambda route: route.abort("connectionrefused"))
    await inbox.answer("Words")
    await inbox.page.locator("input[type=file]").set_input_files(tmp_path / "offer.txt")
    await inbox.answer("And a file")
    waiting = inbox.page.get_by_test_id("message-waiting")
    await expect(waiting).to_have_count(2)

    await inbox.page.reload()
    await expect(waiting).to_have_count(2)
    await expect(inbox.page.get_by_test_id("upload")).to_contain_text("offer.txt")
    await inbox.page.unroute("**/send")
    # Pressed if it is still there: the message may be sent automatically at this moment.
    await inbox.page.evaluate("document.querySelector('[data-testid=message-retry]')?.click()")
    await inbox.expect_status("Words", "delivered")
    await inbox.expect_status("And a file", "delivered")
    await expect(waiting).to_have_count(0)
    await expect_arrived(demo, "A question", "Words", "And a file")


async def test_two_tabs_send_each_waiting_message_once(demo: Stack, windows: Windows) -> None:
    one = await open_inbox(demo, windows)
    other = await another_tab(one)
    await other.expect_bubbles("A question")
    await lose_network(demo, one)
    await one.answer("From the one")
    for tab in (one, other):
        await expect(tab.page.get_by_test_id("message-waiting")).to_have_count(1)
    await other.answer("From the other")
    for tab in (one, other):
        await expect(tab.page.get_by_test_id("message-waiting")).to_have_count(2)

    await one.page.context.set_offline(False)
    for tab in (one, other):
        await tab.expect_bubbles("A question", "From the one", "From the other")
        await tab.expect_status("From the other", "delivered")
        await expect(tab.page.get_by_test_id("message-waiting")).to_have_count(0)
    await expect_arrived(demo, "A question", "From the one", "From the other")


async def test_logging_out_asks_before_it_deletes_waiting_messages(demo: Stack, windows: Windows) -> None:
    inbox = await open_inbox(demo, windows)
    await inbox.page.route("**/send", lambda route: route.abort("connectionrefused"))
    await inbox.answer("Not yet")
    await expect(inbox.page.get_by_test_id("message-waiting")).to_have_count(1)
    await inbox.sign_out()
    dialog = inbox.page.get_by_role("dialog")
    await expect(dialog).to_contain_text("1 message hasn’t been sent")
    await dialog.get_by_role("button", name="Cancel").click()
    await expect(inbox.page.get_by_test_id("message-waiting")).to_have_count(1)

    await inbox.sign_out()
    await inbox.page.get_by_test_id("logout-anyway").click()
    await expect(inbox.page.get_by_test_id("login-email")).to_be_visible()
    again = await Inbox.signed_in(windows, demo)
    await again.open_chat("Bia Lima")
    await again.expect_bubbles("A question")
    await expect_arrived(demo, "A question")
