"""The app in each of its languages: texts, dates, numbers, and the language that the page declares."""

from typing import Any, Final

import pytest
from playwright.async_api import Page, expect

from tests.browser.checks import PHONE, check_fit_at, check_one_scheme
from tests.browser.screens import Inbox, connect_account, visit
from tests.browser.test_screens import VARIANTS
from tests.support.fixtures_browser import Windows
from tests.support.fixtures_stack import Stack

NO_CHUNK: Final = r"ERR_FAILED|error loading dynamically imported module|Failed to fetch dynamically"
#: With a part of each, which the page before does not have.
PAGES: Final = {
    "/connections": "account-card",
    "/usage": "usage-before",
    "/audit": "audit-line",
    "/settings/profile": "notify-unassigned-bell",
    "/settings/team": "person",
}
#: By the language of the browser: that of the page, the inbox, the field of a message, the usage, the day.
TEXTS: Final = {
    "de-AT": (
        "de",
        "Posteingang",
        "Nachricht schreiben",
        "0 von 20\N{NO-BREAK SPACE}000 Nachrichten",
        "heute",
    ),
    "es-MX": ("es", "Bandeja de entrada", "Escriba un mensaje", "0 de 20,000 mensajes", "hoy"),
    "pt-BR": ("pt", "Caixa de entrada", "Escreva uma mensagem", "0 de 20.000 mensagens", "hoje"),
    "fr-FR": ("en", "Inbox", "Write a message", "0 of 20,000 messages", "today"),
}


async def choose(page: Page, language: str) -> None:
    """Choose a language in the user menu."""
    await page.get_by_test_id("user-menu").click()
    await page.get_by_test_id("menu-language").click()
    await page.get_by_role("menuitemradio", name=language).click()
    await expect(page.get_by_role("menu")).to_have_count(0)


async def open_chat(demo: Stack, windows: Windows, locale: str) -> Inbox:
    await connect_account(demo)
    await demo.write("acc-1", "A question")
    inbox = await Inbox.signed_in(windows, demo, locale=locale)
    await inbox.open_chat("Bia Lima")
    return inbox


async def expect_language(inbox: Inbox, locale: str) -> None:
    language, title, field, usage, day = TEXTS[locale]
    page = inbox.page
    await expect(page.locator("html")).to_have_attribute("lang", language)
    await expect(page.get_by_role("link", name=title).first).to_be_visible()
    await expect(inbox.composer).to_have_attribute("placeholder", field)
    await expect(page.get_by_test_id("thread").get_by_text(day, exact=True).first).to_be_visible()
    await expect(page.locator("nav a[href='/usage']")).to_contain_text(usage)


@pytest.mark.parametrize("locale", TEXTS)
async def test_the_app_follows_the_language_of_the_browser(
    demo: Stack, windows: Windows, locale: str
) -> None:
    await expect_language(await open_chat(demo, windows, locale), locale)


async def test_a_chosen_language_changes_every_text_at_once_and_survives_a_reload(
    demo: Stack, windows: Windows
) -> None:
    inbox = await open_chat(demo, windows, "de-AT")
    page = inbox.page
    await inbox.composer.fill("Ein Entwurf")
    await choose(page, "English")
    await expect(page.locator("html")).to_have_attribute("lang", "en")
    await expect(inbox.composer).to_have_attribute("placeholder", "Write a message")
    await choose(page, "Deutsch")
    await expect_language(inbox, "de-AT")
    await expect(inbox.composer).to_have_text("Ein Entwurf")
    await page.reload()
    await expect_language(inbox, "de-AT")


async def test_a_language_that_cannot_be_loaded_is_reported_and_english_stays(
    demo: Stack, windows: Windows
) -> None:
    windows.expect_errors(NO_CHUNK)
    inbox = await Inbox.signed_in(windows, demo)
    page = inbox.page
    await page.route("**/assets/pt-*.js", lambda route: route.abort())
    await choose(page, "Português")
    await expect(page.get_by_text("Couldn’t load Português. Check your connection.").last).to_be_visible()
    await expect(page.locator("html")).to_have_attribute("lang", "en")
    await page.reload()
    await expect(page.get_by_role("link", name="Inbox")).to_be_visible()
    await expect(page.locator("html")).to_have_attribute("lang", "en")


@pytest.mark.parametrize(
    ("locale", "variant"),
    # German has the longest words, so it is seen in both sizes, by touch, which has the larger buttons.
    [
        ("de-DE", VARIANTS["phone"] | {"width": 1280, "height": 800}),
        ("es-MX", VARIANTS["phone"]),
        ("pt-BR", VARIANTS["light"]),
    ],
    ids=["de-DE", "es-MX-phone", "pt-BR-light"],
)
async def test_pages_have_room_for_longer_texts(
    demo: Stack, windows: Windows, locale: str, variant: dict[str, Any]
) -> None:
    await connect_account(demo)
    await demo.write("acc-1", "A question")
    inbox = await Inbox.signed_in(windows, demo, **variant | {"locale": locale})
    page = inbox.page
    await expect(inbox.chats).to_have_count(1)
    await check_words(page)
    for path, part in PAGES.items():
        await visit(page, path)
        await expect(page.get_by_test_id(part).first).to_be_visible()
        await expect(page.locator("[aria-busy=true]")).to_have_count(0)
        await check_words(page)


async def check_words(page: Page) -> None:
    """The words have room, in a large window on a phone too."""
    await check_one_scheme(page)
    await check_fit_at(page, *PHONE)
