"""Reads `message_received` webhooks, which also carry the account's own messages (unipile-api.md §4)."""

from collections.abc import Mapping

from server.text.names import is_same
from server.unipile.events.types import MessageEvent
from server.unipile.fields import jids
from server.unipile.fields.addresses import address, respelled
from server.unipile.fields.attachments import attachments, quoted
from server.unipile.fields.contacts import Contact, contact_of, is_account, known_contact, mentions, raw_id
from server.unipile.fields.scalars import flag, small_integer
from server.unipile.fields.system_texts import system_text
from server.unipile.fields.texts import MAX_TEXT_LENGTH, identifier, text
from server.unipile.fields.times import sent_times


def read_message_event(body: Mapping[str, object], received_at: str) -> MessageEvent:
    """One message; raises UnusableEventError when an id is missing or invalid."""
    sent_at, claimed_at = sent_times(body.get("timestamp"), received_at)
    is_own = flag(body.get("is_sender"))
    sender = contact_of(body.get("sender"))
    chat_address = address(body.get("provider_chat_id"))
    kind = jids.kind_of(chat_address) or ("group" if flag(body.get("is_group")) else "direct")
    is_event = flag(body.get("is_event"))
    event_type = small_integer(body.get("event_type"))
    written = text(body.get("message"), MAX_TEXT_LENGTH)
    return MessageEvent(
        external_account_id=identifier(body, "account_id"),
        provider_chat_id=identifier(body, "chat_id"),
        provider_msg_id=identifier(body, "message_id"),
        chat_address=chat_address,
        chat_kind=kind,
        direction="out" if is_own else "in",
        body=system_text(event_type, sender, is_own=is_own) if is_event and not written else written,
        attachments=attachments(body.get("attachments")),
        quoted=quoted(body.get("quoted"), body.get("reply_to")),
        sender=sender,
        contact=_contact(body, kind, chat_address, is_own=is_own),
        is_event=is_event,
        event_type=event_type,
        is_forwarded=flag(body.get("is_forwarded")),
        sent_at=sent_at,
        claimed_at=claimed_at,
        mentioned=mentions(body.get("mentions")),
        respelled=respelled(body.get("provider_chat_id"), raw_id(body.get("sender"))),
    )


def _contact(
    body: Mapping[str, object], kind: str, chat_address: str | None, *, is_own: bool
) -> Contact | None:
    """The contact a message is about. An inbound message of a direct chat comes from the chat's address."""
    if not is_own:
        return known_contact(body.get("sender"), chat_address=chat_address if kind == "direct" else None)
    return _other_side(body) if kind == "direct" else None


def _other_side(body: Mapping[str, object]) -> Contact | None:
    """In a direct chat the one attendee who is not the account, which lists may or may not include (§4.2)."""
    attendees = body.get("attendees")
    found = [known_contact(item) for item in attendees] if isinstance(attendees, list) else []
    own = contact_of(body.get("sender"))
    others = [c for c in found if c is not None and (own is None or c["provider_id"] != own["provider_id"])]
    others = [contact for contact in others if not is_account(body, contact)]
    if len(others) != 1:
        return None
    # A contact listed under the account's own name is a mistake of the list.
    is_mistaken = own is not None and is_same(others[0]["name"], own["name"])
    return {**others[0], "name": None} if is_mistaken else others[0]
