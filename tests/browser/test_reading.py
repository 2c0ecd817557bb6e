"""Reading a chat: it opens at the first unread message, reads what was on the screen, and announces what came late."""

from datetime import UTC, datetime, timedelta
from typing import Any

from playwright.async_api import expect

from tests.browser.checks import check_screen
from tests.browser.screens import Inbox, connect_account, sign_in_demo_user
from tests.support.fixtures_browser import Windows
from tests.support.fixtures_stack import Stack
from tests.support.peers import Peer, eventually, message_received

READ, UNREAD = 4, 70
PHONE: dict[str, Any] = {"width": 360, "height": 740, "color_scheme": "dark"}


async def fetch_unread(agent: Peer, account_id: int) -> int:
    (chat,) = await agent.chats(account_id)
    count: int = chat["unread_count"]
    return count


async def deliver(demo: Stack, agent: Peer, account_id: int, texts: list[str], **more: Any) -> None:
    """The contact's messages, stored in this order."""
    for text in texts:
        await demo.stranger.deliver(message_received("acc-1", text, **more))

    async def is_stored() -> bool:
        found = await agent.chats(account_id)
        return bool(found) and found[0]["last_message_preview"] == texts[-1]

    await eventually(is_stored)


async def wait_until_read(agent: Peer, account_id: int) -> None:
    async def is_read() -> bool:
        return await fetch_unread(agent, account_id) == 0

    await eventually(is_read)


async def read_all(agent: Peer, account_id: int) -> None:
    (chat,) = await agent.chats(account_id)
    await agent.ok("PATCH", f"/api/channels/whatsapp/{account_id}/chats/{chat['id']}", {"read": True})


async def test_a_chat_opens_at_its_first_unread_message_and_reads_what_is_shown(
    demo: Stack, windows: Windows
) -> None:
    account_id = await connect_account(demo)
    agent = await sign_in_demo_user(demo)
    await deliver(demo, agent, account_id, [f"Read {n}" for n in range(READ)])
    await read_all(agent, account_id)
    await deliver(demo, agent, account_id, [f"Question {n}" for n in range(UNREAD)])

    inbox = await Inbox.signed_in(windows, demo)
    await inbox.open_chat("Bia Lima")
    line = inbox.page.get_by_test_id("thread-unread")
    await expect(line).to_be_in_viewport()
    await expect(inbox.bubble("Read 3")).to_be_in_viewport()
    await expect(inbox.bubble("Question 0")).to_be_in_viewport()
    await expect(inbox.bubble(f"Question {UNREAD - 1}")).not_to_be_in_viewport()
    await check_screen(inbox.page)

    async def is_read_in_part() -> bool:
        return 40 < await fetch_unread(agent, account_id) < UNREAD

    await eventually(is_read_in_part)
    await inbox.page.get_by_test_id("thread-jump").click()
    await expect(inbox.bubble(f"Question {UNREAD - 1}")).to_be_in_viewport()
    await expect(inbox.page.get_by_test_id("chat-unread")).to_have_count(0)
    await wait_until_read(agent, account_id)


async def test_the_line_stays_until_the_chat_is_left(demo: Stack, windows: Windows) -> None:
    account_id = await connect_account(demo)
    agent = await sign_in_demo_user(demo)
    await deliver(demo, agent, account_id, ["Read"])
    await read_all(agent, account_id)
    await deliver(demo, agent, account_id, ["First", "Second"])
    inbox = await Inbox.signed_in(windows, demo)
    await inbox.open_chat("Bia Lima")
    line = inbox.page.get_by_test_id("thread-unread")
    await expect(line).to_have_text("2 unread messages")
    await expect(inbox.page.get_by_test_id("chat-unread")).to_have_count(0)
    await deliver(demo, agent, account_id, ["Third"])
    await expect(inbox.bubble("Third")).to_be_in_viewport()
    await expect(line).to_have_text("2 unread messages")
    await wait_until_read(agent, account_id)
    await inbox.composer.press("Escape")
    await inbox.open_chat("Bia Lima")
    await expect(inbox.bubble("Third")).to_be_in_viewport()
    await expect(line).to_have_count(0)


async def test_the_button_counts_what_comes_in_below(demo: Stack, windows: Windows) -> None:
    account_id = await connect_account(demo)
    agent = await sign_in_demo_user(demo)
    await deliver(demo, agent, account_id, [f"Message {n}" for n in range(40)])
    await read_all(agent, account_id)
    inbox = await Inbox.signed_in(windows, demo, **PHONE)
    await inbox.open_chat("Bia Lima")
    await expect(inbox.bubble("Message 39")).to_be_in_viewport()
    await inbox.page.get_by_label("Messages", exact=True).hover()
    await inbox.page.mouse.wheel(0, -900)
    jump = inbox.page.get_by_test_id("thread-jump")
    await expect(jump).to_have_accessible_name("Jump to latest")
    await deliver(demo, agent, account_id, ["One", "Two"])
    await expect(inbox.page.get_by_test_id("thread-jump-count")).to_have_text("2")
    await expect(jump).to_have_accessible_name("Jump to latest, 2 new messages")
    assert await fetch_unread(agent, account_id) == 2
    await check_screen(inbox.page)
    await jump.click()
    await expect(inbox.bubble("Two")).to_be_in_viewport()
    await expect(jump).to_have_count(0)


async def test_a_late_message_is_unread_and_announced_until_it_was_seen(
    demo: Stack, windows: Windows
) -> None:
    """It is sorted far above an answer, where the agent does not look."""
    account_id = await connect_account(demo)
    agent = await sign_in_demo_user(demo)
    await deliver(demo, agent, account_id, [f"Message {n}" for n in range(40)])
    await deliver(demo, agent, account_id, ["An answer"], is_sender=True)
    await read_all(agent, account_id)
    inbox = await Inbox.signed_in(windows, demo)
    await inbox.open_chat("Bia Lima")
    await expect(inbox.bubble("An answer")).to_have_attribute("data-direction", "out")
    before = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
    for minute, text in enumerate(("Late one", "Late two")):
        moment = (before + timedelta(minutes=minute)).isoformat(timespec="milliseconds")
        await demo.stranger.deliver(message_received("acc-1", text, timestamp=moment.replace("+00:00", "Z")))
    pill = inbox.page.get_by_test_id("thread-late")
    await expect(pill).to_have_text("2 late messages above")
    assert await fetch_unread(agent, account_id) == 2
    await check_screen(inbox.page)
    await inbox.page.reload()
    await expect(pill).to_have_text("2 late messages above")
    await expect(inbox.bubble("An answer")).to_be_in_viewport()
    await pill.click()
    await expect(inbox.bubble("Late two")).to_be_in_viewport()
    await expect(pill).to_have_count(0)

    async def is_read() -> bool:
        return await fetch_unread(agent, account_id) == 0

    await eventually(is_read)
