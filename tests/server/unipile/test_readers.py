"""Read receipts: only a read by the contact turns the ticks blue, and in a group only a read by all members."""

from typing import Any

import pytest

from server.unipile.events.parse import parse_event
from server.unipile.events.types import IgnoredEvent, ReceiptEvent
from tests.support.peers import message_received

RECEIVED_AT = "2026-03-02T10:00:00.000+00:00"


def person(number: int) -> dict[str, Any]:
    return {
        "attendee_id": f"attendee-{number}",
        "attendee_provider_id": f"12000000000000{number}@lid",
        "attendee_name": f"P{number}",
        "attendee_public_identifier": f"551198888000{number}@s.whatsapp.net",
    }


OWN = {
    "attendee_id": "me",
    "attendee_provider_id": "129999999999999@lid",
    "attendee_public_identifier": "5511900000001@s.whatsapp.net",
}
OWN_PHONE = {"attendee_provider_id": "5511900000001@s.whatsapp.net"}
ANA, BIA = person(1), person(2)


def read(read_by: object, **more: Any) -> str | None:
    body = message_received("acc-1", "Oi", event="message_read", is_sender=True, sender=OWN, attendees=[ANA])
    event = parse_event(body | {"read_by": read_by} | more, RECEIVED_AT)
    return event.status if isinstance(event, ReceiptEvent) else None


@pytest.mark.parametrize(
    "read_by",
    [
        *(ANA, [ANA], [OWN, ANA], {"0": ANA}, "120000000000001@lid", ["120000000000001@lid"]),
        *({"120000000000001@lid": True}, {"120000000000001@lid": "2026-03-02T09:14:05.000Z"}),
        # No reader is named.
        *(None, [], {}, "", 7, [None], {"attendee_name": "Ana"}),
    ],
    ids=lambda value: repr(value)[:40],
)
def test_a_read_by_the_contact_turns_the_ticks_blue(read_by: object) -> None:
    assert read(read_by) == "read"


@pytest.mark.parametrize(
    "read_by",
    [
        OWN,
        [OWN],
        OWN_PHONE,
        "129999999999999@lid",
        ["5511900000001@s.whatsapp.net"],
        {"0": OWN},
        {"129999999999999@lid": "1"},
    ],
    ids=lambda value: repr(value)[:40],
)
def test_a_read_on_an_own_device_does_not(read_by: object) -> None:
    assert read(read_by) is None
    body = message_received("acc-1", "Oi", event="message_read", is_sender=None, read_by=OWN_PHONE)
    assert isinstance(parse_event(body, RECEIVED_AT), IgnoredEvent)


@pytest.mark.parametrize("is_sender", [False, 0, "false", "0"])
def test_a_read_of_a_customers_message_ticks_nothing(is_sender: object) -> None:
    assert read(OWN, is_sender=is_sender) is None


@pytest.mark.parametrize(
    ("read_by", "wanted"),
    [
        (ANA, "delivered"),
        ([ANA], "delivered"),
        ([ANA, OWN], "delivered"),
        ([ANA, BIA], "read"),
        # One by LID, the other by phone number.
        (["120000000000001@lid", "5511988880002@s.whatsapp.net"], "read"),
        ({"120000000000001@lid": "2026-03-02T09:14:05Z", "120000000000002@lid": False}, "delivered"),
        (OWN, None),
        (None, "read"),
    ],
    ids=lambda value: repr(value)[:40],
)
def test_a_group_message_is_read_when_all_members_have_read_it(read_by: object, wanted: str | None) -> None:
    assert read(read_by, is_group=True, attendees=[ANA, BIA, OWN]) == wanted


def test_one_reader_of_a_group_with_unknown_members_is_not_all() -> None:
    assert read(ANA, is_group="true", attendees=[]) == "delivered"
