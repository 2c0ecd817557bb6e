"""A report is left out only if it says nothing new about its contact: each kind of news alone is stored."""

from typing import Any, cast

import pytest

from server.store.chats.chat_rows import ContactReport
from server.store.chats.contacts import upsert_contacts
from tests.support.worker_harness import WorkerHarness

LID, JID, OTHER = "123@lid", "5511988880000@s.whatsapp.net", "456@lid"
EARLY, BEFORE, LATE = "2026-03-02T08:00:00.000Z", "2026-03-02T09:00:00.000Z", "2026-03-02T10:00:00.000Z"
COLUMNS = "whatsapp_name, named_at, phone, phoned_at, username, usernamed_at, external_id"
ROWS = f"""
    select {COLUMNS}, xmin::text as version,
        (select array_agg(alias order by alias) from channels_contact_alias a where a.contact_id = k.id) as aliases
    from channels_contact k order by id"""


def report(account_id: int, **news: object) -> ContactReport:
    """What is known of a contact, with what a report says otherwise."""
    known = {
        "n": 0,
        "account_id": account_id,
        "ids": [LID],
        "provider_id": LID,
        "external_id": None,
        "name": "Bia",
        "named_at": BEFORE,
        "phone": "+5511988880000",
        "phoned_at": BEFORE,
        "username": "bia",
        "usernamed_at": BEFORE,
        "is_dated": True,
    }
    return cast(ContactReport, {**known, **news})


async def rows_after(harness: WorkerHarness, *reports: ContactReport) -> list[dict[str, Any]]:
    for one in reports:
        await harness.parts.database.write(upsert_contacts, [one])
    return [dict(row) for row in await harness.fetch(ROWS)]


@pytest.mark.parametrize(
    ("news", "changed"),
    [
        ({"name": "Ana", "named_at": LATE}, {"whatsapp_name": "Ana"}),
        ({"phone": "+5511977770000", "phoned_at": LATE}, {"phone": "+5511977770000"}),
        ({"username": "ana", "usernamed_at": LATE}, {"username": "ana"}),
        ({"usernamed_at": LATE}, {"usernamed_at": LATE}),
        ({"external_id": "attendee-7"}, {"external_id": "attendee-7"}),
        ({"ids": [LID, JID]}, {"aliases": [LID, JID]}),
        ({"ids": [JID, LID]}, {"aliases": [LID, JID]}),
        ({"is_dated": False, "named_at": LATE}, {"named_at": LATE}),
        ({"is_dated": False, "phoned_at": LATE}, {"phoned_at": LATE}),
    ],
)
async def test_each_kind_of_news_is_stored(
    harness: WorkerHarness, news: dict[str, object], changed: dict[str, object]
) -> None:
    account_id = await harness.make_account()
    (before,) = await rows_after(harness, report(account_id))
    (after,) = await rows_after(harness, report(account_id, **news))
    assert after != before
    assert {key: _text(after[key]) for key in changed} == changed


@pytest.mark.parametrize(
    "news",
    [
        {},
        {"named_at": LATE, "phoned_at": LATE},
        {"name": None, "named_at": "-infinity", "phone": None, "phoned_at": "-infinity"},
        {"username": None, "usernamed_at": "-infinity"},
        {"username": "ana", "usernamed_at": EARLY},
        {"usernamed_at": EARLY},
    ],
)
async def test_what_is_known_is_not_written(harness: WorkerHarness, news: dict[str, object]) -> None:
    account_id = await harness.make_account()
    before = await rows_after(harness, report(account_id))
    assert await rows_after(harness, report(account_id, **news)) == before


@pytest.mark.parametrize("news", [{"name": "Bia"}, {"phone": "+5511988880000"}, {"username": "bia"}])
async def test_the_first_name_phone_and_username_are_stored(
    harness: WorkerHarness, news: dict[str, object]
) -> None:
    account_id = await harness.make_account()
    nothing = {"name": None, "phone": None, "username": None}
    await rows_after(harness, report(account_id, **nothing))
    (after,) = await rows_after(harness, report(account_id, **{**nothing, **news}))
    assert news.items() <= {**after, "name": after["whatsapp_name"]}.items()


async def test_a_report_of_two_known_contacts_joins_them(harness: WorkerHarness) -> None:
    account_id = await harness.make_account()
    await rows_after(harness, report(account_id), report(account_id, ids=[OTHER], provider_id=OTHER))
    (after,) = await rows_after(harness, report(account_id, ids=[LID, OTHER]))
    assert after["aliases"] == [LID, OTHER]


def _text(value: object) -> object:
    return value.strftime("%Y-%m-%dT%H:%M:%S.000Z") if hasattr(value, "strftime") else value
