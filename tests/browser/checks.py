"""Checks for every screen: it fits its window, is accessible, and shows the focus."""

from pathlib import Path
from typing import Any

from playwright.async_api import Page

from server.config import ROOT

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
SPILLS = """
() => [...document.querySelectorAll("a, button")]
  .filter((element) => !element.closest(".visually-hidden, [href='#main']"))
  .filter((element) => getComputedStyle(element).display !== "inline")
  .filter((element) => element.scrollWidth > element.clientWidth + 1)
  .filter((element) => getComputedStyle(element).overflowX === "visible")
  .map((element) => `${element.tagName}.${element.className}: ${element.innerText}`)
"""
AUDIT = """
async () => {
  const { violations } = await axe.run({ resultTypes: ["violations"] })
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .flatMap(({ id, nodes }) => nodes.map(({ html, any }) => `${id}: ${html} (${any[0]?.message ?? ""})`))
}
"""
# Records each element's style without focus, to distinguish a focus ring from decoration.
CONTROLS = """
() => {
  const style = (element) => {
    const { outlineStyle, outlineWidth, boxShadow, borderColor, backgroundColor } = getComputedStyle(element)
    return JSON.stringify([outlineStyle === "none" ? 0 : outlineWidth, boxShadow, borderColor, backgroundColor])
  }
  const selector = "a[href], button:not(:disabled), input, textarea, select, [tabindex='0']"
  const scope = document.querySelector("dialog[open]") ?? document
  const controls = [...scope.querySelectorAll(selector)].filter((element) => element.checkVisibility())
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
    """Nothing overflows its container, the page does not scroll sideways, and axe finds nothing serious."""
    assert await page.evaluate(STICKING_OUT) == []
    assert await page.evaluate(SCROLLS_SIDEWAYS) == []
    assert await page.evaluate(SPILLS) == []
    assert await audit(page) == []


async def audit(page: Page) -> list[str]:
    """The serious findings of axe-core on this screen."""
    if not await page.evaluate("() => 'axe' in window"):
        await page.evaluate(_read_axe())
    findings: list[str] = await page.evaluate(AUDIT)
    return findings


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
