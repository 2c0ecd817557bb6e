"""Office hours: whether a number is open, when it opens next, which closed period this is, and how long it was open."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

MINUTES_OF_DAY = 24 * 60
# Beyond this the hours count as closed for good.
HORIZON_DAYS = 400
ONE_DAY = timedelta(days=1)
# From and to, in minutes of the local day.
Span = tuple[int, int]
NEVER = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Hours:
    """The spans of each weekday, Monday first, in order and apart; a date in `holidays` has its own instead."""

    zone: ZoneInfo
    week: Sequence[Sequence[Span]]
    holidays: Mapping[date, Sequence[Span]] = field(default_factory=dict)

    def is_open(self, at: datetime) -> bool:
        return any(start <= at < end for start, end in self._spans_of(_local_day(self.zone, at)))

    def next_open(self, at: datetime) -> datetime | None:
        """When it opens after `at`, or `at` itself if it is open; None if it never does."""
        for start, end in self._spans_from(_local_day(self.zone, at) - ONE_DAY):
            if end > at:
                return max(start, at)
        return None

    def changes_at(self, at: datetime) -> datetime | None:
        """When it opens or closes next; None if it never does."""
        if not self.is_open(at):
            return self.next_open(at)
        open_until = at
        for start, end in self._spans_from(_local_day(self.zone, at) - ONE_DAY):
            if start > open_until:
                return open_until
            open_until = max(open_until, end)
        return None

    def closed_since(self, at: datetime) -> datetime | None:
        """When the closed period around `at` began: the same for each moment of the period. None while it is open."""
        if self.is_open(at):
            return None
        day = _local_day(self.zone, at)
        for days in range(HORIZON_DAYS):
            ends = [end for _, end in self._spans_of(day - ONE_DAY * days) if end <= at]
            if ends:
                return max(ends)
        return NEVER

    def open_seconds(self, start: datetime, end: datetime) -> float:
        """How many seconds between the two were within the hours."""
        total = 0.0
        day, last = _local_day(self.zone, start), _local_day(self.zone, end)
        while day <= last:
            for opens, closes in self._spans_of(day):
                total += max(0.0, (min(closes, end) - max(opens, start)).total_seconds())
            day += ONE_DAY
        return total

    def add_open_seconds(self, start: datetime, seconds: float) -> datetime | None:
        """When that many seconds within the hours have passed since `start`; None if they never will."""
        left = seconds
        for opens, closes in self._spans_from(_local_day(self.zone, start)):
            begin = max(opens, start)
            length = (closes - begin).total_seconds()
            if length > 0 and left <= length:
                return begin + timedelta(seconds=left)
            left -= max(0.0, length)
        return None

    def _spans_from(self, day: date) -> Iterator[tuple[datetime, datetime]]:
        for days in range(HORIZON_DAYS):
            yield from self._spans_of(day + ONE_DAY * days)

    def _spans_of(self, day: date) -> Iterator[tuple[datetime, datetime]]:
        """The spans of a local day as moments, in order, without those that a change of the clocks leaves empty."""
        done = NEVER
        for start, end in self.holidays.get(day, self.week[day.weekday()]):
            opens, closes = max(done, self._moment(day, start)), self._moment(day, end)
            if opens < closes:
                yield opens, closes
                done = closes

    def _moment(self, day: date, minutes: int) -> datetime:
        """A local time; of one that comes twice the first, and one that is skipped comes as much later (PEP 495)."""
        midnight = datetime.combine(day + ONE_DAY * (minutes // MINUTES_OF_DAY), time(), self.zone)
        return (midnight + timedelta(minutes=minutes % MINUTES_OF_DAY)).astimezone(UTC)


def _local_day(zone: ZoneInfo, at: datetime) -> date:
    return at.astimezone(zone).date()
