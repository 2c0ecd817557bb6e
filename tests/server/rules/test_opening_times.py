"""When a closed number opens next, in the words of its automatic texts."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from server.rules.answering.opening_times import WEEKDAYS, opening_text
from server.rules.answering.surveys import DEFAULTS
from server.rules.hours import Hours, Span

BERLIN = ZoneInfo("Europe/Berlin")
OFFICE: list[list[Span]] = [[(540, 720), (780, 1020)]] * 5 + [[], []]
# On the Monday the number is open from 10:00.
HOURS = Hours(BERLIN, OFFICE, {date(2026, 12, 7): [(600, 1020)]})
TUESDAY = datetime(2026, 12, 1, tzinfo=BERLIN)


@pytest.mark.parametrize(
    ("at", "phone", "text"),
    [
        (TUESDAY.replace(hour=7), "+4930123456", "09:00"),
        (TUESDAY.replace(hour=12, minute=30), "+4930123456", "13:00"),
        (TUESDAY.replace(hour=18), "+4930123456", "Mittwoch 09:00"),
        (TUESDAY.replace(hour=18), "+5511912345678", "quarta-feira 09:00"),
        (TUESDAY.replace(hour=18), "+34600123456", "miércoles 09:00"),
        (TUESDAY.replace(hour=18), "+14155550100", "Wednesday 09:00"),
        (TUESDAY.replace(hour=18), None, "Wednesday 09:00"),
        (TUESDAY.replace(day=4, hour=20), None, "Monday 10:00"),
        (TUESDAY.replace(hour=10), None, None),
        # Still Tuesday in Berlin, Wednesday in UTC is an hour away.
        (datetime(2026, 12, 1, 22, 59, tzinfo=UTC), None, "Wednesday 09:00"),
        (datetime(2026, 12, 1, 23, 1, tzinfo=UTC), None, "09:00"),
    ],
)
def test_a_closed_number_says_when_it_opens(at: datetime, phone: str | None, text: str | None) -> None:
    assert opening_text(HOURS, at, phone) == text


def test_beyond_a_week_the_date_is_said() -> None:
    yearly = Hours(BERLIN, [[]] * 7, {date(2027, 1, 4): [(540, 720)]})
    assert opening_text(yearly, TUESDAY, None) == "Monday 2027-01-04 09:00"
    assert opening_text(yearly, datetime(2026, 12, 29, tzinfo=BERLIN), None) == "Monday 09:00"


def test_without_hours_or_an_end_nothing_is_said() -> None:
    assert opening_text(None, TUESDAY, None) is None
    assert opening_text(Hours(BERLIN, [[]] * 7), TUESDAY, None) is None


def test_each_language_of_numbers_has_seven_days() -> None:
    assert set(WEEKDAYS) == set(DEFAULTS)
    assert all(len(set(days)) == 7 for days in WEEKDAYS.values())
