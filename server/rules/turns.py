"""Turns: which answer ends which waiting of a contact, by the times and the order of arrival of messages."""

from bisect import bisect_left
from collections.abc import Iterable
from datetime import datetime
from typing import Literal, NamedTuple


class TurnMessage(NamedTuple):
    """A message of a conversation; `seq` is its position in the order of arrival. Only answers have an author."""

    id: int
    at: datetime
    seq: int
    direction: Literal["in", "out"]
    author_kind: str | None = None  # None: not known
    author_id: int | None = None


class Turn(NamedTuple):
    """A contact waited since `asked_at`, until this answer."""

    answer: TurnMessage
    asked_at: datetime


class Turns(NamedTuple):
    """The turns, and since when messages wait that have no answer."""

    answered: list[Turn]
    waiting_since: datetime | None


def pair_turns(messages: Iterable[TurnMessage]) -> Turns:
    """A message is answered by the first answer that follows it both in time and in arrival, as its chat's
    `waiting_since` has it. Messages with the same answer are one turn, which begins with the first of them.
    """
    ordered = sorted(messages, key=lambda message: (message.at, message.id))
    answers = [message for message in ordered if message.direction == "out"]
    times = [answer.at for answer in answers]
    asked: dict[TurnMessage, datetime] = {}
    waiting_since: datetime | None = None
    for message in ordered:
        if message.direction == "in":
            following = (a for a in answers[bisect_left(times, message.at) :] if a.seq > message.seq)
            answer = next(following, None)
            if answer is None:
                waiting_since = waiting_since or message.at
            else:
                asked.setdefault(answer, message.at)
    return Turns([Turn(answer, at) for answer, at in asked.items()], waiting_since)
