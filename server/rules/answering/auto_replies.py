"""Whether a contact's message is answered by itself: with a welcome, with an away text, or not at all."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, NamedTuple

from server.rules.hours import Hours

Kind = Literal["welcome", "away"]
KINDS: tuple[Kind, ...] = ("welcome", "away")

# An agent who did something in the chat within this time is there, also outside the office hours.
AGENT_TIME = timedelta(hours=1)
# A later welcome would come too late to be one.
WELCOME_TIME = timedelta(hours=1)
# What follows an automatic message this soon was written by a machine.
MACHINE_TIME = timedelta(seconds=10)
# Between two away texts, where closed periods are short or the hours are changed.
AWAY_TIME = timedelta(hours=4)
# Two machines that answer each other stop after so many within a day.
DAY, MOST_A_DAY = timedelta(days=1), 3


@dataclass(frozen=True, slots=True)
class ContactMessage:
    """A contact's message, and what has happened in its chat within a day."""

    chat_id: int
    chat_kind: str
    at: datetime  # when it was sent
    opened_id: int | None  # the conversation that it opened
    agent_at: datetime | None  # when a user, a program or the phone last wrote or did something
    automatic_at: datetime | None  # when Confab last wrote by itself
    away_at: datetime | None
    auto_replies: int


class AutoReply(NamedTuple):
    """What is sent; with the same client_id it is sent once."""

    kind: Kind
    client_id: str


def choose_reply(
    kinds: Collection[Kind], hours: Hours | None, message: ContactMessage, now: datetime
) -> AutoReply | None:
    """The text that answers the message, of those that are on; outside the hours the away text alone."""
    if message.chat_kind != "direct" or _is_silent(message, now):
        return None
    period = _closed_period(hours, message.at, now)
    if period is not None and "away" in kinds:
        if message.away_at is not None and now - message.away_at < AWAY_TIME:
            return None
        return AutoReply("away", f"away:{message.chat_id}:{int(period.timestamp())}")
    if "welcome" in kinds and message.opened_id is not None and now - message.at < WELCOME_TIME:
        return AutoReply("welcome", f"welcome:{message.opened_id}")
    return None


def _is_silent(message: ContactMessage, now: datetime) -> bool:
    """Whether an agent is there, or no human may be at the other end."""
    agent_at, automatic_at = message.agent_at, message.automatic_at
    if agent_at is not None and (now - agent_at < AGENT_TIME or agent_at >= message.at):
        return True
    if automatic_at is not None and timedelta() <= message.at - automatic_at < MACHINE_TIME:
        return True
    return message.auto_replies >= MOST_A_DAY


def _closed_period(hours: Hours | None, at: datetime, now: datetime) -> datetime | None:
    """When the closed period began that lasted from the message until now; None if there is none, as for a message
    that is found late.
    """
    if hours is None:
        return None
    period = hours.closed_since(now)
    return period if period is not None and hours.closed_since(at) == period else None
