"""Reactions: one a person, whichever of their names it came under, each with the newest name."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from aiopg import Cursor

from server.store.chats import contacts

# Name of a person -> (contact id, what they are called).
Known = Mapping[str, tuple[int, str | None]]


def same(person: str, known: Known) -> str:
    """One word for all the names of a person."""
    return f"#{known[person][0]}" if person in known else person


def reactor_of(reaction: Mapping[str, Any], known: Known) -> str:
    return "" if reaction["is_own"] else same(_sender(reaction)["provider_id"], known)


def who_reacted(reaction: Mapping[str, Any]) -> str:
    """Their name at the provider; '' for the account itself."""
    return "" if reaction["is_own"] else str(_sender(reaction)["provider_id"])


def _sender(reaction: Mapping[str, Any]) -> Mapping[str, Any]:
    """Who reacted, in a row of ours or in UniPile's words."""
    sender: Mapping[str, Any] = reaction.get("sender") or reaction
    return sender


async def fetch_known_contacts(
    cursor: Cursor, account_id: int, reactions: Sequence[Mapping[str, Any]], people: Iterable[str]
) -> Known:
    """The contacts among those who reacted."""
    ids = {_sender(reaction)["provider_id"] for reaction in reactions} | set(people)
    ids.discard("")
    return await contacts.fetch_known_contacts(cursor, account_id, sorted(ids)) if ids else {}


def show(
    reactions: Sequence[Mapping[str, Any]], known: Known, told: Mapping[str, Any]
) -> list[dict[str, Any]]:
    """Reactions as they are shown, one a person, each with the newest name of whoever reacted, in an order of their
    own.
    """
    shown: dict[str, dict[str, Any]] = {}
    for reaction in reactions:
        sender = _sender(reaction)
        provider_id = sender["provider_id"]
        name = known[provider_id][1] if provider_id in known else None
        shown[reactor_of(reaction, known)] = {
            "value": reaction["value"],
            "sender": {
                "provider_id": provider_id,
                "name": name or told.get(provider_id) or sender.get("name"),
            },
            "is_own": reaction["is_own"],
        }
    return sorted(shown.values(), key=lambda reaction: str(reaction["sender"]["provider_id"]))
