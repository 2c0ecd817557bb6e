"""An account's whole life as an agent sees it, with real processes: `run.py`, workers, sandbox, Chromium.

After each stage the window must match a fresh fetch over REST: nothing missing, nothing twice, all in order.
"""

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from playwright.async_api import expect

from server.config import DEMO_EMAIL
from tests.browser.consistency import expect_in_sync
from tests.browser.conversation import Agent, Customer
from tests.cli.programs import RUNNING
from tests.support.fixtures_browser import Windows
from tests.support.media_files import png
from tests.support.peers import Peer, eventually
from tests.support.ports import free_port
from tests.support.programs import Program

# The recording takes three seconds, and a look at it from outside may come later on a busy machine.
UNTIL_PAUSE = """
(player) => new Promise((resolve) => {
  const look = () => player.querySelector("button[aria-label^=Pause]") !== null && resolve()
  new MutationObserver(look).observe(player, { attributes: true, childList: true, subtree: true })
})
"""
QUESTION, ANSWER = "Oi, meu pedido chegou?", "Chega hoje à tarde."


@dataclass
class Product:
    """What `python run.py` prints when it is ready."""

    url: str
    password: str
    phones_url: str
    stranger: Peer

    async def sign_in(self) -> Peer:
        body = await self.stranger.ok(
            "POST", "/api/auth/login", {"email": DEMO_EMAIL, "password": self.password}
        )
        return Peer(self.stranger.session, self.url, body["token"], body["user"]["id"])


@pytest.fixture
async def product(tmp_path: Path, own_database_url: str, redis_url: str) -> AsyncIterator[Product]:
    """The processes of one machine, on a Postgres and a Redis of this test."""
    settings = {
        "DATA_DIR": str(tmp_path / "var"),
        "PORT": str(free_port()),
        "SANDBOX_PORT": str(free_port()),
        "DATABASE_URL": own_database_url,
        "REDIS_URL": redis_url,
    }
    with Program("run.py", settings=settings, output=tmp_path / "output") as program:
        url, password, phones_url = program.wait_for_output(RUNNING).groups()
        async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as session:
            yield Product(url, password, phones_url, Peer(session, url))


@dataclass
class Scene:
    """The two windows, and the same user reading over REST."""

    agent: Agent
    customer: Customer
    reader: Peer
    account_id: int
    chat_id: int = 0

    async def expect_in_sync(self) -> None:
        await expect_in_sync(self.agent.page, self.reader, self.account_id, self.chat_id)

    async def to_agent(self) -> None:
        await self.agent.page.bring_to_front()

    async def to_customer(self) -> None:
        await self.customer.page.bring_to_front()


async def test_an_account_connects_exchanges_messages_disconnects_and_reconnects(
    product: Product, talking: Windows
) -> None:
    scene = await connect(product, talking)
    await begin_to_talk(scene)
    await exchange_files(scene)
    await react_and_take_back(scene)
    await quote_edit_and_delete(scene)
    missed = await lose_the_link(scene)
    await link_again(scene, missed)
    await scene.agent.page.reload()
    await expect(scene.agent.bubble(missed[-1])).to_be_visible()
    await scene.expect_in_sync()


async def connect(product: Product, windows: Windows) -> Scene:
    """Log in; the empty inbox displays the code; scan it."""
    agent = Agent(await windows.open(product.url))
    page = agent.page
    await page.get_by_label("Email").fill(DEMO_EMAIL)
    await page.get_by_label("Password").fill(product.password)
    await page.get_by_label("Password").press("Enter")
    await expect(page.get_by_role("timer")).to_contain_text("Expires in")

    customer = Customer(await windows.open(product.phones_url))
    await customer.scan()
    await page.bring_to_front()
    await expect(page.get_by_text("is connected. Importing its chats now.")).to_be_visible()
    await page.get_by_role("button", name="Open inbox").click()
    reader = await product.sign_in()
    body = await reader.ok("GET", "/api/channels/whatsapp/accounts")
    return Scene(agent, customer, reader, body["items"][0]["id"])


async def begin_to_talk(scene: Scene) -> None:
    """A contact writes, the agent answers, and the tick follows the phone."""
    agent, customer = scene.agent, scene.customer
    await scene.to_customer()
    await customer.pick_up("Bia Lima")
    await customer.write(QUESTION)
    await scene.to_agent()
    await agent.go_to("Inbox")
    await agent.open_chat("Bia Lima")
    await agent.expect_bubbles(QUESTION)
    scene.chat_id = int(agent.page.url.split("/")[-1])
    await agent.answer(ANSWER)
    await scene.to_customer()
    await customer.expect_messages(QUESTION, ANSWER)
    await scene.to_agent()
    await agent.expect_status(ANSWER, "read")
    await scene.expect_in_sync()


async def exchange_files(scene: Scene) -> None:
    """A picture and a voice note in both directions; each is displayed or playable on the other side."""
    agent, customer = scene.agent, scene.customer
    await agent.attach("lamp.png", "image/png", png())
    await expect(agent.pictures).to_have_count(1)
    await speak(agent)
    await expect(agent.voice_notes).to_have_count(1)
    await expect(agent.chats.first).to_contain_text("Voice message")
    await scene.to_customer()
    await expect(customer.page.get_by_alt_text("Photo")).to_have_count(1)
    await expect(customer.page.get_by_label("Voice note")).to_have_count(1)
    await customer.send_sample("picture")
    await expect(customer.page.get_by_alt_text("Photo")).to_have_count(2)
    await customer.send_sample("voice note")
    await expect(customer.page.get_by_label("Voice note")).to_have_count(2)
    await scene.to_agent()
    await expect(agent.pictures).to_have_count(2)
    await expect(agent.voice_notes).to_have_count(2)
    last = agent.voice_notes.last
    is_playing = asyncio.ensure_future(last.evaluate(UNTIL_PAUSE))
    await last.get_by_role("button", name="Play").click()
    await is_playing
    await expect(last.get_by_role("slider", name="Position")).to_be_enabled()
    await scene.expect_in_sync()


async def speak(agent: Agent) -> None:
    """Record a voice note into Chromium's own microphone, which beeps."""
    await agent.page.get_by_role("button", name="Record a voice message").click()
    await expect(agent.page.get_by_role("timer")).to_have_text(re.compile("Recording 0:0[1-9]"))
    await agent.page.get_by_role("button", name="Send voice message").click()


async def react_and_take_back(scene: Scene) -> None:
    """A reaction is set, replaced and removed; the contact's own is shown beside it."""
    agent, customer = scene.agent, scene.customer
    await agent.react(QUESTION, "👍")
    await scene.to_customer()
    await expect(customer.message(QUESTION)).to_contain_text("👍")
    await scene.to_agent()
    await agent.react(QUESTION, "😂")
    await expect(agent.reactions(QUESTION)).to_have_accessible_name("Reactions: 😂 You")
    await scene.to_customer()
    await expect(customer.message(QUESTION)).to_contain_text("😂")
    await expect(customer.message(QUESTION)).not_to_contain_text("👍")
    await customer.react(ANSWER, "🙏")
    await scene.to_agent()
    await expect(agent.reactions(ANSWER)).to_have_accessible_name("Reactions: 🙏 Bia Lima")
    await scene.expect_in_sync()
    await agent.take_back(QUESTION, "😂")
    await expect(agent.reactions(QUESTION)).to_have_count(0)
    await scene.to_customer()
    await expect(customer.message(QUESTION)).not_to_contain_text("😂")
    await scene.to_agent()
    await scene.expect_in_sync()


async def quote_edit_and_delete(scene: Scene) -> None:
    """Both sides quote, edit and delete."""
    agent, customer = scene.agent, scene.customer
    await agent.reply(QUESTION, "It left at noon.")
    await expect(agent.bubble("It left at noon.").get_by_title("Show message")).to_contain_text(QUESTION)
    await agent.change("It left at noon.", "It left at ten.")
    await agent.answer("Wrong chat, sorry")
    await agent.expect_status("Wrong chat, sorry", "delivered", "read")
    await agent.delete("Wrong chat, sorry")
    await scene.to_customer()
    await expect(customer.message("It left at ten.").locator("blockquote")).to_contain_text(QUESTION)
    await expect(customer.page.get_by_text("This message was deleted")).to_have_count(1)
    await customer.reply("It left at ten.", "At ten? Good!")
    await customer.change("At ten? Good!", "At ten? Very good!")
    await customer.write("Sent too early")
    await customer.delete("Sent too early")
    await expect(customer.page.get_by_text("This message was deleted")).to_have_count(2)
    await scene.to_agent()
    last = agent.bubble("At ten? Very good!")
    await expect(last).to_contain_text("Edited")
    await expect(last.get_by_title("Show message")).to_contain_text("It left at ten.")
    await expect(agent.page.get_by_test_id("message-deleted")).to_have_count(2)
    await scene.expect_in_sync()


async def lose_the_link(scene: Scene) -> list[str]:
    """The account is signed out: the chat shows it and the next step, and new messages have to wait."""
    agent, customer = scene.agent, scene.customer
    await scene.to_customer()
    await customer.lose_link()
    await scene.to_agent()
    await expect(agent.page.get_by_text("is disconnected. You can’t send or receive.")).to_be_visible()
    await scene.to_customer()
    missed = [f"Are you there? ({index})" for index in range(1, 8)]
    for text in missed:
        await customer.write(text)
        await expect(customer.message(text)).to_be_visible()
    await customer.pick_up("Chidi Okafor")
    await customer.write("Is the shop open?")
    await scene.to_agent()
    for text in missed:
        await expect(agent.bubble(text)).to_have_count(0)
    await scene.expect_in_sync()
    return missed


async def link_again(scene: Scene, missed: list[str]) -> None:
    """From the notice to a new code; the burst that follows arrives once and in order."""
    agent, customer = scene.agent, scene.customer
    chat_url = agent.page.url
    await expect(agent.composer).to_have_count(0)
    await agent.page.get_by_test_id("thread").get_by_role("button", name="Reconnect").press("Escape")
    await expect(agent.page.get_by_text("No chat open")).to_be_visible()
    notice = agent.page.get_by_role("region", name="Chats").get_by_test_id("number-notice")
    await expect(notice).to_contain_text("This number was logged out of WhatsApp.")
    await notice.get_by_role("button", name="Reconnect").click()
    await expect(agent.page.get_by_role("timer")).to_contain_text("Expires in")
    await scene.to_customer()
    await customer.scan()
    await scene.to_agent()
    await expect(agent.page.get_by_text("is connected. Importing its chats now.")).to_be_visible()
    await agent.page.get_by_role("button", name="Open inbox").click()
    await expect(notice).to_have_count(0)
    await agent.open_chat("Bia Lima")
    assert agent.page.url == chat_url
    await expect(agent.bubble(missed[-1])).to_be_visible()
    shown = await agent.page.get_by_test_id("message-text").all_text_contents()
    assert shown[-len(missed) :] == missed
    await expect(agent.chats).to_have_count(2)
    await agent.answer("Back again, sorry!")
    await agent.expect_status("Back again, sorry!", "delivered", "read")
    await eventually(lambda: is_swept(scene))
    await scene.expect_in_sync()


async def is_swept(scene: Scene) -> bool:
    """The check that follows a reconnect has run."""
    body: dict[str, Any] = await scene.reader.ok("GET", f"/api/channels/whatsapp/{scene.account_id}")
    return body["account"]["last_sweep_at"] is not None and body["account"]["status"] == "connected"
