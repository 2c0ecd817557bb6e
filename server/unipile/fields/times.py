"""Reads timestamps, and decides which of them can order messages."""

from datetime import datetime, timedelta

from server.text.times import read_time

# Two correct clocks may differ by this much.
CLOCK_SKEW = timedelta(minutes=1)
# A clock set to the wrong time zone is shown as sent; a time further ahead is not shown at all.
MAX_AHEAD = timedelta(days=1)


def timestamp(value: object, received_at: str) -> str:
    """The time as RFC 3339 in UTC; `received_at` when it is missing, unreadable or out of range."""
    read = read_time(value)
    return received_at if read is None else read.isoformat(timespec="milliseconds")


def sent_times(value: object, received_at: str) -> tuple[str, str | None]:
    """(the time that orders a message, the provider's time when it is in the future).

    A clock that is ahead would otherwise keep a message newest, and its chat read, until that time has come.
    """
    sent_at = timestamp(value, received_at)
    is_ahead = datetime.fromisoformat(sent_at) > datetime.fromisoformat(received_at) + CLOCK_SKEW
    if not is_ahead:
        return sent_at, None
    is_credible = datetime.fromisoformat(sent_at) <= datetime.fromisoformat(received_at) + MAX_AHEAD
    return timestamp(received_at, received_at), sent_at if is_credible else None
