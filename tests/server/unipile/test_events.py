"""UniPile's webhook bodies in all their variants (unipile-api.md §§3, 4): parsed into events, or rejected."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.unipile.events.parse import parse_event
from server.unipile.events.types import MessageEvent
from server.unipile.fields.texts import UnusableEventError, clean
from tests.support.peers import message_received

RECEIVED_AT = "2026-03-02T10:00:00.000+00:00"


def parse(**changes: Any) -> MessageEvent:
    event = parse_event(message_received("acc-1", **changes), RECEIVED_AT)
    assert isinstance(event, MessageEvent)
    return event


def person(**changes: Any) -> dict[str, Any]:
    body: dict[str, Any] = message_received("acc-1")["sender"]
    return body | changes


def test_a_message_is_parsed_completely() -> None:
    assert parse(message_id="m-1", chat_id="c-1", timestamp="2026-03-02T09:14:05.000Z") == MessageEvent(
        external_account_id="acc-1",
        provider_chat_id="c-1",
        provider_msg_id="m-1",
        chat_address="5511988880000@s.whatsapp.net",
        chat_kind="direct",
        direction="in",
        body="Oi",
        attachments=[],
        quoted=None,
        sender={"provider_id": "15511988880000@lid", "name": "Bia Lima", "phone": "+5511988880000"},
        contact={
            "provider_id": "15511988880000@lid",
            "name": "Bia Lima",
            "phone": "+5511988880000",
            "ids": [
                "15511988880000@lid",
                "5511988880000@s.whatsapp.net",
                "#tel:551188880000",
                "#attendee-5511988880000",
            ],
            "external_id": "attendee-5511988880000",
            "username": None,
        },
        is_event=False,
        event_type=None,
        is_forwarded=False,
        sent_at="2026-03-02T09:14:05.000+00:00",
    )


def test_any_key_but_the_ids_may_be_missing() -> None:
    """An event without a name is a message, as the first versions sent it."""
    body = {"account_id": "acc-1", "chat_id": "c-1", "message_id": "m-1"}
    event = parse_event(body, RECEIVED_AT)
    assert isinstance(event, MessageEvent)
    assert (event.direction, event.chat_kind, event.body, event.sender) == ("in", "direct", None, None)
    assert (event.attachments, event.is_event, event.sent_at) == ([], False, RECEIVED_AT)


@pytest.mark.parametrize("key", ["account_id", "chat_id", "message_id"])
@pytest.mark.parametrize(
    "value", [None, "", "x" * 256, "a\x00b", "a\ud800", True, 1.5, [], {}, ["m-1"]], ids=repr
)
def test_an_invalid_id_makes_the_event_unusable(key: str, value: object) -> None:
    with pytest.raises(UnusableEventError, match=key):
        parse_event(message_received("acc-1") | {key: value}, RECEIVED_AT)


def test_an_id_may_be_an_integer_or_as_long_as_its_column() -> None:
    assert parse(message_id=17).provider_msg_id == "17"
    assert parse(message_id="x" * 255).provider_msg_id == "x" * 255


@pytest.mark.parametrize(
    ("given_", "wanted"), [(True, "out"), (1, "out"), (False, "in"), (0, "in"), (None, "in")]
)
def test_booleans_may_be_texts_or_integers(given_: object, wanted: str) -> None:
    assert parse(is_sender=given_).direction == wanted
    assert (parse(is_group=given_).chat_kind == "group") == (wanted == "out")
    assert parse(is_event=given_).is_event == (wanted == "out")


ATTACHMENT = {
    "id": "att-1",
    "type": "img",
    "mimetype": "image/jpeg",
    "file_size": 2048,
    "unavailable": 0,
    "sticker": True,
    "size": {"width": 640, "height": 480},
    "url": "att://…",
}


@pytest.mark.parametrize(
    "value", [[ATTACHMENT], ATTACHMENT, {"0": ATTACHMENT}, [ATTACHMENT, None, "x", {"type": "img"}]], ids=repr
)
def test_attachments_may_be_a_list_an_object_or_indexed(value: object) -> None:
    (attachment,) = parse(attachments=value).attachments
    assert attachment == {
        "id": "att-1",
        "type": "img",
        "file_name": None,
        "mimetype": "image/jpeg",
        "file_size": 2048,
        "state": "waiting",
        "error": None,
        "voice_note": False,
        "sticker": True,
        "duration": None,
        "width": 640,
        "height": 480,
    }


@pytest.mark.parametrize("value", [None, "x", 3, {}, [], [[]], {"id": None}], ids=repr)
def test_invalid_attachments_are_ignored(value: object) -> None:
    assert parse(attachments=value).attachments == []


@pytest.mark.parametrize(
    ("changes", "phone"),
    [
        ({}, "+5511988880000"),
        ({"attendee_specifics": {"phone_number": "hidden"}}, "+5511988880000"),
        ({"attendee_specifics": {"phone_number": "5511977770000"}}, "+5511977770000"),
        ({"attendee_specifics": None}, "+5511988880000"),
        ({"attendee_specifics": {"phone_number": "hidden"}, "attendee_public_identifier": None}, None),
        ({"attendee_specifics": None, "attendee_public_identifier": "15511988880000@lid"}, None),
        (
            {
                "attendee_specifics": None,
                "attendee_public_identifier": None,
                "attendee_provider_id": "5511966660000@s.whatsapp.net",
            },
            "+5511966660000",
        ),
        ({"attendee_specifics": {"phone_number": "+55 11"}, "attendee_public_identifier": "12@g.us"}, None),
        (
            {"attendee_specifics": {"phone_number": "٥٥١١٩٨٨٨٨"}, "attendee_public_identifier": "1"},
            "+551198888",
        ),
        ({"attendee_specifics": {"phone_number": "\u202a+55\u00a011 98888\u20110000"}}, "+5511988880000"),
    ],
)
def test_a_phone_is_never_read_from_a_lid(changes: dict[str, Any], phone: str | None) -> None:
    sender = parse(sender=person(**changes)).sender
    assert sender is not None
    assert sender["phone"] == phone


@pytest.mark.parametrize(
    "sender", [None, "Bia", [], {}, {"attendee_provider_id": ""}, {"attendee_name": "Bia"}]
)
def test_a_sender_without_an_id_is_none(sender: object) -> None:
    assert parse(sender=sender).sender is None


def test_the_contact_of_an_own_message_is_the_other_side() -> None:
    own = person(attendee_provider_id="5511900000001@s.whatsapp.net", attendee_name="Loja")
    other = person()
    for attendees in ([other], [own, other]):
        event = parse(is_sender=True, sender=own, attendees=attendees)
        assert event.contact is not None
        assert event.contact["name"] == "Bia Lima"
        assert event.sender is not None
        assert event.sender["name"] == "Loja"
    undecided: list[object] = [[], [own], [other, person(attendee_provider_id="x@lid")], None, {"0": other}]
    for some in undecided:
        assert parse(is_sender=True, sender=own, attendees=some).contact is None


def test_texts_are_cleaned_and_cut() -> None:
    assert parse(text="a\x00b\ud83dc").body == "a\ufffdb\ufffdc"
    assert len(parse(text="x" * 70_000).body or "") == 65_536
    assert [parse(text=text).body for text in (None, 17, ["a"])] == [None, None, None]
    assert clean("\ud83d\ude00 whole: 😀") == "\ufffd\ufffd whole: 😀"


@pytest.mark.parametrize(
    ("given_", "wanted"),
    [
        ("2026-03-02T09:14:05.000Z", "2026-03-02T09:14:05.000+00:00"),
        ("2026-03-02T09:14:05", "2026-03-02T09:14:05.000+00:00"),
        ("2026-03-02T06:14:05.123456-03:00", "2026-03-02T09:14:05.123+00:00"),
        ("0001-01-01T00:00:00+14:00", RECEIVED_AT),
        ("9999-12-31T23:59:59-14:00", RECEIVED_AT),
        ("yesterday", RECEIVED_AT),
        ("", RECEIVED_AT),
        (1772442845, "2026-03-02T09:14:05.000+00:00"),
        (None, RECEIVED_AT),
        ("2026-02-30T00:00:00Z", RECEIVED_AT),
    ],
)
def test_an_invalid_timestamp_is_replaced_by_the_arrival_time(given_: object, wanted: str) -> None:
    assert parse(timestamp=given_).sent_at == wanted


def test_a_quote_is_parsed() -> None:
    quoted = {"message_id": "m-0", "provider_id": "3EB0", "sender_id": "1@lid", "text": "Antes"}
    assert parse(quoted=quoted).quoted == {"provider_msg_id": "m-0", "sender_id": "1@lid", "body": "Antes"}
    for value in (None, "x", 3):
        assert parse(quoted=value).quoted is None


@pytest.mark.parametrize(
    ("value", "wanted"), [(8, 8), (0, 0), (-1, None), (2**31, None), ("8", 8), (True, None)]
)
def test_an_event_type_fits_its_column(value: object, wanted: int | None) -> None:
    assert parse(is_event=1, event_type=value).event_type == wanted


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=8,
)
KEYS = sorted(message_received("acc-1").keys() | {"AccountStatus"})


@given(st.dictionaries(st.sampled_from(KEYS), JSON), st.booleans())
def test_any_object_is_an_event_or_unusable(body: dict[str, Any], is_usable: bool) -> None:
    ids = {"account_id": "a", "chat_id": "c", "message_id": "m"} if is_usable else {}
    try:
        event = parse_event(body | ids, RECEIVED_AT)
    except UnusableEventError:
        return
    assert event.external_account_id
    if isinstance(event, MessageEvent):
        for text in (event.body, event.chat_address, *(event.sender or {}).values()):
            assert text is None or clean(str(text)) == text
        assert event.event_type is None or 0 <= event.event_type < 2**31
