"""The installed app: its worker opens it offline, caches no answer of the API, and gives way to the next build."""

import asyncio
import hashlib
from typing import Any

import pytest
from playwright.async_api import Error, Page, expect

from server.config import ROOT
from server.handlers.spa import ASSETS, Asset
from tests.browser.screens import Inbox, connect_account
from tests.browser.test_live import NO_NETWORK, NO_SERVER
from tests.browser.test_tabs import another_tab
from tests.support.fixtures_browser import Windows
from tests.support.fixtures_stack import Stack
from tests.support.peers import eventually

# Resolves when the worker controls the page and has cached what the page had loaded before.
CONTROLLED = """
async () => {
  await navigator.serviceWorker.ready
  return navigator.serviceWorker.controller !== null
}
"""
CACHED = """
async () => {
  const caches_ = await Promise.all((await caches.keys()).map((name) => caches.open(name)))
  const requests = (await Promise.all(caches_.map((cache) => cache.keys()))).flat()
  return requests.map(({ url }) => new URL(url).pathname)
}
"""
LOADED = """
() => performance.getEntriesByType("resource").map(({ name }) => new URL(name).pathname)
  .filter((path) => path.startsWith("/assets/"))
"""
CACHES = "() => caches.keys()"
UPDATE = "async () => { await (await navigator.serviceWorker.getRegistration()).update() }"
IS_WAITING = "async () => (await navigator.serviceWorker.getRegistration()).waiting !== null"
IS_REGISTERED = "async () => (await navigator.serviceWorker.getRegistrations()).length > 0"


async def open_installed(demo: Stack, windows: Windows, **options: Any) -> Inbox:
    """A window whose page is controlled by the worker, with all that it loaded in the cache."""
    windows.expect_errors(NO_NETWORK)
    windows.expect_errors(NO_SERVER)
    await connect_account(demo)
    await demo.write("acc-1", "A question")
    inbox = await Inbox.signed_in(windows, demo, service_workers="allow", saves_data=False, **options)
    await expect(inbox.chats).to_have_count(1)
    await eventually(lambda: inbox.page.evaluate(CONTROLLED))
    await eventually(lambda: has_cached_all(inbox.page))
    return inbox


async def has_cached_all(page: Page) -> bool:
    return set(await page.evaluate(LOADED)) <= set(await page.evaluate(CACHED))


class Deployment:
    """Changes the files that the server has until the end of the test: all servers of this process share them."""

    def __init__(self, demo: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
        self._files, self._monkeypatch = demo.app[ASSETS]._files, monkeypatch

    def serve_worker(self, source: bytes) -> None:
        """From now on the server has this service worker, as after a deployment."""
        digest = hashlib.sha256(source).hexdigest()[:20]
        self.serve("sw.js", Asset("text/javascript", digest, {"": source}))

    def serve(self, name: str, asset: Asset) -> None:
        self._monkeypatch.setitem(self._files, name, asset)


@pytest.fixture
def deployment(demo: Stack, monkeypatch: pytest.MonkeyPatch) -> Deployment:
    return Deployment(demo, monkeypatch)


def next_worker(demo: Stack) -> bytes:
    """The service worker of another build of the same app."""
    worker = demo.app[ASSETS].find("sw.js")
    assert worker is not None
    return worker.bodies[""].replace(b"const CACHE = `confab-", b"const CACHE = `confab-next-")


@pytest.mark.parametrize(
    ("locale", "heading"), [("en-GB", "You’re offline"), ("de-DE", "Keine Internetverbindung")]
)
async def test_without_network_the_app_opens_says_so_and_comes_back(
    demo: Stack, windows: Windows, locale: str, heading: str
) -> None:
    inbox = await open_installed(demo, windows, locale=locale)
    await inbox.page.context.set_offline(True)
    await inbox.page.reload()
    await expect(inbox.page.get_by_role("heading", name=heading)).to_be_visible()
    await inbox.page.goto(f"{demo.stranger.url}/settings/profile")
    await expect(inbox.page.get_by_test_id("offline")).to_be_visible()
    await inbox.page.goto(f"{demo.stranger.url}/inbox")
    await expect(inbox.page.get_by_test_id("offline")).to_be_visible()
    await inbox.page.context.set_offline(False)
    await expect(inbox.chats).to_have_count(1)
    await expect(inbox.page.get_by_test_id("offline")).to_have_count(0)


async def test_without_a_server_the_app_opens_and_offers_to_try_again(demo: Stack, windows: Windows) -> None:
    inbox = await open_installed(demo, windows)
    await demo.server.stop()
    await inbox.page.reload()
    await expect(inbox.page.get_by_role("heading", name="Can’t reach Confab")).to_be_visible()
    await demo.server.start()
    await inbox.page.get_by_role("button", name="Try again").click()
    await expect(inbox.chats).to_have_count(1)


async def test_the_worker_caches_files_of_the_app_only(demo: Stack, windows: Windows) -> None:
    inbox = await open_installed(demo, windows)
    await inbox.page.reload()
    await inbox.open_chat("Bia Lima")
    await inbox.answer("An answer")
    await inbox.expect_status("An answer", "delivered")
    paths = await inbox.page.evaluate(CACHED)
    first = {"/"}
    assert first <= set(paths)
    assert [path for path in paths if not path.startswith("/assets/") and path not in first] == []
    await inbox.page.context.set_offline(True)
    answers = await inbox.page.evaluate(
        "() => Promise.allSettled(['/api/config', '/health'].map((path) => fetch(path)))"
    )
    assert [answer["status"] for answer in answers] == ["rejected", "rejected"]


async def test_the_next_build_takes_over_when_no_tab_needs_the_old_files(
    demo: Stack, windows: Windows, deployment: Deployment
) -> None:
    inbox = await open_installed(demo, windows)
    other = await another_tab(inbox)
    (old,) = await inbox.page.evaluate(CACHES)
    deployment.serve_worker(next_worker(demo))
    await inbox.page.evaluate(UPDATE)
    await eventually(lambda: inbox.page.evaluate(IS_WAITING))
    await inbox.page.reload()
    await expect(inbox.chats).to_have_count(1)
    assert await inbox.page.evaluate(IS_WAITING)
    assert old in await inbox.page.evaluate(CACHES)

    await other.page.close()
    context = inbox.page.context
    # The browser stays, without a tab of Confab.
    await context.new_page()
    await inbox.page.close()

    async def has_taken_over() -> bool:
        """In a tab of its own: one that began to load while the worker was replaced did not always finish."""
        tab = await context.new_page()
        try:
            await tab.goto(f"{demo.stranger.url}/inbox", timeout=8_000)
            await expect(Inbox(tab).chats).to_have_count(1)
            names: list[str] = await tab.evaluate(CACHES)
            is_waiting = await tab.evaluate(IS_WAITING)
        except Error:
            return False
        finally:
            await tab.close()
        return names == [old.replace("confab-", "confab-next-")] and not is_waiting

    await eventually(has_taken_over, seconds=60)


async def test_a_worker_of_another_build_than_the_page_is_not_installed(
    demo: Stack, windows: Windows, deployment: Deployment
) -> None:
    """While instances of two builds answer, the page may be of one and the worker of the other."""
    inbox = await open_installed(demo, windows)
    names = await inbox.page.evaluate(CACHES)
    source = next_worker(demo).replace(
        b'const FILES = ["/",', b'const FILES = ["/","/favicon.svg","/assets/a.js",'
    )
    deployment.serve("assets/a.js", Asset("text/javascript", "a", {"": b""}))
    deployment.serve_worker(source)
    ended = await inbox.page.evaluate(
        """async () => {
          const registration = await navigator.serviceWorker.getRegistration()
          const found = new Promise((resolve) => registration.addEventListener("updatefound", () => {
            const worker = registration.installing
            worker.addEventListener("statechange", () => resolve(worker.state))
          }, { once: true }))
          await registration.update().catch(() => undefined)
          return found
        }"""
    )
    assert ended == "redundant"
    assert await inbox.page.evaluate(CACHES) == names


async def test_the_worker_that_is_served_in_its_place_removes_it(
    demo: Stack, windows: Windows, deployment: Deployment
) -> None:
    inbox = await open_installed(demo, windows)
    deployment.serve_worker((ROOT / "frontend" / "worker" / "off.js").read_bytes())
    await inbox.page.evaluate(UPDATE)

    async def is_removed() -> bool:
        """In a tab of its own, as above."""
        tab = await inbox.page.context.new_page()
        try:
            async with asyncio.timeout(8):
                await tab.goto(f"{demo.stranger.url}/health")
                return not await tab.evaluate(IS_REGISTERED) and await tab.evaluate(CACHES) == []
        except (Error, TimeoutError):
            return False
        finally:
            await tab.close()

    await eventually(is_removed, seconds=60)
