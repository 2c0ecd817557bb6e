"""The tabs of one browser share a socket and a session; no tab misses an event, whichever owns the socket."""

from playwright.async_api import expect

from server.web.app_keys import HUB
from tests.browser.screens import Inbox, connect_account
from tests.support.fixtures_browser import Windows
from tests.support.fixtures_stack import Stack
from tests.support.peers import eventually


async def another_tab(inbox: Inbox) -> Inbox:
    """One more tab of the same browser, on the inbox."""
    page = await inbox.page.context.new_page()
    await page.goto(inbox.page.url)
    await expect(page.get_by_test_id("user-menu")).to_be_visible()
    return Inbox(page)


async def expect_sockets(demo: Stack, count: int) -> None:
    """The server has this many joined sockets."""

    async def is_so() -> bool:
        connections = demo.app[HUB].membership.connections
        return len(connections) == count and all(one.topics for one in connections)

    await eventually(is_so)


async def set_lifecycle(inbox: Inbox, state: str) -> None:
    """What the browser does to a long-hidden tab."""
    session = await inbox.page.context.new_cdp_session(inbox.page)
    await session.send("Page.setWebLifecycleState", {"state": state})


async def test_tabs_of_one_browser_share_one_socket(demo: Stack, windows: Windows) -> None:
    await connect_account(demo)
    await demo.write("acc-1", "First")
    one = await Inbox.signed_in(windows, demo)
    await one.open_chat("Bia Lima")
    await expect_sockets(demo, 1)
    other = await another_tab(one)
    third = await another_tab(one)
    await expect_sockets(demo, 1)
    await demo.write("acc-1", "Second")
    await one.answer("Third")
    for inbox in (one, other, third):
        await inbox.expect_bubbles("First", "Second", "Third")
        await inbox.expect_status("Third", "delivered")
    await expect_sockets(demo, 1)


async def test_closing_the_tab_with_the_socket_loses_no_event(demo: Stack, windows: Windows) -> None:
    await connect_account(demo)
    await demo.write("acc-1", "First")
    leader = await Inbox.signed_in(windows, demo)
    await leader.open_chat("Bia Lima")
    tabs = [await another_tab(leader) for _ in range(3)]
    texts = ["First"]
    while len(tabs) > 1:
        await expect_sockets(demo, 1)
        await leader.page.close()
        for index in range(3):
            texts.append(f"Written {len(tabs)}.{index}")
            await demo.write("acc-1", texts[-1])
        for tab in tabs:
            await tab.expect_bubbles(*texts)
            await expect(tab.banner).to_have_count(0)
        leader = tabs.pop(0)
    await expect_sockets(demo, 1)


async def test_a_frozen_tab_hands_the_socket_over_and_catches_up(demo: Stack, windows: Windows) -> None:
    await connect_account(demo)
    await demo.write("acc-1", "First")
    one = await Inbox.signed_in(windows, demo)
    await one.open_chat("Bia Lima")
    other = await another_tab(one)
    await other.expect_bubbles("First")
    await expect_sockets(demo, 1)

    await set_lifecycle(one, "frozen")
    await demo.write("acc-1", "Second")
    await other.expect_bubbles("First", "Second")
    await expect_sockets(demo, 1)
    await set_lifecycle(one, "active")
    await one.expect_bubbles("First", "Second")
    await demo.write("acc-1", "Third")
    for inbox in (one, other):
        await inbox.expect_bubbles("First", "Second", "Third")
    await expect_sockets(demo, 1)


async def test_logging_out_in_one_tab_logs_out_all(demo: Stack, windows: Windows) -> None:
    await connect_account(demo)
    one = await Inbox.signed_in(windows, demo)
    other = await another_tab(one)
    await one.sign_out()
    for inbox in (one, other):
        await expect(inbox.page.get_by_test_id("login-email")).to_be_visible()
    await expect_sockets(demo, 0)
