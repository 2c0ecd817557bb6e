"""ASSET_URL: the app's files come from a CDN that pulls them from us, and only the page and the API from here."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from urllib.parse import urlsplit

import aiohttp
import pytest
from aiohttp import web
from playwright.async_api import Page, Request, expect

from server.config import Config
from server.system.asset_checks import check_assets
from tests.browser.screens import Inbox, connect_account
from tests.browser.test_installed import CONTROLLED, has_cached_all
from tests.browser.test_live import NO_NETWORK
from tests.support.fixtures_browser import Windows
from tests.support.fixtures_stack import Stack, run_stack, serving
from tests.support.peers import eventually
from tests.support.ports import free_port

PASSED_ON = ("Content-Type", "Content-Encoding", "Cache-Control", "Access-Control-Allow-Origin")


@dataclass
class Cdn:
    """Pulls each file from the origin and passes it on, with the headers that a CDN keeps."""

    url: str
    origin: str = ""
    passes: tuple[str, ...] = PASSED_ON
    asked: list[str] = field(default_factory=list)

    async def pull(self, request: web.Request) -> web.Response:
        self.asked.append(request.path)
        accepted = {"Accept-Encoding": request.headers.get("Accept-Encoding", "")}
        path = request.path.removeprefix("/confab")
        async with (
            aiohttp.ClientSession(auto_decompress=False) as session,
            session.get(f"{self.origin}{path}", headers=accepted) as answer,
        ):
            kept = {name: answer.headers[name] for name in self.passes if name in answer.headers}
            return web.Response(status=answer.status, body=await answer.read(), headers=kept)


@asynccontextmanager
async def behind_cdn(config: Config) -> AsyncIterator[tuple[Stack, Cdn]]:
    """A system whose ASSET_URL is a folder of a CDN."""
    port = free_port()
    cdn = Cdn(f"http://127.0.0.1:{port}")
    app = web.Application()
    app.router.add_get("/confab/assets/{name}", cdn.pull)
    config = replace(config, web=replace(config.web, asset_url=f"{cdn.url}/confab"))
    async with serving(app, port), run_stack(config, is_demo=True) as demo:
        cdn.origin = demo.stranger.url
        yield demo, cdn


def paths_from(page: Page, origin: str) -> list[str]:
    """The paths that the page requests from this origin, from now on."""
    paths: list[str] = []

    def note(request: Request) -> None:
        if request.url.startswith(f"{origin}/"):
            paths.append(urlsplit(request.url).path)

    page.on("request", note)
    return paths


async def test_only_the_page_and_the_api_come_from_here(config: Config, windows: Windows) -> None:
    """Parts that are loaded later, styles and fonts included; no policy is violated."""
    async with behind_cdn(config) as (demo, cdn):
        await connect_account(demo)
        await demo.write("acc-1", "A question")
        inbox = await Inbox.signed_in(windows, demo, saves_data=False)
        page = inbox.page
        here, there = paths_from(page, demo.stranger.url), paths_from(page, cdn.url)
        await page.goto(f"{demo.stranger.url}/inbox")
        await inbox.open_chat("Bia Lima")
        await page.goto(f"{demo.stranger.url}/reports")
        await expect(page.get_by_role("heading", name="Reports", exact=True)).to_be_visible()
        assert [path for path in here if path.startswith("/assets/")] == []
        endings = {path.rpartition(".")[2] for path in there}
        assert {"js", "css", "woff2"} <= endings
        assert all(path.startswith("/confab/assets/") for path in there)
        await page.wait_for_function("() => document.fonts.check('16px Inter')")
        # It would load further parts after the CDN has stopped.
        await page.goto("about:blank")


async def test_the_installed_app_opens_offline(config: Config, windows: Windows) -> None:
    async with behind_cdn(config) as (demo, _):
        windows.expect_errors(NO_NETWORK)
        await connect_account(demo)
        await demo.write("acc-1", "A question")
        inbox = await Inbox.signed_in(windows, demo, service_workers="allow", saves_data=False)
        await expect(inbox.chats).to_have_count(1)
        await eventually(lambda: inbox.page.evaluate(CONTROLLED))
        await eventually(lambda: has_cached_all(inbox.page))
        await inbox.page.context.set_offline(True)
        await inbox.page.reload()
        await expect(inbox.page.get_by_test_id("offline")).to_be_visible()


@pytest.mark.parametrize(
    ("passes", "said"),
    [
        (PASSED_ON, "has this version's files"),
        (PASSED_ON[:-1], "comes without Access-Control-Allow-Origin"),
        (("Content-Type",), "is not this version's file"),
    ],
)
async def test_doctor_says_what_the_cdn_does_wrong(
    config: Config, passes: tuple[str, ...], said: str
) -> None:
    """A compressed file without its coding is another file."""
    async with behind_cdn(config) as (demo, cdn):
        cdn.passes = passes
        (finding,) = await check_assets(demo.config)
        assert said in finding.message
        assert (finding.state == "ok") is (passes == PASSED_ON)


async def test_doctor_names_a_cdn_without_the_files(config: Config) -> None:
    async with behind_cdn(config) as (demo, cdn):
        cdn.origin = f"{cdn.origin}/api"
        (finding,) = await check_assets(demo.config)
        assert "is answered 404" in finding.message
    (finding,) = await check_assets(demo.config)
    assert "cannot be loaded" in finding.message
