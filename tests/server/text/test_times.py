"""Times in all formats are parsed, and never out of bounds."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.text.times import EARLIEST, EPOCH, LATEST, read_time

NINE = "2026-03-02T09:14:05.000+00:00"
SPELLINGS: list[object] = [
    "2026-03-02T09:14:05.000Z",
    "2026-03-02T09:14:05Z",
    "2026-03-02t09:14:05z",
    "2026-03-02 09:14:05",
    " 2026-03-02T09:14:05Z\n",
    "2026-03-02T09:14:05+00:00",
    "2026-03-02T09:14:05+0000",
    "2026-03-02T06:14:05-03:00",
    "2026-03-02T09:14:05,000Z",
    "2026-03-02T09:14:05.000000001Z",
    "2026-03-02T09:14:05.000999Z",
    "20260302T091405Z",
    1772442845,
    1772442845.0,
    1772442845000,
    1772442845000000,
    1772442845000000000,
    "1772442845",
    "1772442845.0",
    "1772442845000",
    " 1772442845000 ",
]
IMPOSSIBLE: list[object] = [
    *("", " ", "soon", "2024-13-45T00:00:00Z", "2026-02-30T00:00:00Z", "2026-03-02T25:00:00Z"),
    *("0001-01-01", "0001-01-01T00:00:00+14:00", "1969-12-31T23:59:59Z", "1970-01-01T00:00:00.000Z"),
    *("2008-12-31T23:59:59.999Z", "9999-12-31T23:59:59-14:00", "10000-01-01T00:00:00Z", "-1"),
    *(None, True, False, 0, -1, 1, float("nan"), float("inf"), 10**400, 1e300, "9" * 400, [], {}, b"2026"),
    *("２０２６-03-02T00:00:00Z", "٢٠٢٦-03-02", "1e9", "0x65a0", "NaN"),
]


@pytest.mark.parametrize("value", SPELLINGS, ids=repr)
def test_every_time_format_is_parsed(value: object) -> None:
    read = read_time(value)
    assert read is not None
    assert read.isoformat(timespec="milliseconds") == NINE


@pytest.mark.parametrize("value", IMPOSSIBLE, ids=lambda value: repr(value)[:30])
def test_an_impossible_time_is_none(value: object) -> None:
    assert read_time(value) is None


def test_the_bounds_of_times() -> None:
    assert read_time("2009-01-01T00:00:00Z") == EARLIEST
    assert read_time("1970-01-01T00:00:00Z", EPOCH) == EPOCH
    # Rounded up, it would leave the calendar.
    assert read_time("9999-12-31T23:59:59.999999Z") == LATEST


@given(
    st.one_of(
        st.text(), st.integers(), st.floats(), st.datetimes().map(datetime.isoformat), st.integers().map(str)
    )
)
def test_any_time_is_within_bounds_or_none(value: object) -> None:
    read = read_time(value)
    assert read is None or (EARLIEST <= read <= LATEST and read.tzinfo is UTC)
