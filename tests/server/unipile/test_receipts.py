"""UniPile's receipts and account states (unipile-api.md §4): ticks on our own messages, known states."""

from typing import Any

import pytest

from server.unipile.events.accounts import STATUSES
from server.unipile.events.parse import account_of, parse_event
from server.unipile.events.types import IgnoredEvent, ReadEvent, ReceiptEvent, StatusEvent
from tests.server.unipile.test_events import RECEIVED_AT
from tests.support.peers import message_received


@pytest.mark.parametrize(("kind", "status"), [("message_delivered", "delivered"), ("message_read", "read")])
def test_receipts_apply_to_our_own_messages_only(kind: str, status: str) -> None:
    body = message_received("acc-1", event=kind, message_id="m-1", is_sender=True)
    assert parse_event(body, RECEIVED_AT) == ReceiptEvent("acc-1", "m-1", status)
    del body["is_sender"]
    assert isinstance(parse_event(body, RECEIVED_AT), ReceiptEvent)
    inbound = parse_event(body | {"is_sender": False}, RECEIVED_AT)
    ignored = IgnoredEvent("acc-1", "message_delivered:inbound")
    assert inbound == (ReadEvent("acc-1", "m-1") if status == "read" else ignored)


OWN = {"attendee_provider_id": "me@lid", "attendee_specifics": {"phone_number": "+5511900000001"}}
BIA = {"attendee_provider_id": "1@lid", "attendee_specifics": {"phone_number": "+5511988880000"}}


@pytest.mark.parametrize(
    ("read_by", "is_believed"),
    [(None, True), (OWN, True), ([OWN], True), ([BIA, OWN], True), (BIA, False), ([BIA], False), ([], False)],
)
def test_only_the_account_reads_what_a_contact_wrote(read_by: object, is_believed: bool) -> None:
    body = message_received("acc-1", event="message_read", message_id="m-1", is_sender=False, read_by=read_by)
    body["account_info"] = {"phone_number": "5511900000001"}
    assert isinstance(parse_event(body, RECEIVED_AT), ReadEvent) is is_believed


@pytest.mark.parametrize("word", STATUSES)
def test_every_status_text_is_mapped(word: str) -> None:
    body = {"AccountStatus": {"account_id": "acc-1", "account_type": "WHATSAPP", "message": word}}
    assert parse_event(body, RECEIVED_AT) == StatusEvent("acc-1", STATUSES[word], word)


def test_unknown_status_texts_are_stored() -> None:
    status = {"AccountStatus": {"account_id": "acc-1", "message": "NEW_WORD"}}
    assert parse_event(status, RECEIVED_AT) == IgnoredEvent("acc-1", "account_status:NEW_WORD")
    assert parse_event({"account_id": "acc-1", "event": "chat_seen"}, RECEIVED_AT) == IgnoredEvent(
        "acc-1", "chat_seen"
    )
    nested = {"account_id": "acc-1", "event": {"message_read": "\x00"}}
    assert isinstance(parse_event(nested, RECEIVED_AT), IgnoredEvent)


@pytest.mark.parametrize(
    ("body", "account"),
    [
        ({"account_id": "acc-1"}, "acc-1"),
        ({"AccountStatus": {"account_id": "acc-1"}, "account_id": "acc-2"}, "acc-1"),
        ({"AccountStatus": None, "account_id": "acc-2"}, "acc-2"),
        ({"AccountStatus": {}, "account_id": "acc-2"}, None),
        ({"account_id": 17}, None),
        ({"account_id": ""}, None),
        ({}, None),
    ],
)
def test_the_account_is_found_in_either_kind_of_body(body: dict[str, Any], account: str | None) -> None:
    assert account_of(body) == account
