"""Steps by keyboard, each of which has to leave the focus on an element."""

from __future__ import annotations

import asyncio

from playwright.async_api import Page, expect

from tests.browser.screens import Inbox


async def expect_focus_kept(page: Page) -> None:
    """The focus is on an element of the page, not lost to its body."""
    await expect(page.locator(":focus")).to_have_count(1)


async def press(page: Page, *keys: str) -> None:
    """Press the keys one after the other; the focus is never lost."""
    for key in keys:
        await page.keyboard.press(key)
        await expect_focus_kept(page)


async def press_sequence(page: Page, first: str, second: str) -> None:
    """Press two keys that together are one command: sent at once, since the first is forgotten after a moment."""
    await asyncio.gather(page.keyboard.press(first), page.keyboard.press(second))


async def focused_chat(inbox: Inbox) -> str | None:
    """The title of the row with the focus."""
    title: str | None = await inbox.page.evaluate(
        "document.activeElement?.closest('[data-chat]')?.querySelector('[data-testid=chat-title]')?.textContent ?? null"
    )
    return title


async def tab_to(page: Page, test_id: str, most: int = 40) -> None:
    """Reach a control by the Tab key alone."""
    for _ in range(most):
        await page.keyboard.press("Tab")
        if await page.evaluate("document.activeElement?.dataset.testid ?? null") == test_id:
            return
    raise AssertionError(f"{test_id} is not within {most} stops of the Tab key")
