"""The Reports page in a browser: it fits every size and theme, and each figure leads to its chats."""

import os
from pathlib import Path

import pytest
from playwright.async_api import expect

from server.store.reports import recounts
from server.web.app_keys import DATABASE
from tests.browser.checks import check_tab_order, check_variant
from tests.browser.screens import Inbox, connect_account, sign_in_demo_user
from tests.browser.test_screens import VARIANTS
from tests.support.factories import make_chat
from tests.support.fixtures_browser import Windows
from tests.support.fixtures_stack import Stack
from tests.support.reports import store_weeks

# Where to save screenshots for review.
PICTURES = os.environ.get("SCREENSHOTS", "")


@pytest.mark.parametrize("variant", ["light", "phone"])
async def test_an_admin_reads_reports_down_to_a_chat(demo: Stack, windows: Windows, variant: str) -> None:
    account_id = await connect_account(demo)
    # Nothing is left to be computed from messages that do not exist.
    await demo.app[DATABASE].write(recounts.begin_reports, account_id)
    user, colleague = await sign_in_demo_user(demo), await demo.sign_in("Beatriz")
    chats = [await make_chat(demo, account_id, f"chat-{n}") for n in range(3)]
    await store_weeks(demo, account_id, chats, [user.user_id, colleague.user_id, None])
    inbox = await Inbox.signed_in(windows, demo, **VARIANTS[variant])
    page = inbox.page
    await inbox.go_to("Reports")
    await expect(page.get_by_test_id("figure-first_reply")).to_contain_text("m ")
    await expect(page.get_by_role("button", name="Show only Beatriz").first).to_be_visible()
    targets = page.get_by_role("region", name="First reply, targets compared")
    await expect(targets.get_by_role("row", name="Beatriz")).to_be_visible()
    messages = page.get_by_role("region", name="Messages, compared")
    await expect(messages.get_by_role("row", name="Beatriz")).to_be_visible()
    await check_variant(page)
    if variant == "light":
        await check_tab_order(page)
    if PICTURES:
        size = page.viewport_size
        assert size is not None
        await page.set_viewport_size(
            {"width": 1440, "height": 2000} if variant == "light" else {"width": 360, "height": 3600}
        )
        for scheme in ("light", "dark"):
            await page.emulate_media(color_scheme=scheme)
            await page.screenshot(path=Path(PICTURES) / f"reports-{variant}-{scheme}.png", full_page=True)
        await page.emulate_media(color_scheme="light")
        await page.set_viewport_size(size)
    await page.get_by_test_id("measure-reply").click()
    plot = page.get_by_role("region", name="How many took how long")
    await plot.get_by_role("button", name="Table").click()
    await check_variant(page)
    await plot.get_by_role("row").nth(3).get_by_role("button").click()
    fact = page.get_by_test_id("report-fact").first
    await expect(fact).to_be_visible()
    await check_variant(page)
    if PICTURES:
        await page.screenshot(path=Path(PICTURES) / f"reports-{variant}-chats.png")
    await fact.get_by_role("link").click()
    await expect(page.get_by_test_id("thread")).to_be_visible()
