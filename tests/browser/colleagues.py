"""A colleague of the demo user in a window of their own."""

from typing import Any

from playwright.async_api import expect

from tests.browser.screens import Inbox, sign_in_demo_user
from tests.support.fixtures_browser import Windows
from tests.support.fixtures_stack import Stack

PASSWORD = "correct horse battery"


async def open_colleague(
    windows: Windows, demo: Stack, account_id: int, name: str = "Ana Souza", **options: Any
) -> Inbox:
    """Invite a user, give them the account as an agent, and sign them in at a window."""
    owner = await sign_in_demo_user(demo)
    email = f"{name.split(maxsplit=1)[0].lower()}@example.com"
    invited = await owner.ok("POST", "/api/users", {"email": email, "role": "agent"})
    page = await windows.open("about:blank", **options)
    url = demo.stranger.url
    answer = await page.context.request.post(
        f"{url}/api/auth/link/accept",
        data={"token": invited["link"]["url"].partition("#")[2], "password": PASSWORD, "name": name},
        headers={"X-Confab": "1"},
    )
    assert answer.ok
    user_id = invited["user"]["id"]
    await owner.ok("PUT", f"/api/channels/whatsapp/{account_id}/members/{user_id}", {"role": "agent"})
    await page.goto(f"{url}/inbox")
    await expect(page.get_by_test_id("user-menu")).to_be_visible()
    return Inbox(page)
