"""What customers and the business's own phone wrote in the week behind a number, the same for each seed and moment."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from sandbox.generators.history import ANSWERS, FIRST_NAMES, LAST_NAMES, QUESTIONS
from sandbox.generators.team.customer import TOPICS, Topic

DAYS = 7
# When the business is open, from Monday on, in hours of UTC.
OPEN = (*[(9, 18)] * 5, (10, 14), None)
ON_WEEKDAYS, ON_WEEKENDS = 20, 7
WEEKEND = (5, 6)
# Customers also write in the evening, and some at night.
FROM_HOUR, TO_HOUR, BUSIEST_HOUR, AT_NIGHT = 7, 23, 11, 0.05
# In minutes, of the natural logarithm: most answers take five to twenty minutes, some an hour.
QUICK, AFTER_OPENING, LATER = (2.1, 1.0), (2.8, 0.7), (2.6, 0.9)
# How many of the last day are left to the team, how many were overlooked before, and how many write again.
UNANSWERED, OVERLOOKED, GOES_ON, THANKS = 0.5, 0.04, 0.4, 0.55
ONE_DAY = timedelta(days=1)
# Nothing is written in the very last minutes, which belong to the day that follows.
MARGIN = timedelta(minutes=3)


class Line(NamedTuple):
    """A message of a visit, of the customer or from the phone of the business."""

    at: datetime
    is_answer: bool
    text: str


@dataclass(frozen=True, slots=True)
class Visit:
    """What one customer writes, and what is answered."""

    digits: str
    name: str
    topic: Topic
    lines: list[Line]

    @property
    def is_answered(self) -> bool:
        return any(line.is_answer for line in self.lines)


def plan_week(seed: int, now: datetime) -> list[Visit]:
    """The visits of the days before `now`, by their beginning: fewer at weekends, some in the night."""
    dice = random.Random(seed)
    first_day = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(
        days=DAYS - 1
    )
    days = [first_day + n * ONE_DAY for n in range(DAYS)]
    begun = sorted(
        _moment(dice, day)
        for day in days
        for _ in range(ON_WEEKENDS if day.weekday() in WEEKEND else ON_WEEKDAYS)
    )
    latest = now - MARGIN
    return [_visit(dice, seed, n, at, latest) for n, at in enumerate(begun) if at < latest]


def _moment(dice: random.Random, day: datetime) -> datetime:
    hour = (
        dice.uniform(0, 24) if dice.random() < AT_NIGHT else dice.triangular(FROM_HOUR, TO_HOUR, BUSIEST_HOUR)
    )
    return day + timedelta(hours=hour)


def _visit(dice: random.Random, seed: int, nth: int, at: datetime, latest: datetime) -> Visit:
    topic = dice.choice(TOPICS)
    unanswered = UNANSWERED if latest - at < ONE_DAY else OVERLOOKED
    lines = [line for line in _lines(dice, topic, at, unanswered) if line.at < latest]
    name = f"{dice.choice(FIRST_NAMES)} {dice.choice(LAST_NAMES)}"
    return Visit(f"5521960{seed % 1000:03d}{nth:03d}", name, topic, lines)


def _lines(dice: random.Random, topic: Topic, at: datetime, unanswered: float) -> Iterator[Line]:
    yield Line(at, False, topic.question)
    if dice.random() < unanswered:
        return
    at = _answered_at(dice, at)
    yield Line(at, True, topic.answer)
    if dice.random() < GOES_ON:
        at += _minutes(dice, LATER)
        yield Line(at, False, dice.choice(QUESTIONS))
        at = _answered_at(dice, at)
        yield Line(at, True, dice.choice(ANSWERS))
    if dice.random() < THANKS:
        yield Line(at + _minutes(dice, LATER), False, topic.thanks)


def _minutes(dice: random.Random, spread: tuple[float, float]) -> timedelta:
    return timedelta(minutes=dice.lognormvariate(*spread))


def _answered_at(dice: random.Random, asked_at: datetime) -> datetime:
    """Within the hours after a while, else after the next opening."""
    answered_at = asked_at + _minutes(dice, QUICK)
    if _is_open(asked_at) and _is_open(answered_at):
        return answered_at
    return _next_opening(answered_at) + _minutes(dice, AFTER_OPENING)


def _is_open(at: datetime) -> bool:
    hours = OPEN[at.weekday()]
    return hours is not None and hours[0] <= at.hour < hours[1]


def _next_opening(at: datetime) -> datetime:
    day = at.replace(hour=0, minute=0, second=0, microsecond=0)
    while (hours := OPEN[day.weekday()]) is None or day + timedelta(hours=hours[0]) < at:
        day += ONE_DAY
    return day + timedelta(hours=hours[0])
