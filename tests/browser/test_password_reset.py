"""Password reset in Chromium by keyboard: requested at the login page, mailed, set, signed in."""

import os
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from typing import Any

import pytest
from playwright.async_api import Page, expect

from server.config import Config
from server.config.mail import Mail
from tests.browser.checks import check_screen, check_tab_order
from tests.browser.screens import Inbox
from tests.support.fixtures_browser import Windows
from tests.support.fixtures_stack import Stack, run_stack
from tests.support.mailbox import Mailbox, delivering
from tests.support.peers import eventually
from tests.support.ports import free_port

EVA, PASSWORD = "eva@example.com", "correct horse battery"
VARIANTS: dict[str, dict[str, Any]] = {
    "light": {"color_scheme": "light"},
    "dark-phone": {"color_scheme": "dark", "width": 390, "height": 844},
}


@dataclass
class Mailing:
    stack: Stack
    mailbox: Mailbox

    async def link_for(self, email: str) -> str:
        async def variant() -> Any:
            return self.mailbox.to(email)

        (message, *_) = await eventually(variant)
        (url,) = re.findall(r"http\S+/welcome#\S+", message.get_content())
        return str(url)


@pytest.fixture
async def mailing(config: Config) -> AsyncIterator[Mailing]:
    """Sandbox mode with a mail server."""
    port, mailbox = free_port(), Mailbox()
    mail = Mail(
        url=f"smtp://127.0.0.1:{port}?starttls=never",
        sender="inbox@x.example",
        timeout_seconds=5.0,
        digest_minutes=10,
        digest_pause_minutes=60,
    )
    async with delivering(mailbox, port), run_stack(replace(config, mail=mail), is_demo=True) as running:
        yield Mailing(running, mailbox)


async def test_the_login_page_mails_a_password_reset_link(mailing: Mailing, windows: Windows) -> None:
    owner = (await Inbox.signed_in(windows, mailing.stack, "/settings/team")).page
    await owner.get_by_test_id("invite-email").fill(EVA)
    await owner.keyboard.press("Enter")
    await expect(owner.get_by_role("dialog")).to_contain_text("We’ve emailed it too.")
    await save_screenshot(owner, "link-mailed")
    await mailing.link_for(EVA)
    for variant, options in VARIANTS.items():
        page = await windows.open(f"{mailing.stack.stranger.url}/login", **options)
        await expect(page.get_by_test_id("login-forgot")).to_be_visible()
        await check_screen(page)
        await save_screenshot(page, f"login-{variant}")
        await page.get_by_test_id("login-forgot").press("Enter")
        await expect(page.get_by_role("heading", name="Forgot your password?")).to_be_visible()
        await check_screen(page)
        await check_tab_order(page)
        await save_screenshot(page, f"forgot-{variant}")
        await page.get_by_label("Email").fill(EVA if variant == "light" else "nobody@example.com")
        await page.keyboard.press("Enter")
        await expect(page.get_by_test_id("forgot-asked")).to_be_focused()
        await check_screen(page)
        await save_screenshot(page, f"asked-{variant}")
        await page.goto("about:blank")
    page = await windows.open(await mailing.link_for(EVA))
    await page.get_by_label(re.compile("^Password")).fill(PASSWORD)
    await page.keyboard.press("Enter")
    await expect(page).to_have_url(re.compile("/inbox"))
    assert {str(message["To"]) for message in mailing.mailbox.messages} == {EVA}


async def save_screenshot(page: Page, name: str) -> None:
    """Save a screenshot if requested."""
    if folder := os.environ.get("PEOPLE_SHOTS"):
        await page.screenshot(path=f"{folder}/{name}.png")
