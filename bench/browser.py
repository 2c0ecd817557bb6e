"""Measures what users wait for, in headless Chromium: `python -m bench.browser [--runs 5]`, `make bench-browser`.

A Confab with the sandbox on temporary servers, 10,000 chats and a thread of 2,500 messages. Loads are measured on a
slow line (fast 3G) with a CPU that is four times slower, without and with what an earlier visit cached; the rest
at full speed. The frame is the page's own, the shell that of the app. Everything shares the machine: say its load
beside the figures.
"""

import argparse
import asyncio
import os
import statistics
import subprocess
import time
from dataclasses import dataclass, field
from typing import Any

from playwright.async_api import Browser, BrowserContext, Page

from docs.make_pictures import running
from server.config import DEMO_EMAIL, ROOT
from server.web.app_keys import DATABASE
from tests.browser.long_threads import NAME, add_messages, fill_list
from tests.browser.screens import connect_account, sign_in_demo_user
from tests.support.fixtures_browser import run_chromium
from tests.support.fixtures_stack import DEMO_PASSWORD, Stack
from tests.support.peers import eventually

CHATS, MESSAGES = 10_000, 2_500
FRAMES, KEYS, FRAMES_SCROLLED = 40, 60, 200
# Chromium's own "Fast 3G".
FAST_3G = {
    "offline": False,
    "latency": 562.5,
    "downloadThroughput": 180_000,
    "uploadThroughput": 84_375,
}
SLOW_CPU = {"rate": 4}
TEXT_WITHIN_MS = 30_000
# Notes when the shell and the first row were first there, in milliseconds since the navigation began. An empty cache is
# what a release leaves: what the browser keeps of a user who was signed in stays.
WATCH_LOAD = """
localStorage.setItem("confab.signed-in", "1")
window.shown = {}
const note = () => {
  for (const [name, id] of [["shell", "user-menu"], ["rows", "chat-item"]])
    if (!(name in shown) && document.querySelector(`[data-testid=${id}]`))
      requestAnimationFrame(() => setTimeout(() => { shown[name] ??= performance.now() }))
}
new MutationObserver(note).observe(document, { childList: true, subtree: true })
"""
FRAME_SHOWN = "() => performance.getEntriesByName('first-contentful-paint')[0].startTime"
# The time from a frame on the socket to the paint after the text was on the page.
WATCH_FRAMES = """
window.painted = []
const pending = new Map()
const Original = window.WebSocket
window.WebSocket = class extends Original {
  constructor(...more) {
    super(...more)
    this.addEventListener("message", ({ data }) => {
      const text = typeof data === "string" ? /Live \\d+\\./.exec(data)?.[0] : undefined
      if (text !== undefined && !pending.has(text)) pending.set(text, performance.now())
    })
  }
}
const look = () => {
  const shown = document.querySelector("[data-testid=messages]")?.textContent ?? ""
  for (const [text, since] of pending)
    if (since !== null && shown.includes(text)) {
      pending.set(text, null)
      requestAnimationFrame(() => setTimeout(() => painted.push(performance.now() - since)))
    }
}
new MutationObserver(look).observe(document, { childList: true, characterData: true, subtree: true })
"""
# From the keydown until the frame after it has been painted.
WATCH_KEYS = """
() => {
  window.keys = []
  document.addEventListener("keydown", () => {
    const since = performance.now()
    requestAnimationFrame(() => setTimeout(() => keys.push(performance.now() - since)))
  }, true)
}
"""
# Scrolls the list at each frame; resolves with the time of each frame.
SCROLL = """
(count) => new Promise((resolve) => {
  let box = document.querySelector("[data-testid=chat-item]")
  while (box && box.scrollHeight - box.clientHeight < 100) box = box.parentElement
  const times = []
  let last = performance.now()
  const step = (now) => {
    times.push(now - last)
    last = now
    box.scrollBy(0, 120)
    if (times.length > count) resolve(times.slice(1))
    else requestAnimationFrame(step)
  }
  requestAnimationFrame(step)
})
"""


@dataclass
class Figure:
    """What is measured, its target in milliseconds (p95, or the median of loads), and the values."""

    name: str
    target: float | None = None
    is_load: bool = False
    values: list[float] = field(default_factory=list)

    def row(self) -> str:
        middle, high = statistics.median(self.values), percentile(self.values, 0.95)
        verdict = "" if self.target is None else f"≤ {self.target:,.0f}"
        is_met = self.target is None or (middle if self.is_load else high) <= self.target
        mark = "" if is_met else "  missed"
        return f"{self.name:38} {middle:9,.1f} {high:9,.1f} {verdict:>9} {len(self.values):5}{mark}"


def percentile(values: list[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


async def sign_in(browser: Browser, url: str) -> BrowserContext:
    """A browser with an empty cache and the session of the demo user."""
    context = await browser.new_context(viewport={"width": 1280, "height": 800}, reduced_motion="reduce")
    context.set_default_timeout(TEXT_WITHIN_MS)
    await context.request.post(f"{url}/api/auth/login", data={"email": DEMO_EMAIL, "password": DEMO_PASSWORD})
    return context


async def load_slowly(context: BrowserContext, url: str) -> dict[str, float]:
    """Open the inbox on a slow line and a slow CPU, in a new tab."""
    page = await context.new_page()
    session = await context.new_cdp_session(page)
    await session.send("Network.enable")
    await session.send("Network.emulateNetworkConditions", FAST_3G)
    await session.send("Emulation.setCPUThrottlingRate", SLOW_CPU)
    await page.add_init_script(WATCH_LOAD)
    await page.goto(f"{url}/inbox")
    await page.wait_for_function("() => 'shell' in shown && 'rows' in shown", timeout=120_000)
    shown: dict[str, float] = await page.evaluate("shown")
    shown["frame"] = await page.evaluate(FRAME_SHOWN)
    await page.close()
    return shown


async def measure_loads(browser: Browser, url: str, runs: int) -> list[Figure]:
    figures = {
        (state, part): Figure(f"{part} visible, {state}", target, is_load=True)
        for state in ("cold", "warm")
        for part, target in (("frame", 1_500.0), ("shell", 1_500.0), ("rows", 2_200.0))
    }
    for _ in range(runs):
        context = await sign_in(browser, url)
        for state in ("cold", "warm"):
            shown = await load_slowly(context, url)
            for part, value in shown.items():
                figures[state, part].values.append(value)
        await context.close()
    return list(figures.values())


async def measure_opening(page: Page, runs: int) -> Figure:
    """From the click on a row to the frame in which its newest message is painted."""
    figure = Figure(f"open a chat of {MESSAGES:,} messages")
    row = page.get_by_test_id("chat-item").filter(has_text=NAME).first
    newest = page.get_by_test_id("message-bubble").filter(has_text=f"Message {MESSAGES - 1}.")
    for _ in range(runs):
        begun = time.perf_counter()
        await row.click()
        await newest.wait_for()
        figure.values.append(1_000 * (time.perf_counter() - begun))
        await page.get_by_test_id("chat-item").nth(2).click()
        await newest.wait_for(state="detached")
    await row.click()
    await newest.wait_for()
    return figure


async def measure_typing(page: Page) -> Figure:
    figure = Figure(f"typing beside {MESSAGES:,} messages: painted", 16.0)
    await page.evaluate(WATCH_KEYS)
    await page.get_by_test_id("composer-input").focus()
    for _ in range(KEYS):
        await page.keyboard.press("a")
    await page.wait_for_function("(count) => keys.length >= count", arg=KEYS)
    figure.values = await page.evaluate("keys")
    return figure


async def measure_frames(page: Page, stack: Stack) -> Figure:
    figure = Figure("frame received, message painted", 30.0)
    for index in range(FRAMES):
        await stack.write("acc-1", f"Live {index}.")
        await page.wait_for_function("(count) => painted.length >= count", arg=index + 1)
    figure.values = await page.evaluate("painted")
    return figure


async def measure_scrolling(page: Page) -> Figure:
    figure = Figure(f"frame while {CHATS:,} chats scroll")
    figure.values = await page.evaluate(SCROLL, FRAMES_SCROLLED)
    return figure


async def measure(browser: Browser, stack: Stack, runs: int) -> list[Figure]:
    url = stack.stranger.url
    figures = await measure_loads(browser, url, runs)
    context = await sign_in(browser, url)
    page = await context.new_page()
    await page.add_init_script(WATCH_FRAMES)
    await page.goto(f"{url}/inbox")
    await page.get_by_test_id("chat-item").first.wait_for()
    figures += [await measure_opening(page, runs), await measure_typing(page)]
    figures += [await measure_frames(page, stack), await measure_scrolling(page)]
    await context.close()
    return figures


async def fill(stack: Stack) -> None:
    """Many chats, and one that the sandbox knows as well, with many messages."""
    account_id = await connect_account(stack)
    await stack.write("acc-1", "The first.")
    user = await sign_in_demo_user(stack)

    async def find_chat() -> Any:
        return next(iter(await user.chats(account_id)), None)

    chat = await eventually(find_chat)
    await stack.app[DATABASE].write(fill_list, account_id, CHATS)
    await stack.app[DATABASE].write(add_messages, account_id, chat["id"], MESSAGES)


def find_chromium() -> str:
    finder: Any = subprocess.run([ROOT / ".ci" / "chromium"], stdout=subprocess.PIPE, text=True, check=True)
    path: str = finder.stdout.strip()
    return path


async def main() -> None:
    """Start everything, measure, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5, help="loads of each kind")
    runs = parser.parse_args().runs
    chromium = await asyncio.to_thread(find_chromium)
    async with running() as stack, run_chromium(chromium, optimising=True) as browser:
        await fill(stack)
        figures = await measure(browser, stack, runs)
    print(f"{'ms':38} {'p50':>9} {'p95':>9} {'target':>9} {'count':>5}")
    for figure in figures:
        print(figure.row())
    print(f"load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")


if __name__ == "__main__":
    asyncio.run(main())
