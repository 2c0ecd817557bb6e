"""The sandbox's page stays usable while its content changes."""

from playwright.async_api import Locator, expect

from tests.browser.conversation import Customer
from tests.browser.screens import connect_account
from tests.support.fixtures_browser import Windows
from tests.support.fixtures_stack import Stack


async def press_while_it_changes(demo: Stack, customer: Customer, message_id: str, target: Locator) -> None:
    """Press the mouse there, and release it after a reaction to the message has arrived."""
    await target.hover()
    await customer.page.mouse.down()
    await demo.sandbox.ok("PUT", f"/sandbox/messages/{message_id}/reaction", {"value": "👍"})
    # This arrives after the reaction, so the reaction has arrived too.
    await demo.sandbox.ok("PATCH", "/sandbox/faults", {"webhooks_off": True})
    await expect(customer.page.get_by_role("switch", name="Send no webhooks at all")).to_be_checked()
    await customer.page.mouse.up()


async def test_a_menu_opens_while_its_message_changes(demo: Stack, windows: Windows) -> None:
    await connect_account(demo)
    sent = await demo.write("acc-1", "Oi")
    customer = Customer(await windows.open(demo.sandbox.url))
    await customer.pick_up("Bia Lima")
    message = customer.message("Oi")
    button = message.get_by_role("button", name="Message menu")
    await press_while_it_changes(demo, customer, sent["message_id"], button)
    await expect(customer.page.get_by_role("menuitem", name="Reply")).to_be_visible()
    await expect(message.locator(".reactions")).to_have_count(0)
    await customer.page.keyboard.press("Escape")
    await expect(message.locator(".reactions")).to_have_text("👍")


async def test_a_message_is_redrawn_after_a_press_without_a_menu(demo: Stack, windows: Windows) -> None:
    await connect_account(demo)
    sent = await demo.write("acc-1", "Oi")
    customer = Customer(await windows.open(demo.sandbox.url))
    await customer.pick_up("Bia Lima")
    message = customer.message("Oi")
    await press_while_it_changes(demo, customer, sent["message_id"], message.get_by_text("Oi", exact=True))
    await expect(message.locator(".reactions")).to_have_text("👍")
