"""Takes a picture of each page and state into docs/screens: `make pictures`."""

import asyncio
import base64
import itertools
import subprocess
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, Literal, NamedTuple

from playwright.async_api import Browser, Page, async_playwright, expect

from docs.demo_media import SCENES, draw_scenes, send_media
from docs.make_pictures import afternoon_zone, organise, prepare, running, take_screenshots
from server.config import DEMO_EMAIL, ROOT
from tests.support.fixtures_stack import DEMO_PASSWORD, Stack

FOLDER = ROOT / "docs" / "screens"
QUALITY = 82
SETTLE_MS, ACT_MS = 400, 8_000


class Window(NamedTuple):
    """A kind of window: its name in the file, and the options of the browser context."""

    name: str
    options: dict[str, Any]


WINDOWS = (
    Window("desktop", {"viewport": {"width": 1440, "height": 900}}),
    Window("phone", {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}),
)
Scheme = Literal["light", "dark"]
SCHEMES: tuple[Scheme, ...] = ("light", "dark")
Act = Callable[[Page], Awaitable[Any]]


class Screen(NamedTuple):
    """A page or state: the path to open, and what to do there."""

    name: str
    path: str = "/inbox"
    act: Act | None = None
    is_signed_in: bool = True
    windows: tuple[str, ...] = ("desktop", "phone")


async def _chat(page: Page, name: str) -> None:
    await page.get_by_test_id("chat-item").filter(has_text=name).first.click()
    await expect(page.get_by_test_id("messages")).to_be_visible()


async def _thread(page: Page) -> None:
    await _chat(page, "Bia Lima")


async def _media(page: Page) -> None:
    await _chat(page, "Hana Sato")
    await expect(page.get_by_test_id("album")).to_be_visible()


async def _lightbox(page: Page) -> None:
    await _media(page)
    await page.get_by_test_id("album").get_by_role("button").first.click()
    await expect(page.get_by_test_id("lightbox")).to_be_visible()


async def _group(page: Page) -> None:
    await _chat(page, "Wholesale Berlin")


async def _details(page: Page) -> None:
    await _thread(page)
    # Open from the beginning where there is room for it.
    if not await page.get_by_test_id("chat-details").is_visible():
        await page.get_by_test_id("chat-details-open").first.click()


async def _emoji(page: Page) -> None:
    await _thread(page)
    await page.get_by_test_id("composer-emoji").click()
    await expect(page.get_by_test_id("emoji-picker")).to_be_visible()


async def _draft(page: Page) -> None:
    await _thread(page)
    await page.get_by_test_id("composer-input").fill(
        "Shall I reserve the *chairs* for Friday? 🙂\nThe delivery is free."
    )


async def _files(page: Page) -> None:
    await _thread(page)
    files = [{"name": f"oak-{n}.jpg", "mimeType": "image/jpeg", "buffer": SCENES[n]} for n in range(2)]
    await page.locator("input[type=file]").first.set_input_files(files)  # type: ignore[arg-type]


async def _search(page: Page) -> None:
    await page.get_by_test_id("search").fill("oak")
    await expect(page.get_by_test_id("search-results")).to_be_visible()


async def _no_results(page: Page) -> None:
    await page.get_by_test_id("search").fill("zeppelin")
    await expect(page.get_by_test_id("search-results")).to_be_visible()


async def _new_chat(page: Page) -> None:
    await page.get_by_test_id("new-chat").click()


async def _palette(page: Page) -> None:
    await page.keyboard.press("Control+k")
    await expect(page.get_by_test_id("palette")).to_be_visible()


async def _help(page: Page) -> None:
    await page.keyboard.press("?")


async def _menu(page: Page) -> None:
    await page.get_by_test_id("user-menu").click()


async def _connect(page: Page) -> None:
    await page.get_by_test_id("connect-number").first.click()
    await expect(page.get_by_test_id("connect-qr")).to_be_visible()


async def _import(page: Page) -> None:
    """The review of a table with rows that are rejected."""
    table = "Phone,Name\n+351910000001,Tomás Almeida\n910000002,Lea Baumann\n,Hana Sato\n"
    await page.get_by_test_id("contacts-import").click()
    await page.get_by_test_id("contacts-import-file").set_input_files(
        {"name": "contacts.csv", "mimeType": "text/csv", "buffer": table.encode()}
    )
    await page.get_by_test_id("contacts-import-check").click()
    await expect(page.get_by_test_id("contacts-import-reasons")).to_be_visible()


async def _down(page: Page) -> None:
    await _chat(page, "Elif Kaya")


SCREENS = (
    Screen("sign-in", "/login", is_signed_in=False),
    Screen("inbox"),
    Screen("thread", act=_thread),
    Screen("thread-group", act=_group),
    Screen("thread-media", act=_media),
    Screen("lightbox", act=_lightbox),
    Screen("contact", act=_details),
    Screen("composer-draft", act=_draft),
    Screen("composer-files", act=_files),
    Screen("composer-emoji", act=_emoji),
    Screen("number-disconnected", act=_down),
    Screen("search", act=_search),
    Screen("search-nothing", act=_no_results),
    Screen("archived-nothing", "/inbox?filter=archived"),
    Screen("new-chat", act=_new_chat),
    Screen("palette", act=_palette, windows=("desktop",)),
    Screen("help", act=_help, windows=("desktop",)),
    Screen("user-menu", act=_menu),
    Screen("numbers", "/connections"),
    Screen("connect", "/connections", act=_connect),
    Screen("contacts", "/contacts"),
    Screen("contacts-import", "/contacts", act=_import),
    Screen("planned", "/planned"),
    Screen("reports", "/reports"),
    Screen("ratings", "/ratings"),
    Screen("usage", "/usage"),
    Screen("audit", "/audit"),
    Screen("settings", "/settings"),
    Screen("replies", "/settings/replies"),
    Screen("profile", "/settings/profile"),
    Screen("team", "/settings/team"),
    Screen("labels", "/settings/labels"),
    Screen("fields", "/settings/fields"),
    Screen("views", "/settings/views"),
    Screen("rules", "/settings/rules"),
    Screen("targets", "/settings/targets"),
    Screen("macros", "/settings/macros"),
    Screen("api-keys", "/settings/keys"),
    Screen("system", "/settings/system"),
    Screen("not-found", "/nowhere"),
)


async def take(browser: Browser, stack: Stack, screen: Screen, window: Window, scheme: Scheme) -> None:
    """Take one picture in a fresh window."""
    context = await browser.new_context(
        locale="en-GB",
        timezone_id=afternoon_zone(),
        color_scheme=scheme,
        reduced_motion="reduce",
        **window.options,
    )
    url = stack.stranger.url
    if screen.is_signed_in:
        login = {"email": DEMO_EMAIL, "password": DEMO_PASSWORD}
        answer = await context.request.post(f"{url}/api/auth/login", data=login)
        if not answer.ok:
            raise RuntimeError(f"sign-in was answered {answer.status}")
    page = await context.new_page()
    page.set_default_timeout(ACT_MS)
    await page.goto(url + screen.path)
    if screen.is_signed_in and screen.path == "/inbox":
        await expect(page.get_by_test_id("chat-item").first).to_be_visible()
        # Keys work from then on.
        await expect(page.get_by_role("log").first).to_be_attached()
    if screen.is_signed_in:
        await expect(page.get_by_test_id("user-menu")).to_be_visible()
    if screen.act is not None:
        await screen.act(page)
    await page.wait_for_load_state("networkidle")
    await page.wait_for_timeout(SETTLE_MS)
    await save(page, FOLDER / f"{screen.name}-{window.name}-{scheme}.webp")
    await context.close()


async def save(page: Page, path: Path) -> None:
    """WebP, a third of a PNG's size; Playwright itself has no WebP."""
    session = await page.context.new_cdp_session(page)
    shot = await session.send("Page.captureScreenshot", {"format": "webp", "quality": QUALITY})
    await asyncio.to_thread(path.write_bytes, base64.b64decode(shot["data"]))


async def main() -> None:
    """Take the pictures of the README, then all screens; a screen that fails is reported at the end."""
    finder = [ROOT / ".ci" / "chromium"]
    found = await asyncio.to_thread(subprocess.run, finder, stdout=subprocess.PIPE, text=True, check=True)
    FOLDER.mkdir(exist_ok=True)
    failed = []
    async with running() as stack, async_playwright() as playwright:
        await prepare(stack)
        browser = await playwright.chromium.launch(
            executable_path=found.stdout.strip(), args=["--no-sandbox"]
        )
        await draw_scenes(browser)
        await take_screenshots(browser, stack)
        await send_media(stack)
        await organise(stack)
        for screen, window, scheme in itertools.product(SCREENS, WINDOWS, SCHEMES):
            if window.name not in screen.windows:
                continue
            try:
                await take(browser, stack, screen, window, scheme)
            except Exception as error:
                failed.append(f"{screen.name}-{window.name}-{scheme}: {error}")
        await browser.close()
    if failed:
        raise SystemExit("\n\n".join(failed))


if __name__ == "__main__":
    asyncio.run(main())
