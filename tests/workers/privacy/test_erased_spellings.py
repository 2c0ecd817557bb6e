"""An erased contact stays erased under every spelling of their ids."""

from typing import Any

import pytest

from server.store.privacy.contact_erasures import begin_erasure
from server.store.privacy.erasure_digests import mark_erased
from tests.support.worker_harness import WorkerHarness
from tests.workers.storing.test_contact_rows import attendee, contacts_of, direct_message, group_message
from workers.privacy.erase_contacts import erase_contacts

PHONE, LID = "5511988880000@s.whatsapp.net", "120000000000001@lid"


async def erase(harness: WorkerHarness) -> None:
    (row,) = await harness.fetch("select id, account_id from channels_contact")
    parts = harness.parts
    assert await parts.database.write(
        begin_erasure, parts.name_hasher, row["account_id"], row["id"], harness.user_id
    )
    await erase_contacts(parts)


@pytest.mark.parametrize(
    ("known", "late"),
    [
        (PHONE, "5511988880000:12@s.whatsapp.net"),
        (PHONE, "5511988880000@c.us"),
        (PHONE, "5511988880000:99@hosted"),
        (PHONE, "551188880000@s.whatsapp.net"),
        (LID, "120000000000001.1:0@lid"),
        (LID, "120000000000001@hosted.lid"),
        ("5511988880000:12@s.whatsapp.net", "5511988880000:3@s.whatsapp.net"),
    ],
)
async def test_a_late_event_does_not_restore_the_contact(
    harness: WorkerHarness, known: str, late: str
) -> None:
    await harness.store(direct_message(attendee(known, "Bia"), known))
    await erase(harness)
    someone = attendee("5@lid", "Caio")
    mention = [{"provider_id": late, "name": "Bia"}]
    await harness.store(
        direct_message(attendee(late, "Bia"), late),
        group_message(attendee(late, "Bia")),
        group_message(someone, "Hello @120000000000001", message_id="kept", mentions=mention),
        _reacted(late),
        {"event": "message_pinned", "account_id": "acc-1", "who": late},
    )
    assert [name for _, name, _ in await contacts_of(harness)] == ["Caio"]
    assert [m["provider_msg_id"] for m in await harness.messages()] == ["kept"]
    assert await harness.fetch("select person from channels_amendment") == []
    assert await harness.dead_letters("ignored") == []


def _reacted(who: str) -> dict[str, Any]:
    return {
        "event": "message_reaction",
        "account_id": "acc-1",
        "message_id": "kept",
        "reaction": "👍",
        "reaction_sender": attendee(who, "Bia"),
    }


async def test_a_contact_erased_under_an_old_spelling_stays_erased(harness: WorkerHarness) -> None:
    """Before ids were normalised here, an erasure left only the hash of a device's id."""
    spelled = "120000000000001.1:0@lid"
    (row,) = await harness.fetch("select id, now() as at from channels_account")
    await harness.parts.database.write(
        mark_erased, harness.parts.name_hasher, row["id"], [spelled], row["at"]
    )
    await harness.execute("update channels_account set has_erased = true")
    await harness.store(group_message(attendee(spelled, "Bia")))
    assert await harness.messages() == []
