"""Planned messages: planned in the composer, shown at the end of the thread, changed, sent now, cancelled."""

from typing import Any

import pytest
from playwright.async_api import expect

from tests.browser.test_composer import PHONE, check, check_each, expect_sent
from tests.browser.test_organising import chat_named, colleague_of
from tests.browser.test_voice import open_chat
from tests.server.handlers.test_planned import plan
from tests.support.fixtures_browser import Windows
from tests.support.fixtures_stack import Stack


@pytest.mark.parametrize("window", [{}, PHONE], ids=["desk", "phone"])
async def test_a_message_is_planned_changed_and_sent_now(
    demo: Stack, windows: Windows, window: dict[str, Any]
) -> None:
    inbox = await open_chat(windows, demo, **window)
    page = inbox.page
    await inbox.composer.fill("Bom dia")
    await page.get_by_test_id("plan-menu").click()
    await check_each(page, f"plan-menu-{len(window)}")
    await page.get_by_test_id("plan-tomorrow").click()
    await expect(inbox.composer).to_have_value("")
    await expect(page.get_by_test_id("planned")).to_contain_text("Bom dia")
    await check_each(page, f"planned-{len(window)}")
    await page.get_by_test_id("planned-edit").click()
    await page.get_by_test_id("plan-text").fill("Boa tarde")
    await check_each(page, f"plan-form-{len(window)}")
    await page.get_by_test_id("plan-save").click()
    await expect(page.get_by_test_id("planned")).to_contain_text("Boa tarde")
    await page.get_by_test_id("planned-send").click()
    await expect(page.get_by_test_id("planned")).to_have_count(0)
    await expect_sent(demo, "Boa tarde")


async def test_undo_brings_the_text_back_and_the_contact_cancels(demo: Stack, windows: Windows) -> None:
    inbox = await open_chat(windows, demo)
    page = inbox.page
    await inbox.composer.fill("Bom dia")
    await page.get_by_test_id("plan-menu").click()
    await page.get_by_test_id("plan-own").click()
    await page.get_by_test_id("plan-save").click()
    await expect(page.get_by_test_id("planned")).to_have_count(1)
    await page.get_by_role("button", name="Undo").click()
    await expect(inbox.composer).to_have_value("Bom dia")
    await expect(page.get_by_test_id("planned")).to_have_count(0)
    await page.get_by_test_id("plan-menu").click()
    await page.get_by_test_id("plan-tomorrow").click()
    await expect(page.get_by_test_id("planned")).to_have_count(1)
    await demo.write("acc-1", "Oi de novo")
    await expect(page.get_by_test_id("planned")).to_have_count(0)
    await expect_sent(demo)


async def test_the_list_of_all_is_live_and_takes_back_a_deletion(demo: Stack, windows: Windows) -> None:
    inbox = await open_chat(windows, demo, width=1440, height=900)
    page = inbox.page
    await inbox.composer.fill("Bom dia")
    await page.get_by_test_id("plan-menu").click()
    await page.get_by_test_id("plan-tomorrow").click()
    await expect(page.get_by_test_id("planned")).to_have_count(1)
    await page.get_by_test_id("list-menu").click()
    await page.get_by_test_id("list-planned").click()
    lines = page.get_by_test_id("planned-line")
    await expect(lines).to_contain_text(["Bom dia"])
    ana = await colleague_of(demo)
    chat = await chat_named(ana, "Bia Lima")
    await plan(ana, chat["account_id"], chat["id"], "Seu pedido chega na terça, entre 9 e 12 h.")
    await expect(lines).to_contain_text(["Bom dia", "Seu pedido"])
    await check(page, "planned-all-desk")
    await lines.first.get_by_test_id("planned-delete").click()
    await expect(lines).to_have_count(1)
    # Behind the toast of the planning.
    toast = page.get_by_test_id("toast").filter(has_text="Planned message deleted")
    await toast.get_by_test_id("toast-action").click()
    await expect(lines).to_have_count(2)
    await page.set_viewport_size({"width": 360, "height": 740})
    await check(page, "planned-all-phone")
    await lines.last.get_by_test_id("planned-send").click()
    await expect_sent(demo, "Seu pedido chega na terça, entre 9 e 12 h.")
    await expect(lines).to_have_count(1)
    await lines.get_by_test_id("planned-open").click()
    await expect(page.get_by_test_id("planned")).to_contain_text("Bom dia")
