"""Audits each page and state of make_screens.py, from 320 to 1440 px, light and dark: `make audit`."""

import asyncio
import itertools
import subprocess
from collections.abc import Sequence
from typing import Any

from playwright.async_api import Browser, Page, async_playwright, expect

from docs.make_pictures import prepare, running
from docs.make_screens import SCREENS, Screen, draw_scenes, send_media
from server.config import DEMO_EMAIL, ROOT
from tests.browser.checks import AUDIT, AXE, STICKING_OUT, STOP_TRANSITIONS
from tests.support.fixtures_stack import DEMO_PASSWORD, Stack

AXE_SOURCE = AXE.read_text()
WIDTHS = (320, 360, 768, 1280, 1440)
# Narrower windows are a phone's, which has no palette and no help.
DESKTOP_FROM = 900
SETTLE_MS = 400


def window_options(width: int) -> dict[str, Any]:
    size = {"viewport": {"width": width, "height": 800}}
    return size if width >= DESKTOP_FROM else size | {"is_mobile": True, "has_touch": True}


async def show(page: Page, screen: Screen, url: str) -> None:
    await page.goto(url + screen.path)
    if screen.is_signed_in and screen.path == "/inbox":
        await expect(page.get_by_test_id("chat-item").first).to_be_visible()
    if screen.act is not None:
        await screen.act(page)
    await page.wait_for_load_state("networkidle")
    await page.wait_for_timeout(SETTLE_MS)


async def violations(page: Page) -> Sequence[str]:
    """Of any weight, in both schemes; and what is wider than the window."""
    await page.evaluate(AXE_SOURCE)
    await page.evaluate(STOP_TRANSITIONS)
    found = [f"wider than the window: {item}" for item in await page.evaluate(STICKING_OUT)]
    for scheme in ("light", "dark"):
        await page.emulate_media(color_scheme=scheme)
        found += [f"{scheme}: {item}" for item in await page.evaluate(AUDIT, [])]
    return found


async def audit(browser: Browser, stack: Stack, screen: Screen, width: int) -> Sequence[str]:
    """What is wrong with this page or state in a fresh window."""
    context = await browser.new_context(
        locale="en-GB", reduced_motion="reduce", bypass_csp=True, **window_options(width)
    )
    url = stack.stranger.url
    if screen.is_signed_in:
        login = {"email": DEMO_EMAIL, "password": DEMO_PASSWORD}
        await context.request.post(f"{url}/api/auth/login", data=login)
    page = await context.new_page()
    try:
        await show(page, screen, url)
        return await violations(page)
    except Exception as error:
        return [f"not shown: {error}"]
    finally:
        await context.close()


async def main() -> None:
    """Print every violation, by page and width; exit with 1 if there are any."""
    finder = [ROOT / ".ci" / "chromium"]
    found = await asyncio.to_thread(subprocess.run, finder, stdout=subprocess.PIPE, text=True, check=True)
    count = 0
    async with running() as stack, async_playwright() as playwright:
        await prepare(stack)
        browser = await playwright.chromium.launch(
            executable_path=found.stdout.strip(), args=["--no-sandbox"]
        )
        await draw_scenes(browser)
        await send_media(stack)
        for screen, width in itertools.product(SCREENS, WIDTHS):
            if width < DESKTOP_FROM and "phone" not in screen.windows:
                continue
            for line in await audit(browser, stack, screen, width):
                count += 1
                print(f"{screen.name} {width}: {line}", flush=True)
        await browser.close()
    print(f"{count} violations", flush=True)
    if count:
        raise SystemExit(1)


if __name__ == "__main__":
    asyncio.run(main())
