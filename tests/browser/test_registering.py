"""Open registration until the plan's seats are taken, in Chromium and by keyboard."""

import os
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest
from playwright.async_api import Page, expect

from server.config import DEMO_EMAIL, Config
from server.config.plans import Plan, Plans
from tests.browser.checks import check_screen, check_tab_order
from tests.browser.screens import Inbox
from tests.support.fixtures_browser import Windows
from tests.support.fixtures_stack import Stack, run_stack

TWO = Plans(default="team", named={"team": Plan(providers=("whatsapp",), seats=2)})
VARIANTS: dict[str, dict[str, Any]] = {
    "light": {"color_scheme": "light"},
    "dark-phone": {"color_scheme": "dark", "width": 390, "height": 844},
}


@pytest.fixture
async def opened(config: Config) -> AsyncIterator[Stack]:
    """Sandbox mode with open registration and a plan of two seats, one of them the demo user's."""
    config = replace(config, plans=TWO, auth=replace(config.auth, open_registration=True))
    async with run_stack(config, is_demo=True) as running:
        yield running


async def fill_in(page: Page, email: str) -> None:
    """By keyboard only, from the focused or the first field."""
    await page.get_by_label("Your name").focus()
    for text in ("Eva Lima", email, "correct horse battery"):
        await page.keyboard.press("ControlOrMeta+a")
        await page.keyboard.type(text)
        await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")


async def test_users_register_until_the_seats_are_taken(opened: Stack, windows: Windows) -> None:
    windows.expect_errors("status of (409|402) .*/api/(auth/register|users)")
    url = opened.stranger.url
    for variant, options in VARIANTS.items():
        page = await windows.open(f"{url}/settings/profile", **options)
        await page.get_by_role("link", name="Create an account").press("Enter")
        await expect(page.get_by_role("heading", name="Create an account")).to_be_visible()
        await check_screen(page)
        await check_tab_order(page)
        if variant == "light":
            await register_twice(page)
        else:
            await fill_in(page, "bia@example.com")
            await expect(page.get_by_text("includes 2 users, and the team has 2")).to_be_visible()
        await save_screenshot(page, f"register-{variant}")
        await check_screen(page)
    owner = (await Inbox.signed_in(windows, opened, "/settings/team")).page
    await expect(owner.get_by_test_id("seats")).to_have_text("2 of 2 seats")
    await owner.get_by_test_id("invite-email").fill("bia@example.com")
    await owner.keyboard.press("Enter")
    await expect(owner.get_by_text("includes 2 users, and the team has 2")).to_be_visible()
    await check_screen(owner)
    await save_screenshot(owner, "team-full")


async def register_twice(page: Page) -> None:
    """First with the demo user's address, then with a new one; the requested page opens afterwards."""
    await fill_in(page, DEMO_EMAIL)
    email = page.get_by_label("Email")
    await expect(email).to_have_accessible_description("This email is already in use.")
    await expect(email).to_be_focused()
    await save_screenshot(page, "register-taken")
    await fill_in(page, "eva@example.com")
    await expect(page).to_have_url(re.compile("/settings/profile$"))
    await expect(page.get_by_text("eva@example.com · Agent")).to_be_visible()


async def test_without_open_registration_no_registration_is_offered(demo: Stack, windows: Windows) -> None:
    page = await windows.open(f"{demo.stranger.url}/register")
    await expect(page).to_have_url(re.compile("/login$"))
    await expect(page.get_by_test_id("login-submit")).to_be_visible()
    await expect(page.get_by_test_id("login-register")).to_have_count(0)


async def save_screenshot(page: Page, name: str) -> None:
    """Save a screenshot if requested."""
    if folder := os.environ.get("PEOPLE_SHOTS"):
        await page.screenshot(path=f"{folder}/{name}.png")
