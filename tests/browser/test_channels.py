"""Channels and mentions as the inbox shows them."""

from playwright.async_api import expect

from tests.browser.checks import check_screen
from tests.browser.screens import Inbox, connect_account
from tests.support.fixtures_browser import Windows
from tests.support.fixtures_stack import Stack
from tests.support.peers import message_received
from tests.workers.storing.test_contact_rows import attendee, group_message

CHANNEL, LID = "120363040000000000@newsletter", "120000000000001@lid"


async def test_a_channel_is_shown_without_a_composer(demo: Stack, windows: Windows) -> None:
    await connect_account(demo)
    inbox = await Inbox.signed_in(windows, demo)
    post = message_received("acc-1", "Big news", chat_id="news", provider_chat_id=CHANNEL)
    await demo.stranger.deliver(post | {"sender": attendee(CHANNEL), "attendees": []})
    await expect(inbox.chats).to_have_count(1)
    await expect(inbox.page.get_by_test_id("chat-unread")).to_have_count(0)
    await inbox.open_chat("Channel")
    await expect(inbox.bubbles).to_have_count(1)
    await expect(inbox.composer).to_have_count(0)
    await expect(inbox.page.get_by_text("Only admins of this channel can post.")).to_be_visible()
    await inbox.page.get_by_test_id("chat-menu").click()
    await expect(inbox.page.get_by_test_id("chat-pin")).to_be_visible()
    await expect(inbox.page.get_by_test_id("chat-mark-unread")).to_have_count(0)
    await check_screen(inbox.page)


async def test_a_mention_shows_the_name_in_the_list_and_the_bubble(demo: Stack, windows: Windows) -> None:
    await connect_account(demo)
    inbox = await Inbox.signed_in(windows, demo)
    for body in (
        group_message(attendee(LID, "Bia Lima")),
        group_message(attendee("5@lid", "Caio"), "@120000000000001 hello"),
    ):
        await demo.stranger.deliver(body)
    await expect(inbox.chats.filter(has_text="@Bia Lima hello")).to_have_count(1)
    await inbox.chats.first.click()
    await expect(inbox.bubble("@Bia Lima hello")).to_be_visible()
