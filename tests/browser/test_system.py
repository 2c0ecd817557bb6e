"""The page System: for owners every check in words, and dead letters; for others nothing."""

from playwright.async_api import expect

from tests.browser.checks import check_sizes
from tests.browser.screens import Inbox, connect_account, sign_in_demo_user
from tests.support.dead_letters import insert_dead
from tests.support.factories import set_role, sign_in_as
from tests.support.fixtures_browser import Windows
from tests.support.fixtures_stack import Stack


async def test_an_owner_checks_the_system_and_discards_a_dead_letter(demo: Stack, windows: Windows) -> None:
    await connect_account(demo)
    await insert_dead(demo, body='{"account_id": "acc-9", "message": "Hello from Bia"}')
    inbox = await Inbox.signed_in(windows, demo)
    page = inbox.page
    await page.keyboard.press("Control+k")
    await expect(page.get_by_test_id("palette-input")).to_be_focused()
    await page.keyboard.type("System")
    await page.keyboard.press("Enter")
    lines = page.get_by_test_id("system-check")
    await expect(lines.filter(has_text="Workers")).to_contain_text("OK")
    await expect(lines.filter(has_text="Dead letters")).to_contain_text("Warning")
    await check_sizes(page)
    await page.get_by_role("button", name="View messages").click()
    event = page.get_by_test_id("dead-letter-event")
    await expect(event).to_contain_text("acc-9")
    await expect(event).not_to_contain_text("Bia")
    await page.get_by_test_id("dead-letter-drop").click()
    await expect(page.get_by_text("No dead letters")).to_be_visible()
    await expect(lines.filter(has_text="Dead letters")).to_contain_text("OK")
    # Who is no owner does not see that it exists.
    await sign_in_as(demo, "owner")
    await set_role(demo, await sign_in_demo_user(demo), "admin")
    await page.goto(f"{demo.stranger.url}/settings/system")
    await expect(page.get_by_role("link", name="Team", exact=True)).to_be_visible()
    await expect(page.get_by_role("link", name="System", exact=True)).to_have_count(0)
