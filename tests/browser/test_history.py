"""Long lists: scrolling loads old messages and chats once each, and the scroll position is stable."""

import re
from typing import Any

from playwright.async_api import Locator, expect

from tests.browser.screens import Inbox, connect_account, sign_in_demo_user
from tests.browser.test_reading import read_all
from tests.support.fixtures_browser import Windows
from tests.support.fixtures_stack import Stack
from tests.support.peers import eventually, message_received

MESSAGES, CHATS = 130, 90
QUOTED_MESSAGES = 180
TOP_OF_FIRST_SEEN = """
() => {
  const box = document.querySelector("[data-testid=messages]").getBoundingClientRect()
  const seen = [...document.querySelectorAll("[data-testid=message-bubble]")]
    .find((e) => e.getBoundingClientRect().top >= box.top)
  return [seen.textContent, Math.round(seen.getBoundingClientRect().top)]
}
"""


async def test_a_long_thread_loads_by_scrolling_up(demo: Stack, windows: Windows) -> None:
    account_id = await connect_account(demo)
    texts = [f"Message {position}." for position in range(MESSAGES)]
    for text in texts:
        await demo.stranger.deliver(message_received("acc-1", text))
    inbox = await Inbox.signed_in(windows, demo)
    await expect(inbox.chats).to_contain_text(texts[-1])
    await read_all(await sign_in_demo_user(demo), account_id)
    await inbox.open_chat("Bia Lima")
    await expect(inbox.bubble(texts[-1])).to_be_in_viewport()
    await expect(inbox.bubble(texts[0])).to_have_count(0)

    await scroll_to_the_beginning(inbox, texts)
    where = await inbox.page.evaluate(TOP_OF_FIRST_SEEN)
    await demo.stranger.deliver(message_received("acc-1", "News"))
    await expect(inbox.chats).to_contain_text("News")
    assert await inbox.page.evaluate(TOP_OF_FIRST_SEEN) == where
    await inbox.page.get_by_label("Jump to latest").click()
    await expect(inbox.bubble("News")).to_be_in_viewport()


async def scroll_to_the_beginning(inbox: Inbox, everything: list[str]) -> None:
    """Scroll up until the start of the conversation is in view; the thread has every message, in order, on the way."""
    beginning = inbox.page.get_by_text("Start of the conversation")
    await inbox.page.get_by_label("Messages", exact=True).hover()
    seen: set[str] = set()

    async def is_there() -> bool:
        seen.update(await expect_no_gap(inbox, everything))
        await inbox.page.mouse.wheel(0, -3_000)
        return await beginning.is_visible()

    await eventually(is_there)
    await beginning.scroll_into_view_if_needed()
    await expect(beginning).to_be_in_viewport()
    seen.update(await expect_no_gap(inbox, everything))
    assert seen == set(everything)


async def expect_no_gap(inbox: Inbox, everything: list[str]) -> list[str]:
    """The rendered messages, which follow each other."""
    shown = await inbox.page.get_by_test_id("message-text").all_text_contents()
    first = everything.index(shown[0])
    assert shown == everything[first : first + len(shown)]
    return shown


async def test_a_long_list_shows_every_chat_once(demo: Stack, windows: Windows) -> None:
    await connect_account(demo)
    for position in range(CHATS):
        event = message_received("acc-1", phone=f"55119777{position:05d}", name=f"Customer {position}.")
        await demo.stranger.deliver(event)
    inbox = await Inbox.signed_in(windows, demo)
    await expect(inbox.chats.first).to_contain_text(f"Customer {CHATS - 1}.")

    await inbox.chats.first.hover()
    seen: list[str] = []

    async def has_seen_all() -> bool:
        shown = await inbox.page.get_by_test_id("chat-title").all_text_contents()
        assert len(set(shown)) == len(shown)
        seen.extend(title for title in shown if title not in seen)
        await inbox.page.mouse.wheel(0, 500)
        return len(seen) == CHATS

    await eventually(has_seen_all)
    assert seen == [f"Customer {position}." for position in reversed(range(CHATS))]

    await inbox.chats.last.focus()
    await inbox.page.keyboard.press("Home")
    await expect(inbox.chats.first).to_be_focused()
    await expect(inbox.chats.first).to_contain_text(f"Customer {CHATS - 1}.")


async def test_a_pinned_chat_is_first_however_old_it_is(demo: Stack, windows: Windows) -> None:
    account_id = await connect_account(demo)
    for position in range(CHATS):
        event = message_received("acc-1", phone=f"55119777{position:05d}", name=f"Customer {position}.")
        await demo.stranger.deliver(event)
    agent = await sign_in_demo_user(demo)
    path = f"/api/channels/whatsapp/{account_id}/chats"

    async def find_all() -> list[dict[str, Any]] | None:
        found = await agent.chats(account_id)
        return found if len(found) == CHATS else None

    oldest = (await eventually(find_all))[-1]
    await agent.ok("PATCH", f"{path}/{oldest['id']}", {"pinned": True})
    assert (await agent.chats(account_id))[-1]["id"] == oldest["id"]  # the unfiltered list stays newest first

    inbox = await Inbox.signed_in(windows, demo)
    await expect(inbox.chats.first).to_contain_text("Customer 0.")
    await expect(inbox.chats.nth(1)).to_contain_text(f"Customer {CHATS - 1}.")
    await agent.ok("PATCH", f"{path}/{oldest['id']}", {"pinned": False})
    await expect(inbox.chats.first).to_contain_text(f"Customer {CHATS - 1}.")


async def test_a_quote_jumps_to_an_old_message_and_scrolling_back_has_no_gap(
    demo: Stack, windows: Windows
) -> None:
    """The thread loads around the message; live messages appear once the user has scrolled down to them."""
    account_id = await connect_account(demo)
    texts = [f"Message {position}." for position in range(QUOTED_MESSAGES)]
    written = [await demo.write("acc-1", text) for text in texts]
    await demo.write("acc-1", "About your first one", quote=written[10]["message_id"])
    inbox = await Inbox.signed_in(windows, demo)
    await expect(inbox.chats).to_contain_text("About your first one")
    await read_all(await sign_in_demo_user(demo), account_id)
    await inbox.open_chat("Bia Lima")
    await expect(inbox.bubble("About your first one")).to_be_in_viewport()
    await expect(own_text(inbox, texts[10])).to_have_count(0)

    await inbox.bubble("About your first one").get_by_test_id("quote-text").click()
    await expect(own_text(inbox, texts[10])).to_be_in_viewport()
    await expect(inbox.page.locator("[data-message-id]:focus")).to_contain_text(texts[10])
    await expect(own_text(inbox, "About your first one")).to_have_count(0)
    await demo.write("acc-1", "News meanwhile")
    await expect(inbox.chats.first).to_contain_text("News meanwhile")
    await expect(inbox.bubble("News meanwhile")).to_have_count(0)
    await expect(own_text(inbox, texts[10])).to_be_in_viewport()

    everything = [*texts, "About your first one", "News meanwhile"]
    await scroll_down_to(inbox, "News meanwhile", everything)
    await scroll_to_the_beginning(inbox, everything)
    await demo.write("acc-1", "Live again")
    await scroll_down_to(inbox, "Live again", [*everything, "Live again"])

    await inbox.page.reload()
    await expect(own_text(inbox, texts[10])).to_be_in_viewport()
    # Keys and live updates come after the first rows.
    await expect(inbox.page.get_by_role("log")).to_be_attached()
    await inbox.answer("An answer")
    await expect(inbox.bubble("An answer")).to_be_in_viewport()
    await expect(inbox.bubble("Live again")).to_be_in_viewport()


async def scroll_down_to(inbox: Inbox, last: str, everything: list[str]) -> None:
    """Scroll down until the newest message is in view; the thread has no gap on the way."""
    await inbox.page.get_by_label("Messages", exact=True).hover()

    async def is_there() -> bool:
        await inbox.page.mouse.wheel(0, 900)
        return last in await expect_no_gap(inbox, everything)

    await eventually(is_there)
    await inbox.page.get_by_label("Jump to latest").click()
    await expect(inbox.bubble(last)).to_be_in_viewport()


async def test_the_button_jumps_from_the_middle_to_the_newest_message(demo: Stack, windows: Windows) -> None:
    account_id = await connect_account(demo)
    texts = [f"Message {position}." for position in range(QUOTED_MESSAGES)]
    for text in texts:
        await demo.write("acc-1", text)
    agent = await sign_in_demo_user(demo)

    async def find_chat() -> dict[str, Any] | None:
        found = await agent.chats(account_id)
        return found[0] if found and found[0]["last_message_preview"] == texts[-1] else None

    chat = await eventually(find_chat)
    path = f"/api/channels/whatsapp/{account_id}/chats/{chat['id']}/messages"
    page = await agent.ok("GET", f"{path}?limit=100")
    first = (await agent.ok("GET", f"{path}?limit=100&cursor={page['next_cursor']}"))["items"][-1]
    address = f"/inbox/{account_id}/{chat['id']}#message-{first['id']}"
    inbox = await Inbox.signed_in(windows, demo, address)
    await expect(inbox.bubble(texts[0])).to_be_in_viewport()
    await inbox.page.get_by_label("Jump to latest").click()
    await expect(inbox.bubble(texts[-1])).to_be_in_viewport()
    assert "#" not in inbox.page.url

    windows.expect_errors(r"status of 404 .*around=999999")
    await inbox.page.goto(f"{demo.stranger.url}/inbox/{account_id}/{chat['id']}#message-999999")
    await expect(inbox.page.get_by_text("That message is no longer in this chat.")).to_be_visible()
    await expect(inbox.bubble(texts[-1])).to_be_in_viewport()


def own_text(inbox: Inbox, text: str) -> Locator:
    """A message's own text, without that of a quote."""
    return inbox.page.get_by_test_id("message-text").filter(has_text=re.compile(f"^{re.escape(text)}$"))
