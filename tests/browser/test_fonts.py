"""Before the app's font is loaded, and without it, text has the widths of the system's font."""

from playwright.async_api import Route, expect

from tests.support.fixtures_browser import Windows
from tests.support.fixtures_stack import Stack

WIDTH = """
([text, family]) => {
  const span = document.createElement("span")
  span.style.cssText = `position: absolute; font: 400 16px ${family}`
  span.style.whiteSpace = "pre"
  span.textContent = text
  document.body.append(span)
  const { width } = span.getBoundingClientRect()
  span.remove()
  return width
}
"""
SYSTEM = "ui-sans-serif, system-ui, sans-serif"


async def test_without_the_font_digits_and_spaces_are_the_systems(demo: Stack, windows: Windows) -> None:
    page = await windows.open("about:blank")
    windows.expect_errors("Failed to load resource")

    async def drop(route: Route) -> None:
        await route.abort()

    await page.route("**/*.woff2", drop)
    await page.goto(f"{demo.stranger.url}/login")
    await expect(page.get_by_test_id("login-email")).to_be_visible()
    for text in ("0123456789", "a b c d", "*#"):
        assert await page.evaluate(WIDTH, [text, "var(--font)"]) == await page.evaluate(WIDTH, [text, SYSTEM])
    # A smiley is as wide as in the emoji font, which is not the system's.
    smiley = await page.evaluate(WIDTH, ["😀", "var(--font)"])
    assert smiley == await page.evaluate(WIDTH, ["😀", '"Colour Emoji"'])
