"""A new user's first steps: log in, pair an account, receive a message, reply, watch the ticks."""

import re
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from playwright.async_api import Page, expect

from server.config import DEMO_EMAIL, Config
from tests.browser.screens import Inbox, Phones, sign_in_demo_user
from tests.support.fixtures_browser import Windows
from tests.support.fixtures_stack import DEMO_PASSWORD, Stack, run_stack

QUESTION, ANSWER = "Oi, meu pedido chegou?", "Chega hoje à tarde."


async def test_a_new_user_connects_an_account_and_talks_to_a_customer(demo: Stack, windows: Windows) -> None:
    page = await windows.open(demo.stranger.url)
    await page.get_by_test_id("login-email").fill(DEMO_EMAIL)
    await page.get_by_test_id("login-password").fill(DEMO_PASSWORD)
    await page.get_by_test_id("login-submit").click()
    inbox = Inbox(page)

    phones = await pair_account(inbox)
    await inbox.go_to("Inbox")
    await expect(page.get_by_text("No chats yet")).to_be_visible()

    await customer_writes(inbox, phones)
    await team_answers(inbox, phones)

    await page.reload()
    await inbox.expect_bubbles(QUESTION, ANSWER)
    await inbox.expect_status(ANSWER, "read")


async def pair_account(inbox: Inbox) -> Phones:
    """The empty inbox shows a code, which is scanned on the phone's page; the dialog updates by itself."""
    page = inbox.page
    await expect(page.get_by_test_id("connect-qr")).to_be_visible()
    await expect(page.get_by_test_id("connect-countdown")).to_have_text(
        re.compile(r"^Expires in (1:00|0:\d\d)$")
    )

    async with page.context.expect_page() as opening:
        await page.get_by_role("link", name="Open the test phone").click()
    phones = Phones(await opening.value)
    await phones.page.get_by_test_id("phone-scan").click()
    await expect(phones.page.get_by_test_id("phone-account")).to_have_attribute("data-status", "OK")

    await page.bring_to_front()
    await expect(page.get_by_test_id("connect-success")).to_be_visible()
    await page.get_by_test_id("connect-open-inbox").click()
    await inbox.go_to("Numbers")
    await expect(page.get_by_test_id("account-card")).to_have_count(1)
    await expect(page.get_by_test_id("account-status")).to_have_attribute("data-status", "connected")
    return phones


async def customer_writes(inbox: Inbox, phones: Phones) -> None:
    """The chat appears without a reload, unread until it is opened."""
    await phones.page.bring_to_front()
    await phones.pick_up("Bia Lima")
    await phones.write(QUESTION)
    await phones.expect_messages(QUESTION)

    await inbox.page.bring_to_front()
    await expect(inbox.chats).to_have_count(1)
    await expect(inbox.chats).to_contain_text("Bia Lima")
    await expect(inbox.chats).to_contain_text(QUESTION)
    unread = inbox.page.get_by_test_id("chat-unread")
    await expect(unread).to_have_text("1 unread")
    await expect(inbox.page).to_have_title("(1) Inbox · Confab")

    await inbox.open_chat("Bia Lima")
    await inbox.expect_bubbles(QUESTION)
    await expect(unread).to_have_count(0)
    await expect(inbox.page).to_have_title("Inbox · Confab")


async def team_answers(inbox: Inbox, phones: Phones) -> None:
    """The reply reaches the phone, and its tick follows the customer's actions."""
    await phones.page.bring_to_front()
    await phones.pick_up("Chidi Okafor")  # Bia's phone is on but the chat is closed.
    await inbox.page.bring_to_front()
    await inbox.answer(ANSWER)
    await inbox.expect_bubbles(QUESTION, ANSWER)
    await expect(inbox.composer).to_have_value("")
    await expect(phones.contact("Bia Lima")).to_contain_text(ANSWER)
    await inbox.expect_status(ANSWER, "delivered")
    last = inbox.chats.get_by_test_id("message-tick")
    await expect(last).to_have_attribute("data-status", "delivered")
    await inbox.expect_bubbles(QUESTION, ANSWER)

    await phones.page.bring_to_front()
    await phones.pick_up("Bia Lima")
    await phones.expect_messages(QUESTION, ANSWER)
    await inbox.page.bring_to_front()
    await inbox.expect_status(ANSWER, "read")
    await expect(last).to_have_attribute("data-status", "read")
    await inbox.expect_bubbles(QUESTION, ANSWER)
    await expect(inbox.chats).to_have_count(1)


@pytest.fixture
async def brief(config: Config) -> AsyncIterator[Stack]:
    """Its codes expire soon. A fixture, so that it ends after the windows, which would report a refused connection."""
    own = replace(config, unipile=replace(config.unipile, qr_seconds=2))
    async with run_stack(own, is_demo=True) as running:
        yield running


async def test_an_expired_code_is_replaced(brief: Stack, windows: Windows) -> None:
    inbox = await Inbox.signed_in(windows, brief, "/connections")
    await inbox.page.get_by_test_id("connect-number").click()
    await expect(inbox.page.get_by_text("This code has expired")).to_be_visible()
    old = await inbox.page.get_by_test_id("connect-qr").inner_html()
    async with inbox.page.expect_response("**/reconnect"):
        await inbox.page.get_by_test_id("connect-new-code").click()
    await expect(inbox.page.get_by_test_id("connect-countdown")).to_have_text(re.compile("^Expires in"))
    assert await inbox.page.get_by_test_id("connect-qr").inner_html() != old

    phones = Phones(await windows.open(brief.sandbox.url))
    await phones.page.get_by_test_id("phone-scan").click()
    await expect(inbox.page.get_by_test_id("connect-success")).to_be_visible()


async def test_four_clicks_lead_from_the_login_to_a_chat(demo: Stack, windows: Windows) -> None:
    """In the sandbox, where one click links a number and lets customers write; the inbox itself asks for a number."""
    page = await windows.open(demo.stranger.url)
    for step in ("login-demo", "connect-busy-day", "connect-open-inbox"):
        await page.get_by_test_id(step).click()
    await expect(page).to_have_url(f"{demo.stranger.url}/inbox")
    inbox = Inbox(page)
    await inbox.chats.first.click()
    await expect(inbox.bubbles.first).to_be_visible()
    await expect(page.get_by_role("dialog")).to_have_count(0)


async def test_a_cancelled_pairing_leaves_no_number_and_does_not_come_back(
    demo: Stack, windows: Windows
) -> None:
    page = await windows.open(demo.stranger.url)
    await page.get_by_test_id("login-demo").click()
    await expect(page.get_by_test_id("connect-qr")).to_be_visible()
    async with page.expect_response(lambda answer: answer.request.method == "DELETE"):
        await page.keyboard.press("Escape")
    inbox = Inbox(page)
    await page.reload()
    await expect(page.get_by_test_id("connect-first")).to_be_visible()
    await expect(page.get_by_role("log")).to_be_attached()
    await expect(page.get_by_role("dialog")).to_have_count(0)
    await inbox.go_to("Numbers")
    await expect(page.get_by_role("heading", name="Connect your first number")).to_be_visible()
    await expect(page.get_by_test_id("account-card")).to_have_count(0)
    phones = Phones(await windows.open(demo.sandbox.url))
    await expect(phones.page.get_by_test_id("phone-waiting")).to_have_count(0)
    (plan,) = (await (await sign_in_demo_user(demo)).ok("GET", "/api/entitlements"))["items"]
    assert plan["accounts"]["used"] == 0


async def test_a_wrong_password_is_reported_and_the_right_one_works(demo: Stack, windows: Windows) -> None:
    windows.expect_errors(r"status of 401 .*/api/auth/login")
    page = await windows.open(demo.stranger.url)
    await type_password(page, "wrong-password")
    await expect(page.get_by_text("Wrong email or password")).to_be_visible()
    await expect(page.get_by_test_id("login-password")).to_be_focused()
    await type_password(page, DEMO_PASSWORD)
    await expect(page.get_by_test_id("user-menu")).to_be_visible()


async def type_password(page: Page, password: str) -> None:
    await page.get_by_test_id("login-email").fill(DEMO_EMAIL)
    await page.get_by_test_id("login-password").fill(password)
    await page.get_by_test_id("login-password").press("Enter")
