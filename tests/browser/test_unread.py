"""Unread counts: exact whatever is loaded, live in several windows, and lowered only by what was seen."""

from typing import Any

from playwright.async_api import expect

from server.web.app_keys import DATABASE
from tests.browser.screens import Inbox, connect_account
from tests.browser.test_live import NO_NETWORK, NO_SERVER, lose_network
from tests.support.fixtures_browser import Windows
from tests.support.fixtures_stack import Stack

DAVI = {"from": {"phone_number": "5511977770000", "name": "Davi"}}


async def add_old_chats(demo: Stack, account_id: int) -> None:
    """120 chats: the 90 newest are read, the 30 older ones have two unread messages each, the last five archived."""

    async def add(cursor: Any) -> None:
        await cursor.execute(
            """insert into channels_chat (account_id, provider_chat_id, kind, title, seq, unread_count, last_message_at,
                   archived)
               select %s, 'old-' || n, 'direct', 'Old ' || n, 0, case when n > 90 then 2 else 0 end,
                   now() - make_interval(mins => n), n > 115 from generate_series(1, 120) n""",
            (account_id,),
        )

    await demo.app[DATABASE].write(add)


async def test_unread_counts_are_exact_at_once_and_live_in_two_windows(demo: Stack, windows: Windows) -> None:
    await add_old_chats(demo, await connect_account(demo))
    inbox, other = [await Inbox.signed_in(windows, demo) for _ in range(2)]
    for one in (inbox, other):
        await expect(one.page).to_have_title("(60) Inbox · Confab")
        await expect(one.page.get_by_test_id("filter-unread")).to_contain_text("25")
        await expect(one.page.get_by_test_id("filter-archived")).to_contain_text("10")
    await demo.write("acc-1", "A question", **DAVI)
    for one in (inbox, other):
        await expect(one.page).to_have_title("(61) Inbox · Confab")
        await expect(one.page.get_by_test_id("filter-unread")).to_contain_text("26")
    await inbox.open_chat("Davi")
    await expect(other.page).to_have_title("(60) Inbox · Confab")


async def test_an_archived_chat_with_a_new_message_stays_visible(demo: Stack, windows: Windows) -> None:
    await connect_account(demo)
    await demo.write("acc-1", "A question")
    inbox = await Inbox.signed_in(windows, demo)
    await inbox.open_chat("Bia Lima")
    await inbox.page.get_by_test_id("chat-menu").click()
    # Leaving the page would end the request.
    async with inbox.page.expect_response(lambda answer: answer.request.method == "PATCH"):
        await inbox.page.get_by_test_id("chat-archive").click()
    await inbox.page.goto(inbox.page.url.partition("/inbox")[0] + "/inbox")
    await expect(inbox.page).to_have_title("Inbox · Confab")
    await demo.write("acc-1", "Another question")
    await expect(inbox.page).to_have_title("(1) Inbox · Confab")
    await expect(inbox.page.get_by_test_id("filter-archived")).to_contain_text("1")
    await inbox.page.get_by_test_id("filter-archived").click()
    await expect(inbox.chats).to_contain_text(["Another question"])


async def test_a_reply_sent_after_an_outage_marks_only_seen_messages_as_read(
    demo: Stack, windows: Windows
) -> None:
    windows.expect_errors(NO_NETWORK)
    windows.expect_errors(NO_SERVER)
    await connect_account(demo)
    await demo.write("acc-1", "A question")
    inbox = await Inbox.signed_in(windows, demo)
    await inbox.go_to("Numbers")  # a part of its own, which could not be loaded later
    await expect(inbox.page).to_have_title("(1) Numbers · Confab")
    await inbox.go_to("Inbox")
    await inbox.open_chat("Bia Lima")
    await inbox.expect_bubbles("A question")
    await expect(inbox.page).to_have_title("Inbox · Confab")
    await lose_network(demo, inbox)
    await inbox.answer("An answer")
    await inbox.go_to("Numbers")
    await demo.write("acc-1", "Written meanwhile")
    await inbox.page.context.set_offline(False)
    await expect(inbox.page).to_have_title("(1) Numbers · Confab")
    await inbox.go_to("Inbox")
    await expect(inbox.chats).to_contain_text(["An answer"])
    await expect(inbox.page.get_by_test_id("chat-unread")).to_contain_text("1")
    await expect(inbox.page).to_have_title("(1) Inbox · Confab")
