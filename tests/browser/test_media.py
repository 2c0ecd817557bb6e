"""Files that elements load: from the browser's cache, with the media cookie, and again when it has expired."""

from urllib.parse import urlsplit

from playwright.async_api import Locator, Request, expect

from tests.browser.screens import Inbox, connect_account
from tests.support.fixtures_browser import Windows
from tests.support.fixtures_stack import Stack
from tests.support.media_files import enclosed, png

LOADED = "image => image.complete && image.naturalWidth > 0"
# Bytes that came over the network for each attachment: an avatar may come for the first time after the reload.
TRANSFERRED = """() => performance.getEntriesByType("resource")
  .filter(({name}) => name.includes("/attachments/"))
  .map(({transferSize}) => transferSize)"""
STATUS = "path => fetch(path, {cache: 'no-store'}).then(({status}) => status)"


async def expect_loaded(image: Locator) -> None:
    await expect(image).to_be_visible()
    await image.page.wait_for_function(LOADED, arg=await image.element_handle())


def picture_of(inbox: Inbox, text: str) -> Locator:
    return inbox.bubble(text).get_by_test_id("attachment-image").locator("img")


async def open_picture(demo: Stack, windows: Windows) -> tuple[Inbox, Locator]:
    await connect_account(demo)
    await demo.write("acc-1", "Look", attachments=[enclosed("a.png", png(), "image/png")])
    inbox = await Inbox.signed_in(windows, demo)
    await inbox.open_chat("Bia Lima")
    image = picture_of(inbox, "Look")
    await expect_loaded(image)
    return inbox, image


async def test_a_picture_is_loaded_without_a_token_and_then_comes_from_the_cache(
    demo: Stack, windows: Windows
) -> None:
    inbox, image = await open_picture(demo, windows)
    requests: list[Request] = []
    inbox.page.on("request", lambda request: requests.append(request))
    await inbox.page.reload()
    await expect_loaded(image)
    (request,) = [one for one in requests if "/attachments/" in one.url]
    assert urlsplit(request.url).path.startswith("/api/media/")
    assert "authorization" not in await request.all_headers()
    sizes = await inbox.page.evaluate(TRANSFERRED)
    assert sizes
    assert set(sizes) == {0}


async def test_an_expired_cookie_is_renewed_and_the_picture_shown(demo: Stack, windows: Windows) -> None:
    windows.expect_errors("status of 401 .*/api/media/")
    inbox, _ = await open_picture(demo, windows)
    (cookie,) = [one for one in await inbox.page.context.cookies() if one["name"] == "confab_media"]
    where = {"domain": cookie["domain"], "path": cookie["path"], "httpOnly": True, "sameSite": "Strict"}
    await inbox.page.context.add_cookies([{"name": "confab_media", "value": "stale", **where}])  # type: ignore[typeddict-item]
    await demo.write("acc-1", "Another", attachments=[enclosed("b.png", png(1), "image/png")])
    await expect_loaded(picture_of(inbox, "Another"))


async def test_the_cookie_is_deleted_at_sign_out(demo: Stack, windows: Windows) -> None:
    windows.expect_errors("status of 401 .*/api/media/")
    inbox, image = await open_picture(demo, windows)
    path = urlsplit(await image.get_attribute("src") or "").path
    assert await inbox.page.evaluate(STATUS, path) == 200
    async with inbox.page.expect_response("**/api/auth/logout"):
        await inbox.sign_out()
    assert "confab_media" not in {cookie["name"] for cookie in await inbox.page.context.cookies()}
    assert await inbox.page.evaluate(STATUS, path) == 401
