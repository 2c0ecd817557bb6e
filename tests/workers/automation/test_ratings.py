"""The contact's next message rates the conversation: without words it opens no conversation and no wait."""

import asyncio
from dataclasses import dataclass, field
from typing import Any

import orjson
import pytest

from server.store.accounts.accounts import lock_account
from server.store.automation.feed_cursors import start_cursor
from server.store.surveys.survey_lists import list_count_drift
from tests.support.peers import message_received
from tests.support.surveying import Surveyed
from tests.support.worker_harness import Listener, written_by_us
from workers.automation.consumer import Effects
from workers.automation.consumers import follow_acting
from workers.automation.follow import follow_feeds
from workers.messages.outcomes import settle_send

STATE = ("status", "unread_count", "read_seq", "waiting_since", "conversation_id", "assignee_id", "archived")


async def counters(surveyed: Surveyed) -> list[tuple[int, ...]]:
    """(user, asked, each score) of all days together."""
    rows = await surveyed.harness.fetch(
        """select user_id, sum(asked) a, sum(scores_1) b, sum(scores_2) c, sum(scores_3) d, sum(scores_4) e,
               sum(scores_5) f from channels_survey_day group by 1 order by 1"""
    )
    assert await surveyed.harness.parts.database.read(list_count_drift) == []
    return [tuple(int(value) for value in row.values()) for row in rows]


async def activities(surveyed: Surveyed) -> list[dict[str, Any]]:
    rows = await surveyed.harness.fetch(
        "select details::text, actor_kind from channels_activity where kind = 'rated' order by id"
    )
    return [orjson.loads(row["details"]) for row in rows]


@pytest.fixture
async def asked(surveyed: Surveyed) -> Surveyed:
    await surveyed.ask()
    assert len(await surveyed.automatic()) == 1
    return surveyed


async def test_a_score_rates_who_wrote_last_and_opens_nothing(asked: Surveyed) -> None:
    before = await asked.harness.chat()
    listener = await Listener(asked.harness.parts.redis, asked.account_id).open()
    await asked.writes("4")
    frames = [frame for _, frame in await listener.heard()]
    await listener.close()
    assert [frame["event"] for frame in frames] == ["message:new", "activity:new", "chat:updated"]
    survey, (message,) = await asked.survey(), [m for m in await asked.harness.messages() if m["body"] == "4"]
    assert frames[1]["data"]["kind"] == "rated"
    assert frames[1]["data"]["details"] == {"survey_id": survey["id"], "score": 4}
    assert frames[1]["data"]["actor"] == {"kind": "system", "id": None, "name": None}
    assert (survey["score"], survey["answer_id"], survey["comment_id"]) == (4, message["id"], None)
    after = await asked.harness.chat()
    assert {name: after[name] for name in STATE} == {name: before[name] for name in STATE}
    assert after["last_message_preview"] == "4"
    assert message["id"] not in [
        row["message_id"] for row in await asked.harness.fetch("table notification_due")
    ]
    assert await counters(asked) == [(asked.harness.user_id, 1, 0, 0, 0, 1, 0)]


async def test_it_counts_for_nobody_later_either(asked: Surveyed) -> None:
    """What recomputes the waiting time and the unread count from the rows leaves it out too."""
    unread = (await asked.harness.chat())["unread_count"]
    await asked.writes("4")
    await asked.set_status("open")
    chat = await asked.harness.chat()
    assert (chat["status"], chat["waiting_since"], chat["unread_count"]) == ("open", None, unread)
    await settle_send(asked.harness.parts, await asked.reply(), "failed")
    chat = await asked.harness.chat()
    assert (chat["waiting_since"], chat["unread_count"]) == (None, unread)
    await asked.writes("De nada")
    chat = await asked.harness.chat()
    assert (chat["waiting_since"] is not None, chat["unread_count"]) == (True, unread + 1)


@dataclass
class Seen:
    """A consumer that remembers the kinds of what contacts sent."""

    name: str = "seen"
    page_size: int = 200
    find = staticmethod(lock_account)
    kinds: list[str] = field(default_factory=list)

    async def process(self, *given: Any) -> Effects:
        self.kinds += [event.kind for event in given[-1] if event.direction == "in"]
        return Effects()


async def test_other_consumers_take_it_for_no_message(asked: Surveyed) -> None:
    """Neither an away text nor a rule answers it."""
    await asked.harness.parts.database.write(start_cursor, "seen", asked.account_id)
    seen = Seen()
    await asked.writes("4")
    await asked.writes("Oi")
    await follow_feeds(asked.harness.parts, seen)
    assert seen.kinds == ["rating", "message"]


async def test_a_score_with_words_is_a_message_as_any_other(asked: Surveyed) -> None:
    before = await asked.harness.chat()
    await asked.writes("2, my order is still missing")
    survey, chat = await asked.survey(), await asked.harness.chat()
    assert (survey["score"], survey["comment_id"]) == (2, survey["answer_id"])
    assert (chat["status"], chat["unread_count"]) == ("open", before["unread_count"] + 1)
    assert chat["waiting_since"] is not None
    assert chat["conversation_id"] != before["conversation_id"]


async def test_thanks_are_sent_once_for_a_rating(asked: Surveyed) -> None:
    await asked.writes("5")
    await asyncio.gather(*(follow_acting(asked.harness.parts) for _ in range(3)))
    await asked.work()
    conversation_id = (await asked.survey())["conversation_id"]
    assert await asked.automatic() == [f"survey:{conversation_id}", f"survey-thanks:{conversation_id}"]
    assert (await asked.harness.chat())["status"] == "closed"


@pytest.mark.parametrize(("thanks", "sent"), [("", []), ("Valeu!", ["Valeu!"])])
async def test_the_thanks_are_the_number_s(surveyed: Surveyed, thanks: str, sent: list[str]) -> None:
    await surveyed.set(thanks=thanks)
    await surveyed.ask()
    await surveyed.writes("5")
    await surveyed.work()
    bodies = {message["client_id"]: message["body"] for message in await surveyed.harness.messages()}
    assert [body for name, body in bodies.items() if name and name.startswith("survey-thanks")] == sent


async def test_the_next_message_is_the_comment_if_it_comes_soon(asked: Surveyed) -> None:
    await asked.writes("3")
    await asked.writes("It took long")
    await asked.writes("Bye")
    await asked.work()
    survey, messages = await asked.survey(), await asked.harness.messages()
    assert [m["body"] for m in messages if m["id"] == survey["comment_id"]] == ["It took long"]
    assert (await asked.harness.chat())["status"] == "open"


async def test_a_later_message_is_no_comment(asked: Surveyed) -> None:
    await asked.writes("3")
    await asked.work()
    await asked.later(minutes=11)
    await asked.writes("Another question")
    await asked.work()
    assert (await asked.survey())["comment_id"] is None


@pytest.mark.parametrize(
    ("texts", "score"), [(("5", "4"), 5), (("Oi", "5"), None), (("5", "thank you"), 5), (("6",), None)]
)
async def test_only_the_first_message_is_read(
    asked: Surveyed, texts: tuple[str, ...], score: int | None
) -> None:
    await asked.writes(*texts)
    assert (await asked.survey())["score"] == score
    await asked.writes("1")
    assert (await asked.survey())["score"] == score
    assert len(await activities(asked)) == (score is not None)


async def test_an_answer_is_read_for_a_day(asked: Surveyed) -> None:
    await asked.later(hours=24, minutes=1)
    await asked.writes("5")
    assert (await asked.survey())["score"] is None
    assert (await asked.harness.chat())["status"] == "open"


async def test_what_was_sent_before_the_question_is_no_answer(asked: Surveyed) -> None:
    await asked.harness.store(message_received("acc-1", "5"))
    assert (await asked.survey())["score"] is None


async def reopened(asked: Surveyed) -> None:
    await asked.set_status("open")


async def asked_on_the_phone(asked: Surveyed) -> None:
    await asked.phone_writes("How many do you want?")


async def written_to(asked: Surveyed) -> None:
    await asked.reply()
    await asked.close()


async def not_sent(asked: Surveyed) -> None:
    await settle_send(asked.harness.parts, (await asked.survey())["message_id"], "failed")


@pytest.mark.parametrize("happen", [reopened, asked_on_the_phone, written_to, not_sent])
async def test_a_number_that_answers_something_else_rates_nothing(asked: Surveyed, happen: Any) -> None:
    await happen(asked)
    await asked.writes("3")
    assert (await asked.survey())["score"] is None
    chat = await asked.harness.chat()
    assert (chat["status"], chat["unread_count"]) == ("open", 2)


async def test_reported_again_it_rates_once(asked: Surveyed) -> None:
    body = message_received("acc-1", "4", timestamp=asked.harness.received_at)
    await asked.later(hours=-23)
    for _ in range(3):
        await asked.harness.store(body)
    assert (await asked.survey())["score"] == 4
    assert len(await activities(asked)) == 1
    assert await counters(asked) == [(asked.harness.user_id, 1, 0, 0, 0, 1, 0)]


async def test_the_phone_is_rated_under_no_name(surveyed: Surveyed) -> None:
    await surveyed.writes("Oi")
    await surveyed.harness.store(
        written_by_us("Claro", timestamp=surveyed.harness.received_at, chat_id="chat-5511988880000")
    )
    await surveyed.harness.execute("update channels_message set sent_at = now() where direction = 'out'")
    await surveyed.close()
    await surveyed.work()
    await surveyed.later(minutes=6)
    await surveyed.work()
    await surveyed.writes("1")
    assert await counters(surveyed) == [(0, 1, 1, 0, 0, 0, 0)]
