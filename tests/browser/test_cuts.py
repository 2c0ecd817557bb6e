"""After any failure of the socket, network, server or tab, the screen matches the rows again."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from server.errors import CloseCode
from server.web.app_keys import HUB
from tests.browser.screens import Inbox, connect_account, sign_in_demo_user
from tests.browser.test_tabs import set_lifecycle
from tests.support.fixtures_browser import Windows
from tests.support.fixtures_stack import Stack
from tests.support.peers import Peer, eventually

SETTLE_SECONDS = 30.0
PEOPLE = (
    {"phone_number": "5511988880000", "name": "Bia Lima"},
    {"phone_number": "2348031110001", "name": "Chidi Okafor"},
    {"phone_number": "4915112345678", "name": "Dana Kurz"},
)
SCREEN = """
() => {
  const words = (element, selector) => element.querySelector(selector)?.textContent ?? null
  const chats = [...document.querySelectorAll("[data-testid=chat-item]")].map((chat) => [
    words(chat, "[data-testid=chat-title]"),
    words(chat, ":is([data-testid=chat-preview], [data-testid=chat-typing])"),
    parseInt(words(chat, "[data-testid=chat-unread]") ?? "0"),
  ])
  const bubbles = [...document.querySelectorAll("[data-testid=message-bubble]")].map((bubble) => [
    words(bubble, "[data-testid=message-text]"), bubble.dataset.direction, bubble.dataset.status,
  ])
  return { chats, bubbles }
}
"""


@dataclass
class Scene:
    """One window on the first contact's chat, a colleague on the same account, and a random generator."""

    demo: Stack
    inbox: Inbox
    colleague: Peer
    account_id: int
    chat_id: int
    dice: random.Random
    written: int = 0
    done: list[str] = field(default_factory=list)

    def text(self, who: str) -> str:
        self.written += 1
        return f"{who} {self.written}"

    async def live_on(self) -> None:
        """Contacts write; the colleague and the user of the window answer."""
        for _ in range(self.dice.randint(1, 3)):
            person = self.dice.choice(PEOPLE)
            await self.demo.write("acc-1", self.text("Contact"), **{"from": person})
        if self.dice.random() < 0.4:
            await self.inbox.answer(self.text("Window"))

    async def answer_elsewhere(self) -> None:
        path = f"/api/channels/whatsapp/{self.account_id}/chats/{self.chat_id}/send"
        await self.colleague.ok("POST", path, {"text": self.text("Colleague")})

    async def rows(self) -> dict[str, Any]:
        """What a fresh fetch over REST shows."""
        chats = await self.colleague.chats(self.account_id)
        messages = await self.colleague.messages(self.account_id, self.chat_id)
        return {
            "chats": [[one["title"], one["last_message_preview"], one["unread_count"]] for one in chats],
            "bubbles": [[one["body"], one["direction"], one["status"]] for one in reversed(messages)],
        }

    async def expect_the_rows(self) -> None:
        """The screen eventually shows exactly the rows, including everything that was written."""
        screen: dict[str, Any] = {}
        rows: dict[str, Any] = {}

        async def is_same() -> bool:
            nonlocal screen, rows
            rows, screen = await self.rows(), await self.inbox.page.evaluate(SCREEN)
            waiting = any(bubble[2] in ("sending", "sent") for bubble in rows["bubbles"])
            return rows == screen and not waiting

        try:
            await eventually(is_same, SETTLE_SECONDS)
        except TimeoutError:
            assert screen == rows, f"after {self.done}"
            raise


async def cut_silently(scene: Scene) -> None:
    for connection in list(scene.demo.app[HUB].membership.connections):
        connection._transport.abort()
    await scene.live_on()


async def cut_as_too_slow(scene: Scene) -> None:
    await scene.live_on()
    for connection in list(scene.demo.app[HUB].membership.connections):
        connection.close_soon(CloseCode.TOO_SLOW, "cut by the test")
    await scene.answer_elsewhere()


async def ask_to_sign_in(scene: Scene) -> None:
    for connection in list(scene.demo.app[HUB].membership.connections):
        connection.close_soon(CloseCode.SIGN_IN, "cut by the test")
    await scene.live_on()


async def lose_the_network(scene: Scene) -> None:
    await scene.inbox.page.context.set_offline(True)
    await cut_silently(scene)
    await scene.answer_elsewhere()
    await scene.inbox.page.context.set_offline(False)


async def restart_the_server(scene: Scene) -> None:
    await scene.demo.server.stop()
    await scene.live_on()
    await scene.demo.server.start()
    await scene.live_on()


async def freeze_the_tab(scene: Scene) -> None:
    await set_lifecycle(scene.inbox, "frozen")
    await scene.demo.write("acc-1", scene.text("Contact"), **{"from": scene.dice.choice(PEOPLE)})
    await scene.answer_elsewhere()
    await set_lifecycle(scene.inbox, "active")


async def cut_in_the_middle_of_a_burst(scene: Scene) -> None:
    burst = [
        scene.demo.write("acc-1", scene.text("Contact"), **{"from": scene.dice.choice(PEOPLE)})
        for _ in range(6)
    ]
    await asyncio.gather(*burst, cut_silently(scene))


CUTS: tuple[Callable[[Scene], Awaitable[None]], ...] = (
    cut_silently,
    cut_as_too_slow,
    ask_to_sign_in,
    lose_the_network,
    restart_the_server,
    freeze_the_tab,
    cut_in_the_middle_of_a_burst,
)


@pytest.mark.parametrize("seed", [1, 2])
async def test_the_screen_matches_the_rows_after_each_disconnect(
    demo: Stack, windows: Windows, seed: int
) -> None:
    windows.expect_errors(r"net::ERR_|WebSocket connection|status of 50")
    account_id = await connect_account(demo)
    colleague = await sign_in_demo_user(demo)
    for person in PEOPLE:
        await demo.write("acc-1", f"Hello from {person['name']}", **{"from": person})
    inbox = await Inbox.signed_in(windows, demo)
    await inbox.open_chat("Bia Lima")
    (chat,) = [one for one in await colleague.chats(account_id) if one["title"] == "Bia Lima"]
    scene = Scene(demo, inbox, colleague, account_id, chat["id"], random.Random(seed))
    await scene.expect_the_rows()
    for cut in scene.dice.sample(CUTS, k=len(CUTS)):
        scene.done.append(cut.__name__)
        await cut(scene)
        await scene.expect_the_rows()
