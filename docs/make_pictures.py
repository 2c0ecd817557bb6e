"""Takes the screenshots of the README from a running Confab: `python -m docs.make_pictures` in the project root."""

import asyncio
import secrets
import subprocess
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, Page, async_playwright, expect

from server.config import DEMO_EMAIL, ROOT, load_config
from server.config.limits import LOGIN_ADDRESS, Allowance
from tests.support.fixtures_stack import DEMO_PASSWORD, Stack, run_stack
from tests.support.peers import Peer, eventually
from tests.support.services import Services, run_services

PICTURES = ROOT / "docs"
STORE, WORKSHOP = "acc-store", "acc-workshop"
ACCOUNTS = ((STORE, "4930901820", "Aurora Store"), (WORKSHOP, "4930901821", "Aurora Workshop"))
CONTACTS = {
    "Bia Lima": "5511988880000",
    "Chidi Okafor": "2348031110001",
    "Hana Sato": "819012340002",
    "Lea Baumann": "4915112340003",
    "Tomás Almeida": "351910000004",
    "Marta Nunes": "351912340005",
    "Jonas Klein": "4917612340006",
    "Elif Kaya": "905321234007",
    "Samira Haddad": "33612340008",
}
US = None
# Account, customer, author, minutes ago, text.
DAY = 24 * 60
TALK: tuple[tuple[str, str, str | None, int, str], ...] = (
    (STORE, "Samira Haddad", "Samira Haddad", 2 * DAY + 50, "Merci beaucoup, la lampe est magnifique ✨"),
    (WORKSHOP, "Elif Kaya", "Elif Kaya", DAY + 200, "Could you fix the leg of our bench?"),
    (WORKSHOP, "Elif Kaya", US, DAY + 190, "Yes, bring it in any morning before ten."),
    (STORE, "Bia Lima", "Bia Lima", DAY + 95, "Hi! Is the walnut desk still available in 160 cm?"),
    (STORE, "Bia Lima", US, DAY + 92, "Hello Bia! Yes, two are left, and one is in the window in Mitte."),
    (STORE, "Bia Lima", "Bia Lima", DAY + 90, "Lovely. I'll come by with my tape measure 📏"),
    (STORE, "Jonas Klein", "Jonas Klein", 170, "Rechnung ist da, danke!"),
    (STORE, "Marta Nunes", US, 128, "O sofá chega na quinta, entre as 9 e as 12."),
    (WORKSHOP, "Tomás Almeida", "Tomás Almeida", 74, "Perfect, the oak sample matches our floor."),
    (WORKSHOP, "Hana Sato", "Hana Sato", 47, "How long does a custom shelf take?"),
    (WORKSHOP, "Hana Sato", US, 44, "About three weeks. I'll send you a drawing today."),
    (STORE, "Lea Baumann", "Lea Baumann", 22, "Kann ich die Bestellung noch ändern?"),
    (STORE, "Lea Baumann", "Lea Baumann", 21, "Zwei Stühle statt vier wären schön."),
    (STORE, "Bia Lima", "Bia Lima", 17, "It fits! Can you deliver on Thursday?"),
    (STORE, "Bia Lima", US, 15, "We can. The van is in your street between 2 and 4 pm."),
    (STORE, "Bia Lima", "Bia Lima", 13, "Third floor, no lift. Is that a problem?"),
    (STORE, "Bia Lima", US, 11, "Not at all, Emre and Paul carry everything up and put it together for you."),
    (STORE, "Bia Lima", "Bia Lima", 4, "You are the best 🙌 Then please reserve it for me."),
    (STORE, "Chidi Okafor", "Chidi Okafor", 3, "Is the shop open on Saturday?"),
)
UNREAD = ("Chidi Okafor", "Lea Baumann")
ANSWER = "Done! It is yours: order 2041, Thursday, 2 to 4 pm."


async def write_messages(stack: Stack) -> None:
    """Write the messages of customers and shop."""
    now = datetime.now(UTC)
    for account, customer, writer, minutes, text in TALK:
        moment = (now - timedelta(minutes=minutes)).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        message: dict[str, Any] = {"timestamp": moment, "is_sender": writer is US}
        message["from"] = {"phone_number": CONTACTS[customer], "name": customer}
        ids = await stack.write(account, text, **message)
        await stack.sandbox.ok("POST", f"/sandbox/chats/{ids['chat_id']}/read", {})


async def leave_few_unread(user: Peer, accounts: list[int]) -> None:
    """Wait until all messages have arrived, then read all but a few chats."""

    async def all_chats() -> list[dict[str, Any]]:
        found = [chat for account in accounts for chat in await user.chats(account)]
        total = sum([len(await user.messages(chat["account_id"], chat["id"])) for chat in found])
        return found if total == len(TALK) else []

    for chat in await eventually(all_chats, 30):
        if chat["title"] not in UNREAD:
            path = f"/api/channels/whatsapp/{chat['account_id']}/chats/{chat['id']}"
            await user.ok("PATCH", path, {"read": True})


def afternoon_zone() -> str:
    """A time zone in which it is about half past two, whenever this runs."""
    ahead = (14 - datetime.now(UTC).hour + 12) % 24 - 12
    return f"Etc/GMT{-ahead:+d}"


async def open_thread(browser: Browser, url: str, **look: Any) -> Page:
    """A signed-in window with Bia's thread open."""
    context = await browser.new_context(locale="en-GB", timezone_id=afternoon_zone(), **look)
    login = {"email": DEMO_EMAIL, "password": DEMO_PASSWORD}
    await context.request.post(f"{url}/api/auth/login", data=login)
    page = await context.new_page()
    await page.goto(f"{url}/inbox")
    await page.get_by_test_id("chat-item").filter(has_text="Bia Lima").click()
    await expect(page.get_by_text("It fits!")).to_be_visible()
    return page


async def take_screenshots(browser: Browser, stack: Stack) -> None:
    """Answer Bia in the wide window, and show it in both screenshots."""
    url = stack.stranger.url
    size = {"width": 1280, "height": 800}
    wide = await open_thread(browser, url, viewport=size, color_scheme="light")
    await wide.get_by_test_id("composer-input").fill(ANSWER)
    await wide.get_by_test_id("composer-input").press("Enter")
    tick = wide.get_by_test_id("message-bubble").last.get_by_test_id("message-tick")
    await expect(tick).to_have_attribute("data-status", "delivered")
    await wide.mouse.move(900, 400)
    await wide.screenshot(path=PICTURES / "inbox.png", animations="disabled")
    size = {"width": 390, "height": 844}
    small = await open_thread(
        browser, url, viewport=size, color_scheme="dark", is_mobile=True, has_touch=True
    )
    await expect(small.get_by_test_id("message-bubble").last).to_contain_text(ANSWER)
    await small.screenshot(path=PICTURES / "inbox-dark-phone.png", animations="disabled")


@asynccontextmanager
async def running() -> AsyncIterator[Stack]:
    """Run a Confab with temporary data."""
    with run_services() as services:
        services.make_template()
        async with running_on(services, services.create_database()) as stack:
            yield stack


@asynccontextmanager
async def running_on(
    services: Services, database_url: str, *, with_workers: bool = True, **settings: str
) -> AsyncIterator[Stack]:
    """Run a Confab with this database, and with further settings of the environment."""
    with tempfile.TemporaryDirectory() as folder:
        environment = {
            "DATABASE_URL": database_url,
            "REDIS_URL": services.redis_url,
            "UNIPILE_DSN": "http://127.0.0.1:9",
            "UNIPILE_API_KEY": "sandbox-key",
            "WEBHOOK_SECRET": "sandbox-webhook-secret",
            "JWT_SECRET": secrets.token_urlsafe(48),
            "DATA_DIR": str(Path(folder)),
        }
        config = load_config(environment | settings, ROOT / "config.toml")
        # Each picture is taken by a browser that signs in.
        often = {**config.limits.classes, LOGIN_ADDRESS: Allowance(burst=1_000, per_minute=1_000)}
        config = replace(config, limits=replace(config.limits, classes=often))
        async with run_stack(config, is_demo=True, with_workers=with_workers) as stack:
            yield stack


async def prepare(stack: Stack) -> None:
    """Give the demo user two accounts and their messages."""
    login = {"email": DEMO_EMAIL, "password": DEMO_PASSWORD}
    body = await stack.stranger.ok("POST", "/api/auth/login", login)
    user = Peer(stack.stranger.session, stack.stranger.url, body["token"], body["user"]["id"])
    accounts = []
    for external_id, phone, name in ACCOUNTS:
        account = {"id": external_id, "phone_number": phone, "name": name}
        await stack.sandbox.ok("POST", "/sandbox/accounts", account)
        accounts.append((await user.link_account(external_id))["id"])
    await write_messages(stack)
    await leave_few_unread(user, accounts)


ORGANISED: tuple[tuple[str, dict[str, Any]], ...] = (
    ("/api/labels", {"name": "Order", "colour": "green", "shared": True}),
    ("/api/contact-fields", {"name": "Customer since", "kind": "date"}),
    (
        "/api/replies",
        {"name": "Opening hours", "shortcut": "hours", "text": "Monday to Friday, 9 to 18.", "shared": True},
    ),
    ("/api/macros", {"name": "Paid", "actions": [{"kind": "note", "text": "Paid"}, {"kind": "close"}]}),
)


async def organise(stack: Stack) -> None:
    """What a lead has set up: a label, a field, a canned reply, a macro, a rule and a target."""
    login = {"email": DEMO_EMAIL, "password": DEMO_PASSWORD}
    body = await stack.stranger.ok("POST", "/api/auth/login", login)
    owner = Peer(stack.stranger.session, stack.stranger.url, body["token"], body["user"]["id"])
    for path, given in ORGANISED:
        await owner.ok("POST", path, given)
    accounts = [
        account["id"] for account in (await owner.ok("GET", "/api/channels/whatsapp/accounts"))["items"]
    ]
    note = {"kind": "note", "text": "Waits for more than an hour"}
    rule = {
        "name": "No answer for an hour",
        "event": "unreplied",
        "minutes": 60,
        "actions": [note],
        "is_on": True,
    }
    await owner.ok("POST", "/api/rules", rule | {"account_ids": accounts})
    target = {"name": "Everyone", "first_reply_minutes": 30, "next_reply_minutes": 60, "is_on": True}
    await owner.ok("POST", "/api/targets", target | {"account_ids": accounts})


async def main() -> None:
    """Take both screenshots."""
    finder = [ROOT / ".ci" / "chromium"]
    found = await asyncio.to_thread(subprocess.run, finder, stdout=subprocess.PIPE, text=True, check=True)
    async with running() as stack, async_playwright() as playwright:
        await prepare(stack)
        chromium = await playwright.chromium.launch(
            executable_path=found.stdout.strip(), args=["--no-sandbox"]
        )
        await take_screenshots(chromium, stack)
        await chromium.close()


if __name__ == "__main__":
    asyncio.run(main())
