"""Mine, unassigned and all chats: counts that live in two windows, order by waiting, filters, and what rows say."""

import os
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page, expect

from server.web.app_keys import DATABASE
from tests.browser.checks import check_screen
from tests.browser.colleagues import open_colleague
from tests.browser.keyboard import press_sequence
from tests.browser.screens import Inbox, connect_account, sign_in_demo_user
from tests.support.factories import CHANNELS
from tests.support.fixtures_browser import Windows
from tests.support.fixtures_stack import Stack
from tests.support.peers import Peer, eventually

NAMES = ("Bia Lima", "Davi", "Eva Stone")
PHONE: dict[str, Any] = {"width": 360, "height": 740, "has_touch": True, "is_mobile": True}


async def save_screenshot(page: Page, name: str) -> None:
    if folder := os.environ.get("CONFAB_SCREENSHOTS"):
        await page.screenshot(path=Path(folder) / f"{name}.png")


async def write_all(demo: Stack) -> None:
    for n, name in enumerate(NAMES):
        sender = {"phone_number": f"551197777000{n}", "name": name}
        await demo.write("acc-1", f"A question of {name}", **{"from": sender})


class Work:
    """What colleagues do elsewhere: by REST, as the demo user."""

    def __init__(self, demo: Stack, peer: Peer, account_id: int) -> None:
        self.demo, self.peer, self.account_id = demo, peer, account_id

    async def ids(self) -> dict[str, int]:
        items = (await self.peer.ok("GET", f"{CHANNELS}/{self.account_id}/chats"))["items"]
        return {chat["contact"]["name"]: chat["id"] for chat in items}

    async def has_all(self) -> bool:
        return len(await self.ids()) == len(NAMES)

    async def put(self, name: str, what: str, body: dict[str, Any]) -> None:
        chat_id = (await self.ids())[name]
        await self.peer.ok("PUT", f"{CHANNELS}/{self.account_id}/chats/{chat_id}/{what}", body)

    async def wait(self, name: str, minutes: int) -> None:
        """As if the contact had waited that long when the page is loaded."""
        chat_id = (await self.ids())[name]

        async def age(cursor: Any) -> None:
            await cursor.execute(
                """with a as (
                       update channels_account set seq = seq + 1
                       where id = (select account_id from channels_chat where id = %(id)s) returning seq)
                   update channels_chat set waiting_since = now() - make_interval(mins => %(minutes)s),
                       seq = (select seq from a)
                   where id = %(id)s""",
                {"id": chat_id, "minutes": minutes},
            )

        await self.demo.app[DATABASE].write(age)


async def start(demo: Stack) -> Work:
    """An account with three chats that wait."""
    account_id = await connect_account(demo)
    work = Work(demo, await sign_in_demo_user(demo), account_id)
    await write_all(demo)
    await eventually(work.has_all)
    return work


async def expect_counts(inbox: Inbox, mine: str, unassigned: str, every: str) -> None:
    for view, count in (("mine", mine), ("unassigned", unassigned), ("all", every)):
        shown = inbox.page.get_by_test_id(f"view-{view}").get_by_test_id("filter-count")
        if count:
            await expect(shown).to_have_text(f"{count} open")
        else:
            await expect(shown).to_have_count(0)


async def test_chats_move_between_the_tabs_of_two_people_as_they_are_taken(
    demo: Stack, windows: Windows
) -> None:
    work = await start(demo)
    own = await Inbox.signed_in(windows, demo)
    ana = await open_colleague(windows, demo, work.account_id)
    for inbox in (own, ana):
        await expect_counts(inbox, "", "3", "3")
    await own.page.get_by_test_id("view-mine").click()
    await expect(own.page.get_by_role("tabpanel")).to_contain_text("Nothing waits for you")
    await ana.page.get_by_test_id("view-unassigned").click()
    await expect(ana.chats).to_have_count(3)

    await work.put("Davi", "assignee", {"user_id": work.peer.user_id})
    await expect(own.chats).to_have_count(1)
    await expect(ana.chats).to_have_count(2)
    await expect_counts(own, "1", "2", "3")
    await expect_counts(ana, "", "2", "3")
    await own.page.reload()
    await expect(own.page.get_by_role("tab", name="Mine", selected=True)).to_be_visible()
    await expect(own.chats).to_have_count(1)

    await work.put("Davi", "status", {"status": "closed"})
    await expect(own.page.get_by_role("tabpanel")).to_contain_text("Nothing waits for you")
    await expect_counts(ana, "", "2", "2")
    await ana.page.get_by_test_id("view-all").click()
    await expect(ana.chats).to_have_count(3)  # also what is closed


async def test_a_row_stays_under_the_pointer_while_a_colleague_takes_its_chat(
    demo: Stack, windows: Windows
) -> None:
    work = await start(demo)
    own = await Inbox.signed_in(windows, demo, "/inbox?view=unassigned")
    await expect(own.chats).to_have_count(3)
    box = await own.chats.nth(1).bounding_box()
    assert box is not None
    await own.page.mouse.move(box["x"] + 40, box["y"] + 20)
    await own.page.mouse.move(box["x"] + 60, box["y"] + 20)
    await work.put("Davi", "assignee", {"user_id": work.peer.user_id})
    await expect_counts(own, "1", "2", "3")
    await expect(own.chats.nth(1)).to_contain_text("Davi")
    await expect(own.chats.nth(1).get_by_test_id("chat-assignee")).to_be_visible()
    await own.page.mouse.move(900, 20)
    await expect(own.chats).to_have_count(2)


async def test_who_waits_longest_is_first_and_the_row_says_how_long(demo: Stack, windows: Windows) -> None:
    work = await start(demo)
    for name, minutes in (("Bia Lima", 12), ("Davi", 300), ("Eva Stone", 45)):
        await work.wait(name, minutes)
    inbox = await Inbox.signed_in(windows, demo)
    page = inbox.page
    await expect(inbox.chats).to_have_count(3)
    await press_sequence(page, "g", "w")
    await expect(inbox.chats).to_contain_text(["Davi", "Eva Stone", "Bia Lima"])
    waits = page.get_by_test_id("chat-waits")
    await expect(waits).to_have_text(
        [re.compile(f"^waits {wait}s?$") for wait in ("5 hr", "45 min", "12 min")]
    )
    assert await waits.evaluate_all("all => all.map(({ dataset }) => dataset.level)") == [
        "veryLong",
        "long",
        "short",
    ]
    await check_screen(page)
    await save_screenshot(page, "views-waiting")
    await page.reload()
    await expect(page.get_by_test_id("narrowed-by")).to_contain_text("Waiting longest first")
    await inbox.open_chat("Davi")
    await inbox.answer("Here I am")
    await expect(inbox.chats).to_contain_text(["Eva Stone", "Bia Lima"])
    await page.get_by_role("button", name="Remove filter: Waiting longest first").click()
    await expect(inbox.chats.first).to_contain_text("Davi")
    await expect(waits).to_have_count(0)


@pytest.mark.parametrize("options", [{}, PHONE | {"color_scheme": "dark"}], ids=["desktop", "phone"])
async def test_snoozed_and_closed_chats_users_and_teams_are_filters(
    demo: Stack, windows: Windows, options: dict[str, Any]
) -> None:
    work = await start(demo)
    team = await work.peer.ok("POST", "/api/teams", {"name": "Support", "user_ids": [work.peer.user_id]})
    until = (datetime.now(UTC) + timedelta(days=2)).isoformat()
    await work.put("Davi", "status", {"status": "snoozed", "until": until})
    await work.put("Eva Stone", "assignee", {"user_id": None, "team_id": team["team"]["id"]})
    ana = await open_colleague(windows, demo, work.account_id)
    inbox = await Inbox.signed_in(windows, demo, **options)
    page = inbox.page
    await expect_counts(inbox, "", "2", "2")
    await expect(inbox.chats.filter(has_text="Davi").get_by_test_id("chat-snoozed")).to_be_visible()
    await save_screenshot(page, f"views-all-{len(options)}")

    async def choose(group: str, name: str) -> None:
        await page.get_by_test_id("list-menu").click()
        choice = page.get_by_role("group", name=group, exact=True).get_by_role(
            "menuitemradio", name=name, exact=True
        )
        if name == "Snoozed":
            await save_screenshot(page, f"views-menu-{len(options)}")
            await check_screen(page)
        await choice.click()

    await choose("Status", "Snoozed")
    await expect(inbox.chats).to_have_count(1)
    await expect(inbox.chats).to_contain_text("Davi")
    await check_screen(page)
    await save_screenshot(page, f"views-snoozed-{len(options)}")
    await choose("Status", "Any status")
    await choose("Team", "Support")
    await expect(inbox.chats).to_have_count(1)
    await expect(inbox.chats.get_by_test_id("chat-team")).to_be_visible()
    await choose("Assigned to", "Ana Souza")
    await expect(page.get_by_role("tabpanel")).to_contain_text("No chat matches these filters.")
    await page.get_by_role("button", name="Remove filter: Support").click()
    ana_id = (await work.peer.ok("GET", "/api/users"))["items"][-1]["id"]
    await work.put("Bia Lima", "assignee", {"user_id": ana_id})
    await expect(inbox.chats).to_have_count(1)
    await expect(inbox.chats.get_by_role("img", name="Assigned to Ana Souza")).to_be_visible()
    await page.get_by_test_id("view-all").click()
    await expect(inbox.chats).to_have_count(3)
    await ana.page.get_by_test_id("view-mine").click()
    await expect(ana.chats).to_have_count(1)


async def test_keys_and_the_menu_of_a_row_take_and_close_its_chat_with_undo(
    demo: Stack, windows: Windows
) -> None:
    await start(demo)
    inbox = await Inbox.signed_in(windows, demo, "/inbox?view=unassigned")
    page, davi = inbox.page, inbox.chats.filter(has_text="Davi")
    await expect(inbox.chats).to_have_count(3)
    await page.keyboard.press("j")
    await page.keyboard.press("j")
    await expect(davi).to_be_focused()
    await page.keyboard.press("i")
    await expect(davi).to_have_count(0)
    await expect_counts(inbox, "1", "2", "3")
    await page.keyboard.press("z")
    await expect(davi).to_be_visible()
    await expect_counts(inbox, "", "3", "3")
    await davi.click(button="right")
    await page.get_by_test_id("row-finish").click()
    await expect(davi).to_have_count(0)
    await expect_counts(inbox, "", "2", "2")
    await page.get_by_test_id("toast-action").click()
    await expect_counts(inbox, "", "3", "3")
    await expect(davi).to_be_visible()


async def test_arrow_keys_go_through_the_tabs(demo: Stack, windows: Windows) -> None:
    await start(demo)
    inbox = await Inbox.signed_in(windows, demo)
    page = inbox.page
    await page.get_by_role("tab", name="All").focus()
    await page.keyboard.press("ArrowLeft")
    await expect(page.get_by_role("tab", name="Unassigned", selected=True)).to_be_focused()
    await page.keyboard.press("Home")
    await expect(page.get_by_role("tab", name="Mine", selected=True)).to_be_focused()
    for key, view in (("q", "Unassigned"), ("l", "All"), ("m", "Mine")):
        await press_sequence(page, "g", key)
        await expect(page.get_by_role("tab", name=view, selected=True)).to_be_visible()


async def test_imported_history_is_shown_though_nothing_is_open(demo: Stack, windows: Windows) -> None:
    work = await start(demo)
    for name in NAMES:
        await work.put(name, "status", {"status": "closed"})
    inbox = await Inbox.signed_in(windows, demo)
    await expect(inbox.page.get_by_role("tab", name="All", selected=True)).to_be_visible()
    await expect(inbox.chats).to_have_count(3)
    await expect_counts(inbox, "", "", "")
    await inbox.page.get_by_test_id("view-unassigned").click()
    await expect(inbox.page.get_by_role("tabpanel")).to_contain_text("Nothing waits unseen")
    await check_screen(inbox.page)
