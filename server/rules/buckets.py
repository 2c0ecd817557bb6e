"""Buckets of durations: fine ones, in which days are counted, and the few that are shown. Medians come from them."""

from bisect import bisect_right
from collections.abc import Mapping
from typing import NamedTuple

MINUTE, HOUR, DAY = 60, 3600, 86400
# Where each bucket begins, in seconds: each at most a quarter wider than the one before, from 10 seconds on. They may
# be divided further without a migration, but never merged: a stored bucket is named by its beginning.
EDGES = (
    *(0, 1, 2, 3, 4, 5, 6, 8, 10, 12, 15, 18, 22, 26, 30, 36, 42, 50),
    *(
        MINUTE,
        72,
        85,
        100,
        120,
        145,
        175,
        210,
        250,
        300,
        360,
        420,
        500,
        600,
        720,
        850,
        1000,
        1200,
        1500,
        1800,
    ),
    *(2100, 2500, 3000, HOUR, 4300, 5100, 6000, 7200, 8600, 10300, 12400, 4 * HOUR, 17200, 20700, 24800),
    *(8 * HOUR, 34500, 41500, 50000, 60000, 72000, DAY, 104000, 125000, 150000, 2 * DAY, 210000, 250000),
    *(300000, 360000, 432000, 518400, 7 * DAY, 725000, 870000, 1040000, 14 * DAY, 1450000, 1750000, 2100000),
    *(30 * DAY, 3100000, 3700000, 4500000, 5400000, 6500000, 90 * DAY, 120 * DAY, 180 * DAY, 365 * DAY),
)
# Where the buckets begin that are shown.
SHOWN_EDGES = (0, 30, 2 * MINUTE, 5 * MINUTE, 10 * MINUTE, 30 * MINUTE, HOUR, 4 * HOUR, 8 * HOUR, DAY)
# Where the last one counts as ending.
LAST_END = 2 * 365 * DAY


def bucket_of(seconds: int) -> int:
    """Where the bucket of a duration begins."""
    return EDGES[bisect_right(EDGES, seconds) - 1]


class Buckets(NamedTuple):
    """Some buckets, by the beginnings of the first and the last; none if the last is before the first."""

    first: int
    last: int


def touched_buckets(at_least: int | None, below: int | None) -> Buckets:
    """Those that may have some of these durations."""
    return Buckets(bucket_of(at_least or 0), EDGES[-1] if below is None else below - 1)


def contained_buckets(at_least: int | None, below: int | None) -> Buckets:
    """Those that have none but these durations."""
    if below is None:
        return Buckets(at_least or 0, EDGES[-1])
    # The last one that has ended by then.
    ended = bisect_right(EDGES, below) - 2
    return Buckets(at_least or 0, EDGES[ended] if ended >= 0 else -1)


def shown_counts(counts: Mapping[int, int]) -> list[int]:
    """The counts of the shown buckets."""
    shown = [0] * len(SHOWN_EDGES)
    for bucket, n in counts.items():
        shown[bisect_right(SHOWN_EDGES, bucket) - 1] += n
    return shown


def quantile(counts: Mapping[int, int], share: float) -> float | None:
    """The duration that this share of them does not exceed, as if those of a bucket were spread evenly; None without
    any.
    """
    left = sum(counts.values()) * share
    for bucket in sorted(counts):
        if counts[bucket] >= left > 0:
            return bucket + (_end_of(bucket) - bucket) * left / counts[bucket]
        left -= counts[bucket]
    return None


def _end_of(bucket: int) -> int:
    following = bisect_right(EDGES, bucket)
    return EDGES[following] if following < len(EDGES) else LAST_END
