"""The frame around every page: navigation, health and usage in words, the user menu, themes, the bar of a phone."""

import re

from playwright.async_api import Locator, Page, expect

from server import VERSION
from server.config import ROOT
from tests.browser.checks import check_screen
from tests.browser.screens import Inbox, connect_account
from tests.browser.test_screens import VARIANTS
from tests.support.fixtures_browser import Windows
from tests.support.fixtures_stack import Stack

TOUCH_TARGET_PX = 44
SMALL_TARGETS = """
(least) => [...document.querySelectorAll("nav a, nav button, [role=menu] button")]
  .filter((element) => element.checkVisibility())
  .filter((element) => {
    const { width, height } = element.getBoundingClientRect()
    return width < least || height < least
  })
  .map((element) => element.outerHTML.slice(0, 120))
"""
SMALLEST_LABEL = """
() => Math.min(...[...document.querySelectorAll("nav *")]
  .filter((element) => element.checkVisibility() && element.textContent.trim() !== "")
  .map((element) => parseFloat(getComputedStyle(element).fontSize)))
"""
ICON_SIZE = """
async () => {
  const icon = Object.assign(new Image(), { src: document.querySelector("link[rel=icon]").href })
  await icon.decode()
  return [icon.naturalWidth, icon.naturalHeight]
}
"""
SCHEME = "() => getComputedStyle(document.documentElement).backgroundColor"
LIGHT, DARK = "rgb(243, 245, 244)", "rgb(14, 20, 19)"


def navigation(page: Page) -> Locator:
    return page.get_by_role("navigation", name="Main")


async def frame_colour(page: Page) -> str | None:
    """The colour that the browser gives its own frame."""
    colour: str | None = await page.evaluate(
        "() => [...document.querySelectorAll('meta[name=theme-color]')]"
        ".find((meta) => matchMedia(meta.media).matches)?.content"
    )
    return colour


async def test_the_user_menu_says_who_is_signed_in_and_leads_to_the_profile(
    demo: Stack, windows: Windows
) -> None:
    inbox = await Inbox.signed_in(windows, demo)
    page = inbox.page
    opener = page.get_by_test_id("user-menu")
    await expect(opener).to_have_accessible_name("Menu Signed in as Demo")
    await opener.press("Enter")
    await expect(page.get_by_test_id("version")).to_have_text(f"Confab {VERSION}")
    menu = page.get_by_role("menu")
    await expect(menu).to_contain_text("demo@confab.local")
    await expect(menu.get_by_test_id("user-role")).to_have_text("Owner")
    await check_screen(page)
    await page.keyboard.press("Escape")
    await expect(opener).to_be_focused()
    await opener.click()
    await menu.get_by_role("menuitem", name="Profile").click()
    await expect(page).to_have_url(f"{demo.stranger.url}/settings/profile")
    await expect(menu).to_have_count(0)


async def test_a_chosen_theme_overrides_the_system_and_survives_a_reload(
    demo: Stack, windows: Windows
) -> None:
    inbox = await Inbox.signed_in(windows, demo, **VARIANTS["light"])
    page = inbox.page
    assert (await page.evaluate(SCHEME), await frame_colour(page)) == (LIGHT, "#f3f5f4")
    await page.get_by_test_id("user-menu").click()
    dark = page.get_by_role("menuitemradio", name="Dark")
    await dark.click()
    await expect(dark).to_have_attribute("aria-checked", "true")
    assert (await page.evaluate(SCHEME), await frame_colour(page)) == (DARK, "#0e1413")
    await check_screen(page)

    await page.reload()
    await expect(page.get_by_test_id("user-menu")).to_be_visible()
    assert (await page.evaluate(SCHEME), await frame_colour(page)) == (DARK, "#0e1413")
    await page.get_by_test_id("user-menu").click()
    await page.get_by_role("menuitemradio", name="System").click()
    assert (await page.evaluate(SCHEME), await frame_colour(page)) == (LIGHT, "#f3f5f4")
    await page.emulate_media(color_scheme="dark")
    assert (await page.evaluate(SCHEME), await frame_colour(page)) == (DARK, "#0e1413")


async def test_a_chosen_language_stays_on_this_device(demo: Stack, windows: Windows) -> None:
    inbox = await Inbox.signed_in(windows, demo, locale="en-GB")
    page = inbox.page
    opener, language = page.get_by_test_id("user-menu"), page.get_by_test_id("menu-language")
    await opener.click()
    await expect(language).to_contain_text("English")
    await language.click()
    await expect(page.get_by_role("menuitemradio", name="English")).to_have_attribute("aria-checked", "true")
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("menu")).to_have_count(0)
    await expect(opener).to_be_focused()
    await page.reload()
    await opener.click()
    await expect(language).to_contain_text("Deutsch")


async def test_the_navigation_says_how_the_numbers_and_the_plan_are(demo: Stack, windows: Windows) -> None:
    inbox = await Inbox.signed_in(windows, demo)
    page = inbox.page
    numbers = navigation(page).get_by_role("link", name="Numbers")
    await expect(numbers).to_have_accessible_name("Numbers No number connected")
    await connect_account(demo)
    await expect(numbers).to_have_accessible_name("Numbers 1 number connected")
    await numbers.hover()
    await expect(page.get_by_test_id("tooltip")).to_have_text("Numbers1 number connected")
    await demo.sandbox.ok("POST", "/sandbox/accounts/acc-1/status", {"status": "CREDENTIALS"})
    await expect(numbers).to_have_accessible_name("Numbers No number connected · 1 needs attention")
    usage = navigation(page).get_by_role("link", name="Usage")
    await expect(usage).to_have_accessible_name("Usage 0 of 20,000 messages")


async def test_a_phone_has_six_large_items_and_the_rest_in_the_menu(demo: Stack, windows: Windows) -> None:
    await connect_account(demo)
    inbox = await Inbox.signed_in(windows, demo, **VARIANTS["phone"] | {"width": 360})
    page = inbox.page
    bar = navigation(page)
    items = bar.locator("a, button").locator("visible=true")
    await expect(items).to_have_count(6)
    await expect(items).to_contain_text(["Inbox", "Numbers", "Usage", "Settings", "", "Menu"])
    assert await page.evaluate(SMALLEST_LABEL) >= 11
    await page.get_by_test_id("user-menu").click()
    menu = page.get_by_role("menu")
    await expect(menu.get_by_role("menuitem", name="1 number connected")).to_be_visible()
    await expect(menu.get_by_role("menuitem", name="0 of 20,000 messages")).to_be_visible()
    assert await page.evaluate(SMALL_TARGETS, TOUCH_TARGET_PX) == []
    await check_screen(page)
    await menu.get_by_role("menuitem", name="Audit log").click()
    await expect(page.get_by_role("heading", name="Audit")).to_be_visible()


async def test_the_tab_counts_the_unread_messages_in_its_title_and_icon(
    demo: Stack, windows: Windows
) -> None:
    await connect_account(demo)
    inbox = await Inbox.signed_in(windows, demo)
    icon = inbox.page.locator("link[rel=icon]")
    await expect(inbox.page).to_have_title("Inbox · Confab")
    await expect(icon).to_have_attribute("href", "/favicon.svg")
    await demo.write("acc-1", "Oi")
    await expect(inbox.page).to_have_title("(1) Inbox · Confab")
    await expect(icon).to_have_attribute("href", re.compile("^blob:"))
    assert await inbox.page.evaluate(ICON_SIZE) == [64, 64]
    await inbox.open_chat("Bia Lima")
    await expect(inbox.page).to_have_title("Inbox · Confab")
    await expect(icon).to_have_attribute("href", "/favicon.svg")


async def test_the_design_page_is_not_part_of_the_product(demo: Stack, windows: Windows) -> None:
    inbox = await Inbox.signed_in(windows, demo)
    await inbox.page.goto(f"{demo.stranger.url}/design")
    await expect(inbox.page.get_by_role("heading", level=1, name="Page not found")).to_be_visible()
    scripts = list((ROOT / "static" / "assets").glob("*.js"))
    assert scripts
    assert [path.name for path in scripts if "design-page" in path.read_text()] == []


async def test_signing_out_is_behind_the_menu(demo: Stack, windows: Windows) -> None:
    inbox = await Inbox.signed_in(windows, demo)
    await expect(inbox.page.get_by_test_id("logout")).to_have_count(0)
    await inbox.sign_out()
    await expect(inbox.page.get_by_test_id("login-email")).to_be_visible()
