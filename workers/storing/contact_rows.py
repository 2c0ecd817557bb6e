"""Contacts as a batch reports them: one row a contact, whichever of its ids it came under, with its newest values."""

from collections.abc import Iterable
from typing import NamedTuple, TypeVar, cast

from server.store.chats.chat_rows import ContactReport
from server.text.names import is_same
from server.unipile.fields.contacts import Contact, ContactRef

NEVER = "-infinity"

AnyContact = TypeVar("AnyContact", bound=ContactRef)


class Mention(NamedTuple):
    """A contact that an event or a list names, and when."""

    account_id: int
    contact: Contact
    reported_at: str
    is_dated: bool = False  # by a message whose chat gets the times of the contact's name and phone


def contact_rows(mentions: Iterable[Mention]) -> list[ContactReport]:
    """One row a contact: no two rows of an account have an id in common."""
    rows: list[ContactReport] = []
    by_alias: dict[tuple[int, str], ContactReport] = {}
    for mention in mentions:
        row = _row(mention)
        account_id = row["account_id"]
        same = {id(known): known for name in row["ids"] if (known := by_alias.get((account_id, name)))}
        for known in same.values():
            row = _merge(known, row)
            rows.remove(known)
        rows.append(row)
        by_alias |= dict.fromkeys(((account_id, name) for name in row["ids"]), row)
    for n, row in enumerate(rows):
        row["n"] = n
    return rows


def without_own_name(contact: AnyContact, own_name: str | None) -> AnyContact:
    """A contact that is not the account: the account's own name is not its name."""
    return cast(AnyContact, {**contact, "name": None}) if is_same(contact["name"], own_name) else contact


def _row(mention: Mention) -> ContactReport:
    contact = mention.contact
    name, phone, username = contact["name"] or None, contact["phone"] or None, contact["username"] or None
    return {
        "n": 0,
        "account_id": mention.account_id,
        "ids": contact["ids"],
        "provider_id": contact["provider_id"],
        "external_id": contact["external_id"],
        "name": name,
        "named_at": mention.reported_at if name else NEVER,
        "phone": phone,
        "phoned_at": mention.reported_at if phone else NEVER,
        "username": username,
        "usernamed_at": mention.reported_at if username else NEVER,
        "is_dated": mention.is_dated,
    }


def _merge(one: ContactReport, other: ContactReport) -> ContactReport:
    """Both in one row. Times in UTC with milliseconds sort as text; of two values at the same time the greater wins."""
    both = (one, other)
    named = max(both, key=lambda row: (row["name"] is not None, row["named_at"], row["name"] or ""))
    phoned = max(both, key=lambda row: (row["phone"] is not None, row["phoned_at"], row["phone"] or ""))
    usernamed = max(
        both, key=lambda row: (row["username"] is not None, row["usernamed_at"], row["username"] or "")
    )
    return {
        "n": 0,
        "account_id": one["account_id"],
        "ids": list(dict.fromkeys([*one["ids"], *other["ids"]])),
        "provider_id": one["provider_id"],
        "external_id": one["external_id"] or other["external_id"],
        "name": named["name"],
        "named_at": named["named_at"],
        "phone": phoned["phone"],
        "phoned_at": phoned["phoned_at"],
        "username": usernamed["username"],
        "usernamed_at": usernamed["usernamed_at"],
        "is_dated": named["is_dated"] and phoned["is_dated"],
    }
