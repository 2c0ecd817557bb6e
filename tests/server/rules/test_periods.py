"""Periods of reports: every day is in one span and in one step."""

from datetime import date, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from server.rules.periods import ONE_DAY, Period, following_step

PERIODS = st.builds(
    lambda since, days: Period(since, since + timedelta(days=days)),
    st.dates(date(2024, 1, 1), date(2027, 12, 31)),
    st.integers(0, 799),
)


@given(PERIODS)
def test_spans_contain_each_day_once(period: Period) -> None:
    days: list[date] = []
    for unit, first, last in period.spans(period.step):
        # Months are read by their first days.
        assert unit == "day" or (first.day == 1 and (last + ONE_DAY).day == 1)
        days += [first + ONE_DAY * n for n in range((last - first).days + 1)]
    assert days == [period.since + ONE_DAY * n for n in range(period.days)]


@given(PERIODS)
def test_steps_follow_each_other_and_the_period_before_is_as_long(period: Period) -> None:
    starts = list(period.step_starts())
    assert starts[0] == period.since
    assert all(following_step(period.step, a) == b for a, b in pairwise(starts))
    assert following_step(period.step, starts[-1]) > period.until
    assert (period.before.days, period.before.until + ONE_DAY) == (period.days, period.since)
