"""The audit page for owners and admins: every theme and size, keyboard use, filters and the downloaded file."""

import pytest
from playwright.async_api import Page, expect

from tests.browser.checks import PHONE, check_sizes, check_tab_order
from tests.browser.screens import Inbox, connect_account, sign_in_demo_user
from tests.support.factories import set_role, sign_in_as
from tests.support.fixtures_browser import Windows
from tests.support.fixtures_stack import Stack

WRONG = {"email": "<img src=x onerror=alert(1)>@example.com", "password": "wrong"}


async def check_filters_are_paired(page: Page) -> None:
    """From and To share a row as wide as the fields above; neither wraps alone."""
    boxes = [await page.get_by_label(name, exact=True).bounding_box() for name in ("Action", "From", "To")]
    what, start, end = [box for box in boxes if box is not None]
    assert start["y"] == end["y"] > what["y"]
    assert (start["x"], start["width"]) == (what["x"], end["width"])
    assert end["x"] + end["width"] == pytest.approx(what["x"] + what["width"], abs=1)


async def test_an_owner_reads_filters_and_downloads_the_audit_log(demo: Stack, windows: Windows) -> None:
    await connect_account(demo)
    await demo.stranger.call("POST", "/api/auth/login", WRONG)
    inbox = await Inbox.signed_in(windows, demo)
    page = inbox.page
    await inbox.go_to("Audit")
    lines = page.get_by_test_id("audit-line")
    await expect(lines.filter(has_text="Added a number")).to_have_count(1)
    await expect(lines.filter(has_text="Sign-in failed")).to_contain_text(WRONG["email"])
    await check_sizes(page)
    await check_tab_order(page)
    await page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    await check_filters_are_paired(page)
    await page.get_by_label("Action", exact=True).select_option("Added a number")
    await expect(lines).to_have_count(1)
    async with page.expect_download() as downloading:
        await page.get_by_test_id("audit-save").click()
    download = await downloading.value
    assert download.suggested_filename == "audit.csv"
    assert "account.added" in (await download.path()).read_text()
    await page.get_by_label("From", exact=True).fill("2027-01-01")
    await expect(page.get_by_text("Nothing found")).to_be_visible()
    await check_sizes(page)


async def test_other_roles_do_not_see_the_audit_page(demo: Stack, windows: Windows) -> None:
    await sign_in_as(demo, "owner")  # the team has an audit log
    await set_role(demo, await sign_in_demo_user(demo), "agent")
    inbox = await Inbox.signed_in(windows, demo, "/audit")
    await expect(inbox.page.get_by_text("Page not found")).to_be_visible()
    await expect(inbox.page.get_by_role("navigation").get_by_role("link", name="Audit")).to_have_count(0)
