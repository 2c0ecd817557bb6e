"""The clocks of targets: which runs, and when it is at risk and breached, in and outside office hours."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from server.rules.answering.target_clocks import Progress, Promises, TargetKind, clock_of
from server.rules.hours import Hours

OPENED = datetime(2026, 3, 27, 15, tzinfo=UTC)  # a Friday; 16:00 in Berlin
# From 9 to 17 on weekdays; the Monday is a holiday. In the night to the Sunday the clocks change.
OFFICE = Hours(ZoneInfo("Europe/Berlin"), [[(540, 1020)]] * 5 + [[], []], {date(2026, 3, 30): []})


def after(minutes: float) -> datetime:
    return OPENED + timedelta(minutes=minutes)


def progress(
    *, by_contact: bool = True, replied: float | None = None, waits: float | None = None
) -> Progress:
    first, waiting = [None if minutes is None else after(minutes) for minutes in (replied, waits)]
    return Progress(by_contact, OPENED, first, waiting)


def promises(
    first: int | None = None, following: int | None = None, close: int | None = None, *, office: bool = False
) -> Promises:
    return Promises(first, following, close, office)


@pytest.mark.parametrize(
    ("promised", "done", "kind", "began", "due"),
    [
        (promises(30, 60), progress(waits=0), "first_reply", 0, 30),
        # A program has answered: the contact waits no more, and no human has replied.
        (promises(30, 60), progress(), "first_reply", 0, 30),
        (promises(30, 60), progress(replied=5, waits=7), "next_reply", 7, 67),
        (promises(None, 60), progress(waits=0), None, 0, 0),
        (promises(30, 60), progress(replied=5), None, 0, 0),
        # What we began has no first reply.
        (promises(30, 60), progress(by_contact=False, waits=7), "next_reply", 7, 67),
        (promises(30, 60), progress(by_contact=False), None, 0, 0),
        (promises(close=90), progress(replied=5), "close", 0, 90),
        # That which ends first.
        (promises(30, 60, 90), progress(waits=0), "first_reply", 0, 30),
        (promises(30, 60, 90), progress(replied=5, waits=40), "close", 0, 90),
        (promises(30, 60, 90), progress(replied=5, waits=20), "next_reply", 20, 80),
        (promises(30, None, 30), progress(waits=0), "first_reply", 0, 30),
    ],
)
def test_the_clock_that_ends_first(
    promised: Promises, done: Progress, kind: TargetKind | None, began: int, due: int
) -> None:
    clock = clock_of(promised, done, OFFICE)
    found = clock and (clock.kind, clock.began_at, clock.due_at)
    assert found == (kind and (kind, after(began), after(due)))


@pytest.mark.parametrize(("minutes", "at_risk"), [(1, 0.5), (30, 15), (120, 60), (121, 61), (43_200, 43_140)])
def test_it_is_at_risk_for_the_last_hour_or_half_of_the_time(minutes: int, at_risk: float) -> None:
    clock = clock_of(promises(minutes), progress(), None)
    assert clock is not None
    assert (clock.at_risk_at, clock.due_at) == (after(at_risk), after(minutes))


def test_only_office_hours_count_without_holidays_and_whatever_the_clocks_do() -> None:
    clock = clock_of(promises(180, office=True), progress(), OFFICE)
    assert clock is not None
    # One hour of the Friday; at 9 on the Tuesday it is 7 in UTC by then.
    assert clock.at_risk_at == datetime(2026, 3, 31, 8, tzinfo=UTC)
    assert clock.due_at == datetime(2026, 3, 31, 9, tzinfo=UTC)
    # Without hours all time counts.
    always = clock_of(promises(180, office=True), progress(), None)
    assert always is not None and always.due_at == after(180)


def test_what_will_never_be_due_has_no_clock() -> None:
    closed = Hours(ZoneInfo("Europe/Berlin"), [[]] * 7)
    assert clock_of(promises(30, office=True), progress(), closed) is None
    assert clock_of(promises(30), progress(), closed) is not None
