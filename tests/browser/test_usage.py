"""The Usage page in a browser: it fits every theme and size, days work by keyboard, the meter is live."""

import os
from pathlib import Path

from aiopg import Cursor
from playwright.async_api import expect

from server.web.app_keys import DATABASE
from tests.browser.checks import check_screen, check_sizes, check_tab_order
from tests.browser.screens import Inbox, connect_account, sign_in_demo_user
from tests.support.fixtures_browser import Windows
from tests.support.fixtures_stack import Stack
from tests.support.fixtures_tiny import give_plan

# Where to save screenshots for review.
PICTURES = os.environ.get("SCREENSHOTS", "")


async def count_days(stack: Stack, user_id: int) -> None:
    """Traffic of this month and the previous one."""

    async def work(cursor: Cursor) -> None:
        await cursor.execute(
            """select count_usage(%s, 'whatsapp', date_trunc('month', now()) + d * interval '1 day',
                                  7 + d * 3 %% 11, 5, 9 + d * 5 %% 17)
               from generate_series(-20, extract(day from now())::int - 1) d""",
            (user_id,),
        )

    await stack.app[DATABASE].write(work)


async def test_the_usage_page_fits_every_size(demo: Stack, windows: Windows) -> None:
    inbox = await Inbox.signed_in(windows, demo, "/usage")
    page = inbox.page
    await expect(page.get_by_text("No messages in")).to_be_visible()
    await check_sizes(page)
    agent = await sign_in_demo_user(demo)
    await count_days(demo, agent.user_id)
    await page.reload()
    await expect(page.get_by_test_id("usage-plot")).to_be_visible()
    await check_sizes(page)
    await check_tab_order(page)
    await page.get_by_test_id("usage-plot").focus()
    await page.keyboard.press("Home")
    await expect(page.get_by_test_id("usage-day")).to_contain_text("9 received, 7 sent")
    if PICTURES:
        await page.screenshot(path=Path(PICTURES) / "usage.png", full_page=True)
    await page.get_by_test_id("usage-as-table").click()
    await expect(page.get_by_role("table")).to_be_visible()
    await check_sizes(page)
    await page.get_by_test_id("usage-before").click()
    await expect(page.get_by_test_id("usage-after")).to_be_enabled()
    await check_sizes(page)


async def test_the_meter_updates_live_and_the_composer_shows_the_limit(demo: Stack, windows: Windows) -> None:
    await connect_account(demo)
    agent = await sign_in_demo_user(demo)
    await give_plan(demo, agent, "starter", "plan")
    await demo.write("acc-1", "Hello")

    async def nearly_all(cursor: Cursor) -> None:
        await cursor.execute("select count_usage(%s, 'whatsapp', now(), 799, 799, 0)", (agent.user_id,))

    await demo.app[DATABASE].write(nearly_all)
    usage = (await Inbox.signed_in(windows, demo, "/usage")).page
    amount = usage.get_by_test_id("usage-amount").first
    await expect(amount).to_have_text("799 of 1,000")
    inbox = await Inbox.signed_in(windows, demo)
    await inbox.open_chat("Bia Lima")
    await inbox.answer("One more")
    # Pushed at most every three seconds, and later on a busy machine.
    await expect(amount).to_have_text("800 of 1,000", timeout=30_000)
    await expect(usage.get_by_test_id("usage-banner")).to_contain_text("800 of this month’s 1,000 messages")
    await expect(inbox.page.get_by_test_id("usage-banner")).to_be_visible()
    if PICTURES:
        await usage.screenshot(path=Path(PICTURES) / "usage-warning.png")

    async def all_of_it(cursor: Cursor) -> None:
        await cursor.execute("select count_usage(%s, 'whatsapp', now(), 200, 200, 0)", (agent.user_id,))

    await demo.app[DATABASE].write(all_of_it)
    windows.expect_errors(r"status of 402")
    await inbox.answer("One too many")
    closed = inbox.page.get_by_test_id("composer-closed")
    await expect(closed).to_contain_text("Limit of 1,000 messages reached.")
    await expect(closed.get_by_role("link", name="See usage")).to_have_attribute("href", "/usage")
    await expect(inbox.composer).to_have_count(0)
    await expect(inbox.bubble("One too many")).to_have_count(1)
    await check_screen(inbox.page)
    if PICTURES:
        await inbox.page.screenshot(path=Path(PICTURES) / "usage-composer.png")


async def test_what_was_counted_while_the_page_was_offline_is_shown(demo: Stack, windows: Windows) -> None:
    """A push of usage has no seq: it is not replayed."""
    windows.expect_errors("ERR_INTERNET_DISCONNECTED")
    await connect_account(demo)
    agent = await sign_in_demo_user(demo)
    await give_plan(demo, agent, "starter", "plan")
    page = (await Inbox.signed_in(windows, demo, "/usage")).page
    amount = page.get_by_test_id("usage-amount").first
    await expect(amount).to_have_text("0 of 1,000")
    await page.context.set_offline(True)
    await expect(page.get_by_test_id("connection-banner")).to_be_visible()
    await demo.execute("select count_usage(%s, 'whatsapp', now(), 799, 799, 0)", agent.user_id)
    await page.context.set_offline(False)
    await expect(amount).to_have_text("799 of 1,000")
