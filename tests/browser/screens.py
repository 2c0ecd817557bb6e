"""Page objects: the team's inbox, and the phones of its customers."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from playwright.async_api import Locator, Page, expect

from server.config import DEMO_EMAIL
from tests.browser.checks import PHONE_PX
from tests.support.fixtures_browser import Windows
from tests.support.fixtures_stack import DEMO_PASSWORD, Stack
from tests.support.peers import Peer


@dataclass
class Inbox:
    """Confab in one window."""

    page: Page

    @classmethod
    async def signed_in(cls, windows: Windows, demo: Stack, path: str = "/inbox", **options: Any) -> Inbox:
        """A window of the demo user, signed in before; an inbox without a number has offered to connect one."""
        page = await windows.open("about:blank", **options)
        url = demo.stranger.url
        body = {"email": DEMO_EMAIL, "password": DEMO_PASSWORD}
        answer = await page.context.request.post(f"{url}/api/auth/login", data=body)
        assert answer.ok
        user_id = (await answer.json())["user"]["id"]
        # A frame without an origin has no storage.
        await page.add_init_script(
            "if (window === top && window.origin !== 'null') "
            f"sessionStorage.setItem('confab.connect-offered.{user_id}', '1')"
        )
        await page.goto(url + path)
        await expect(page.get_by_test_id("user-menu")).to_be_visible()
        # Keys and live updates come right after the first rows.
        await expect(page.get_by_role("log")).to_be_attached()
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
        """Follow the link to a page of the app; on a phone the user menu has those of admins."""
        size = self.page.viewport_size
        if page in ("Audit", "Reports") and size is not None and size["width"] <= PHONE_PX:
            await self.page.get_by_test_id("user-menu").click()
            await self.page.get_by_role("menuitem", name=page).click()
        else:
            await self.page.get_by_role("navigation").get_by_role("link", name=re.compile(page)).click()

    async def sign_out(self) -> None:
        """Choose the last item of the user menu."""
        await self.page.get_by_test_id("user-menu").click()
        await self.page.get_by_test_id("logout").click()

    async def open_chat(self, name: str) -> None:
        """Open a chat and wait for its messages: a message sent before they are shown would be held."""
        await self.chats.filter(has_text=name).click()
        thread = self.page.get_by_test_id("thread")
        await expect(thread.get_by_role("heading", name=name)).to_be_visible()
        await expect(thread.locator("[aria-busy=true]")).to_have_count(0)

    async def answer(self, text: str) -> None:
        """Type a message in the open chat and send it: with Enter, which on touch makes a new line, or the button."""
        await self.composer.fill(text)
        if await self.page.evaluate("matchMedia('(pointer: coarse)').matches"):
            await self.page.get_by_test_id("composer-send").click()
        else:
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


async def visit(page: Page, address: str) -> None:
    """Go to an address of the app as its links do: loading the app again takes most of a second."""
    await page.evaluate("(address) => history.pushState(null, '', address)", address)


async def sign_in_demo_user(demo: Stack) -> Peer:
    """The demo user over REST, to prepare data for the windows."""
    body = await demo.stranger.ok("POST", "/api/auth/login", {"email": DEMO_EMAIL, "password": DEMO_PASSWORD})
    return Peer(demo.stranger.session, demo.stranger.url, body["token"], body["user"]["id"])


async def connect_account(demo: Stack) -> int:
    """An account of the demo user, connected as "acc-1"; returns its id in Confab."""
    account = await demo.make_account(await sign_in_demo_user(demo))
    account_id: int = account["id"]
    return account_id
