"""Reads a message as UniPile holds it now (unipile-api.md §8.1): the truth behind the webhooks' hints."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from server.rules.amendments import ProviderReaction
from server.text.graphemes import is_blank
from server.unipile.fields import MAX_REACTION_LENGTH, MAX_TEXT_LENGTH, address, text
from server.unipile.scalars import flag


@dataclass(frozen=True, slots=True)
class MessageState:
    """What can change about a message; `reactions` are {value, provider_id, is_own}, one a person."""

    body: str | None
    is_edited: bool
    is_deleted: bool
    reactions: list[ProviderReaction]


def read_message(answer: Mapping[str, Any]) -> MessageState:
    return MessageState(
        body=text(answer.get("text"), MAX_TEXT_LENGTH),
        is_edited=flag(answer.get("edited")),
        is_deleted=flag(answer.get("deleted")),
        reactions=_reactions(answer.get("reactions")),
    )


def _reactions(value: object) -> list[ProviderReaction]:
    """One a person, the last one told; what has no value or nobody behind it is no reaction."""
    found: dict[str, ProviderReaction] = {}
    for item in value if isinstance(value, list) else []:
        reaction = _reaction(item)
        if reaction is not None:
            found["" if reaction["is_own"] else reaction["provider_id"]] = reaction
    return list(found.values())


def _reaction(item: object) -> ProviderReaction | None:
    if not isinstance(item, dict):
        return None
    value, who = text(item.get("value"), MAX_REACTION_LENGTH), address(item.get("sender_id"))
    if not value or is_blank(value) or not who:
        return None
    return {"value": value, "provider_id": who, "is_own": flag(item.get("is_sender"))}
