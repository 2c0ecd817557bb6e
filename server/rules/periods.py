"""Periods of reports: days, the period before them, and the steps in which they are drawn."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal, NamedTuple

Step = Literal["day", "week", "month"]
DEFAULT_DAYS, MAX_DAYS = 28, 800
# More steps than these days and weeks cannot be told apart in a plot. Longer periods are read from whole months.
MOST_DAYS, MOST_WEEKS_DAYS = 62, 92
ONE_DAY = timedelta(days=1)


class Span(NamedTuple):
    """Days, or whole months by their first days, as they are counted together."""

    unit: Literal["day", "month"]
    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Period:
    """Days, the last one included."""

    since: date
    until: date

    @property
    def days(self) -> int:
        return (self.until - self.since).days + 1

    @property
    def before(self) -> "Period":
        """As many days, right before."""
        return Period(self.since - ONE_DAY * self.days, self.since - ONE_DAY)

    @property
    def step(self) -> Step:
        if self.days <= MOST_DAYS:
            return "day"
        return "week" if self.days <= MOST_WEEKS_DAYS else "month"

    def spans(self, step: Step) -> list[Span]:
        """What to add up: where steps are months, whole months and the days before and after them."""
        if step != "month":
            return [Span("day", self.since, self.until)]
        first, end = following_step("month", self.since - ONE_DAY), (self.until + ONE_DAY).replace(day=1)
        if first >= end:
            return [Span("day", self.since, self.until)]
        return [
            Span("day", self.since, first - ONE_DAY),
            Span("month", first, end - ONE_DAY),
            Span("day", end, self.until),
        ]

    def step_starts(self) -> Iterator[date]:
        """The first day of each step; the first step may have begun before the period."""
        day = self.since
        while day <= self.until:
            yield day
            day = following_step(self.step, day)


def following_step(step: Step, day: date) -> date:
    """The first day after the step of this day. Weeks begin on Monday."""
    if step == "day":
        return day + ONE_DAY
    if step == "week":
        return day + ONE_DAY * (7 - day.weekday())
    return (day.replace(day=1) + ONE_DAY * 32).replace(day=1)


def last_days(today: date) -> Period:
    """What is shown if nothing else is asked for."""
    return Period(today - ONE_DAY * (DEFAULT_DAYS - 1), today)
