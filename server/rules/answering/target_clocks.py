"""The clocks of targets: which of them runs in an open conversation, and when it is at risk and breached."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Literal, NamedTuple

from server.rules.hours import Hours

TargetKind = Literal["first_reply", "next_reply", "close"]
# At risk for so long, or for half of the time where that is less.
AT_RISK_SECONDS = 3600.0


class Promises(NamedTuple):
    """What a target promises; None: not promised. `office_hours`: only those of the number count."""

    first_reply_minutes: int | None
    next_reply_minutes: int | None
    close_minutes: int | None
    office_hours: bool


class Progress(NamedTuple):
    """How far an open conversation is. Only those that the contact opened have a first reply."""

    is_by_contact: bool
    opened_at: datetime
    first_reply_at: datetime | None
    waiting_since: datetime | None


class TargetClock(NamedTuple):
    """A clock that runs: on track before `at_risk_at`, breached from `due_at`."""

    kind: TargetKind
    began_at: datetime
    at_risk_at: datetime
    due_at: datetime


def clock_of(promises: Promises, progress: Progress, hours: Hours | None) -> TargetClock | None:
    """The clock that ends first; None if none runs, or none will ever end. `hours` are those of the number."""
    counted = hours if promises.office_hours else None
    clocks = [_clock(kind, at, minutes, counted) for kind, at, minutes in _running(promises, progress)]
    return min((clock for clock in clocks if clock), key=lambda clock: clock.due_at, default=None)


def _running(promises: Promises, progress: Progress) -> Iterator[tuple[TargetKind, datetime, int]]:
    if progress.is_by_contact and progress.first_reply_at is None:
        if promises.first_reply_minutes is not None:
            yield "first_reply", progress.opened_at, promises.first_reply_minutes
    elif progress.waiting_since is not None and promises.next_reply_minutes is not None:
        yield "next_reply", progress.waiting_since, promises.next_reply_minutes
    if promises.close_minutes is not None:
        yield "close", progress.opened_at, promises.close_minutes


def _clock(kind: TargetKind, began_at: datetime, minutes: int, hours: Hours | None) -> TargetClock | None:
    """None if the number is not open for so long within the horizon of its hours."""
    seconds = minutes * 60.0
    at_risk_at = _after(began_at, seconds - min(AT_RISK_SECONDS, seconds / 2), hours)
    due_at = _after(began_at, seconds, hours)
    return None if at_risk_at is None or due_at is None else TargetClock(kind, began_at, at_risk_at, due_at)


def _after(began_at: datetime, seconds: float, hours: Hours | None) -> datetime | None:
    return hours.add_open_seconds(began_at, seconds) if hours else began_at + timedelta(seconds=seconds)
