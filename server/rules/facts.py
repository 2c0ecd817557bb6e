"""The facts that reports count, computed from a conversation and its messages. Nothing else makes facts."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal, NamedTuple, TypedDict

from server.rules.buckets import bucket_of
from server.rules.hours import Hours
from server.rules.turns import Turn, Turns

Measure = Literal["opened", "first_reply", "reply", "program_reply", "resolution", "waiting"]
# What reports show. A reply of a program ends a turn and is none of a user's.
MEASURES: Sequence[Measure] = ("opened", "first_reply", "reply", "resolution")


class Conversation(NamedTuple):
    """A conversation as reports see it."""

    id: int
    account_id: int
    chat_id: int
    opened_at: datetime
    opener_id: int | None  # a user's
    first_reply_at: datetime | None
    first_reply_by: int | None
    closed_at: datetime | None
    closed_by: int | None


class LabelChange(NamedTuple):
    """A label that a chat got or lost."""

    chat_id: int
    at: datetime
    label_id: int
    is_added: bool


class NewFact(TypedDict):
    """A fact as it is stored; a fact of a conversation has one of each measure, and one reply for each `key`."""

    conversation_id: int
    measure: Measure
    key: int
    account_id: int
    chat_id: int
    began_at: str
    at: str
    day: str
    user_id: int | None
    seconds: int
    open_seconds: int
    bucket: int
    open_bucket: int
    label_ids: list[int]


@dataclass(frozen=True, slots=True)
class _Facts:
    conversation: Conversation
    hours: Hours | None
    label_ids: list[int]

    def fact(
        self, measure: Measure, began_at: datetime, at: datetime, user_id: int | None, key: int = 0
    ) -> NewFact:
        # A phone's clock may be ahead: what was opened later than it was closed took no time.
        seconds = max(0, int((at - began_at).total_seconds()))
        hours = self.hours
        open_seconds = int(hours.open_seconds(began_at, at)) if hours else seconds
        return {
            "conversation_id": self.conversation.id,
            "measure": measure,
            "key": key,
            "account_id": self.conversation.account_id,
            "chat_id": self.conversation.chat_id,
            "began_at": stored_time(began_at),
            "at": stored_time(at),
            "day": at.astimezone(hours.zone if hours else UTC).date().isoformat(),
            "user_id": user_id,
            "seconds": seconds,
            "open_seconds": open_seconds,
            "bucket": bucket_of(seconds),
            "open_bucket": bucket_of(open_seconds),
            "label_ids": self.label_ids,
        }

    def reply(self, turn: Turn) -> NewFact:
        answer = turn.answer
        measure: Measure = "program_reply" if answer.author_kind == "api_key" else "reply"
        user_id = answer.author_id if answer.author_kind == "user" else None
        return self.fact(measure, turn.asked_at, answer.at, user_id, answer.id)


def facts_of(
    conversation: Conversation, turns: Turns, hours: Hours | None, changes: Iterable[LabelChange]
) -> list[NewFact]:
    """The facts of a conversation, with the replies of these turns. `changes` are those of its chat's labels."""
    make = _Facts(conversation, hours, _labels_of(conversation, changes))
    opened_at, first_reply_at = conversation.opened_at, conversation.first_reply_at
    facts = [make.fact("opened", opened_at, opened_at, conversation.opener_id)]
    if first_reply_at is not None:
        facts.append(make.fact("first_reply", opened_at, first_reply_at, conversation.first_reply_by))
    if conversation.closed_at is not None:
        facts.append(make.fact("resolution", opened_at, conversation.closed_at, conversation.closed_by))
    if turns.waiting_since is not None:
        facts.append(make.fact("waiting", turns.waiting_since, turns.waiting_since, None))
    return facts + [make.reply(turn) for turn in turns.answered]


def _labels_of(conversation: Conversation, changes: Iterable[LabelChange]) -> list[int]:
    """What the chat had when the conversation was closed, or has now; the changes are in order."""
    found: set[int] = set()
    for change in changes:
        if conversation.closed_at is None or change.at <= conversation.closed_at:
            (found.add if change.is_added else found.discard)(change.label_id)
    return sorted(found)


def stored_time(at: datetime) -> str:
    """A time of a fact: what is computed is compared with what is stored."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds")
