"""Tests the conditions of rules against an event and its chat. Texts are compared as the search compares them."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache

from server.store.rules.facts import ChatFacts
from server.store.rules.rules import Condition
from server.store.search.tokenize import TOKEN
from server.text.fold import fold

MAX_CACHED = 2000


@dataclass(frozen=True, slots=True)
class EventFacts:
    """An event as conditions see it. `text` is None where it is not about a message; `label_id` is the label that was
    added or removed; `is_open`: whether it was within the office hours.
    """

    chat: ChatFacts
    text: str | None
    label_id: int | None
    is_open: bool


def is_met(conditions: Collection[Condition], facts: EventFacts) -> bool:
    """Whether all of them hold."""
    return all(holds(condition, facts) for condition in conditions)


def holds(condition: Condition, facts: EventFacts) -> bool:
    return TESTS[condition["kind"]](condition, facts)


def _text(condition: Condition, facts: EventFacts) -> bool:
    if facts.text is None:
        return False
    texts = condition["texts"]
    if condition["test"] == "words":
        words = _padded(facts.text)
        return any(_padded_once(text) in words for text in texts)
    folded = fold(facts.text)
    is_contained = any(_fold_once(text) in folded for text in texts)
    return is_contained if condition["test"] == "contains" else not is_contained


def _padded(text: str) -> str:
    """Its words between spaces; in scripts without spaces each letter is one."""
    words: list[str] = []
    for unspaced, spaced in TOKEN.findall(fold(text)):
        words += list(unspaced) if unspaced else [spaced]
    return f" {' '.join(words)} "


@lru_cache(MAX_CACHED)
def _padded_once(text: str) -> str:
    return _padded(text)


@lru_cache(MAX_CACHED)
def _fold_once(text: str) -> str:
    return fold(text)


def _label(condition: Condition, facts: EventFacts) -> bool:
    has = facts.chat.label_ids if facts.label_id is None else {facts.label_id}
    return has.isdisjoint(condition["ids"]) == (condition["test"] == "none")


def _owner(condition: Condition, owner_id: int | None) -> bool:
    if condition["test"] == "one_of":
        return owner_id in condition["ids"]
    return (owner_id is None) == (condition["test"] == "none")


TESTS: Mapping[str, Callable[[Condition, EventFacts], bool]] = {
    "text": _text,
    "label": _label,
    "hours": lambda condition, facts: facts.is_open == (condition["test"] == "open"),
    "assignee": lambda condition, facts: _owner(condition, facts.chat.state.assignee_id),
    "team": lambda condition, facts: _owner(condition, facts.chat.state.team_id),
    "new_contact": lambda condition, facts: facts.chat.is_new == (condition["test"] == "yes"),
    "chat_kind": lambda condition, facts: facts.chat.state.kind == condition["test"],
}
