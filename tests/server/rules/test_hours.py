"""Office hours against a minute-by-minute model: zones, changes of the clocks, holidays."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.rules.hours import NEVER, Hours, Span

BERLIN = ZoneInfo("Europe/Berlin")
OFFICE: list[list[Span]] = [[(9 * 60, 17 * 60)]] * 5 + [[], []]
MINUTE = timedelta(minutes=1)


def berlin(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN).astimezone(UTC)


HOURS = Hours(BERLIN, OFFICE, {date(2026, 12, 25): [], date(2026, 12, 24): [(540, 720)]})


@pytest.mark.parametrize(
    ("at", "is_open"),
    [
        ("2026-11-30T09:00", True),
        ("2026-11-30T08:59", False),
        ("2026-11-30T16:59", True),
        ("2026-11-30T17:00", False),
        ("2026-11-29T12:00", False),  # Sunday
        ("2026-12-24T11:59", True),
        ("2026-12-24T12:00", False),
        ("2026-12-25T10:00", False),
    ],
)
def test_when_it_is_open(at: str, is_open: bool) -> None:
    assert HOURS.is_open(berlin(at)) is is_open


@pytest.mark.parametrize(
    ("at", "since"),
    [
        ("2026-11-30T12:00", None),
        ("2026-11-30T20:00", "2026-11-30T17:00"),
        ("2026-12-01T08:00", "2026-11-30T17:00"),
        ("2026-11-29T12:00", "2026-11-27T17:00"),
        ("2026-12-27T12:00", "2026-12-24T12:00"),
    ],
)
def test_a_closed_period_is_named_by_its_beginning(at: str, since: str | None) -> None:
    assert HOURS.closed_since(berlin(at)) == (since and berlin(since))


def test_what_never_opens_is_one_closed_period() -> None:
    hours = Hours(BERLIN, [[]] * 7)
    assert hours.closed_since(berlin("2026-11-30T12:00")) == NEVER
    assert hours.next_open(berlin("2026-11-30T12:00")) is None
    assert hours.add_open_seconds(berlin("2026-11-30T12:00"), 1) is None


@pytest.mark.parametrize(
    ("at", "changes_at"),
    [
        ("2026-11-30T08:00", "2026-11-30T09:00"),
        ("2026-11-30T09:00", "2026-11-30T17:00"),
        ("2026-11-27T17:00", "2026-11-30T09:00"),
        ("2026-12-24T11:59", "2026-12-24T12:00"),
        ("2026-12-24T12:00", "2026-12-28T09:00"),
    ],
)
def test_when_it_opens_or_closes_next(at: str, changes_at: str) -> None:
    assert HOURS.changes_at(berlin(at)) == berlin(changes_at)


def test_over_midnight_it_does_not_close() -> None:
    nights = Hours(BERLIN, [[(0, 6 * 60), (22 * 60, 1440)]] * 7)
    assert nights.changes_at(berlin("2026-11-30T23:00")) == berlin("2026-12-01T06:00")
    assert Hours(BERLIN, [[(0, 1440)]] * 7).changes_at(berlin("2026-11-30T23:00")) is None
    assert Hours(BERLIN, [[]] * 7).changes_at(berlin("2026-11-30T23:00")) is None


def test_only_office_hours_count() -> None:
    # Friday 16:30 to Monday 9:30.
    assert HOURS.open_seconds(berlin("2026-11-27T16:30"), berlin("2026-11-30T09:30")) == 3600
    assert HOURS.add_open_seconds(berlin("2026-11-27T16:30"), 3600) == berlin("2026-11-30T09:30")
    assert HOURS.next_open(berlin("2026-11-27T18:00")) == berlin("2026-11-30T09:00")


@pytest.mark.parametrize(("day", "hours"), [("2026-03-29", 23), ("2026-10-25", 25), ("2026-11-30", 24)])
def test_a_day_has_as_many_hours_as_the_clocks_give_it(day: str, hours: int) -> None:
    always = Hours(BERLIN, [[(0, 1440)]] * 7)
    start = berlin(f"{day}T00:00")
    end = datetime.combine(
        date.fromisoformat(day) + timedelta(days=1), datetime.min.time(), BERLIN
    ).astimezone(UTC)
    assert always.open_seconds(start, end) == hours * 3600


zones = st.sampled_from(
    ["Europe/Berlin", "America/Sao_Paulo", "Asia/Kathmandu", "Australia/Lord_Howe", "UTC"]
)
spans = st.lists(st.integers(0, 24), min_size=0, max_size=4, unique=True).map(
    lambda hours: [
        (start * 60, end * 60) for start, end in zip(sorted(hours)[::2], sorted(hours)[1::2], strict=False)
    ]
)
# Weeks in which Europe, Australia, or no country changes the clocks.
starts = st.sampled_from(
    [datetime(2026, 3, 28), datetime(2026, 10, 24), datetime(2026, 4, 4), datetime(2026, 7, 1)]
)


@given(
    zone=zones,
    week=st.lists(spans, min_size=7, max_size=7),
    start=starts,
    offset=st.integers(0, 1440),
    minutes=st.integers(0, 4000),
    holiday=st.one_of(st.none(), spans),
)
def test_any_hours_agree_with_a_model_by_minutes(
    zone: str, week: list[list[Span]], start: datetime, offset: int, minutes: int, holiday: list[Span] | None
) -> None:
    special = {} if holiday is None else {(start + timedelta(days=1)).date(): holiday}
    hours = Hours(ZoneInfo(zone), week, special)
    begin = (start + timedelta(minutes=offset)).replace(tzinfo=UTC)
    moments = [begin + MINUTE * n for n in range(minutes)]
    is_open = [hours.is_open(at) for at in moments]
    end = begin + MINUTE * minutes
    assert hours.open_seconds(begin, end) == 60 * sum(is_open)
    if not all(is_open) and not is_open[-1]:
        # The same period for each of its minutes, and another before the last opening.
        last_open = max((n for n, one in enumerate(is_open) if one), default=-1)
        periods = {hours.closed_since(at) for at in moments[last_open + 1 :]}
        assert len(periods) == 1
        assert last_open == -1 or periods == {moments[last_open] + MINUTE}
    changes = [
        at for at, before, after in zip(moments[1:], is_open, is_open[1:], strict=False) if before != after
    ]
    if moments and (changes_at := hours.changes_at(begin)) is not None and changes_at < moments[-1]:
        assert changes_at == changes[0]
    if sum(is_open):
        reached = hours.add_open_seconds(begin, 60 * sum(is_open))
        assert reached is not None
        assert reached <= end
        assert hours.open_seconds(begin, reached) == 60 * sum(is_open)
