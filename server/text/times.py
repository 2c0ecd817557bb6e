"""Parses times in RFC 3339 and as counts since 1970, within bounds."""

import math
import re
from datetime import UTC, datetime, timedelta

# WhatsApp's first year; no message is older.
EARLIEST = datetime(2009, 1, 1, tzinfo=UTC)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
LATEST = datetime(9999, 12, 31, 23, 59, 59, 999_000, tzinfo=UTC)
_COUNT = re.compile(r"[+-]?[0-9]{1,20}(?:\.[0-9]{0,12})?")
# Seconds, milliseconds, microseconds or nanoseconds since 1970, told apart by size: each reads as a year before 5138.
_UNITS = ((1e11, 1.0), (1e14, 1e3), (1e17, 1e6), (1e20, 1e9))


def read_time(value: object, earliest: datetime = EARLIEST) -> datetime | None:
    """The time in UTC, from RFC 3339 in any of its forms or a count since 1970, as number or text; without an offset it
    is UTC. None if it cannot be parsed, does not exist, or is out of bounds.
    """
    try:
        read = _parse_text(value.strip()) if isinstance(value, str) else _parse_count(value)
        if read is None:
            return None
        moment = read if read.tzinfo is UTC else _in_utc(read)
    except (ValueError, OverflowError):
        return None
    # Truncated to milliseconds: rounding up would overflow at the end of the calendar.
    if surplus := moment.microsecond % 1000:
        moment = moment.replace(microsecond=moment.microsecond - surplus)
    return moment if earliest <= moment <= LATEST else None


def _parse_text(text: str) -> datetime | None:
    if text[4:5] != "-" and _COUNT.fullmatch(text):
        return _parse_count(float(text))
    return datetime.fromisoformat(text.upper())


def _in_utc(moment: datetime) -> datetime:
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)


def _parse_count(value: object) -> datetime | None:
    if not isinstance(value, int | float) or isinstance(value, bool) or not math.isfinite(value):
        return None
    unit = next((unit for limit, unit in _UNITS if abs(value) < limit), None)
    return None if unit is None else EPOCH + timedelta(seconds=value / unit)
