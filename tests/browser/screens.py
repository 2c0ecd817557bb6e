"""Page objects: the team's inbox, and the phones of its customers."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from playwright.async_api import Locator, Page, expect

from server.config import DEMO_EMAIL
from tests.support.fixtures_browser import Windows
from tests.support.fixtures_stack import DEMO_PASSWORD, Stack
from tests.support.peers import Peer


@dataclass
class Inbox:
    """Confab in one window."""

    page: Page

    @classmethod
    async def signed_in(cls, windows: Windows, demo: Stack, path: str = "/inbox", **options: Any) -> Inbox:
        """A window of the demo user, signed in before."""
        page = await windows.open("about:blank", **options)
        url = demo.stranger.url
        body = {"email": DEMO_EMAIL, "password": DEMO_PASSWORD}
        answer = await page.context.request.post(f"{url}/api/auth/login", data=body)
        assert answer.ok
        await page.goto(url + path)
        await expect(page.get_by_test_id("logout")).to_be_visible()
        return cls(page)

    @property
    def chats(self) -> Locator:
        return self.page.get_by_test_id("chat-item")

    @property
    def bubbles(self) -> Locator:
        return self.page.get_by_test_id("message-bubble")

    @property
    def composer(self) -> Locator:
        return self.page.get_by_test_id("composer-input")

    @property
    def banner(self) -> Locator:
        return self.page.get_by_test_id("connection-banner")

    def bubble(self, text: str) -> Locator:
        return self.bubbles.filter(has=self.page.get_by_text(text, exact=True))

    def tick(self, text: str) -> Locator:
        return self.bubble(text).get_by_test_id("message-tick")

    async def go_to(self, page: str) -> None:
        """Follow the link to a page of the app."""
        await self.page.get_by_role("navigation").get_by_role("link", name=re.compile(page)).click()

    async def open_chat(self, name: str) -> None:
        await self.chats.filter(has_text=name).click()
        await expect(self.page.get_by_test_id("thread").get_by_role("heading", name=name)).to_be_visible()

    async def answer(self, text: str) -> None:
        """Type a message in the open chat and press Enter."""
        await self.composer.fill(text)
        await self.composer.press("Enter")

    async def expect_bubbles(self, *texts: str) -> None:
        """The open thread shows exactly these, in this order."""
        await expect(self.page.get_by_test_id("message-text")).to_have_text(list(texts))
        await expect(self.bubbles).to_have_count(len(texts))

    async def expect_status(self, text: str, *statuses: str) -> None:
        """The tick of the own message shows one of these."""
        await expect(self.tick(text)).to_have_attribute(
            "data-status", re.compile(f"^({'|'.join(statuses)})$")
        )


@dataclass
class Phones:
    """The sandbox's page in one window."""

    page: Page

    @property
    def messages(self) -> Locator:
        return self.page.get_by_test_id("phone-message")

    def contact(self, name: str) -> Locator:
        return self.page.get_by_test_id("phone-contact").filter(has_text=name)

    async def pick_up(self, name: str) -> None:
        """Select this customer's phone."""
        await self.contact(name).click()
        await expect(self.page.locator("#whose")).to_contain_text(name)

    async def write(self, text: str) -> None:
        await self.page.get_by_test_id("phone-composer").fill(text)
        await self.page.get_by_test_id("phone-send").click()

    async def expect_messages(self, *texts: str) -> None:
        """The open chat shows exactly these, in this order."""
        await expect(self.messages.locator(".text")).to_have_text(list(texts))


async def sign_in_demo_user(demo: Stack) -> Peer:
    """The demo user over REST, to prepare data for the windows."""
    body = await demo.stranger.ok("POST", "/api/auth/login", {"email": DEMO_EMAIL, "password": DEMO_PASSWORD})
    return Peer(demo.stranger.session, demo.stranger.url, body["token"], body["user"]["id"])


async def connect_account(demo: Stack) -> int:
    """An account of the demo user, connected as "acc-1"; returns its id in Confab."""
    account = await demo.make_account(await sign_in_demo_user(demo))
    account_id: int = account["id"]
    return account_id
