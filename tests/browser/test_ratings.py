"""Ratings: switched on for a number, shown in the thread as they come, and all of them on a page of their own."""

from datetime import UTC, datetime, timedelta

from playwright.async_api import expect

from tests.browser.keyboard import press_sequence
from tests.browser.screens import visit
from tests.browser.test_composer import check
from tests.browser.test_organising import chat_named, colleague_of
from tests.browser.test_voice import open_chat
from tests.support.factories import CHANNELS
from tests.support.fixtures_browser import Windows
from tests.support.fixtures_stack import Stack
from tests.support.survey_rows import await_question, make_survey


async def test_a_number_asks_and_the_answer_is_a_line_in_the_thread(demo: Stack, windows: Windows) -> None:
    inbox = await open_chat(windows, demo, width=1440, height=900)
    page = inbox.page
    await inbox.go_to("Numbers")
    await page.get_by_test_id("account-survey").click()
    await expect(page.get_by_test_id("survey-question")).not_to_be_empty()
    await check(page, "survey-dialog-desk")
    await page.get_by_test_id("survey-on").check()
    await page.get_by_test_id("survey-question").fill("Nota de 1 a 5?")
    await page.get_by_test_id("survey-delay").fill("1")
    await page.get_by_test_id("survey-save").click()
    await expect(page.get_by_test_id("account-survey-state")).to_have_text("On")
    await check(page, "survey-number-desk")
    ana = await colleague_of(demo)
    chat = await chat_named(ana, "Bia Lima")
    path = f"{CHANNELS}/{chat['account_id']}/chats/{chat['id']}"
    await ana.ok("POST", f"{path}/send", {"text": "Claro"})
    await ana.ok("PUT", f"{path}/status", {"status": "closed"})
    await await_question(demo)
    await visit(page, f"/inbox/{chat['account_id']}/{chat['id']}")
    await expect(inbox.bubble("Nota de 1 a 5?")).to_be_visible()
    await demo.write("acc-1", "4")
    await expect(page.get_by_test_id("thread-activity").last).to_contain_text("Rated 4 of 5")
    await check(page, "rated-thread-desk")
    await inbox.composer.blur()
    await press_sequence(page, "g", "f")
    await expect(page.get_by_test_id("rating")).to_contain_text(["Bia Lima"])


async def test_all_ratings_with_averages_and_filters(demo: Stack, windows: Windows) -> None:
    inbox = await open_chat(windows, demo, width=1440, height=900)
    page, ana = inbox.page, await colleague_of(demo)
    chat, now = await chat_named(ana, "Bia Lima"), datetime.now(UTC)
    comments = {1: "Esperei três dias por uma resposta. " * 4, 3: None, 4: "Tudo certo, obrigada!", 5: None}
    for n, (score, comment) in enumerate(comments.items()):
        await make_survey(
            demo,
            chat["account_id"],
            chat["id"],
            score,
            user_id=None if score == 3 else ana.user_id,
            answered_at=now - timedelta(hours=n),
            comment=comment,
        )
    await make_survey(demo, chat["account_id"], chat["id"], None, user_id=ana.user_id)
    await page.goto(f"{demo.stranger.url}/ratings")
    await expect(page.get_by_test_id("rating")).to_have_count(4)
    await expect(page.get_by_test_id("ratings-summary")).to_contain_text("3.3 of 5")
    await expect(page.get_by_test_id("ratings-summary")).to_contain_text("4 of 5 answered")
    await check(page, "ratings-desk")
    await page.get_by_test_id("ratings-score").select_option("1")
    await expect(page.get_by_test_id("rating")).to_have_count(1)
    await page.get_by_test_id("ratings-person").select_option("0")
    await expect(page.get_by_text("Nothing found")).to_be_visible()
    await page.set_viewport_size({"width": 360, "height": 740})
    await page.goto(f"{demo.stranger.url}/ratings")
    await expect(page.get_by_test_id("rating")).to_have_count(4)
    await check(page, "ratings-phone")
