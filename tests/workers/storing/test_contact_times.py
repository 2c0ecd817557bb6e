"""A message that says nothing new about its contact does not write the contact's row; any order of delivery gives the
newest name and phone all the same.
"""

from typing import Any

import pytest

from tests.support.worker_harness import WorkerHarness
from tests.workers.storing.test_contact_rows import (
    JID,
    LID,
    attendee,
    contacts_of,
    direct_message,
    group_message,
)

OTHER_JID = "5511977770000@s.whatsapp.net"
VERSIONS = "select id, xmin::text as version from channels_contact order by id"


def at(second: int) -> str:
    return f"2026-03-02T09:00:0{second}.000Z"


def named(name: str, second: int) -> dict[str, Any]:
    """In the contact's own chat."""
    return direct_message(attendee(LID, name), timestamp=at(second), text=f"{name} {second}")


def phoned(jid: str, second: int) -> dict[str, Any]:
    """In the contact's own chat, with a phone number."""
    sender = attendee(LID, "Bia", attendee_public_identifier=jid)
    return direct_message(sender, timestamp=at(second), text=f"{jid} {second}")


async def test_a_repeated_name_does_not_write_the_contact(harness: WorkerHarness) -> None:
    await harness.store(phoned(JID, 0))
    before = await harness.fetch(VERSIONS)
    await harness.store(phoned(JID, 1))
    assert await harness.fetch(VERSIONS) == before
    await harness.store(phoned(OTHER_JID, 2))
    assert await harness.fetch(VERSIONS) != before


@pytest.mark.parametrize("order", [(0, 2, 1), (0, 1, 2), (2, 0, 1), (2, 1, 0)])
async def test_a_late_name_does_not_replace_a_repeated_one(
    harness: WorkerHarness, order: tuple[int, ...]
) -> None:
    bodies = [named("Bia", 0), group_message(attendee(LID, "Ana"), timestamp=at(1)), named("Bia", 2)]
    for number in order:
        await harness.store(bodies[number])
    assert await contacts_of(harness) == [(LID, "Bia", None)]
    await harness.store(group_message(attendee(LID, "Ana"), timestamp=at(3)))
    assert await contacts_of(harness) == [(LID, "Ana", None)]


@pytest.mark.parametrize("order", [(0, 2, 1), (0, 1, 2), (2, 0, 1), (2, 1, 0)])
async def test_a_late_phone_does_not_replace_a_repeated_one(
    harness: WorkerHarness, order: tuple[int, ...]
) -> None:
    bodies = [phoned(JID, 0), phoned(OTHER_JID, 1), phoned(JID, 2)]
    for number in order:
        await harness.store(bodies[number])
    assert [contact[2] for contact in await contacts_of(harness)] == ["+5511988880000"]
    await harness.store(phoned(OTHER_JID, 3))
    assert [contact[2] for contact in await contacts_of(harness)] == ["+5511977770000"]


@pytest.mark.parametrize("order", [(0, 2, 1, 3), (1, 0, 2, 3), (0, 2, 3, 1)])
async def test_contacts_that_are_linked_have_the_repeated_name(
    harness: WorkerHarness, order: tuple[int, ...]
) -> None:
    link = attendee(LID, None, attendee_public_identifier=JID)
    bodies = [
        named("Bia", 0),
        group_message(attendee(JID, "Ana"), timestamp=at(1)),
        named("Bia", 2),
        group_message(link, timestamp=at(0)),
    ]
    for number in order:
        await harness.store(bodies[number])
    assert await contacts_of(harness) == [(LID, "Bia", "+5511988880000")]
