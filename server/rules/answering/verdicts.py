"""Whether what a target promised was met: by the promises that were valid when a reply came, or the closing."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal, NamedTuple

from server.rules.answering.target_clocks import Promises, TargetKind

# What a conversation has to which no target fits.
NO_PROMISES = Promises(None, None, None, False)
MinutesName = Literal["first_reply_minutes", "next_reply_minutes", "close_minutes"]
MINUTES: dict[TargetKind, MinutesName] = {
    "first_reply": "first_reply_minutes",
    "next_reply": "next_reply_minutes",
    "close": "close_minutes",
}


class ValidPromises(NamedTuple):
    """What is promised in a conversation since a time, until the next one."""

    since: datetime
    promises: Promises


class Verdict(NamedTuple):
    """What was promised, whether within the office hours only, and whether it was met."""

    promised_minutes: int
    promised_office: bool
    is_met: bool


def verdict_of(
    kind: TargetKind, at: datetime, seconds: int, open_seconds: int, valid: Sequence[ValidPromises]
) -> Verdict | None:
    """Of a clock that ended at this time, after so many seconds; None if nothing was promised then. The promises are in
    order. A clock is breached when its time is up, so whole seconds say the same as its end.
    """
    found = [one.promises for one in valid if one.since <= at]
    promises = found[-1] if found else NO_PROMISES
    minutes: int | None = getattr(promises, MINUTES[kind])
    if minutes is None:
        return None
    took = open_seconds if promises.office_hours else seconds
    return Verdict(minutes, promises.office_hours, took < minutes * 60)
