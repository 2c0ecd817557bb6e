"""What it takes to show a full list: requests from an empty cache, their order, and elements on the page. Other parts
of the app are loaded after it.
"""

import asyncio
import re
from itertools import takewhile

from playwright.async_api import Page, Request, Route, expect

from server.web.app_keys import DATABASE
from tests.browser.long_threads import fill_list
from tests.browser.screens import Inbox, connect_account
from tests.support.fixtures_browser import Windows
from tests.support.fixtures_stack import Stack
from tests.test_first_load import first_files

CHATS = 60
# Budgets: what it takes today, and little more.
MAX_REQUESTS, MAX_API_REQUESTS = 15, 5
MAX_ELEMENTS = 490
# Each part that is loaded later adds a link to the head.
COUNT_ELEMENTS = "() => document.body.getElementsByTagName('*').length"


def is_part(path: str) -> bool:
    """A script that the page does not name: loaded when the list is shown."""
    return (
        path.startswith("/assets/")
        and path.endswith(".js")
        and path.removeprefix("/") not in first_files("js")
    )


async def test_a_full_list_takes_few_requests_and_few_elements(demo: Stack, windows: Windows) -> None:
    account_id = await connect_account(demo)
    await demo.app[DATABASE].write(fill_list, account_id, CHATS)
    inbox = await Inbox.signed_in(windows, demo, "/login", saves_data=False)
    paths: list[str] = []
    page: Page = await inbox.page.context.new_page()

    def note(request: Request) -> None:
        paths.append(request.url.removeprefix(demo.stranger.url))

    page.on("request", note)
    async with page.expect_request(lambda request: is_part(request.url.removeprefix(demo.stranger.url))):
        await page.goto(f"{demo.stranger.url}/inbox")
    await expect(page.get_by_test_id("chat-item").filter(has_text="Chat 1.")).to_be_visible()
    before = list(takewhile(lambda path: not is_part(path), paths))
    api = [path for path in before if path.startswith("/api/")]
    assert any("/bootstrap?" in path for path in api)
    assert len(api) <= MAX_API_REQUESTS
    assert len(before) <= MAX_REQUESTS
    assert await page.evaluate(COUNT_ELEMENTS) <= MAX_ELEMENTS


async def test_session_and_first_data_are_asked_for_while_the_app_is_loading(
    demo: Stack, windows: Windows
) -> None:
    """Two requests bring the rows, both before any script of the bundle has arrived, and nothing is asked twice."""
    account_id = await connect_account(demo)
    await demo.app[DATABASE].write(fill_list, account_id, 3)
    inbox = await Inbox.signed_in(windows, demo, "/login", saves_data=False)
    page = await inbox.page.context.new_page()
    paths: list[str] = []
    page.on("request", lambda request: paths.append(request.url.removeprefix(demo.stranger.url)))
    release = asyncio.Event()

    async def hold(route: Route) -> None:
        await release.wait()
        await route.continue_()

    await page.route(re.compile(r"/assets/.*\.js$"), hold)
    async with page.expect_response(f"**/api/bootstrap?limit=40&account={account_id}"):
        await page.goto(f"{demo.stranger.url}/inbox?account={account_id}", wait_until="commit")
    api = [path for path in paths if path.startswith("/api/")]
    assert api == ["/api/auth/refresh", f"/api/bootstrap?limit=40&account={account_id}"]
    # The page itself has a frame for who was signed in.
    frame = page.locator(".frame")
    await expect(frame).to_be_visible()
    release.set()
    await expect(page.get_by_test_id("chat-item").first).to_be_visible()
    await expect(frame).to_have_count(0)
    parts = re.compile(r"/api/(auth|bootstrap|entitlements|channels/whatsapp/(accounts|unread|\d+/chats))")
    assert [path for path in paths if parts.match(path)] == api


async def test_who_is_not_signed_in_sees_no_frame_of_the_app(demo: Stack, windows: Windows) -> None:
    inbox = await Inbox.signed_in(windows, demo, "/connections")
    await inbox.sign_out()
    page = inbox.page
    await expect(page.get_by_test_id("login-demo")).to_be_visible()
    release = asyncio.Event()

    async def hold(route: Route) -> None:
        await release.wait()
        await route.continue_()

    await page.route(re.compile(r"/assets/.*\.js$"), hold)
    await page.reload(wait_until="commit")
    await expect(page.locator(".frame")).to_be_attached()
    await expect(page.locator(".frame")).to_be_hidden()
    release.set()
    await expect(page.get_by_test_id("login-demo")).to_be_visible()


async def test_first_data_that_is_refused_is_asked_for_one_by_one(demo: Stack, windows: Windows) -> None:
    windows.expect_errors("status of (404|503) .*/api/bootstrap")
    account_id = await connect_account(demo)
    await demo.app[DATABASE].write(fill_list, account_id, 3)
    inbox = await Inbox.signed_in(windows, demo, "/login", saves_data=False)
    # The address names an account that does not exist: the inbox shows them all.
    await inbox.page.goto(f"{demo.stranger.url}/inbox?account=999999")
    await expect(inbox.chats.first).to_be_visible()
    await inbox.page.route("**/api/bootstrap**", lambda route: route.fulfill(status=503, json={}))
    await inbox.page.goto(f"{demo.stranger.url}/inbox")
    await expect(inbox.chats.first).to_be_visible()
