"""Locations and contact cards in all their formats, and invalid ones that are ignored."""

from typing import Any

import pytest

from server.unipile.fields.attachments import Attachment, attachments
from server.unipile.fields.vcards import MAX_CONTACTS, MAX_PHONES, read_cards

MASP = {"latitude": -23.561414, "longitude": -46.655881, "name": "MASP", "address": "Av. Paulista, 1578"}
CARD = (
    "BEGIN:VCARD\r\nVERSION:3.0\r\nN:Rocha;Nina;;;\r\nFN:Nina\\, a Rocha\r\n"
    "TEL;waid=5511977770001:+55 11 97777-0001\r\nEND:VCARD"
)


def read(**attachment: Any) -> Attachment:
    (found,) = attachments([{"id": "a-1", **attachment}])
    return found


@pytest.mark.parametrize(
    "given",
    [
        {"type": "location", **MASP},
        {"type": "location", "location": MASP},
        {"type": "live_location", **MASP},
        {"type": "location", **MASP, "latitude": "-23.561414", "longitude": "-46.655881"},
        {
            "type": "location",
            "lat": -23.561414,
            "lng": -46.655881,
            "name": "MASP",
            "address": MASP["address"],
        },
    ],
)
def test_a_location_in_any_format(given: dict[str, Any]) -> None:
    found = read(**given)
    assert (found["type"], found["state"], found["location"]) == ("location", "none", MASP)


@pytest.mark.parametrize("broken", [None, True, "north", 91, -91, "nan", "inf", [], {}])
def test_impossible_coordinates_are_an_unknown_attachment(broken: Any) -> None:
    found = read(type="location", **(MASP | {"latitude": broken}))
    assert (found["type"], found["state"], "location" in found) == ("file", "waiting", False)


def test_a_location_needs_no_id_and_a_file_does() -> None:
    assert attachments([{"type": "location", **MASP}])[0]["id"] == "location"
    assert attachments([{"type": "img"}]) == []


@pytest.mark.parametrize(
    "given",
    [
        {"type": "contact", "vcard": CARD},
        {"type": "contacts", "contacts": [{"vcard": CARD}]},
        {"type": "vcard", "name": "Nina, a Rocha", "phone_numbers": ["+55 11 97777-0001"]},
        {"type": "contacts", "contacts": [{"name": "Nina, a Rocha", "phone": "+5511977770001"}]},
    ],
)
def test_a_complete_contact_needs_no_file(given: dict[str, Any]) -> None:
    found = read(**given)
    assert (found["type"], found["state"]) == ("contact", "none")
    assert found["contacts"] == [{"name": "Nina, a Rocha", "numbers": ["+5511977770001"]}]


@pytest.mark.parametrize(
    "given",
    [{"mimetype": "text/x-vcard"}, {"mimetype": "text/vcard; charset=utf-8"}, {"file_name": "Nina.VCF"}],
)
def test_a_contact_card_file_waits_for_its_bytes(given: dict[str, Any]) -> None:
    found = read(type="file", **given)
    assert (found["type"], found["state"], "contacts" in found) == ("contact", "waiting", False)


def test_other_attachment_kinds_are_unchanged() -> None:
    assert read(type="file", file_name="vcf.pdf")["type"] == "file"
    assert read(type="poll")["type"] == "poll"


@pytest.mark.parametrize(
    ("card", "people"),
    [
        (CARD, [("Nina, a Rocha", ["+5511977770001"])]),
        (
            f"{CARD}\r\n{CARD.replace('Nina', 'Ana')}",
            [("Nina, a Rocha", ["+5511977770001"]), ("Ana, a Rocha", ["+5511977770001"])],
        ),
        ("BEGIN:VCARD\nN:Rocha;Nina\nitem1.TEL:190 00\nEND:VCARD", [("Nina Rocha", ["19000"])]),
        (
            "BEGIN:VCARD\nFN:Ni\n na\nTEL:tel:+4915112340003\nTEL:+49 151 1234 0003\nEND:VCARD",
            [("Nina", ["+4915112340003"])],
        ),
        ("BEGIN:VCARD\nFN:\nTEL:javascript:alert(1)\nEND:VCARD", []),
        ("FN:Nina\nTEL:+4915112340003", []),
        ("", []),
    ],
)
def test_cards_as_phones_write_them(card: str, people: list[tuple[str, list[str]]]) -> None:
    assert [(person["name"], person["numbers"]) for person in read_cards(card)] == people


def test_contact_cards_are_bounded() -> None:
    many = "".join(f"BEGIN:VCARD\nFN:{n}\nEND:VCARD\n" for n in range(500))
    assert len(read_cards(many)) == MAX_CONTACTS
    numbers = "".join(f"TEL:+49151123400{n:02}\n" for n in range(50))
    (person,) = read_cards(f"BEGIN:VCARD\nFN:Nina\n{numbers}END:VCARD")
    assert len(person["numbers"]) == MAX_PHONES
    assert read_cards("BEGIN:VCARD\nFN:" + "x" * 1_000_000)[0]["name"] == "x" * 200
