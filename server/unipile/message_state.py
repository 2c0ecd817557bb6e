"""Reads the current state of a message at UniPile (unipile-api.md §8.1), which overrides its webhooks."""

from collections.abc import Mapping
from dataclasses import dataclass

from server.rules.amendments import ProviderReaction
from server.text.graphemes import is_blank
from server.unipile.fields.addresses import address
from server.unipile.fields.scalars import flag
from server.unipile.fields.texts import MAX_REACTION_LENGTH, MAX_TEXT_LENGTH, text


@dataclass(frozen=True, slots=True)
class MessageState:
    """What can change about a message; `reactions` has at most one per reactor."""

    body: str | None
    is_edited: bool
    is_deleted: bool
    reactions: list[ProviderReaction]


def read_message(answer: Mapping[str, object]) -> MessageState:
    return MessageState(
        body=text(answer.get("text"), MAX_TEXT_LENGTH),
        is_edited=flag(answer.get("edited")),
        is_deleted=flag(answer.get("deleted")),
        reactions=_reactions(answer.get("reactions")),
    )


def _reactions(value: object) -> list[ProviderReaction]:
    """The last reaction of each reactor; one without a value or a reactor does not count."""
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
