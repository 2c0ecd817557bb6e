"""Checks for every screen: it fits its window, is accessible in light and dark, and shows the focus."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from playwright.async_api import Page

from server.config import ROOT

# As in the stylesheets: 40rem.
PHONE_PX = 640
PHONE, NARROWEST = (390, 844), (320, 640)
# A laptop at one and a half times the size.
SHORTEST = (910, 420)
AXE = ROOT / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
# Visually hidden on purpose: for screen readers, or shown on focus.
STICKING_OUT = """
() => [...document.querySelectorAll("body *")]
  .filter((element) => !element.closest(".visually-hidden, [href='#main'], svg"))
  .filter((element) => {
    const { left, right, width } = element.getBoundingClientRect()
    return width > 0 && (left < -1 || right > innerWidth + 1)
  })
  .map((element) => `${element.tagName}.${element.className}`)
"""
SCROLLS_SIDEWAYS = """
() => [document.documentElement, ...document.querySelectorAll("body *")]
  .filter((element) => element.scrollWidth > element.clientWidth + 1)
  .filter((element) => ["auto", "scroll"].includes(getComputedStyle(element).overflowX) || !element.parentElement)
  .map((element) => `${element.tagName}.${element.className}`)
"""
# Hidden text that its scrolling box does not hold makes the whole page longer, with a second scroll bar.
ADRIFT = """
() => [...document.querySelectorAll(".visually-hidden")].filter((element) => {
  let box = element.parentElement
  while (box && !["auto", "scroll"].includes(getComputedStyle(box).overflowY)) box = box.parentElement
  return box && element.offsetParent && !box.contains(element.offsetParent)
}).map((element) => `${element.tagName}: ${element.textContent}`)
"""
# The panes scroll, the page does not: its composer would be below the window.
OUTGROWS = """
() => document.querySelector("nav") !== null && document.documentElement.scrollHeight > window.innerHeight
"""
SPILLS = """
() => [...document.querySelectorAll("a, button")]
  .filter((element) => !element.closest(".visually-hidden, [href='#main']"))
  .filter((element) => getComputedStyle(element).display !== "inline" && element.innerText.trim() !== "")
  .filter((element) => element.scrollWidth > element.clientWidth + 1)
  .filter((element) => getComputedStyle(element).overflowX === "visible")
  .map((element) => `${element.tagName}.${element.className}: ${element.innerText}`)
"""
COLOR_RULES = ("color-contrast", "link-in-text-block")
# By itself axe also fetches and parses the stylesheets, for experimental rules that are off.
AUDIT = """
async (rules) => {
  const runOnly = rules.length === 0 ? {} : { runOnly: rules }
  const { violations } = await axe.run({ resultTypes: ["violations"], preload: { assets: ["media"] }, ...runOnly })
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, any }) => `${id}: ${html} (${any[0]?.message ?? ""})`))
}
"""
# Colours would pass from one scheme to the other for some frames, also with reduced motion.
STOP_TRANSITIONS = """
() => {
  const sheet = new CSSStyleSheet()
  sheet.replaceSync("*, ::before, ::after { transition: none !important }")
  document.adoptedStyleSheets.push(sheet)
}
"""
# What follows the size of the window has been drawn again.
NEXT_FRAME = "() => new Promise((done) => requestAnimationFrame(() => setTimeout(done)))"
ALLOW_TRANSITIONS = "() => { getComputedStyle(document.body).color; document.adoptedStyleSheets.pop() }"
# Records each element's style without focus, to distinguish a focus ring from decoration.
CONTROLS = """
() => {
  const ring = (element, part = null) => {
    const { outlineStyle, outlineWidth, boxShadow, borderColor, backgroundColor } = getComputedStyle(element, part)
    return [outlineStyle === "none" ? 0 : outlineWidth, boxShadow, borderColor, backgroundColor]
  }
  // A field without a border of its own is drawn by its box, which then holds no other field.
  const boxOf = (element) => {
    const box = element.parentElement
    const isBare = element.matches("input, textarea") && getComputedStyle(element).borderStyle === "none"
    return isBare && box.querySelectorAll("input, textarea, select").length === 1 ? box : element
  }
  const style = (element) =>
    JSON.stringify([ring(element), ring(element, "::before"), ring(element, "::after"), ring(boxOf(element))])
  const selector = "a[href], button:not(:disabled), input, textarea, select, [tabindex='0']"
  const scope = document.querySelector("dialog[open]") ?? document
  const controls = [...scope.querySelectorAll(selector)]
    .filter((element) => element.checkVisibility() && element.tabIndex >= 0)
  controls.forEach((element, number) => (element.dataset.control = number))
  window.restingStyles = new Map(controls.map((element) => [element, style(element)]))
  window.isFocusSeen = (element) => style(element) !== window.restingStyles.get(element)
  return controls.map((element) => element.dataset.control)
}
"""
FOCUSED = """
() => {
  const element = document.activeElement
  const number = element?.dataset?.control
  return number === undefined ? null : { number, html: element.outerHTML.slice(0, 120), seen: isFocusSeen(element) }
}
"""


async def check_screen(page: Page) -> None:
    """The screen fits its window, and axe finds nothing.

    The colours of the other scheme are checked too: nothing else depends on the scheme.
    """
    await check_one_scheme(page)
    async with other_color_scheme(page):
        assert await audit(page, *COLOR_RULES) == []
    if _is_phone(page):
        await check_fit_at(page, *NARROWEST)


async def check_variant(page: Page) -> None:
    """One of two windows that show the same screen: its colours are checked in the large one only."""
    if _is_phone(page):
        await check_one_scheme(page)
        await check_fit_at(page, *NARROWEST)
    else:
        await check_screen(page)
        await check_fit_at(page, *SHORTEST)


def _is_phone(page: Page) -> bool:
    size = page.viewport_size
    return size is not None and size["width"] <= PHONE_PX


async def check_sizes(page: Page) -> None:
    """A screen in a large window, and whether it fits a phone: what a screen contains does not depend on the size, and
    a second window for it would cost seconds.
    """
    await check_screen(page)
    await check_fit_at(page, *PHONE)
    await check_fit_at(page, *NARROWEST)


async def check_fit_at(page: Page, width: int, height: int) -> None:
    """The screen, resized for this check, fits a window of this size."""
    before = page.viewport_size
    assert before is not None
    await page.set_viewport_size({"width": width, "height": height})
    await page.evaluate(NEXT_FRAME)
    await check_fit(page)
    await page.set_viewport_size(before)


async def check_fit(page: Page) -> None:
    """Nothing overflows its container, and the page does not scroll sideways."""
    assert await page.evaluate(STICKING_OUT) == []
    assert await page.evaluate(SCROLLS_SIDEWAYS) == []
    assert await page.evaluate(SPILLS) == []
    assert await page.evaluate(ADRIFT) == []
    assert not await page.evaluate(OUTGROWS)


async def check_one_scheme(page: Page) -> None:
    """Nothing overflows its container, the page does not scroll sideways, and axe finds nothing.

    For what has been seen in both schemes elsewhere: the other scheme draws the page four times.
    """
    await check_fit(page)
    assert await audit(page) == []


async def audit(page: Page, *rules: str) -> list[str]:
    """The findings of axe-core on this screen, of any weight, by these rules or by all."""
    if not await page.evaluate("() => 'axe' in window"):
        await page.evaluate(_read_axe())
    findings: list[str] = await page.evaluate(AUDIT, rules)
    return findings


@asynccontextmanager
async def other_color_scheme(page: Page) -> AsyncIterator[None]:
    """Dark instead of light, or light instead of dark."""
    is_dark = await page.evaluate("() => matchMedia('(prefers-color-scheme: dark)').matches")
    await page.evaluate(STOP_TRANSITIONS)
    await page.emulate_media(color_scheme="light" if is_dark else "dark")
    yield
    await page.emulate_media(color_scheme="dark" if is_dark else "light")
    await page.evaluate(ALLOW_TRANSITIONS)


def _read_axe(path: Path = AXE) -> str:
    assert path.is_file(), "axe-core is not installed: run `npm --prefix frontend ci`."
    return path.read_text()


async def check_tab_order(page: Page) -> None:
    """Tab reaches every control of the screen, and each shows a focus indicator."""
    await page.evaluate("() => document.activeElement?.blur()")
    wanted: list[str] = await page.evaluate(CONTROLS)
    reached: dict[str, Any] = {}
    for _ in range(2 * len(wanted) + 4):
        await page.keyboard.press("Tab")
        focused = await page.evaluate(FOCUSED)
        if focused is not None:
            reached[focused["number"]] = focused
        if len(reached) == len(wanted):
            break
    assert sorted(reached, key=int) == wanted
    assert [focused["html"] for focused in reached.values() if not focused["seen"]] == []
