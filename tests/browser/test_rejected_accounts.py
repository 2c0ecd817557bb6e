"""An account rejected while its owner was away: the owner sees the reason once on return."""

from playwright.async_api import expect

from server.store.accounts.hosted_links import insert_link
from server.web.app_keys import DATABASE
from tests.browser.checks import check_screen
from tests.browser.screens import Inbox, sign_in_demo_user
from tests.browser.test_screens import VARIANTS
from tests.support.factories import make_account
from tests.support.fixtures_browser import Windows
from tests.support.fixtures_stack import Stack

TOKEN = "a" * 43


async def test_a_rejected_account_is_explained_once_on_return(demo: Stack, windows: Windows) -> None:
    other = await demo.sign_in("other")
    await demo.sandbox.ok("POST", "/sandbox/accounts", {"id": "acc-1"})
    await make_account(demo, other, "acc-1")
    user = await sign_in_demo_user(demo)
    await demo.app[DATABASE].write(insert_link, TOKEN, user.user_id, "whatsapp", 60)
    notified = await demo.stranger.call(
        "POST", f"/api/webhooks/unipile/hosted/{TOKEN}", {"account_id": "acc-1"}
    )
    assert notified.status == 409

    inbox = await Inbox.signed_in(windows, demo, **VARIANTS["phone"])
    banner = inbox.page.get_by_test_id("refused-banner")
    await expect(banner).to_contain_text("wasn’t connected. This number is connected by another user.")
    await check_screen(inbox.page)
    async with inbox.page.expect_response(lambda answer: "/refusals/" in answer.url) as dismissing:
        await banner.get_by_role("button", name="Dismiss").click()
    assert (await dismissing.value).status == 204
    await expect(banner).to_have_count(0)
    async with inbox.page.expect_response(lambda answer: "/refusals?" in answer.url):
        await inbox.page.reload()
    await expect(inbox.page.get_by_role("navigation")).to_be_visible()
    await expect(banner).to_have_count(0)
