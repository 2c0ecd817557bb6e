"""Reads contacts: the `attendee_…` objects of webhooks, and whether one of them is the connected account itself."""

import re
from collections.abc import Mapping
from typing import TypedDict, cast

from server.text.phones import is_same_phone, phone_of_name
from server.unipile.fields import jids
from server.unipile.fields.addresses import address, with_phone_keys
from server.unipile.fields.texts import MAX_ID_LENGTH, provided_name, text

MAX_MENTIONS = 50
USERNAME = re.compile(r"@?([A-Za-z0-9._]{1,100})")


class ContactRef(TypedDict):
    """A contact as a message shows it; `phone` is +digits."""

    provider_id: str
    name: str | None
    phone: str | None


class Contact(ContactRef):
    """A contact with all its ids (§6.4): `ids` holds the provider's ids, the alias that both forms of a phone number
    share and, behind a '#', UniPile's own id, which is `external_id`. `username` is at WhatsApp, without the @.
    """

    ids: list[str]
    external_id: str | None
    username: str | None


def contact_of(value: object) -> ContactRef | None:
    """The contact of an attendee object; None when it has no provider id."""
    if not isinstance(value, dict):
        return None
    provider_id = address(value.get("attendee_provider_id"))
    if not provider_id:
        return None
    return {
        "provider_id": provider_id,
        "name": provided_name(value.get("attendee_name")),
        "phone": _phone(value, provider_id),
    }


def known_contact(value: object, *, chat_address: str | None = None) -> Contact | None:
    """A contact with all the ids of an attendee object. `chat_address` is the address of a direct chat whose other side
    it is. None for a group or channel that writes in its own name: that is no contact.
    """
    who = contact_of(value)
    if who is None or not isinstance(value, dict):
        return None
    if jids.kind_of(who["provider_id"]) is not None:
        return None
    specifics = value.get("attendee_specifics")
    others = (
        value.get("attendee_public_identifier"),
        specifics.get("lid") if isinstance(specifics, dict) else None,
        who["phone"] and f"{who['phone'].lstrip('+')}@{jids.PHONE_SERVER}",
        chat_address,
    )
    own = text(value.get("attendee_id"), MAX_ID_LENGTH)
    addresses = (plain for other in others if (plain := address(other)) and jids.is_contact(plain))
    ids = with_phone_keys([who["provider_id"], *addresses])
    return {
        **who,
        "ids": [*ids, *([f"#{own}"] if own else [])],
        "external_id": own or None,
        "username": _username(specifics),
    }


def mentions(value: object) -> tuple[Contact, ...]:
    """Contacts mentioned in a text, where UniPile sends more of them than the id that stands in the text (§4.2)."""
    items = value[:MAX_MENTIONS] if isinstance(value, list) else []
    found = (known_contact(_as_attendee(item)) for item in items if isinstance(item, dict))
    return tuple(who for who in found if who is not None and (who["name"] or len(who["ids"]) > 1))


def _as_attendee(item: Mapping[str, object]) -> dict[str, object]:
    """A mention's shape is not documented: it may use the names of webhooks, of the lists, or plain ones."""
    names = {
        "attendee_provider_id": ("provider_id", "id", "user_id", "jid"),
        "attendee_name": ("name", "display_name"),
        "attendee_public_identifier": ("public_identifier",),
        "attendee_specifics": ("specifics",),
    }
    return {
        key: next((item[name] for name in (key, *others) if item.get(name)), None)
        for key, others in names.items()
    }


def raw_id(value: object) -> object:
    """A contact's id as sent, before it is respelled."""
    return value.get("attendee_provider_id") if isinstance(value, dict) else None


def ref_of(who: ContactRef | None) -> ContactRef | None:
    """Only what a message shows of a contact."""
    return (
        None
        if who is None
        else {"provider_id": who["provider_id"], "name": who["name"], "phone": who["phone"]}
    )


def is_account(body: Mapping[str, object], who: ContactRef) -> bool:
    """Whether a contact is the connected account itself: by its id, else by its phone number (§4.3)."""
    info = body.get("account_info")
    info = cast(dict[str, object], info) if isinstance(info, dict) else {}
    is_its_id = address(info.get("user_id")) == who["provider_id"]
    return is_its_id or is_same_phone(phone_of_name(info.get("phone_number")), who["phone"])


def _username(specifics: object) -> str | None:
    """Not documented by UniPile for WhatsApp, whose usernames have letters, digits, dots and underscores."""
    name = specifics.get("username") if isinstance(specifics, dict) else None
    match = USERNAME.fullmatch(name.strip()) if isinstance(name, str) else None
    return match[1] if match else None


def _phone(who: Mapping[str, object], provider_id: str) -> str | None:
    """+digits where WhatsApp reveals the number; never the digits of a LID, even where a server calls them a number."""
    specifics = who.get("attendee_specifics")
    phone = phone_of_name(specifics.get("phone_number")) if isinstance(specifics, dict) else None
    if phone is not None and not jids.is_opaque(provider_id, phone.lstrip("+")):
        return phone
    return jids.phone_of(address(who.get("attendee_public_identifier")) or "") or jids.phone_of(provider_id)
