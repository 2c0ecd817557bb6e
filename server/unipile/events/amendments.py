"""Reads webhooks about edits, deletions and reactions (unipile-api.md §4.4)."""

from collections.abc import Mapping

from server.text.graphemes import is_blank
from server.unipile.events.types import AmendmentContent, AmendmentEvent
from server.unipile.fields.contacts import contact_of, is_account, known_contact
from server.unipile.fields.texts import MAX_REACTION_LENGTH, MAX_TEXT_LENGTH, identifier, text
from server.unipile.fields.times import timestamp

# Webhook event -> kind of amendment.
AMENDMENTS: Mapping[str, str] = {
    "message_reaction": "reaction",
    "message_edited": "edited",
    "message_deleted": "deleted",
}


def read_amendment(body: Mapping[str, object], kind: str, received_at: str) -> AmendmentEvent:
    reactor, content = "", AmendmentContent()
    if kind == "edited":
        content = {"body": text(body.get("message"), MAX_TEXT_LENGTH)}
    elif kind == "reaction":
        reactor, content = _reaction(body)
    return AmendmentEvent(
        external_account_id=identifier(body, "account_id"),
        provider_msg_id=identifier(body, "message_id"),
        kind=kind,
        reactor=reactor,
        content=content,
        reported_at=timestamp(received_at, received_at),
        contact=known_contact(body.get("reaction_sender")) if reactor else None,
    )


def _reaction(body: Mapping[str, object]) -> tuple[str, AmendmentContent]:
    """Who reacted and how; an empty value withdraws the reaction, a missing value says nothing."""
    who = contact_of(body.get("reaction_sender"))
    value = text(body.get("reaction"), MAX_REACTION_LENGTH) if who is not None else None
    if value and is_blank(value):
        value = ""
    is_own = who is not None and is_account(body, who)
    content: AmendmentContent = {
        "value": value,
        "provider_id": who["provider_id"] if who else None,
        "name": who["name"] if who else None,
        "is_own": is_own,
    }
    return ("" if is_own or who is None else who["provider_id"]), content
