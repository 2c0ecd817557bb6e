"""Surveys go with the contact that they asked; what the contact wrote goes with its message."""

from datetime import UTC, datetime, timedelta

import pytest

from server.store.privacy import contact_erasures
from server.store.surveys.survey_lists import list_count_drift
from tests.support.surveying import Surveyed
from tests.support.worker_harness import WorkerHarness
from tests.workers.privacy.test_retention import set_retention
from workers.privacy.erase_contacts import erase_contacts
from workers.privacy.retention import remove_old


@pytest.fixture
async def rated(harness: WorkerHarness) -> Surveyed:
    (account,) = await harness.fetch("select id from channels_account")
    surveyed = await Surveyed(harness, account["id"]).open()
    await surveyed.ask()
    await surveyed.writes("4")
    await surveyed.writes("Too slow")
    await surveyed.work()
    survey = await surveyed.survey()
    assert None not in (survey["score"], survey["answer_id"], survey["comment_id"])
    return surveyed


async def counted(rated: Surveyed) -> tuple[int, int]:
    (row,) = await rated.harness.fetch(
        "select coalesce(sum(asked), 0) a, coalesce(sum(scores_4), 0) s from channels_survey_day"
    )
    assert await rated.harness.parts.database.read(list_count_drift) == []
    return int(row["a"]), int(row["s"])


async def begin_erasure(rated: Surveyed) -> None:
    (contact,) = await rated.harness.fetch("select account_id, id from channels_contact")
    begin, ids = contact_erasures.begin_erasure, (contact["account_id"], contact["id"])
    assert await rated.harness.parts.database.write(begin, rated.harness.parts.name_hasher, *ids, None)


async def test_erasing_a_contact_erases_what_they_were_asked_at_once(rated: Surveyed) -> None:
    assert await counted(rated) == (1, 1)
    await begin_erasure(rated)
    # Also where the chat goes on, and before the worker has come to it.
    assert await rated.surveys() == []
    assert await rated.harness.fetch("select id from channels_activity where kind = 'rated'") == []
    assert await counted(rated) == (0, 0)
    await erase_contacts(rated.harness.parts)
    assert await rated.surveys() == []


async def test_old_messages_go_and_the_score_stays(rated: Surveyed) -> None:
    await rated.later(days=40)
    # What is still on its way is no old message.
    await rated.harness.execute("update channels_message set status = 'read' where status = 'sending'")
    rated.harness.received_at = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    await set_retention(rated.harness, 30)
    await remove_old(rated.harness.parts)
    survey = await rated.survey()
    assert (survey["score"], survey["message_id"], survey["answer_id"], survey["comment_id"]) == (
        4,
        None,
        None,
        None,
    )
