"""Everything that customers and colleagues write is text to the browser: no script runs, nothing is requested.

The windows fail a test for a dialog, a console error, or a violation of the page's policy.
"""

import pytest
from playwright.async_api import Page, expect

from tests.browser.screens import Inbox, connect_account
from tests.support.factories import add_member
from tests.support.fixtures_browser import Windows
from tests.support.fixtures_stack import Stack
from tests.support.media_files import enclosed
from tests.support.peers import eventually

RUN = "window.ran=1;alert(1)"
# What each would execute if it were inserted as anything but text.
CORPUS = (
    f"<script>{RUN}</script>",
    f"<img src=x onerror={RUN}>",
    f"<svg onload={RUN}>",
    f'"><svg/onload={RUN}>',
    f"'-({RUN.replace(';', ',')})-'",
    f"</textarea></title></style><img src=x onerror={RUN}>",
    '<iframe srcdoc="<script>parent.ran=1</script>"></iframe><base href=//evil.example>',
    f"javascript:{RUN}",
    f"<a href=javascript:{RUN}>Oi</a>",
    f"[Oi](javascript:{RUN})",
    f"data:text/html,<script>{RUN}</script>",
    f"https://evil.example/\"onmouseover='{RUN}'",
    "<style>@import '//evil.example/a.css';*{background:url(//evil.example/b)}</style>",
    f"<math><mi//xlink:href='data:x,<script>{RUN}</script>'>",
    "{{constructor.constructor('window.ran=1')()}} ${window.ran=1}",
    f"<x onpointerenter={RUN} style=position:fixed;inset:0>",
)
WORST = f"<img src=x onerror={RUN}>"
SHORT = "<img src=x onerror=alert(1)>"  # the longest value a reaction can hold
GUESTS = """() => [...document.querySelectorAll("script, iframe, object, embed, base, style, math, [onerror]")]
  .filter((element) => !element.matches("head script[src^='/assets/'], head script:not([src]), head style"))
  .map((element) => element.outerHTML)"""


async def assert_harmless(page: Page) -> None:
    """No script ran, no element was injected, and no link targets the page itself."""
    assert await page.evaluate("() => window.ran") is None
    assert await page.evaluate(GUESTS) == []
    links: list[str] = await page.evaluate("() => [...document.links].map((link) => link.protocol)")
    assert set(links) <= {"http:", "https:", "blob:"}


async def test_message_texts_are_shown_as_text_only(demo: Stack, windows: Windows) -> None:
    await connect_account(demo)
    for text in CORPUS:
        await demo.write("acc-1", text)
    inbox = await Inbox.signed_in(windows, demo)
    await inbox.chats.first.click()
    for text in CORPUS:
        await expect(
            inbox.bubbles.get_by_test_id("message-text").get_by_text(text, exact=True)
        ).to_have_count(1)
    await assert_harmless(inbox.page)
    for text in (WORST + " back", CORPUS[0] + " back"):
        await inbox.answer(text)
        await expect(inbox.bubble(text)).to_be_visible()
    await inbox.page.reload()
    await expect(inbox.bubble(WORST + " back")).to_be_visible()
    await assert_harmless(inbox.page)


async def fill_every_field(demo: Stack) -> None:
    """Names, groups, files, locations, cards, quotes, reactions, edits and the account's name: all hostile."""
    bia = {"from": {"phone_number": "5511988880000", "name": f"Bia {WORST}"}}
    chidi = {"from": {"phone_number": "2348031110001", "name": f"Chidi {CORPUS[3]}"}}
    first = await demo.write("acc-1", "first", **bia)
    await demo.write("acc-1", f"answer {WORST}", **bia, quote=first["message_id"])
    for index, name in enumerate((WORST, CORPUS[0], CORPUS[3])):
        named = f"{index}{name.replace('/', '')}"
        files = [enclosed(f"{named}.pdf", b"%PDF-1.7\n%%EOF\n", "application/pdf")]
        await demo.write("acc-1", f"file {named}", **bia, attachments=files)
    page = f"<!doctype html><script>{RUN}</script>".encode()
    drawing = f'<svg xmlns="http://www.w3.org/2000/svg" onload="{RUN}"/>'.encode()
    for name, body, kind in (
        ("a.html", page, "text/html"),
        ("b.svg", drawing, "image/svg+xml"),
        ("c.png", page, "image/png"),
    ):
        await demo.write("acc-1", f"with {name}", **bia, attachments=[enclosed(name, body, kind)])
    position = {"latitude": 1.5, "longitude": 2.5, "name": f"place {WORST}", "address": f"street {CORPUS[3]}"}
    await demo.write("acc-1", "", **bia, location=position)
    card = {"name": f"card {WORST}", "phone_numbers": ["+55 11 97777-0001"]}
    await demo.write("acc-1", "", **bia, contacts=[card])
    path = f"/sandbox/messages/{first['message_id']}"
    await demo.sandbox.ok("PUT", path + "/reaction", {"value": SHORT})
    await demo.sandbox.ok("PATCH", path, {"text": f"edited {WORST}"})
    await demo.write("acc-1", f"group {WORST}", **chidi, group={"name": f"group {CORPUS[2]}"})
    await demo.sandbox.ok("POST", "/sandbox/accounts", {"id": "acc-1", "name": f"number {WORST}"})


async def open_every_view(inbox: Inbox) -> None:
    page = inbox.page
    await inbox.chats.filter(has_text="Bia").click()
    for text in (
        f"edited {WORST}",
        f"answer {WORST}",
        f"place {WORST}",
        f"street {CORPUS[3]}",
        f"card {WORST}",
    ):
        await expect(page.get_by_test_id("thread").get_by_text(text).first).to_be_visible()
    await expect(page.get_by_test_id("thread").get_by_text(SHORT).first).to_be_visible()
    await assert_harmless(page)
    await inbox.chats.filter(has_text="group").click()
    await expect(page.get_by_test_id("thread").get_by_text(f"group {WORST}")).to_be_visible()
    await assert_harmless(page)
    field = page.get_by_test_id("search")
    for text in (WORST, CORPUS[3], "onerror"):
        await field.fill(text)
        await expect(
            page.get_by_test_id("search-message").or_(page.get_by_text("Nothing")).first
        ).to_be_visible()
        await assert_harmless(page)
    await field.press("Escape")
    await inbox.go_to("Numbers")
    await expect(page.get_by_test_id("account-card")).to_have_count(1)
    await assert_harmless(page)


@pytest.mark.parametrize("width", [1280, 390])
async def test_names_files_locations_and_cards_are_shown_as_text_only(
    demo: Stack, windows: Windows, width: int
) -> None:
    await connect_account(demo)
    await fill_every_field(demo)
    inbox = await Inbox.signed_in(windows, demo)
    await expect(inbox.chats).to_have_count(2)
    await open_every_view(inbox)


async def test_a_colleagues_name_is_shown_as_text_only(demo: Stack, windows: Windows) -> None:
    """Shown as presence in the chat, and while they type."""
    account_id = await connect_account(demo)
    await demo.write("acc-1", "A question")
    mallory = await demo.sign_in(f"Mallory {WORST}")
    await add_member(demo, account_id, mallory, "agent")
    (chat,) = await eventually(lambda: mallory.chats(account_id))
    socket = await mallory.listen()
    inbox = await Inbox.signed_in(windows, demo)
    await inbox.open_chat("Bia Lima")
    await socket.command("join-chat", chat_id=chat["id"])
    await expect(inbox.page.get_by_test_id("thread-here")).to_contain_text(f"Mallory {WORST}")
    await assert_harmless(inbox.page)
    await socket.command("typing", chat_id=chat["id"], on=True)
    await expect(inbox.page.get_by_test_id("thread-typing")).to_have_text(f"Mallory {WORST} is replying…")
    await assert_harmless(inbox.page)
    await socket.close()


async def test_the_policy_guard_detects_violations(demo: Stack, windows: Windows) -> None:
    """The tests above rely on this: the policy blocks, and the windows record the violation."""
    inbox = await Inbox.signed_in(windows, demo)
    windows.expect_errors(
        r"policy: script-src-attr|Executing inline event handler|policy: (connect|img|script)-src"
    )
    windows.expect_errors(r"violates the following Content Security Policy|Failed to fetch|Refused to")
    # Outside the app's root, where React would remove it again.
    await inbox.page.evaluate("(html) => document.body.insertAdjacentHTML('beforeend', html)", WORST)
    await inbox.page.evaluate("() => fetch('https://evil.example/').catch(() => 0)")
    await inbox.page.wait_for_function("() => true")
    assert [words for words in windows.complaints if "policy: connect-src" in words]
    assert [words for words in windows.complaints if "policy: script-src" in words]
    assert await inbox.page.evaluate("() => window.ran") is None
    with pytest.raises(AssertionError):
        await assert_harmless(inbox.page)
