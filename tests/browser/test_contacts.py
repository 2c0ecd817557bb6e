"""Contacts in the inbox: pictures in the list, header and groups, and a chat's details."""

import os
from typing import Any

import pytest
from playwright.async_api import expect

from tests.browser.checks import check_variant
from tests.browser.screens import Inbox, connect_account
from tests.support.fixtures_browser import Windows
from tests.support.fixtures_stack import Stack

BIA = {"phone_number": "5511988880000", "name": "Bia Lima"}
LEA = {"phone_number": "4915112340003", "name": "Lea Baumann"}
VARIANTS: dict[str, dict[str, Any]] = {
    "light": {"color_scheme": "light"},
    "dark-phone": {
        "color_scheme": "dark",
        "width": 390,
        "height": 844,
        "has_touch": True,
        "is_mobile": True,
    },
}


@pytest.mark.parametrize("variant", VARIANTS)
async def test_contacts_are_shown_with_picture_and_name(demo: Stack, windows: Windows, variant: str) -> None:
    await connect_account(demo)
    inbox = await Inbox.signed_in(windows, demo, **VARIANTS[variant])
    page = inbox.page
    await demo.write("acc-1", "Oi", **{"from": BIA})
    group = {"account_id": "acc-1", "name": "Entregas", "members": [BIA, LEA]}
    chat = await demo.sandbox.ok("POST", "/sandbox/groups", group)
    for person in (BIA, LEA):
        await demo.write("acc-1", f"Bom dia de {person['name']}", chat_id=chat["id"], **{"from": person})
    await expect(inbox.chats.get_by_test_id("avatar-picture")).to_have_count(1, timeout=40_000)
    await inbox.open_chat("Entregas")
    await expect(inbox.bubbles.first).to_be_visible()
    await expect(page.get_by_test_id("message-avatar").get_by_test_id("avatar-picture")).to_have_count(
        2, timeout=40_000
    )
    await page.get_by_test_id("chat-details-open").click()
    details = page.get_by_test_id("chat-details")
    await expect(details.get_by_role("listitem")).to_have_count(2)
    await expect(details.get_by_text("+49 1511 2340003")).to_be_visible()
    await check_variant(page)
    if folder := os.environ.get("SHOTS"):
        await page.screenshot(path=f"{folder}/{variant}-details.png")
    await details.get_by_test_id("chat-details-close").click()
    await expect(details).to_have_count(0)
    if folder:
        await page.screenshot(path=f"{folder}/{variant}-group.png")


async def test_a_new_name_appears_in_open_lists_and_threads(demo: Stack, windows: Windows) -> None:
    """In the list, and above earlier messages of a group member."""
    await connect_account(demo)
    inbox = await Inbox.signed_in(windows, demo)
    await demo.write("acc-1", "Oi", **{"from": BIA})
    group = {"account_id": "acc-1", "name": "Entregas", "members": [BIA, LEA]}
    chat = await demo.sandbox.ok("POST", "/sandbox/groups", group)
    await demo.write("acc-1", "Bom dia", chat_id=chat["id"], **{"from": BIA})
    await inbox.open_chat("Entregas")
    await expect(inbox.page.get_by_test_id("message-sender")).to_have_text(["Bia Lima"])
    await demo.sandbox.ok("PATCH", "/sandbox/contacts/5511988880000", {"name": "Bia Souza"})
    await demo.write("acc-1", "Casei", **{"from": {"phone_number": BIA["phone_number"]}})
    await expect(inbox.chats.filter(has_text="Bia Souza")).to_have_count(1)
    await expect(inbox.page.get_by_test_id("message-sender")).to_have_text(["Bia Souza"])
