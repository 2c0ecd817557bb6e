"""The page of every component, from the development server: accessible in light and dark, on a desktop and a phone."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress

import pytest
from playwright.async_api import Page, expect

from server.config import ROOT
from tests.browser.checks import COLOR_RULES, NARROWEST, NEXT_FRAME, PHONE, audit, check_fit
from tests.support.fixtures_browser import Windows
from tests.support.ports import free_port

VITE = ROOT / "frontend" / "node_modules" / "vite" / "bin" / "vite.js"
# The page needs no API server; the app asks one for its session and its settings anyway.
NO_SERVER = r"status of (401|502)"
STARTS_SECONDS = 60


@pytest.fixture
async def design_url() -> AsyncIterator[str]:
    """The address of the page on a development server."""
    port = free_port()
    server = await asyncio.create_subprocess_exec(
        *("node", VITE, "--host", "127.0.0.1", "--port", str(port), "--strictPort"),
        cwd=ROOT / "frontend",
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    assert server.stdout is not None
    async with asyncio.timeout(STARTS_SECONDS):
        while b"ready in" not in await server.stdout.readline():
            pass
    yield f"http://127.0.0.1:{port}/design"
    with suppress(ProcessLookupError):
        server.terminate()
    await server.wait()


async def check_components(page: Page) -> None:
    await check_fit(page)
    assert await audit(page) == []


async def check_colors(page: Page) -> None:
    """Nothing else depends on the scheme."""
    assert await audit(page, *COLOR_RULES) == []


async def test_every_component_is_accessible_and_fits(design_url: str, windows: Windows) -> None:
    windows.expect_errors(NO_SERVER)
    page = await windows.open("about:blank")
    # The server builds each module when it is asked for the first time.
    await page.goto(design_url, timeout=STARTS_SECONDS * 1_000)
    await expect(page.get_by_test_id("design-page")).to_be_visible(timeout=STARTS_SECONDS * 1_000)
    await check_components(page)
    await check_overlays(page, "light", check_components)
    await check_overlays(page, "dark", check_colors)
    # The width changes where an overlay lies, not what it is.
    for (width, height), check in ((PHONE, check_components), (NARROWEST, check_fit)):
        await page.set_viewport_size({"width": width, "height": height})
        await page.evaluate(NEXT_FRAME)
        await check(page)
        await check_overlays(page, "light", check_fit)


async def check_overlays(page: Page, scheme: str, check: Callable[[Page], Awaitable[None]]) -> None:
    samples = page.get_by_role("region", name=scheme)
    await samples.get_by_test_id("design-menu").click()
    await expect(page.get_by_role("menu")).to_be_visible()
    await check(page)
    await page.keyboard.press("Escape")
    for opener in ("Dialog", "Delete dialog"):
        await samples.get_by_role("button", name=opener, exact=True).click()
        await expect(page.get_by_role("dialog")).to_be_visible()
        await check(page)
        await page.keyboard.press("Escape")
        await expect(page.get_by_role("dialog")).to_have_count(0)
    await samples.get_by_role("button", name="With undo").click()
    await expect(page.get_by_test_id("toast").get_by_text("Archived")).to_be_visible()
    await check(page)
    await page.get_by_test_id("toast-action").click()
    await expect(page.get_by_test_id("toast").get_by_text("Back in the inbox")).to_be_visible()
    await page.get_by_test_id("toast").get_by_role("button", name="Close").click()
    await expect(page.get_by_test_id("toast")).to_have_count(0)
