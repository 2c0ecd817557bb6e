"""Real Chromium for the browser tests: one process for the session, a separate window for each visitor."""

import os
import re
import subprocess
import tempfile
from collections.abc import AsyncIterator, Generator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, ConsoleMessage, Dialog, Page, async_playwright, expect

from server.config import ROOT

FAILED = pytest.StashKey[bool]()
MICROPHONE = ("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")
# A page lives for seconds: code optimised for it would hardly run. That is a tenth of the work.
NO_OPTIMISING = "--js-flags=--no-opt --no-maglev"
# Nothing is measured by it: a machine that stands still for seconds is no failure of the app.
PATIENCE_MS = 40_000
expect.set_options(timeout=PATIENCE_MS)
# Before a sign-in there is no session to refresh: the app tries once, and Chromium logs the 401.
FIRST_REFRESH = r"status of 401 .*/api/auth/refresh"

# The worker would answer requests that a test intercepts; `service_workers="allow"` lets it.
NO_WORKER = "Service Worker registration blocked by Playwright"

# Tests write each text once: two bubbles with one text are a duplicate, even for a single frame.
WATCH_DOUBLES = """
const look = () => {
  const texts = [...document.querySelectorAll("[data-testid=message-text]")].map((element) => element.textContent)
  const double = texts.find((text, index) => text !== "" && texts.indexOf(text) !== index)
  if (double !== undefined) console.error(`shown twice: ${double}`)
}
new MutationObserver(look).observe(document, { childList: true, characterData: true, subtree: true })
"""
# Without a graphics card the processor blurs each frame behind an open dialog: half of the work of typing there.
NO_BLUR = """
const plain = new CSSStyleSheet()
plain.replaceSync("::backdrop { backdrop-filter: none !important }")
document.adoptedStyleSheets.push(plain)
"""
# No action in any test may violate the app's Content-Security-Policy.
WATCH_POLICY = """
document.addEventListener("securitypolicyviolation", (event) =>
  console.error(`policy: ${event.effectiveDirective} refused ${event.blockedURI} at ${event.sourceFile}`))
"""


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.failed:
        item.stash[FAILED] = True
    return report


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """The Chromium of this machine; without one the tests fail with the finder's message."""
    found = subprocess.run([ROOT / ".ci" / "chromium"], capture_output=True, text=True, check=False)
    if found.returncode != 0:
        pytest.fail(found.stderr.strip(), pytrace=False)
    return found.stdout.strip()


@pytest.fixture(scope="session")
async def browser(chromium_path: str) -> AsyncIterator[Browser]:
    """One Chromium for all tests of this process."""
    async with run_chromium(chromium_path) as running:
        yield running


@asynccontextmanager
async def run_chromium(chromium_path: str, *more: str, optimising: bool = False) -> AsyncIterator[Browser]:
    """A Chromium with further switches; `optimising` as users have it, where times are measured."""
    # Chromium's own sandbox is not available to root.
    arguments = ["--no-proxy-server", *(["--no-sandbox"] if os.getuid() == 0 else []), *more]
    if not optimising:
        arguments.append(NO_OPTIMISING)
    async with async_playwright() as playwright:
        running = await playwright.chromium.launch(executable_path=chromium_path, args=arguments)
        yield running
        await running.close()


SAVE_DATA = (
    "Object.defineProperty(navigator, 'connection', { value: { saveData: true }, configurable: true })"
)


@dataclass
class Windows:
    """The windows of one test, each a visitor with separate cookies, and the problems they reported."""

    browser: Browser
    pages: list[Page] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    expected: list[str] = field(default_factory=lambda: [FIRST_REFRESH, NO_WORKER])

    async def open(
        self, url: str, *, width: int = 1280, height: int = 800, saves_data: bool = True, **options: Any
    ) -> Page:
        """Open a window of a new visitor; `options` are Playwright's for a context. A visitor who saves data loads the
        parts of the app that the test uses, and no others: that is a third less work.
        """
        # No animations, so that assertions and screenshots are stable.
        options = {"reduced_motion": "reduce", "locale": "en-GB", "service_workers": "block"} | options
        context = await self.browser.new_context(viewport={"width": width, "height": height}, **options)
        context.set_default_timeout(PATIENCE_MS)
        for script in (WATCH_DOUBLES, WATCH_POLICY, NO_BLUR):
            await context.add_init_script(script)
        if saves_data:
            await context.add_init_script(SAVE_DATA)
        context.on("page", self._watch)
        page = await context.new_page()
        if url != page.url:  # about:blank, where a test signs in before the app starts
            await page.goto(url)
        return page

    def expect_errors(self, pattern: str) -> None:
        """Declares the console errors that a test causes on purpose."""
        self.expected.append(pattern)

    def unexpected(self) -> list[str]:
        return [words for words in self.complaints if not any(re.search(one, words) for one in self.expected)]

    async def save_screenshots(self, name: str) -> None:
        """Save a screenshot of every window, and return the paths."""
        folder = Path(tempfile.mkdtemp(prefix="confab-screens-"))
        for index, page in enumerate(self.pages, 1):
            if not page.is_closed():
                path = folder / f"{re.sub(r'[^a-z0-9]+', '-', name)}-{index}.png"
                await page.screenshot(path=path)
                print(f"screen of {page.url}: {path}")

    async def close(self) -> None:
        for context in {page.context for page in self.pages}:
            await context.close()

    def _watch(self, page: Page) -> None:
        self.pages.append(page)
        page.on("console", self._note_console)
        page.on("pageerror", lambda error: self.complaints.append(f"uncaught: {error}"))
        page.on("dialog", self._note_dialog)

    def _note_console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(f"{message.type}: {message.text} {message.location.get('url', '')}")

    async def _note_dialog(self, dialog: Dialog) -> None:
        self.complaints.append(f"dialog: {dialog.message}")
        await dialog.dismiss()


@asynccontextmanager
async def watched_windows(browser: Browser, node: pytest.Item) -> AsyncIterator[Windows]:
    """Opens windows; at the end none may have reported a problem."""
    opened = Windows(browser)
    yield opened
    unexpected, has_failed = opened.unexpected(), node.stash.get(FAILED, False)
    if unexpected or has_failed:
        await opened.save_screenshots(node.name)
        print("\n".join(["the consoles said:", *opened.complaints]))
    await opened.close()
    assert unexpected == []


@pytest.fixture
async def windows(browser: Browser, request: pytest.FixtureRequest) -> AsyncIterator[Windows]:
    async with watched_windows(browser, request.node) as opened:
        yield opened


@pytest.fixture(scope="session")
async def talking_browser(chromium_path: str) -> AsyncIterator[Browser]:
    """A Chromium with a fake microphone that beeps and is always permitted."""
    async with run_chromium(chromium_path, *MICROPHONE) as running:
        yield running


@pytest.fixture
async def talking(talking_browser: Browser, request: pytest.FixtureRequest) -> AsyncIterator[Windows]:
    """Windows that may use the microphone."""
    async with watched_windows(talking_browser, request.node) as opened:
        yield opened
