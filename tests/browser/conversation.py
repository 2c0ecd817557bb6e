"""Actions of an agent and a customer on single messages, named as on the two pages."""

import re
from dataclasses import dataclass
from typing import Any

from playwright.async_api import FilePayload, Locator, expect

from tests.browser.screens import Inbox, Phones


@dataclass
class Agent(Inbox):
    """Confab in one window, with an open chat."""

    async def _choose(self, text: str, entry: str, role: Any = "menuitem") -> None:
        """Open a message's menu, and choose from it."""
        await self.bubble(text).hover()
        await self.bubble(text).get_by_role("button", name="Message menu").click()
        await self.page.get_by_role(role, name=entry).click()

    async def react(self, text: str, emoji: str) -> None:
        await self._choose(text, f"React with {emoji}", "menuitemradio")

    async def take_back(self, text: str, emoji: str) -> None:
        await self._choose(text, f"Remove {emoji}", "menuitemradio")

    def reactions(self, text: str) -> Locator:
        return self.bubble(text).get_by_role("button", name="Reactions:")

    async def reply(self, text: str, answer: str) -> None:
        """Reply with a quote of that message."""
        await self._choose(text, "Reply")
        await expect(self.page.get_by_test_id("thread")).to_contain_text(text)
        await self.answer(answer)

    async def change(self, text: str, other: str) -> None:
        await self._choose(text, "Edit")
        await self.answer(other)
        await expect(self.bubble(other)).to_contain_text("Edited")

    async def delete(self, text: str) -> None:
        """Delete for everyone, and confirm."""
        await self._choose(text, "Delete for everyone")
        question = self.page.get_by_role("dialog", name="Delete for everyone?")
        await question.get_by_role("button", name="Delete").click()
        await expect(self.bubble(text)).to_have_count(0)

    async def attach(self, name: str, mimetype: str, content: bytes) -> None:
        """Send a file without text."""
        file = FilePayload(name=name, mimeType=mimetype, buffer=content)
        await self.page.get_by_label("Files to attach").set_input_files(files=[file])
        await expect(self.page.get_by_role("list", name="Attached files")).to_contain_text(name)
        await self.page.get_by_role("button", name="Send", exact=True).click()

    @property
    def pictures(self) -> Locator:
        """The pictures that are loaded and rendered."""
        return self.page.get_by_test_id("thread").get_by_test_id("attachment-image").get_by_role("img")

    @property
    def voice_notes(self) -> Locator:
        return self.page.locator("[data-testid=attachment-audio][data-voice=true]")


@dataclass
class Customer(Phones):
    """The sandbox's page with one customer's phone selected."""

    def message(self, text: str) -> Locator:
        return self.messages.filter(has=self.page.get_by_text(text, exact=True))

    async def _choose(self, text: str, entry: str) -> None:
        await self.page.bring_to_front()
        await self.message(text).get_by_role("button", name="Message menu").click()
        await self.page.get_by_role("menuitem", name=entry, exact=True).click()

    async def react(self, text: str, emoji: str) -> None:
        await self._choose(text, f"React with {emoji}")

    async def reply(self, text: str, answer: str) -> None:
        await self._choose(text, "Reply")
        await self.write(answer)

    async def change(self, text: str, other: str) -> None:
        await self._choose(text, "Edit")
        await self.write(other)

    async def delete(self, text: str) -> None:
        await self._choose(text, "Delete for everyone")

    async def send_sample(self, what: str) -> None:
        """A sample picture or voice note of the page."""
        await self.page.get_by_label("Attach", exact=True).click()
        await self.page.get_by_role("button", name=re.compile(f"A sample {what}")).click()

    async def lose_link(self) -> None:
        """The business's own phone unlinks UniPile."""
        await self.page.get_by_role("button", name="Unlink the phone").click()

    async def scan(self) -> None:
        """The business's phone scans the code that Confab shows."""
        await self.page.get_by_role("button", name="Scan this code").click()
        await expect(self.page.get_by_test_id("phone-account")).to_have_attribute("data-status", "OK")
