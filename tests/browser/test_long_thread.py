"""A long thread: what is being read stays where it is while older messages load."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from playwright.async_api import Locator, Page, Route, expect

from tests.browser.long_threads import open_long_thread, pass_frames
from tests.browser.screens import Inbox, connect_account
from tests.browser.test_history import scroll_to_the_beginning
from tests.support.fixtures_browser import Windows
from tests.support.fixtures_stack import Stack
from tests.support.peers import eventually

SCROLL_TO_TOP = """() => document.querySelector("[data-testid=messages]").scrollBy(0, -1e6)"""
AT_TOP = """
() => {
  const box = document.querySelector("[data-testid=messages]")
  return box.scrollHeight - box.clientHeight - Math.abs(box.scrollTop) < 2
}
"""
OLDER = "**/messages?*cursor=*"


class SlowLine:
    """Delays the pages of older messages until they are released, and notes which were asked for.

    A page that is asked for again, as after a change of the account that the socket missed, counts once.
    """

    def __init__(self) -> None:
        self.pages: set[str] = set()
        self._released = asyncio.Event()

    async def hold(self, route: Route) -> None:
        self.pages.add(route.request.url)
        await self._released.wait()
        await route.continue_()

    def release(self) -> None:
        self._released.set()


async def by_script(page: Page) -> None:
    await page.evaluate(SCROLL_TO_TOP)


async def by_key(page: Page) -> None:
    await page.get_by_label("Messages", exact=True).focus()
    await page.keyboard.press("Home")


async def by_wheel(page: Page) -> None:
    await page.get_by_label("Messages", exact=True).hover()
    for _ in range(6):
        await page.mouse.wheel(0, -3_000)


async def top_of(bubble: Locator) -> float:
    box = await bubble.bounding_box()
    assert box is not None
    return box["y"]


async def scroll_to_the_first(inbox: Inbox, first: str, scroll: Callable[[Page], Awaitable[None]]) -> None:
    """Scroll until the first loaded message is on the screen."""

    async def is_there() -> bool:
        await scroll(inbox.page)
        await pass_frames(inbox.page)
        is_at_top: bool = await inbox.page.evaluate(AT_TOP)
        return is_at_top

    await eventually(is_there)
    await expect(inbox.bubble(first)).to_be_in_viewport()


@pytest.mark.parametrize("scroll", [by_script, by_key, by_wheel])
async def test_a_page_that_lands_at_the_very_top_loads_no_further_page(
    demo: Stack, windows: Windows, scroll: Callable[[Page], Awaitable[None]]
) -> None:
    inbox = await open_long_thread(demo, windows, 400)
    line = SlowLine()
    await inbox.page.route(OLDER, line.hold)
    await scroll_to_the_first(inbox, "Message 350.", scroll)
    read = inbox.bubble("Message 352.")
    before = await top_of(read)
    line.release()
    await expect(inbox.bubble("Message 300.")).to_have_count(1)
    await pass_frames(inbox.page)
    assert len(line.pages) == 1
    await expect(inbox.bubbles).to_have_count(100)
    assert abs(await top_of(read) - before) <= 2


MAX_BUBBLES, MAX_NODES = 150, 2_600
THOUSANDS = 10_000
# More than the app keeps: the newest messages are read again.
FAR = 850
# More than the app keeps of live messages.
BUSY = 240
WALKED = 130
# As when a picture without a known size has loaded.
GROW_BELOW = """
() => [...document.querySelectorAll("[data-testid=message-bubble]")].at(-1).style.paddingBottom = "300px"
"""
# How much is rendered, and the number of the first message of it.
RENDERED = """
() => {
  const texts = [...document.querySelectorAll("[data-testid=message-text]")]
  return [texts.length, document.getElementsByTagName("*").length, parseInt(texts[0].textContent.slice(8))]
}
"""


async def test_ten_thousand_messages_render_no_more_than_a_few_screens(demo: Stack, windows: Windows) -> None:
    inbox = await open_long_thread(demo, windows, THOUSANDS)
    newest = inbox.bubble(f"Message {THOUSANDS - 1}.")
    await inbox.page.get_by_label("Messages", exact=True).hover()

    async def scroll(wheel: int) -> int:
        await inbox.page.mouse.wheel(0, wheel)
        await pass_frames(inbox.page, 2)
        bubbles, nodes, first = await inbox.page.evaluate(RENDERED)
        assert bubbles <= MAX_BUBBLES
        assert nodes <= MAX_NODES
        return int(first)

    async def is_far_up() -> bool:
        return await scroll(-4_000) < THOUSANDS - FAR

    async def is_back() -> bool:
        return await scroll(4_000) > THOUSANDS - MAX_BUBBLES and await newest.is_visible()

    await eventually(is_far_up, seconds=60)
    await expect(newest).to_have_count(0)
    await eventually(is_back, seconds=60)
    await eventually(is_far_up, seconds=60)
    await inbox.page.get_by_label("Jump to latest").click()
    await expect(newest).to_be_in_viewport()
    await eventually(is_far_up, seconds=60)  # with the pointer above the button
    await inbox.answer("An answer from far above")
    await expect(inbox.bubble("An answer from far above")).to_be_in_viewport()
    await expect(newest).to_be_in_viewport()


async def test_a_busy_open_chat_stays_small_and_whole(demo: Stack, windows: Windows) -> None:
    """Its live messages give way to pages that are read again on the way up."""
    await connect_account(demo)
    await demo.write("acc-1", "Message 0.")
    inbox = await Inbox.signed_in(windows, demo)
    await inbox.open_chat("Bia Lima")
    texts = [f"Message {n}." for n in range(BUSY)]
    for text in texts[1:]:
        await demo.write("acc-1", text)
    await expect(inbox.bubble(texts[-1])).to_be_in_viewport(timeout=30_000)
    bubbles, nodes, _ = await inbox.page.evaluate(RENDERED)
    assert bubbles <= MAX_BUBBLES
    assert nodes <= MAX_NODES
    await scroll_to_the_beginning(inbox, texts)


# Focus follows the keys once the next messages are rendered.
IS_FOCUSED = """
(text) => {
  const row = document.activeElement.closest("[data-row]")
  return row?.querySelector("[data-testid=message-text]")?.textContent === text
}
"""


async def test_arrow_keys_walk_from_message_to_message_beyond_what_is_rendered(
    demo: Stack, windows: Windows
) -> None:
    inbox = await open_long_thread(demo, windows, 400)
    await inbox.bubble("Message 399.").get_by_test_id("message-menu").focus()
    for _ in range(WALKED):
        await inbox.page.keyboard.press("ArrowUp")
    await expect(inbox.bubble(f"Message {399 - WALKED}.")).to_be_in_viewport()
    await inbox.page.wait_for_function(IS_FOCUSED, arg=f"Message {399 - WALKED}.")
    for _ in range(WALKED):
        await inbox.page.keyboard.press("ArrowDown")
    await inbox.page.wait_for_function(IS_FOCUSED, arg="Message 399.")
    await inbox.page.mouse.move(800, 300)
    await inbox.page.mouse.wheel(0, -9_000)
    jump = inbox.page.get_by_label("Jump to latest")
    await jump.press("Enter")
    await expect(jump).to_have_count(0)
    await expect(inbox.page.get_by_label("Messages", exact=True)).to_be_focused()


async def names_the_day_at_its_top(inbox: Inbox) -> bool:
    """The day stays in view while its messages scroll."""
    top = await top_of(inbox.page.get_by_label("Messages", exact=True))
    days = await inbox.page.get_by_test_id("thread-day").all()
    return any([abs(await top_of(day) - top) < 2 for day in days])


async def test_what_is_read_stays_when_the_window_changes_or_a_message_comes(
    demo: Stack, windows: Windows
) -> None:
    inbox = await open_long_thread(demo, windows, 120)
    await inbox.page.get_by_label("Messages", exact=True).hover()
    read = inbox.bubble("Message 90.")

    async def is_in_the_middle() -> bool:
        await inbox.page.mouse.wheel(0, -120)
        await pass_frames(inbox.page, 2)
        return 150 < await top_of(read) < 400

    await eventually(is_in_the_middle)
    await eventually(lambda: names_the_day_at_its_top(inbox))
    for width in (700, 1280):
        await inbox.page.set_viewport_size({"width": width, "height": 800})
        await pass_frames(inbox.page)
        await expect(read).to_be_in_viewport()
    before = await top_of(read)
    await inbox.page.evaluate(GROW_BELOW)
    await pass_frames(inbox.page)
    assert abs(await top_of(read) - before) <= 2
