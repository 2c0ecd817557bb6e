"""The facts that reports count, computed from a conversation and its messages. Nothing else makes facts."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal, NamedTuple, TypedDict

from server.rules.answering.target_clocks import TargetKind
from server.rules.answering.verdicts import ValidPromises, verdict_of
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
    is_by_contact: bool


class LabelChange(NamedTuple):
    """A label that a chat got or lost."""

    chat_id: int
    at: datetime
    label_id: int
    is_added: bool


class TeamChange(NamedTuple):
    """A chat got another team, or none."""

    chat_id: int
    at: datetime
    team_id: int | None


class FactInputs(NamedTuple):
    """What facts follow from besides its messages, in order: labels and teams of its chat, and its promises."""

    labels: Sequence[LabelChange] = ()
    teams: Sequence[TeamChange] = ()
    promises: Sequence[ValidPromises] = ()


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
    team_id: int | None
    promised_minutes: int | None
    promised_office: bool | None
    is_met: bool | None


@dataclass(frozen=True, slots=True)
class _Facts:
    conversation: Conversation
    hours: Hours | None
    label_ids: list[int]
    team_id: int | None
    promises: Sequence[ValidPromises]

    def fact(
        self,
        measure: Measure,
        began_at: datetime,
        at: datetime,
        user_id: int | None,
        key: int = 0,
        ends: TargetKind | None = None,
    ) -> NewFact:
        # A phone's clock may be ahead: what was opened later than it was closed took no time.
        seconds = max(0, int((at - began_at).total_seconds()))
        hours = self.hours
        open_seconds = int(hours.open_seconds(began_at, at)) if hours else seconds
        verdict = ends and verdict_of(ends, at, seconds, open_seconds, self.promises)
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
            "team_id": self.team_id,
            "promised_minutes": verdict.promised_minutes if verdict else None,
            "promised_office": verdict.promised_office if verdict else None,
            "is_met": verdict.is_met if verdict else None,
        }

    def first_reply(self, at: datetime) -> NewFact:
        own = self.conversation
        ends: TargetKind | None = "first_reply" if own.is_by_contact else None
        return self.fact("first_reply", own.opened_at, at, own.first_reply_by, ends=ends)

    def reply(self, turn: Turn) -> NewFact:
        answer = turn.answer
        measure: Measure = "program_reply" if answer.author_kind == "api_key" else "reply"
        user_id = answer.author_id if answer.author_kind == "user" else None
        ends: TargetKind | None = "next_reply" if measure == "reply" and self._is_next(answer.at) else None
        return self.fact(measure, turn.asked_at, answer.at, user_id, answer.id, ends)

    def _is_next(self, at: datetime) -> bool:
        """The first reply to what a contact began has a clock of its own."""
        first_at = self.conversation.first_reply_at
        return not self.conversation.is_by_contact or (first_at is not None and at > first_at)


def facts_of(
    conversation: Conversation, turns: Turns, hours: Hours | None, inputs: FactInputs
) -> list[NewFact]:
    """The facts of a conversation, with the replies of these turns."""
    labels, team_id = _labels_of(conversation, inputs.labels), _team_of(conversation, inputs.teams)
    make = _Facts(conversation, hours, labels, team_id, inputs.promises)
    opened_at, closed_at = conversation.opened_at, conversation.closed_at
    facts = [make.fact("opened", opened_at, opened_at, conversation.opener_id)]
    if conversation.first_reply_at is not None:
        facts.append(make.first_reply(conversation.first_reply_at))
    if closed_at is not None:
        facts.append(make.fact("resolution", opened_at, closed_at, conversation.closed_by, ends="close"))
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


def _team_of(conversation: Conversation, changes: Iterable[TeamChange]) -> int | None:
    """As with labels."""
    team_id = None
    for change in changes:
        if conversation.closed_at is None or change.at <= conversation.closed_at:
            team_id = change.team_id
    return team_id


def stored_time(at: datetime) -> str:
    """A time of a fact: what is computed is compared with what is stored."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds")
