"""A contact is asked once after a conversation, some minutes after its closing, and only where that is fitting."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from server.errors import Unavailable
from server.store.sending.sends import Author
from server.store.surveys import surveys
from tests.support.surveying import Surveyed
from tests.support.worker_harness import Listener, WorkerHarness
from workers.automation.consumers import follow_acting
from workers.automation.surveys import ask_due
from workers.messages.outcomes import settle_send

QUESTION = "How did we do? Please rate our conversation from 1 (poor) to 5 (excellent). A number is enough."


async def test_it_is_asked_once_when_the_time_has_come(surveyed: Surveyed) -> None:
    await surveyed.writes("Oi")
    await surveyed.reply()
    await surveyed.close()
    before = await surveyed.harness.chat()
    await surveyed.work()
    assert (await surveyed.survey())["asked_at"] is None
    assert await surveyed.automatic() == []
    await surveyed.later(minutes=4, seconds=55)
    await surveyed.work()
    assert await surveyed.automatic() == []
    await surveyed.later(seconds=6)
    listener = await Listener(surveyed.harness.parts.redis, surveyed.account_id).open()
    await surveyed.work()
    await surveyed.work()
    assert [frame["event"] for _, frame in await listener.heard()] == ["message:updated", "chat:updated"]
    await listener.close()
    survey = await surveyed.survey()
    assert await surveyed.automatic() == [f"survey:{survey['conversation_id']}"]
    (message,) = [m for m in await surveyed.harness.messages() if m["id"] == survey["message_id"]]
    assert (message["body"], message["inserted_seq"]) == (QUESTION, survey["asked_seq"])
    assert (survey["user_id"], survey["due_at"]) == (surveyed.harness.user_id, None)
    after = await surveyed.harness.chat()
    for column in ("status", "unread_count", "read_seq", "waiting_since", "assignee_id", "conversation_id"):
        assert after[column] == before[column]


async def test_the_number_has_texts_and_a_delay_of_its_own(surveyed: Surveyed) -> None:
    await surveyed.set(question="Nota?", delay_minutes=60)
    await surveyed.ask()
    assert await surveyed.automatic() == []
    await surveyed.later(minutes=55)
    await surveyed.work()
    assert "Nota?" in [message["body"] for message in await surveyed.harness.messages()]


async def unanswered(surveyed: Surveyed) -> None:
    await surveyed.writes("Oi")


async def answered_by_a_key(surveyed: Surveyed) -> None:
    await surveyed.writes("Oi")
    await surveyed.reply(Author("api_key", 1))


async def answered_by_a_rule(surveyed: Surveyed) -> None:
    await surveyed.writes("Oi")
    await surveyed.reply(Author("rule", 0))


async def not_sent(surveyed: Surveyed) -> None:
    await surveyed.writes("Oi")
    await settle_send(surveyed.harness.parts, await surveyed.reply(), "failed")


async def begun_by_us(surveyed: Surveyed) -> None:
    await surveyed.writes("Oi")
    await surveyed.close()
    await surveyed.reply()
    await surveyed.writes("Sim")
    await surveyed.reply()


async def answered_a_week_ago(surveyed: Surveyed) -> None:
    await surveyed.writes("Oi")
    await surveyed.reply()
    await surveyed.later(days=7)


async def a_group(surveyed: Surveyed) -> None:
    await surveyed.writes("Oi", is_group=True, provider_chat_id="12036@g.us")
    await surveyed.reply()


@pytest.mark.parametrize(
    "begin",
    [
        unanswered,
        answered_by_a_key,
        answered_by_a_rule,
        not_sent,
        begun_by_us,
        answered_a_week_ago,
        a_group,
    ],
)
async def test_who_is_not_asked(surveyed: Surveyed, begin: Callable[[Surveyed], Awaitable[None]]) -> None:
    await begin(surveyed)
    await surveyed.close()
    await surveyed.work()
    await surveyed.later(minutes=6)
    await surveyed.work()
    assert not [name for name in await surveyed.automatic() if name.startswith("survey")]
    assert await surveyed.surveys() == []


async def test_the_phone_is_a_human_without_a_name(surveyed: Surveyed) -> None:
    await surveyed.writes("Oi")
    await surveyed.phone_writes("Claro")
    await surveyed.close()
    await surveyed.work()
    await surveyed.later(minutes=6)
    await surveyed.work()
    survey = await surveyed.survey()
    assert (survey["asked_at"] is not None, survey["user_id"]) == (True, None)


async def reopened(surveyed: Surveyed) -> None:
    await surveyed.set_status("open")


async def written_again(surveyed: Surveyed) -> None:
    await surveyed.writes("Mais uma coisa")


async def written_again_and_closed(surveyed: Surveyed) -> None:
    await surveyed.writes("Mais uma coisa")
    await surveyed.close()


async def switched_off(surveyed: Surveyed) -> None:
    await surveyed.set(is_on=False)


@pytest.mark.parametrize("happen", [reopened, written_again, switched_off])
async def test_what_happens_meanwhile_cancels_it(
    surveyed: Surveyed, happen: Callable[[Surveyed], Awaitable[None]]
) -> None:
    await surveyed.writes("Oi")
    await surveyed.reply()
    await surveyed.close()
    await surveyed.work()
    await happen(surveyed)
    await surveyed.later(minutes=6)
    await ask_due(surveyed.harness.parts)
    assert await surveyed.automatic() == []
    assert await surveyed.surveys() == []


async def test_closed_again_it_is_asked_after_the_last_closing(surveyed: Surveyed) -> None:
    await surveyed.writes("Oi")
    await surveyed.reply()
    await surveyed.close()
    await surveyed.work()
    await surveyed.later(minutes=6)
    await surveyed.set_status("open")
    await surveyed.close()
    # The consumer has not seen the second closing yet.
    await ask_due(surveyed.harness.parts)
    assert await surveyed.automatic() == []
    await surveyed.work()
    await surveyed.later(minutes=6)
    await surveyed.work()
    survey = await surveyed.survey()
    assert await surveyed.automatic() == [f"survey:{survey['conversation_id']}"]
    # Once, however often users reopen and close it.
    await surveyed.set_status("open")
    await surveyed.close()
    await surveyed.work()
    await surveyed.later(days=31)
    await surveyed.work()
    assert [row["id"] for row in await surveyed.surveys()] == [survey["id"]]
    assert len(await surveyed.automatic()) == 1


async def test_a_contact_is_asked_once_in_so_many_days(surveyed: Surveyed) -> None:
    await surveyed.ask()
    await surveyed.later(days=29)
    await surveyed.ask()
    assert len(await surveyed.automatic()) == 1
    await surveyed.later(days=2)
    await surveyed.ask()
    assert len(await surveyed.automatic()) == 2


async def test_what_cannot_be_sent_now_is_asked_later_or_never(surveyed: Surveyed) -> None:
    harness = surveyed.harness
    await harness.execute("update channels_account set status = 'needs_action'")
    await surveyed.ask()
    assert await surveyed.automatic() == []
    assert (await surveyed.survey())["asked_at"] is None
    await surveyed.later(minutes=14)
    await harness.execute("update channels_account set status = 'connected'")
    await surveyed.work()
    assert await surveyed.automatic() == []
    await surveyed.later(minutes=2)
    await surveyed.work()
    assert len(await surveyed.automatic()) == 1


async def test_a_day_after_the_closing_nobody_is_asked(surveyed: Surveyed) -> None:
    await surveyed.harness.execute("update channels_account set status = 'needs_action'")
    await surveyed.ask()
    await surveyed.later(hours=25)
    await surveyed.harness.execute("update channels_account set status = 'connected'")
    await surveyed.work()
    assert (await surveyed.automatic(), await surveyed.surveys()) == ([], [])


async def test_an_erasure_under_way_cancels_it(surveyed: Surveyed) -> None:
    await surveyed.writes("Oi")
    await surveyed.reply()
    await surveyed.close()
    await surveyed.work()
    await surveyed.harness.execute(
        """insert into channels_erasure (account_id, contact_id, names, chat_ids)
           select account_id, 1, '{}', array[id] from channels_chat"""
    )
    await surveyed.later(minutes=6)
    await surveyed.work()
    assert (await surveyed.automatic(), await surveyed.surveys()) == ([], [])


async def test_several_workers_ask_once(surveyed: Surveyed) -> None:
    await surveyed.writes("Oi")
    await surveyed.reply()
    await surveyed.close()
    await asyncio.gather(*(follow_acting(surveyed.harness.parts) for _ in range(4)))
    await surveyed.later(minutes=6)
    await asyncio.gather(*(ask_due(surveyed.harness.parts) for _ in range(4)))
    assert len(await surveyed.automatic()) == 1


async def test_killed_before_the_commit_it_is_asked_by_the_next(
    surveyed: Surveyed, monkeypatch: pytest.MonkeyPatch
) -> None:
    await surveyed.writes("Oi")
    await surveyed.reply()
    await surveyed.close()
    await follow_acting(surveyed.harness.parts)
    await surveyed.later(minutes=6)
    with monkeypatch.context() as patch:

        async def killed(*_: object) -> None:
            raise Unavailable

        patch.setattr(surveys, "mark_asked", killed)
        with pytest.raises(Unavailable):
            await ask_due(surveyed.harness.parts)
    assert await surveyed.automatic() == []
    await ask_due(surveyed.harness.parts)
    assert len(await surveyed.automatic()) == 1


async def test_one_that_cannot_be_asked_holds_up_no_other(
    surveyed: Surveyed, monkeypatch: pytest.MonkeyPatch
) -> None:
    await surveyed.writes("Oi")
    await surveyed.reply()
    await surveyed.close()
    await follow_acting(surveyed.harness.parts)
    await surveyed.later(minutes=6)

    async def broken(*_: object) -> None:
        raise ValueError("a bug")

    monkeypatch.setattr(surveys, "check_due", broken)
    await ask_due(surveyed.harness.parts)
    assert await surveyed.surveys() == []


async def test_a_number_that_does_not_ask_has_no_cursor(harness: WorkerHarness, surveyed: Surveyed) -> None:
    assert len(await harness.fetch("select * from feed_cursor")) == 1
    await surveyed.set(is_on=False)
    assert await harness.fetch("select * from feed_cursor") == []
    await surveyed.ask()
    assert await surveyed.surveys() == []
