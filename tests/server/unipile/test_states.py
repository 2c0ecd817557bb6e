"""Messages in UniPile's responses, system events and reactions in its webhooks, in all their variants."""

from typing import Any

import pytest

from server.unipile.events.parse import parse_event
from server.unipile.events.types import AmendmentEvent, MessageEvent
from server.unipile.message_state import MessageState, read_message
from tests.support.peers import message_received

RECEIVED_AT = "2026-03-02T10:00:00.000+00:00"


def amendment(**changes: Any) -> AmendmentEvent:
    event = parse_event(message_received("acc-1", **changes), RECEIVED_AT)
    assert isinstance(event, AmendmentEvent)
    return event


@pytest.mark.parametrize(
    "answer", [{}, {"text": 7, "edited": "maybe", "deleted": None, "reactions": {}}], ids=repr
)
def test_missing_fields_mean_no_change(answer: dict[str, Any]) -> None:
    assert read_message(answer) == MessageState(None, is_edited=False, is_deleted=False, reactions=[])


def test_a_message_is_parsed_with_one_reaction_per_contact() -> None:
    reactions = [
        {"value": "👍", "sender_id": "1@lid", "is_sender": False},
        {"value": "❤️", "sender_id": "1@lid", "is_sender": False},
        {"value": "🙏", "sender_id": "me@lid", "is_sender": True},
        {"value": "😀", "sender_id": "me@s.whatsapp.net", "is_sender": 1},
        {"value": "", "sender_id": "2@lid", "is_sender": False},
        {"value": "👍", "is_sender": False},
        None,
        "👍",
    ]
    found = read_message({"text": "Oi", "edited": 1, "deleted": True, "reactions": reactions})
    assert (found.body, found.is_edited, found.is_deleted) == ("Oi", True, True)
    assert found.reactions == [
        {"value": "❤️", "provider_id": "1@lid", "is_own": False},
        {"value": "😀", "provider_id": "me@s.whatsapp.net", "is_own": True},
    ]


def test_a_reaction_has_a_sender_and_a_value() -> None:
    sender = message_received("acc-1")["sender"]
    event = amendment(event="message_reaction", message_id="m-1", reaction="👍", reaction_sender=sender)
    assert (event.kind, event.provider_msg_id, event.reactor) == ("reaction", "m-1", "15511988880000@lid")
    assert event.content == {
        "value": "👍",
        "provider_id": "15511988880000@lid",
        "name": "Bia Lima",
        "is_own": False,
    }
    assert event.reported_at == RECEIVED_AT


@pytest.mark.parametrize(
    "changes",
    [
        {"phone": "5511900000001"},  # as in account_info
        {"account_info": {"user_id": "15511988880000@lid"}},
    ],
    ids=repr,
)
def test_a_reaction_of_the_account_is_its_own(changes: dict[str, Any]) -> None:
    body = message_received("acc-1", event="message_reaction", reaction="👍", **changes)
    event = parse_event(body | {"reaction_sender": body["sender"]}, RECEIVED_AT)
    assert isinstance(event, AmendmentEvent)
    assert (event.reactor, event.content["is_own"]) == ("", True)


@pytest.mark.parametrize("sender", [None, "Bia", {}, {"attendee_provider_id": 7}], ids=repr)
def test_a_reaction_without_a_sender_is_ignored(sender: object) -> None:
    event = amendment(event="message_reaction", reaction="👍", reaction_sender=sender)
    assert (event.reactor, event.content["value"]) == ("", None)


def test_an_edit_has_a_text_and_a_deletion_none() -> None:
    assert amendment(event="message_edited", message="Olá\x00").content == {"body": "Olá\ufffd"}
    assert amendment(event="message_deleted", message=None).content == {}


@pytest.mark.parametrize(
    ("event_type", "changes", "text"),
    [
        (3, {}, "Bia Lima created the group"),
        (5, {"name": None}, "+5511988880000 joined the group"),
        (6, {"is_sender": True}, "You were removed from the group"),
        (7, {"sender": None}, "A participant left the group"),
        (8, {}, "Missed voice call"),
        (14, {}, "Something about this chat changed"),
        (None, {}, "Something about this chat changed"),
    ],
)
def test_a_system_event_is_described_in_a_sentence(
    event_type: int | None, changes: dict[str, Any], text: str
) -> None:
    event = parse_event(
        message_received("acc-1", None, is_event=1, event_type=event_type, **changes), RECEIVED_AT
    )
    assert isinstance(event, MessageEvent)
    assert event.body == text


def test_the_newer_duplicate_has_the_quote() -> None:
    older = {"provider_id": "3EB0", "sender_id": "1@lid", "text": "Oi"}
    newer = {"id": "m-1", "provider_id": "3EB0", "sender_id": "1@lid", "text": "Oi"}
    wanted = {"provider_msg_id": "m-1", "sender_id": "1@lid", "body": "Oi"}
    for quoted, reply_to in ((older, newer), (None, newer), (older | {"message_id": "m-1"}, None)):
        event = parse_event(message_received("acc-1", quoted=quoted, reply_to=reply_to), RECEIVED_AT)
        assert isinstance(event, MessageEvent)
        assert event.quoted == wanted
