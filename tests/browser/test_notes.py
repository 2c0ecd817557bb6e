"""Notes: two users write to each other beside the messages, on a phone too; the contact never gets a word of it."""

from typing import Any

from playwright.async_api import Locator, expect

from server.rules.account_states import Seen
from tests.browser.checks import check_screen
from tests.browser.screens import Inbox, connect_account, sign_in_demo_user, visit
from tests.support.factories import CHANNELS, observe
from tests.support.fixtures_browser import Windows
from tests.support.fixtures_stack import Stack
from tests.support.peers import eventually

PASSWORD = "correct horse battery"
PHONE: dict[str, Any] = {"width": 360, "height": 740, "has_touch": True, "is_mobile": True}


def note(inbox: Inbox, text: str) -> Locator:
    return inbox.page.get_by_test_id("note").filter(has_text=text)


async def write_note(inbox: Inbox, text: str) -> None:
    await inbox.page.get_by_test_id("mode-note").click()
    await inbox.page.get_by_test_id("note-input").fill(text)
    await inbox.page.get_by_test_id("note-save").click()


async def join(demo: Stack, windows: Windows, account_id: int | None, name: str, **options: Any) -> Inbox:
    """Another user of the team, with access to the account or (None) without, in a window of their own."""
    owner = await sign_in_demo_user(demo)
    email = f"{name.split()[0].lower()}@example.com"
    invited = await owner.ok("POST", "/api/users", {"email": email, "role": "agent"})
    token = invited["link"]["url"].rpartition("#")[2]
    accepted = {"token": token, "password": PASSWORD, "name": name}
    await demo.stranger.ok("POST", "/api/auth/link/accept", accepted)
    if account_id is not None:
        member = f"{CHANNELS}/{account_id}/members/{invited['user']['id']}"
        await owner.ok("PUT", member, {"role": "agent"})
    page = await windows.open("about:blank", **options)
    body = {"email": email, "password": PASSWORD}
    assert (await page.context.request.post(f"{demo.stranger.url}/api/auth/login", data=body)).ok
    await page.goto(demo.stranger.url + "/inbox")
    await expect(page.get_by_test_id("user-menu")).to_be_visible()
    return Inbox(page)


async def test_a_note_mentions_a_colleague_and_never_leaves(demo: Stack, windows: Windows) -> None:
    account_id = await connect_account(demo)
    await demo.write("acc-1", "A question")
    inbox = await Inbox.signed_in(windows, demo)
    colleague = await join(demo, windows, account_id, "Ana Souza", **PHONE)
    for one in (inbox, colleague):
        await one.open_chat("Bia Lima")
    page = inbox.page
    await page.keyboard.press("Escape")
    await inbox.open_chat("Bia Lima")
    await page.get_by_test_id("messages").focus()
    await page.keyboard.press("Shift+N")
    field = page.get_by_test_id("note-input")
    await expect(field).to_be_focused()
    await field.press_sequentially("Please call her, @an")
    options = page.get_by_test_id("mention-options")
    await expect(options.get_by_role("option")).to_contain_text(["Ana Souza"])
    await check_screen(page)
    await field.press("Enter")
    await expect(field).to_have_value("Please call her, @Ana Souza ")
    await field.press_sequentially("today")
    await field.press("Enter")
    text = "Please call her, @Ana Souza today"
    await expect(note(inbox, text)).to_be_visible()
    # Back to the reply, so that the next message is none by mistake.
    await expect(inbox.composer).to_be_visible()
    theirs = note(colleague, text)
    await expect(theirs).to_contain_text("Demo")
    for one in (inbox, colleague):
        await check_screen(one.page)
    await inbox.answer("A moment, please")
    await inbox.expect_status("A moment, please", "sent", "delivered", "read")
    state = str(await demo.sandbox.ok("GET", "/sandbox/state"))
    assert "A moment, please" in state
    assert "call her" not in state


async def test_a_note_is_changed_deleted_and_taken_back(demo: Stack, windows: Windows) -> None:
    account_id = await connect_account(demo)
    await demo.write("acc-1", "A question")
    inbox = await Inbox.signed_in(windows, demo)
    await inbox.open_chat("Bia Lima")
    colleague = await join(demo, windows, account_id, "Ana Souza")
    await colleague.open_chat("Bia Lima")
    page = inbox.page
    await write_note(inbox, "She wants a refund")
    await expect(note(colleague, "She wants a refund")).to_be_visible()
    await expect(note(colleague, "She wants a refund").get_by_test_id("note-menu")).to_be_attached()

    async def choose(entry: str) -> None:
        await page.get_by_test_id("note").hover()
        await page.get_by_test_id("note-menu").click()
        await page.get_by_test_id(entry).click()

    await choose("note-edit")
    await expect(page.get_by_test_id("note-input")).to_have_value("She wants a refund")
    await page.get_by_test_id("note-input").fill("She wants an invoice")
    await page.get_by_test_id("note-save").click()
    for one in (inbox, colleague):
        await expect(note(one, "She wants an invoice").get_by_test_id("note-edited")).to_be_visible()
    # Not theirs: it can be copied, and nothing else.
    await colleague.page.get_by_test_id("note").hover()
    await colleague.page.get_by_test_id("note-menu").click()
    await expect(colleague.page.get_by_role("menuitem")).to_have_count(1)
    await choose("note-delete")
    await expect(page.get_by_test_id("note-deleted")).to_be_visible()
    await page.get_by_role("button", name="Undo").click()
    await expect(note(inbox, "She wants an invoice")).to_be_visible()
    await choose("note-delete")
    await expect(colleague.page.get_by_test_id("note-deleted")).to_be_visible(timeout=40_000)
    await check_screen(page)


async def test_a_note_waits_for_the_connection_and_its_text_for_the_next_visit(
    demo: Stack, windows: Windows
) -> None:
    account_id = await connect_account(demo)
    await demo.write("acc-1", "A question")
    inbox = await Inbox.signed_in(windows, demo)
    await inbox.open_chat("Bia Lima")
    page = inbox.page
    await page.get_by_test_id("mode-note").click()
    await page.get_by_test_id("note-input").fill("Half a note")
    await page.keyboard.press("Escape")
    # What was meant for the team is not in the field for the contact.
    await expect(inbox.composer).to_have_value("")
    await inbox.answer("Hello")
    await page.get_by_test_id("mode-note").click()
    await expect(page.get_by_test_id("note-input")).to_have_value("Half a note")
    await page.context.set_offline(True)
    windows.expect_errors("ERR_INTERNET_DISCONNECTED|WebSocket")
    await page.get_by_test_id("note-input").fill("Written on the train")
    await page.get_by_test_id("note-save").click()
    await expect(page.get_by_test_id("note-problem")).to_be_visible()
    await page.context.set_offline(False)
    await expect(page.get_by_test_id("note-problem")).to_have_count(0)
    await expect(note(inbox, "Written on the train")).to_have_count(1)
    owner = await sign_in_demo_user(demo)
    (chat,) = await eventually(lambda: owner.chats(account_id))
    stored = (await owner.ok("GET", f"{CHANNELS}/{account_id}/chats/{chat['id']}/notes"))["items"]
    assert [item["body"] for item in stored] == ["Written on the train"]


async def test_an_owner_gives_access_with_a_mention(demo: Stack, windows: Windows) -> None:
    await connect_account(demo)
    await demo.write("acc-1", "A question")
    newcomer = await join(demo, windows, None, "Eva Prado")
    inbox = await Inbox.signed_in(windows, demo)
    await inbox.open_chat("Bia Lima")
    page = inbox.page
    await page.get_by_test_id("mode-note").click()
    field = page.get_by_test_id("note-input")
    await field.press_sequentially("@eva")
    await expect(page.get_by_role("option")).to_contain_text("No access yet")
    await field.press("Tab")
    await expect(page.get_by_test_id("note-access")).to_contain_text("Eva Prado gets access")
    await check_screen(page)
    await field.press_sequentially("look")
    await field.press("Enter")
    await newcomer.open_chat("Bia Lima")
    await expect(note(newcomer, "@Eva Prado look")).to_be_visible()
    # As a viewer: the note can be read, and nothing can be written.
    await expect(newcomer.page.get_by_test_id("composer-closed")).to_be_visible()
    await expect(newcomer.page.get_by_test_id("mode-note")).to_have_count(0)


async def test_a_note_is_found_and_opened_where_it_lies(demo: Stack, windows: Windows) -> None:
    await connect_account(demo)
    await demo.write("acc-1", "A question")
    inbox = await Inbox.signed_in(windows, demo, **PHONE)
    await inbox.open_chat("Bia Lima")
    await write_note(inbox, " She asked for a discount\n")
    await expect(note(inbox, "She asked for a discount")).to_have_count(1)
    page = inbox.page
    await visit(page, "/inbox")
    await page.get_by_test_id("search").fill("discount")
    result = page.get_by_test_id("search-note")
    await expect(result).to_contain_text("She asked for a discount")
    await check_screen(page)
    await result.click()
    await expect(note(inbox, "She asked for a discount")).to_be_in_viewport()


async def test_a_note_can_be_written_while_nothing_can_be_sent(demo: Stack, windows: Windows) -> None:
    account_id = await connect_account(demo)
    await demo.write("acc-1", "A question")
    inbox = await Inbox.signed_in(windows, demo, **PHONE)
    await inbox.open_chat("Bia Lima")
    await observe(demo, account_id, Seen.SIGNED_OUT)
    await inbox.page.reload()
    await expect(inbox.page.get_by_test_id("composer-closed")).to_be_visible()
    await check_screen(inbox.page)
    await write_note(inbox, "We answer on Monday")
    await expect(note(inbox, "We answer on Monday")).not_to_have_attribute("data-pending", "")
