"""Web push in Chromium: turned on for this browser and tested; and mail, ended by its link."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from playwright.async_api import expect

from server.config import Config
from tests.browser.checks import check_screen
from tests.browser.screens import Inbox
from tests.support.fixtures_browser import Windows
from tests.support.fixtures_stack import Stack, run_stack
from tests.support.mailbox import Mailbox, delivering
from tests.support.peers import eventually
from tests.support.ports import free_port
from tests.support.push_service import PushService, push_service, pushing
from tests.workers.people.test_mail import mailed

# Headless Chromium has no push service and denies notifications: the browser's part is made here.
SUBSCRIBE = """
(body) => {
  let current = null
  Object.defineProperty(Notification, "permission", { get: () => "granted" })
  Notification.requestPermission = async () => "granted"
  PushManager.prototype.getSubscription = async () => current
  PushManager.prototype.subscribe = async ({ applicationServerKey }) => {
    current = { options: { applicationServerKey: applicationServerKey.buffer }, toJSON: () => body }
    current.unsubscribe = async () => (current = null)
    return current
  }
}
"""
PHONE: dict[str, Any] = {"width": 360, "height": 740, "color_scheme": "dark"}


@pytest.fixture
async def all_on(config: Config) -> AsyncIterator[tuple[Stack, PushService, Mailbox]]:
    """Sandbox mode with a push service and a mail server."""
    port, mailbox = free_port(), Mailbox(needs_login=True)
    async with (
        push_service() as service,
        delivering(mailbox, port),
        run_stack(mailed(pushing(config), port), is_demo=True) as stack,
    ):
        yield stack, service, mailbox


async def test_push_and_mail_are_turned_on_tested_and_ended(
    all_on: tuple[Stack, PushService, Mailbox], windows: Windows
) -> None:
    stack, service, mailbox = all_on
    options: dict[str, Any] = {"service_workers": "allow", "saves_data": False}
    page = (await Inbox.signed_in(windows, stack, **options)).page
    await page.evaluate(SUBSCRIBE, service.browser("chromium").body())
    await Inbox(page).go_to("Settings")
    await page.get_by_test_id("push-on").click()
    await expect(page.get_by_test_id("device")).to_contain_text("This device")
    await page.get_by_test_id("notify-mine-mail").check()
    await page.get_by_test_id("notify-previews").check()
    await check_screen(page)
    await page.get_by_test_id("test-push").click()
    await page.get_by_test_id("test-mail").click()

    async def have_come() -> bool:
        return bool(service.pushed and mailbox.messages)

    await eventually(have_come)
    assert service.pushed[0].shown["body"] == "This is a test notification."
    await page.get_by_test_id("device-remove").click()
    await expect(page.get_by_test_id("push-on")).to_be_visible()

    (mail,) = mailbox.messages
    visitor = await windows.open(mail["List-Unsubscribe"].strip(" <>"), **PHONE)
    await check_screen(visitor)
    await visitor.get_by_test_id("unsubscribe").click()
    await expect(visitor.get_by_text("You will get no more of these mails.")).to_be_visible()
    await page.reload()
    await expect(page.get_by_test_id("notify-mine-mail")).not_to_be_checked()
    await expect(page.get_by_test_id("notify-previews")).to_be_checked()
