"""Inviting a user, sharing an account and creating a key in Chromium."""

import os
import re

from playwright.async_api import Locator, Page, expect

from server.store.plans.entitlements import grant
from server.web.app_keys import DATABASE
from tests.browser.checks import check_screen
from tests.browser.screens import Inbox, connect_account, sign_in_demo_user, visit
from tests.support.fixtures_browser import Windows
from tests.support.fixtures_stack import Stack


async def test_an_invited_user_joins_an_account_and_sees_what_their_role_allows(
    demo: Stack, windows: Windows
) -> None:
    await connect_account(demo)
    long = {"email": "somebody.with.a.long.address@subsidiary.example.com", "role": "viewer"}
    await (await sign_in_demo_user(demo)).ok("POST", "/api/users", long)
    owner = await Inbox.signed_in(windows, demo, "/settings/team")
    page = owner.page
    await page.get_by_test_id("invite-email").fill("eva@example.com")
    await page.get_by_test_id("invite-submit").click()
    link = await page.get_by_test_id("one-time-link").text_content() or ""
    await page.get_by_role("button", name="Close").click()
    await expect(page.get_by_test_id("person").filter(has_text="eva@example.com")).to_have_attribute(
        "data-status", "invited"
    )

    guest = await windows.open(link, width=390, height=800, color_scheme="dark")
    await expect(guest.get_by_role("heading", name="Join your team")).to_be_visible()
    assert "#" not in guest.url
    await save_screenshot(guest, "welcome-dark-phone")
    await guest.get_by_test_id("welcome-name").fill("Eva Lima")
    await guest.get_by_test_id("welcome-password").fill("correct horse battery")
    await guest.get_by_test_id("welcome-submit").click()
    await expect(guest).to_have_url(re.compile("/inbox"))

    await owner.go_to("Numbers")
    await page.get_by_test_id("account-menu").click()
    await page.get_by_test_id("account-members").click()
    await page.get_by_label("Teammate").select_option(label="Eva Lima (eva@example.com)")
    await page.get_by_test_id("member-add").click()
    await expect(page.get_by_test_id("member").filter(has_text="Eva Lima")).to_be_visible()
    await save_screenshot(page, "members")
    await page.set_viewport_size({"width": 390, "height": 844})
    await check_screen(page)
    await save_screenshot(page, "members-phone")
    await page.set_viewport_size({"width": 1280, "height": 800})
    await hand_over(page, guest, demo)
    await page.get_by_role("button", name="Close").click()
    await expect(page.get_by_test_id("account-menu")).to_be_focused()

    # An agent sees the account, and no controls of its owner or of the team.
    await visit(guest, "/connections")
    await expect(guest.get_by_test_id("account-card")).to_be_visible()
    await expect(guest.get_by_test_id("account-menu")).to_have_count(0)
    await visit(guest, "/settings/team")
    await expect(guest.get_by_test_id("person").first).to_be_visible()
    await expect(guest.get_by_test_id("invite-email")).to_have_count(0)
    await save_screenshot(guest, "team-agent-dark-phone")


async def hand_over(page: Page, guest: Page, demo: Stack) -> None:
    """To Eva and back, by keyboard; her page updates live. Only the payer and admins see the control."""
    await visit(guest, "/connections")
    await expect(guest.get_by_test_id("account-card")).to_be_visible()
    people = (await (await sign_in_demo_user(demo)).ok("GET", "/api/users"))["items"]
    (eva,) = [person["id"] for person in people if person["name"] == "Eva Lima"]
    await demo.app[DATABASE].write(grant, eva, "whatsapp", "manual")
    payer = page.locator("[data-payer]")
    for name, label in (("Eva Lima", "Eva Lima (eva@example.com)"), ("Demo", re.compile("^Demo"))):
        await page.get_by_test_id("hand-over").press("Enter")
        await expect(page.get_by_test_id("hand-over-question")).to_be_visible()
        choice = page.get_by_label("New billing owner")
        await choice.select_option(label=await labelled(choice, label))
        await check_both_sizes(page, "hand-over")
        await page.get_by_test_id("confirm-hand-over").press("Enter")
        await expect(payer).to_contain_text(name)
        # The payer is an owner of the account.
        await expect(guest.get_by_test_id("account-menu")).to_have_count(1)
    await page.get_by_label("Role of Eva Lima").select_option("agent")
    await expect(page.get_by_label("Role of Eva Lima")).to_have_value("agent")


async def test_a_role_change_applies_to_the_open_page_and_a_viewer_leaves_chats_unread(
    demo: Stack, windows: Windows
) -> None:
    account_id, owner = await connect_account(demo), await sign_in_demo_user(demo)
    await demo.write("acc-1", "Anybody there?")
    invited = await owner.ok("POST", "/api/users", {"email": "eva@example.com", "role": "agent"})
    eva, password = invited["user"]["id"], "correct horse battery"
    token = invited["link"]["url"].partition("#")[2]
    await demo.stranger.ok("POST", "/api/auth/link/accept", {"token": token, "password": password})
    await owner.ok("PUT", f"/api/channels/whatsapp/{account_id}/members/{eva}", {"role": "agent"})

    page = await windows.open(demo.stranger.url)
    await page.get_by_test_id("login-email").fill("eva@example.com")
    await page.get_by_test_id("login-password").fill(password)
    await page.keyboard.press("Enter")
    await expect(page.get_by_test_id("chat-unread")).to_have_text("1 unread")
    audit = page.get_by_role("navigation").get_by_role("link", name="Audit")
    await expect(audit).to_have_count(0)
    await owner.ok("PATCH", f"/api/users/{eva}", {"role": "admin"})
    await expect(audit).to_be_visible()
    await owner.ok("PATCH", f"/api/users/{eva}", {"role": "viewer"})
    await expect(audit).to_have_count(0)

    await Inbox(page).chats.first.click()
    await expect(page.get_by_text("You can view this chat but not reply.")).to_be_visible()
    # A request beyond the page's permissions would be in the audit log by its next message.
    await demo.write("acc-1", "Hello?")
    await expect(page.get_by_test_id("chat-unread")).to_have_text("2 unread")
    denials = await owner.ok("GET", "/api/audit?action=access.refused")
    assert denials["items"] == []


async def labelled(choice: Locator, label: str | re.Pattern[str]) -> str:
    """The whole text of the option that has this label."""
    return (await choice.locator("option").filter(has_text=label).text_content()) or ""


async def check_both_sizes(page: Page, name: str) -> None:
    """On a desktop and a phone, each in the colours of both schemes."""
    for width in (1280, 390):
        await page.set_viewport_size({"width": width, "height": 844})
        await check_screen(page)
        await save_screenshot(page, f"{name}-{width}")
    await page.set_viewport_size({"width": 1280, "height": 800})


async def test_a_key_is_shown_once_and_revoked(demo: Stack, windows: Windows) -> None:
    await connect_account(demo)
    page = (await Inbox.signed_in(windows, demo, "/settings/keys")).page
    await page.get_by_test_id("key-name").fill("CRM")
    await page.get_by_label("Send and change messages").check()
    await page.get_by_test_id("key-submit").press("Enter")
    secret = await page.get_by_test_id("key-secret").text_content() or ""
    assert secret.startswith("cfb_")
    await page.keyboard.press("Escape")
    await expect(page.get_by_test_id("key-secret")).to_have_count(0)
    row = page.get_by_test_id("api-key").filter(has_text="CRM")
    await expect(row).to_contain_text(
        "Read chats and messages, Send and change messages · all numbers · never used"
    )
    await save_screenshot(page, "keys")
    await row.get_by_role("button", name="Revoke CRM").click()
    await expect(row).to_have_count(0)


async def test_an_expired_link_is_reported(demo: Stack, windows: Windows) -> None:
    windows.expect_errors("status of 404 .*/api/auth/link")
    page = await windows.open(f"{demo.stranger.url}/welcome#{'x' * 43}")
    await expect(page.get_by_text("used already, or has expired")).to_be_visible()
    await page.get_by_role("link", name="Go to sign in").click()
    await expect(page.get_by_test_id("login-email")).to_be_visible()


async def save_screenshot(page: Page, name: str) -> None:
    """Save a screenshot if requested."""
    if folder := os.environ.get("PEOPLE_SHOTS"):
        await page.screenshot(path=f"{folder}/{name}.png")
