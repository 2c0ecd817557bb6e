"""A page from right to left, as a page translator makes it: no time lies on the text of its message."""

import pytest
from playwright.async_api import expect

from tests.browser.checks import check_screen
from tests.browser.screens import Inbox, connect_account
from tests.support.fixtures_browser import Windows
from tests.support.fixtures_stack import Stack

TEXTS = (
    "Hi",
    "A long message from left to right that takes more than one line of its bubble, and ends somewhere in it.",
    "مرحبا",
    "رسالة طويلة من اليمين إلى اليسار تأخذ أكثر من سطر واحد في فقاعتها وتنتهي في مكان ما منها. نعم، هنا.",
    "12345",
    "مرحبا\n12345",
    "مرحبا\nHello",
    "Hello\nمرحبا",
    "😀 10:30?",
)
# The bubbles whose time lies on a glyph of the text: each line of the text is a rectangle.
COVERED = """
() => [...document.querySelectorAll("[data-testid=message-bubble]")].filter((bubble) => {
  const time = bubble.querySelector("time").getBoundingClientRect()
  const range = document.createRange()
  const walker = document.createTreeWalker(bubble.querySelector("[data-testid=message-text]"), NodeFilter.SHOW_TEXT)
  while (walker.nextNode()) {
    range.selectNodeContents(walker.currentNode)
    for (const { left, right, top, bottom } of range.getClientRects())
      if (left < time.right && right > time.left && top < time.bottom - 2 && bottom - 2 > time.top) return true
  }
  return false
}).map((bubble) => bubble.textContent)
"""

# Whether the plus is left of the first digit, and that left of the last one.
FIRST_AND_LAST = """
(link) => {
  const walker = document.createTreeWalker(link, NodeFilter.SHOW_TEXT)
  const text = walker.nextNode()
  const left = (index) => {
    const range = document.createRange()
    range.setStart(text, index)
    range.setEnd(text, index + 1)
    return range.getBoundingClientRect().left
  }
  return [left(0) < left(1), left(1) < left(text.length - 1)]
}
"""


@pytest.mark.parametrize("width", [1280, 360])
async def test_no_time_lies_on_the_text_whatever_the_directions(
    demo: Stack, windows: Windows, width: int
) -> None:
    await connect_account(demo)
    for text in TEXTS:
        await demo.write("acc-1", text)
    inbox = await Inbox.signed_in(windows, demo, width=width)
    await inbox.open_chat("Bia Lima")
    for text in TEXTS[:2]:
        await inbox.answer(f"{text} (own)")
    await expect(inbox.bubbles).to_have_count(len(TEXTS) + 2)
    assert await inbox.page.evaluate(COVERED) == []
    await inbox.page.evaluate("document.documentElement.dir = 'rtl'")
    assert await inbox.page.evaluate(COVERED) == []
    await check_screen(inbox.page)


async def test_a_phone_number_stays_in_order_in_a_sentence_from_right_to_left(
    demo: Stack, windows: Windows
) -> None:
    await connect_account(demo)
    await demo.write("acc-1", "اتصل بي على +55 11 90532 0118 غدا")
    inbox = await Inbox.signed_in(windows, demo)
    await inbox.open_chat("Bia Lima")
    link = inbox.page.get_by_test_id("message-phone")
    await expect(link).to_have_text("+55 11 90532 0118")
    assert await link.evaluate(FIRST_AND_LAST) == [True, True]
